using System.Globalization;
using Gateway.Bench.Commands;
using Gateway.Bench.Load;

namespace Gateway.PerformanceGate;

/// <summary>Loads node and reference by turns, a short round each, until it is clear what a request costs.</summary>
/// <remarks>
/// The cost in processor time is the ratio of two lower quartiles: what else runs on the machine makes some rounds dearer and none cheaper,
/// since every request takes all of its path alone. A verdict is clear when the ratio is well on one side of the bound; a failure is told only
/// after all rounds.
/// </remarks>
internal sealed class Rounds(ServerProcess node, Uri adminDoor)
{
    private const string AllocatedBytes = "dotnet_gc_allocated_bytes_total ";
    private const int FewestPairs = 10, PairsBetweenLooks = 5;
    private const int AllocationRuns = 3;

    // How far below the bound is clear: three fifths of the way from the baseline to it.
    private const double Clear = 1 + (Cost.Tolerance - 1) * 0.6;

    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    // A disk that others keep busy may hold up even what does not wait for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new();

    /// <summary>Measures a scenario; stops early when it is clearly no worse than <paramref name="baseline"/>.</summary>
    public (Cost Cost, int Pairs) Measure(Scenario scenario, Cost? baseline, int mostPairs)
    {
        Run(scenario.Load, WarmUp);
        Run(scenario.LoadReference, WarmUp);
        double allocated = MeasureAllocation(scenario, baseline);
        List<double> ours = [], theirs = [];
        double ratio = 0;
        while (ours.Count < mostPairs)
        {
            bool nodeFirst = ours.Count % 2 == 0;
            if (nodeFirst) ours.Add(CpuOf(node, scenario.Load));
            theirs.Add(CpuOf(scenario.Reference, scenario.LoadReference));
            if (!nodeFirst) ours.Add(CpuOf(node, scenario.Load));
            ratio = LowerQuartile(ours) / LowerQuartile(theirs);
            bool looks = ours.Count >= FewestPairs && ours.Count % PairsBetweenLooks == 0;
            if (looks && baseline is not null && ratio < baseline.Cpu * Clear) break;
        }
        return (new Cost(ratio, allocated), ours.Count);
    }

    /// <summary>The least of some runs: what else the node allocates meanwhile comes on top, and nothing is ever taken off.</summary>
    private double MeasureAllocation(Scenario scenario, Cost? baseline)
    {
        double least = double.MaxValue;
        for (int run = 0; run < AllocationRuns && (baseline is null || least > baseline.MostAllocated); run++)
        {
            // A look at the metrics allocates too: two in a row say how much.
            double first = Allocated(), before = Allocated();
            long requests = Run(scenario.Load, WarmUp);
            least = Math.Min(least, Math.Max(0, Allocated() - before - (before - first)) / requests);
        }
        return least;
    }

    private static double CpuOf(ServerProcess server, Func<Lane> load)
    {
        long before = server.CpuNanoseconds();
        long requests = Run(load, Round);
        return (double)(server.CpuNanoseconds() - before) / requests;
    }

    private static long Run(Func<Lane> load, TimeSpan time)
    {
        LoadResult result = Lanes.Run(1, _ => load(), lanes => LoadRun.Execute(lanes, new LoadSettings(TimeSpan.Zero, time, 0) { Drain = Patience }, 0, [], null, null, CancellationToken.None));
        if (result.Counts.Errors.Count > 0) throw new InvalidOperationException($"requests failed: {string.Join(", ", result.Counts.Errors.Select(e => $"{e.Key} ({e.Value})"))}");
        // Nothing was answered: the machine was elsewhere. The next round tells.
        return Math.Max(1, result.Counts.Requests);
    }

    private double Allocated()
    {
        string metrics = _http.GetStringAsync(new Uri(adminDoor, "/metrics")).GetAwaiter().GetResult();
        string line = metrics.Split('\n').First(static l => l.StartsWith(AllocatedBytes, StringComparison.Ordinal));
        return double.Parse(line.AsSpan(AllocatedBytes.Length), CultureInfo.InvariantCulture);
    }

    private static double LowerQuartile(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 4];
    }
}
