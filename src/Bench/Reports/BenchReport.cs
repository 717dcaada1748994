using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Bench.Load;
using Gateway.Bench.Measuring;
using Gateway.Cli.Output;

namespace Gateway.Bench.Reports;

/// <summary>One run as it is told: how it was made and what it gave.</summary>
/// <param name="Command">The workload's name.</param>
/// <param name="Settings">How it was made, in the order told.</param>
/// <param name="Result">What the load measured.</param>
/// <param name="LatencyOf">What the latency spans: "from the intended moment to the acknowledgement", say.</param>
internal sealed record BenchReport(string Command, IReadOnlyList<(string Name, string Value)> Settings, LoadResult Result, string LatencyOf)
{
    private static readonly (string Name, double Percent)[] Percentiles = [("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9)];

    /// <summary>For end-to-end runs, what readers measured in place of the acknowledgements.</summary>
    public LatencyHistogram? Travel { get; init; }

    /// <summary>For end-to-end runs, how much later than the acknowledgement records were with the reader.</summary>
    public LatencyHistogram? AfterAcknowledgement { get; init; }

    /// <summary>The latencies told.</summary>
    public LatencyHistogram Latency => Travel ?? Result.Counts.Latency;

    /// <summary>What the latency spans, and how much of it is known only from below: a picture or a table without that would flatter a stalled server.</summary>
    public string Caption => Latency.AtLeast == 0 ? LatencyOf
        : string.Create(CultureInfo.InvariantCulture, $"{LatencyOf}; {Latency.AtLeast:N0} of {Latency.Count:N0} are lower bounds: never sent or never answered");

    /// <summary>Prints it for people.</summary>
    public void WriteTable(TextWriter output)
    {
        LaneCounts counts = Result.Counts;
        var table = new TextTable("WHAT", "VALUE");
        foreach ((string name, string value) in Settings) table.Add(name, value);
        table.Add("records/s", Number(Result.RecordRate));
        table.Add("requests/s", Number(Result.RequestRate));
        table.Add("MB/s", Result.MegabytesPerSecond.ToString("N1", CultureInfo.InvariantCulture));
        foreach ((string name, double percent) in Percentiles) table.Add($"latency {name}", Milliseconds(Latency, percent));
        table.Add("latency max", Milliseconds(Latency, 100));
        if (Latency.AtLeast > 0) table.Add("lower bounds", string.Create(CultureInfo.InvariantCulture, $"{Latency.AtLeast:N0} of {Latency.Count:N0} latencies"));
        if (AfterAcknowledgement is { } after) table.Add("read after ack", $"p50 {Milliseconds(after, 50)}, p99 {Milliseconds(after, 99)}, max {Milliseconds(after, 100)}");
        table.Add("errors", counts.Errors.Count == 0 ? "0" : string.Join("; ", counts.Errors.Select(e => $"{e.Value} × {e.Key}")));
        if (counts.Unsent > 0) table.Add("due, never sent", Number(counts.Unsent));
        table.Add("generator", $"{Cores(Result.GeneratorCores)}, late p99 {Milliseconds(counts.Lateness, 99)}");
        if (Result.Server is { } server)
        {
            string perGigabyte = server.CpuSecondsPerGigabyte(counts.Bytes) is { } cpu ? $", {cpu.ToString("N2", CultureInfo.InvariantCulture)} CPU s/GB" : "";
            table.Add("server", $"{Cores(server.Cores)}{perGigabyte}, peak {server.PeakResidentBytes / 1048576} MiB resident");
        }
        table.WriteTo(output);
        output.WriteLine();
        output.WriteLine($"Latency is {Caption}. {Verdict}");
    }

    /// <summary>The same as JSON: rates per second, latencies in microseconds, memory in bytes.</summary>
    public JsonObject ToJson()
    {
        LaneCounts counts = Result.Counts;
        return new JsonObject
        {
            ["workload"] = Command,
            ["settings"] = new JsonObject(Settings.Select(s => KeyValuePair.Create<string, JsonNode?>(s.Name, s.Value))),
            ["seconds"] = Result.Seconds,
            ["requests"] = counts.Requests,
            ["requests_per_second"] = Math.Round(Result.RequestRate, 1),
            ["records_per_second"] = Math.Round(Result.RecordRate, 1),
            ["megabytes_per_second"] = Math.Round(Result.MegabytesPerSecond, 2),
            ["latency_us"] = Json(Latency, LatencyOf),
            ["read_after_ack_us"] = AfterAcknowledgement is { } after ? Json(after, "from the acknowledgement until the record was read") : null,
            ["errors"] = new JsonObject(counts.Errors.Select(e => KeyValuePair.Create<string, JsonNode?>(e.Key, e.Value))),
            ["unsent"] = counts.Unsent,
            ["generator"] = new JsonObject
            {
                ["cores"] = Math.Round(Result.GeneratorCores, 3),
                ["late_p99_us"] = Microseconds(counts.Lateness.Percentile(99)),
            },
            ["server"] = Result.Server is not { } server ? null : new JsonObject
            {
                ["pid"] = server.Pid,
                ["cores"] = Math.Round(server.Cores, 3),
                ["cpu_seconds_per_gigabyte"] = server.CpuSecondsPerGigabyte(counts.Bytes) is { } cpu ? Math.Round(cpu, 3) : null,
                ["peak_resident_bytes"] = server.PeakResidentBytes,
            },
            ["failure"] = Result.Failure,
            ["bottleneck"] = Result.Bottleneck switch { Bottleneck.None => "none", Bottleneck.Server => "server", _ => "generator" },
        };
    }

    private static JsonObject Json(LatencyHistogram latency, string of)
    {
        var json = new JsonObject { ["of"] = of, ["count"] = latency.Count, ["lower_bounds"] = latency.AtLeast };
        bool any = latency.Count > 0;
        foreach ((string name, double percent) in Percentiles) json[name] = any ? Microseconds(latency.Percentile(percent)) : null;
        json["max"] = any ? Microseconds(latency.Max) : null;
        return json;
    }

    private string Verdict => Result.Bottleneck switch
    {
        _ when Result.Failure is { } failure => $"The run failed: {failure}. Its figures tell no bottleneck.",
        Bottleneck.None => "The rate asked for was held.",
        Bottleneck.Server => "The server set the pace.",
        _ => "The generator was the bottleneck: these figures are no limit of the server's.",
    };

    private static string Number(double value) => value.ToString(value < 100 ? "N1" : "N0", CultureInfo.InvariantCulture);

    private static string Cores(double cores) => cores.ToString("N2", CultureInfo.InvariantCulture) + " cores";

    private static string Milliseconds(LatencyHistogram latency, double percent) =>
        latency.Count == 0 ? "–" : (latency.Percentile(percent) / 1e6).ToString("N3", CultureInfo.InvariantCulture) + " ms";

    private static double Microseconds(long nanoseconds) => Math.Round(nanoseconds / 1e3, 1);
}
