using System.Globalization;

namespace Gateway.PerformanceGate;

/// <summary>Asks node and reference by turns, a short round each, and tells what a request costs.</summary>
/// <remarks>
/// What counts is each side's cheapest round. What else runs on the machine makes requests dearer, by emptying caches and by sharing the
/// core, and never cheaper; and a round is shorter than the time a scheduler leaves to a process, so that of some hundreds even a busy
/// machine lets several pass undisturbed. Means, medians and quartiles tell about the neighbours as much as about the code.
/// </remarks>
internal sealed class Rounds(Servers servers, TextWriter trace) : IDisposable
{
    private const string AllocatedBytes = "dotnet_gc_allocated_bytes_total ";
    private const int FewestPairs = 600, MostPairs = 2400, PairsBetweenLooks = 200;
    private const int WarmUpRounds = 60, AllocationRounds = 200, FewestAllocationRuns = 3, MostAllocationRuns = 8;
    private readonly HttpClient _http = new();

    /// <summary>Measures a scenario.</summary>
    /// <param name="scenario">It.</param>
    /// <param name="baseline">Where it is clear that the request costs as much, measuring ends early.</param>
    public Cost Measure(Scenario scenario, Cost? baseline)
    {
        using Exchange node = scenario.Node(), reference = scenario.Reference();
        node.Ask(scenario.NodeRequests * WarmUpRounds);
        reference.Ask(scenario.ReferenceRequests * WarmUpRounds);
        double allocated = MeasureAllocation(scenario, node, baseline);
        double ours = double.MaxValue, theirs = double.MaxValue;
        for (int pairs = 0; pairs < MostPairs; pairs++)
        {
            bool looks = pairs >= FewestPairs && pairs % PairsBetweenLooks == 0;
            if (looks && baseline is not null && baseline.IsClear(ours / theirs)) break;
            double node1 = 0;
            if (pairs % 2 == 0) node1 = CpuOf(servers.Node, node, scenario.NodeRequests);
            double reference1 = CpuOf(servers.Reference, reference, scenario.ReferenceRequests);
            if (pairs % 2 != 0) node1 = CpuOf(servers.Node, node, scenario.NodeRequests);
            trace.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{scenario.Name} {node1:f0} {reference1:f0}"));
            (ours, theirs) = (Math.Min(ours, node1), Math.Min(theirs, reference1));
        }
        return new Cost(ours / theirs, allocated);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The least of some runs: what else the node allocates meanwhile comes on top, and nothing is ever taken off.</summary>
    private double MeasureAllocation(Scenario scenario, Exchange node, Cost? baseline)
    {
        double least = double.MaxValue;
        int requests = scenario.NodeRequests * AllocationRounds;
        for (int run = 0; run < FewestAllocationRuns || (run < MostAllocationRuns && least > baseline?.MostAllocated); run++)
        {
            // A look at the metrics allocates too: two in a row say how much.
            double first = Allocated(), before = Allocated();
            node.Ask(requests);
            double each = Math.Max(0, Allocated() - before - (before - first)) / requests;
            trace.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{scenario.Name} allocated {each:f1}"));
            least = Math.Min(least, each);
        }
        return least;
    }

    private static double CpuOf(ServerProcess server, Exchange exchange, int requests)
    {
        long before = server.CpuNanoseconds();
        exchange.Ask(requests);
        return (double)(server.CpuNanoseconds() - before) / requests;
    }

    private double Allocated()
    {
        string metrics = _http.GetStringAsync(new Uri(servers.Admin, "/metrics")).GetAwaiter().GetResult();
        string line = metrics.Split('\n').First(static l => l.StartsWith(AllocatedBytes, StringComparison.Ordinal));
        return double.Parse(line.AsSpan(AllocatedBytes.Length), CultureInfo.InvariantCulture);
    }
}
