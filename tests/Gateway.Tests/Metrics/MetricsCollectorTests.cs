using System.Diagnostics.Metrics;
using Gateway.Metrics;

namespace Gateway.Tests.Metrics;

public sealed class MetricsCollectorTests : IDisposable
{
    private readonly Meter _meter = new("Gateway.CollectorTests");
    private readonly MetricsCollector _collector = new();

    public void Dispose()
    {
        _collector.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void A_counter_adds_up_per_label_set_and_ends_in_total()
    {
        Counter<long> counter = _meter.CreateCounter<long>("t.counted", "By", "Bytes counted.");
        counter.Add(3, Label("topic", "a"));
        counter.Add(4, Label("topic", "a"));
        counter.Add(5, Label("topic", "b"));
        Assert.Equal(
            [
                "# HELP t_counted_bytes_total Bytes counted.",
                "# TYPE t_counted_bytes_total counter",
                "t_counted_bytes_total{topic=\"a\"} 7",
                "t_counted_bytes_total{topic=\"b\"} 5",
            ],
            Lines("t_counted").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_histogram_is_cumulative_and_a_value_on_a_bound_belongs_to_it()
    {
        Histogram<double> histogram = _meter.CreateHistogram("t.waited", "s", "Waiting.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (double value in new[] { 0.25, 0.5, 0.75, 2 }) histogram.Record(value);
        Assert.Equal(
            [
                "# HELP t_waited_seconds Waiting.",
                "# TYPE t_waited_seconds histogram",
                "t_waited_seconds_bucket{le=\"0.5\"} 2",
                "t_waited_seconds_bucket{le=\"1\"} 3",
                "t_waited_seconds_bucket{le=\"+Inf\"} 4",
                "t_waited_seconds_sum 3.5",
                "t_waited_seconds_count 4",
            ],
            Lines("t_waited"));
    }

    [Fact]
    public void Gauges_and_updown_counters_show_their_present_value()
    {
        Gauge<int> gauge = _meter.CreateGauge<int>("t.level");
        UpDownCounter<int> open = _meter.CreateUpDownCounter<int>("t.open");
        gauge.Record(5);
        gauge.Record(2);
        open.Add(3);
        open.Add(-1);
        Assert.Equal(["# HELP t_level ", "# TYPE t_level gauge", "t_level 2"], Lines("t_level"));
        Assert.Equal(["# HELP t_open ", "# TYPE t_open gauge", "t_open 2"], Lines("t_open"));
    }

    [Fact]
    public void An_observed_series_goes_away_when_it_is_no_longer_reported()
    {
        var topics = new List<string> { "a", "b" };
        _meter.CreateObservableCounter("t.observed", () => topics.Select(t => new Measurement<long>(9, Label("topic", t))));
        Assert.Equal(["t_observed_total{topic=\"a\"} 9", "t_observed_total{topic=\"b\"} 9"], Lines("t_observed").Skip(2).Order(StringComparer.Ordinal));
        topics.Remove("a");
        Assert.Equal(["t_observed_total{topic=\"b\"} 9"], Lines("t_observed").Skip(2));
    }

    [Fact]
    public void Labels_and_help_are_escaped_and_names_cleaned()
    {
        _meter.CreateCounter<int>("t.odd-name", null, "back\\slash\nline").Add(1, Label("a-b", "q\"b\\n\nx"));
        Assert.Equal(
            [
                "# HELP t_odd_name_total back\\\\slash\\nline",
                "# TYPE t_odd_name_total counter",
                "t_odd_name_total{a_b=\"q\\\"b\\\\n\\nx\"} 1",
            ],
            Lines("t_odd_name"));
    }

    [Fact]
    public void The_number_of_series_is_bounded_and_what_is_dropped_is_counted()
    {
        Counter<int> counter = _meter.CreateCounter<int>("t.many");
        for (int i = 0; i < InstrumentState.SeriesLimit + 10; i++) counter.Add(1, Label("id", i.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(InstrumentState.SeriesLimit, Lines("t_many").Count(l => !l.StartsWith('#')));
        Assert.Contains(Lines("gateway_metrics_dropped"), l => l == "gateway_metrics_dropped_measurements_total 10");
    }

    [Fact]
    public void Meters_of_others_are_not_collected()
    {
        using var other = new Meter("Other");
        other.CreateCounter<int>("t.other").Add(1);
        Assert.Empty(Lines("t_other"));
    }

    [Fact]
    public void The_process_is_described_under_the_usual_names()
    {
        using var process = new ProcessMetrics();
        string text = _collector.Scrape();
        foreach (string name in new[] { "process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds", "gateway_build_info{version=" })
            Assert.Contains("\n" + name, text, StringComparison.Ordinal);
    }

    private List<string> Lines(string name) =>
        [.. _collector.Scrape().Split('\n').Where(l => l.StartsWith(name, StringComparison.Ordinal) || l.StartsWith("# HELP " + name, StringComparison.Ordinal) || l.StartsWith("# TYPE " + name, StringComparison.Ordinal))];

    private static KeyValuePair<string, object?> Label(string name, object value) => new(name, value);
}
