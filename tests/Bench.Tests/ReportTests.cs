using System.Text.Json.Nodes;
using System.Xml.Linq;
using Gateway.Bench.Commands;
using Gateway.Bench.Load;
using Gateway.Bench.Measuring;
using Gateway.Bench.Reports;

namespace Gateway.Bench.Tests;

public sealed class ReportTests
{
    [Fact]
    public void Json_has_rates_latencies_and_what_was_in_the_way()
    {
        JsonObject json = Report(target: 1000).ToJson();
        Assert.Equal(1000, json["requests"]!.GetValue<long>());
        Assert.Equal(500, json["requests_per_second"]!.GetValue<double>());
        Assert.Equal(5000, json["records_per_second"]!.GetValue<double>());
        Assert.Equal(0.5, json["megabytes_per_second"]!.GetValue<double>());
        Assert.InRange(json["latency_us"]!["p99"]!.GetValue<double>(), 990, 998);
        Assert.Equal(1000, json["latency_us"]!["max"]!.GetValue<double>());
        Assert.Equal(500, json["server"]!["cpu_seconds_per_gigabyte"]!.GetValue<double>());
        // Half of the rate asked for, and hardly ever waiting for the server.
        Assert.Equal("generator", json["bottleneck"]!.GetValue<string>());
        Assert.Equal("none", Report(target: 500).ToJson()["bottleneck"]!.GetValue<string>());
    }

    [Fact]
    public void The_table_names_what_it_tells()
    {
        var output = new StringWriter();
        Report(target: 500).WriteTable(output);
        string text = output.ToString();
        Assert.Contains("records/s      5,000", text, StringComparison.Ordinal);
        Assert.Contains("latency max    1.000 ms", text, StringComparison.Ordinal);
        Assert.Contains("500.00 CPU s/GB, peak 64 MiB resident", text, StringComparison.Ordinal);
        Assert.Contains("The rate asked for was held.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_plot_is_well_formed_and_its_curve_never_falls()
    {
        BenchReport report = Report(target: 500);
        XDocument svg = XDocument.Parse(LatencyPlot.Draw("a < b & c", [("one", report.Latency), ("two", new LatencyHistogram())]));
        XNamespace ns = "http://www.w3.org/2000/svg";
        Assert.Contains(svg.Descendants(ns + "text"), t => t.Value == "a < b & c");
        string curve = svg.Descendants(ns + "path").Select(p => p.Attribute("d")!.Value).First(d => d.Contains('L', StringComparison.Ordinal));
        double[] heights = [.. curve.Split('M', 'L').Where(s => s.Length > 0).Select(s => double.Parse(s.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(heights.OrderDescending(), heights);
    }

    [Fact]
    public void A_run_that_failed_names_no_bottleneck_and_tells_no_latency()
    {
        var counts = new LaneCounts();
        counts.AddError("UNKNOWN_TOPIC_OR_PARTITION", 10);
        BenchReport report = Report(counts);
        JsonObject json = report.ToJson();
        Assert.Equal("none", json["bottleneck"]!.GetValue<string>());
        Assert.Contains("without an error", json["failure"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(0, json["latency_us"]!["count"]!.GetValue<long>());
        foreach (string figure in (string[])["p50", "p99.9", "max"]) Assert.Null(json["latency_us"]![figure]);
        string text = Table(report);
        Assert.Contains("latency p99    –", text, StringComparison.Ordinal);
        Assert.Contains("The run failed: ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("pace", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1000, 1, true)]
    [InlineData(0, 1000, 1001, true)]
    [InlineData(0, 1000, 5, false)]
    [InlineData(0, 0, 0, true)]
    public void A_run_fails_by_a_lost_connection_or_more_errors_than_answers(int lost, int answered, int errors, bool fails)
    {
        var counts = new LaneCounts { Requests = answered, LostConnections = lost };
        if (errors > 0) counts.AddError("X", errors);
        Assert.Equal(fails, Report(counts).Result.Failure is not null);
        Assert.Null(Report(target: 500).Result.Failure);
    }

    [Fact]
    public void Lower_bounds_are_told_as_such_in_table_caption_and_json()
    {
        var counts = new LaneCounts { Requests = 1 };
        counts.Latency.Record(5);
        for (int i = 0; i < 3; i++) counts.Latency.RecordAtLeast(1_000_000);
        BenchReport report = Report(counts);
        Assert.Equal("from here to there; 3 of 4 are lower bounds: never sent or never answered", report.Caption);
        Assert.Equal(3, report.ToJson()["latency_us"]!["lower_bounds"]!.GetValue<long>());
        Assert.Contains("3 of 4 latencies", Table(report), StringComparison.Ordinal);
        Assert.DoesNotContain("lower", Table(Report(target: 500)), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_acknowledgements_none_is_named()
    {
        Assert.Contains("acknowledgement", ProduceBench.LatencyOf(paced: true, acks: 1), StringComparison.Ordinal);
        Assert.DoesNotContain("its acknowledgement", ProduceBench.LatencyOf(paced: true, acks: 0), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.9, "Generator")]
    [InlineData(0.6, "Server")]
    public void One_connection_whose_thread_is_busy_is_the_bottleneck_however_many_cores_there_are(double cpuSeconds, string bottleneck)
    {
        var server = new ServerUsage(42, TimeSpan.FromSeconds(1.8), 2, 64 << 20);
        var result = new LoadResult(new LaneCounts { Requests = 1000 }, 2, 0, 1, TimeSpan.FromSeconds(cpuSeconds), server);
        Assert.Equal(bottleneck, result.Bottleneck.ToString());
    }

    private static string Table(BenchReport report)
    {
        var output = new StringWriter();
        report.WriteTable(output);
        return output.ToString();
    }

    private static BenchReport Report(LaneCounts counts) =>
        new("produce", [("acks", "-1")], new LoadResult(counts, 2, 0, 1, TimeSpan.FromSeconds(0.2), null), "from here to there");

    private static BenchReport Report(double target)
    {
        var counts = new LaneCounts { Requests = 1000, Records = 10_000, Bytes = 1_000_000 };
        for (int i = 1; i <= 1000; i++) counts.Latency.Record(i * 1000);
        var result = new LoadResult(counts, 2, target, 1, TimeSpan.FromSeconds(0.2), new ServerUsage(42, TimeSpan.FromSeconds(0.5), 2, 64 << 20));
        return new BenchReport("produce", [("acks", "-1")], result, "from here to there");
    }
}
