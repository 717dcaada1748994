using System.Text.Json.Nodes;
using System.Xml.Linq;
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

    [Theory]
    [InlineData(1.9, "Generator")]
    [InlineData(0.6, "Server")]
    public void One_connection_whose_thread_is_busy_is_the_bottleneck_however_many_cores_there_are(double cpuSeconds, string bottleneck)
    {
        var server = new ServerUsage(42, TimeSpan.FromSeconds(1.8), 2, 64 << 20);
        var result = new LoadResult(new LaneCounts { Requests = 1000 }, 2, 0, 1, TimeSpan.FromSeconds(cpuSeconds), server);
        Assert.Equal(bottleneck, result.Bottleneck.ToString());
    }

    private static BenchReport Report(double target)
    {
        var counts = new LaneCounts { Requests = 1000, Records = 10_000, Bytes = 1_000_000 };
        for (int i = 1; i <= 1000; i++) counts.Latency.Record(i * 1000);
        var result = new LoadResult(counts, 2, target, 1, TimeSpan.FromSeconds(0.2), new ServerUsage(42, TimeSpan.FromSeconds(0.5), 2, 64 << 20));
        return new BenchReport("produce", [("acks", "-1")], result, "from here to there");
    }
}
