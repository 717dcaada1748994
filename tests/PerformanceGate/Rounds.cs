using System.Globalization;
using Gateway.Bench.Commands;
using Gateway.Bench.Load;

namespace Gateway.PerformanceGate;

/// <summary>Loads node and reference by turns, a round each, and tells what a request costs by the median of the pairs.</summary>
internal sealed class Rounds(ServerProcess node, Uri adminDoor)
{
    private const string AllocatedBytes = "dotnet_gc_allocated_bytes_total ";
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2.5);
    private readonly HttpClient _http = new();

    /// <summary>Lets both compile what the scenario needs.</summary>
    public static void Warm(Scenario scenario)
    {
        Run(scenario.Lanes, scenario.Load, WarmUp);
        Run(scenario.Lanes, scenario.LoadReference, WarmUp);
    }

    /// <summary>Measures.</summary>
    public Cost Measure(Scenario scenario, int pairs)
    {
        var cpu = new List<double>();
        var allocated = new List<double>();
        for (int pair = 0; pair < pairs; pair++)
        {
            bool nodeFirst = pair % 2 == 0;
            (double ours, double bytes) = nodeFirst ? OnNode(scenario) : default;
            double theirs = CpuOf(scenario.Reference, scenario.LoadReference, scenario.Lanes);
            if (!nodeFirst) (ours, bytes) = OnNode(scenario);
            cpu.Add(ours / theirs);
            allocated.Add(bytes);
        }
        return new Cost(Median(cpu), Median(allocated));
    }

    private (double Cpu, double Bytes) OnNode(Scenario scenario)
    {
        // A look at the metrics allocates too: two in a row say how much.
        double first = Allocated(), before = Allocated();
        long cpuBefore = node.CpuNanoseconds();
        long requests = Run(scenario.Lanes, scenario.Load, Round);
        long cpu = node.CpuNanoseconds() - cpuBefore;
        return ((double)cpu / requests, Math.Max(0, Allocated() - before - (before - first)) / requests);
    }

    private static double CpuOf(ServerProcess server, Func<int, Lane> load, int lanes)
    {
        long before = server.CpuNanoseconds();
        long requests = Run(lanes, load, Round);
        return (double)(server.CpuNanoseconds() - before) / requests;
    }

    private static long Run(int count, Func<int, Lane> load, TimeSpan time)
    {
        LoadResult result = Lanes.Run(count, load, lanes => LoadRun.Execute(lanes, new LoadSettings(TimeSpan.Zero, time, 0), 0, [], null, null, CancellationToken.None));
        if (result.Counts.Errors.Count > 0) throw new InvalidOperationException($"requests failed: {string.Join(", ", result.Counts.Errors.Select(e => $"{e.Key} ({e.Value})"))}");
        return result.Counts.Requests;
    }

    private double Allocated()
    {
        string metrics = _http.GetStringAsync(new Uri(adminDoor, "/metrics")).GetAwaiter().GetResult();
        string line = metrics.Split('\n').First(static l => l.StartsWith(AllocatedBytes, StringComparison.Ordinal));
        return double.Parse(line.AsSpan(AllocatedBytes.Length), CultureInfo.InvariantCulture);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[values.Count / 2 - 1] + values[values.Count / 2]) / 2;
    }
}
