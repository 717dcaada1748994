using System.Diagnostics.Metrics;

namespace Gateway.Metrics;

/// <summary>
/// Looks at what the runtime tells of each garbage collection: how long its pauses were, and whether it was a blocking one of generation 2,
/// the kind that stops everything for long.
/// </summary>
/// <remarks>
/// An object without owner is finalised after the next collection and leaves another in its place, so nothing runs, and nothing is
/// listened to, between collections. One that follows another before the finaliser has run is left out: what is counted is a lower
/// bound, except that no blocking one stays unnoticed as a kind. The runtime's own events would tell all, for a thread and megabytes of buffers.
/// </remarks>
internal sealed class CollectionWatch
{
    // From a young generation's usual pause (50 µs) to what a client notices (1 s).
    private static readonly double[] Bounds = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

    private static readonly GCKind[] Kinds = [GCKind.Ephemeral, GCKind.FullBlocking, GCKind.Background];

    private readonly Lock _looking = new();
    private readonly long[] _seen = new long[Kinds.Length];
    private readonly Histogram<double> _pauses;
    private long _blocking;
    private bool _ended;

    /// <summary>Starts to watch, and publishes the instruments on <paramref name="meter"/>.</summary>
    public CollectionWatch(Meter meter)
    {
        for (int i = 0; i < Kinds.Length; i++) _seen[i] = GC.GetGCMemoryInfo(Kinds[i]).Index;
        _pauses = meter.CreateHistogram(
            "dotnet.gc.pauses", "s", "Pauses of the garbage collector, one by one.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Bounds });
        meter.CreateObservableCounter("dotnet.gc.blocking_gen2", BlockingCollections, null, "Garbage collections of generation 2 that were not in the background.");
        LeaveSentinel();
    }

    /// <summary>Watches no longer.</summary>
    public void End() => Volatile.Write(ref _ended, true);

    private long BlockingCollections()
    {
        Look();
        return _blocking;
    }

    private void Look()
    {
        lock (_looking)
        {
            for (int i = 0; i < Kinds.Length; i++)
            {
                GCMemoryInfo last = GC.GetGCMemoryInfo(Kinds[i]);
                if (last.Index <= _seen[i]) continue;
                _seen[i] = last.Index;
                if (Kinds[i] == GCKind.FullBlocking) _blocking++;
                foreach (TimeSpan pause in last.PauseDurations)
                    if (pause > TimeSpan.Zero) _pauses.Record(pause.TotalSeconds);
            }
        }
    }

    // The object must be garbage at once.
    private void LeaveSentinel() => _ = new Sentinel(this);

    private sealed class Sentinel(CollectionWatch watch)
    {
        ~Sentinel()
        {
            if (Volatile.Read(ref watch._ended) || Environment.HasShutdownStarted) return;
            watch.Look();
            watch.LeaveSentinel();
        }
    }
}
