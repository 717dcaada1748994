using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Gateway.Metrics;

/// <summary>Everything collected for one instrument. The number of series is bounded: what comes beyond is counted as dropped.</summary>
internal sealed class InstrumentState
{
    /// <summary>Most series one instrument may have.</summary>
    public const int SeriesLimit = 5000;

    // Bounds in seconds, from what a local log does (0.1 ms) to what a user gives up on (30 s).
    private static readonly double[] DefaultBounds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly ConcurrentDictionary<LabelSet, Series> _series = new(LabelSet.Comparer.Instance);
    private readonly ConcurrentDictionary<LabelSet, Series>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _lookup;
    private long _dropped;

    public InstrumentState(Instrument instrument)
    {
        Instrument = instrument;
        Kind = KindOf(instrument);
        Name = PrometheusName.Of(instrument.Name, instrument.Unit, Kind);
        Bounds = Kind == InstrumentKind.Histogram ? BoundsOf(instrument) : [];
        _lookup = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
    }

    public Instrument Instrument { get; }

    public InstrumentKind Kind { get; }

    /// <summary>The name as exported.</summary>
    public string Name { get; }

    /// <summary>Upper bounds of the buckets, without the infinite one.</summary>
    public double[] Bounds { get; }

    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>The scrape under way; observable instruments report into it.</summary>
    public long Scrape { get; set; }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        if (!_lookup.TryGetValue(labels, out Series? one))
        {
            if (_series.Count >= SeriesLimit)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }
            one = _series.GetOrAdd(LabelSet.Comparer.Instance.Create(labels), new Series(Bounds));
        }
        switch (Kind)
        {
            case InstrumentKind.Histogram: one.Observe(value); break;
            case InstrumentKind.Counter or InstrumentKind.UpDownCounter when !Instrument.IsObservable: one.Add(value); break;
            default: one.Set(value); break;
        }
        one.SeenAtScrape = Scrape;
    }

    /// <summary>The series to print: for an observable instrument, those it reported at this scrape (a deleted topic's series goes away).</summary>
    public IEnumerable<(LabelSet Labels, Series Series)> Current()
    {
        foreach ((LabelSet labels, Series one) in _series)
        {
            if (!Instrument.IsObservable || one.SeenAtScrape == Scrape) yield return (labels, one);
            else _series.TryRemove(labels, out _);
        }
    }

    private static InstrumentKind KindOf(Instrument instrument)
    {
        string type = instrument.GetType().Name;
        if (type.StartsWith("Histogram", StringComparison.Ordinal)) return InstrumentKind.Histogram;
        if (type.Contains("UpDownCounter", StringComparison.Ordinal)) return InstrumentKind.UpDownCounter;
        return type.Contains("Counter", StringComparison.Ordinal) ? InstrumentKind.Counter : InstrumentKind.Gauge;
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } advised } => [.. advised],
        Histogram<long> { Advice.HistogramBucketBoundaries: { Count: > 0 } advised } => [.. advised.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { Count: > 0 } advised } => [.. advised.Select(bound => (double)bound)],
        _ => DefaultBounds,
    };
}

/// <summary>What an instrument measures, as Prometheus sees it.</summary>
internal enum InstrumentKind
{
    Counter,
    UpDownCounter,
    Gauge,
    Histogram,
}
