using System.Globalization;
using Gateway.Metrics;

namespace Gateway.Tests.Metrics;

/// <summary>What the runtime tells of its collections. Other tests collect too, so figures are compared, not known.</summary>
public sealed class ProcessMetricsTests : IDisposable
{
    private readonly MetricsCollector _collector = new();
    private readonly ProcessMetrics _process = new();

    public void Dispose()
    {
        _process.Dispose();
        _collector.Dispose();
    }

    [Fact]
    public void A_blocking_collection_of_generation_2_is_counted_and_its_pause_is_in_the_histogram()
    {
        double before = Value("dotnet_gc_blocking_gen2_total");
        GC.Collect(2, GCCollectionMode.Forced, blocking: true);
        double blocking = Value("dotnet_gc_blocking_gen2_total");
        Assert.InRange(blocking, before + 1, Value("dotnet_gc_collections_total{generation=\"2\"}"));
        double paused = Value("dotnet_gc_pauses_seconds_sum");
        Assert.InRange(Value("dotnet_gc_pauses_seconds_count"), 1, double.MaxValue);
        Assert.InRange(paused, double.Epsilon, Value("dotnet_gc_pause_seconds_total"));
        GC.Collect(2, GCCollectionMode.Forced, blocking: true);
        Assert.InRange(Value("dotnet_gc_blocking_gen2_total"), blocking + 1, double.MaxValue);
    }

    [Fact]
    public void Collections_between_two_scrapes_are_noticed()
    {
        double before = Value("dotnet_gc_pauses_seconds_count");
        for (int i = 0; i < 5; i++)
        {
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
            GC.WaitForPendingFinalizers();
        }
        Assert.InRange(Value("dotnet_gc_pauses_seconds_count"), before + 5, double.MaxValue);
    }

    /// <summary>A sample's value; 0 when there is none yet.</summary>
    private double Value(string series)
    {
        string? line = _collector.Scrape().Split('\n').FirstOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.AsSpan(series.Length + 1), CultureInfo.InvariantCulture);
    }
}
