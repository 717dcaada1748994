using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Bench.Limits;
using Gateway.Bench.Measuring;
using Gateway.Cli;
using Gateway.Cli.Connections;
using Gateway.Cli.Output;
using Gateway.Cli.Records;

namespace Gateway.Bench.Commands;

/// <summary><c>gateway bench limits</c>.</summary>
internal static class LimitsBench
{
    public static Command Create(ClientOptionSet client)
    {
        var command = new Command("limits", """
            Measure what this machine allows at this moment, without any server: loopback, waking a thread, page cache, disk,
            synced appends, checksums.

            Example:
              gateway bench limits --directory ./gateway-data
            """);
        var directory = new Option<string>("--directory") { Description = "Where to write; best on the disk of the data directory.", HelpName = "DIR", DefaultValueFactory = _ => "." };
        var time = new Option<string>("-d", "--duration") { Description = "How long each measurement takes.", HelpName = "TIME", DefaultValueFactory = _ => "1s" };
        command.Add(directory);
        command.Add(time);
        command.SetAction((parsed, cancel) => Task.Run(
            () =>
            {
                if (!GoDuration.TryParse(parsed.GetValue(time)!, out TimeSpan each) || each == TimeSpan.Zero) throw new CommandException($"--duration: '{parsed.GetValue(time)}' is no time; use 500ms or 2s");
                List<Limit> limits = Measure(parsed.GetValue(directory)!, each, cancel);
                TextWriter output = parsed.InvocationConfiguration.Output;
                if (client.FormatOf(parsed) == OutputFormat.Json) JsonOutput.WriteDocument(output, new JsonArray([.. limits.Select(Json)]));
                else Print(limits, output);
                return 0;
            },
            cancel));
        return command;
    }

    private static List<Limit> Measure(string directory, TimeSpan each, CancellationToken cancel)
    {
        string file = Path.Combine(directory, $"gateway-bench-{Guid.NewGuid():N}.tmp");
        var limits = new List<Limit>();
        void Add(IEnumerable<Limit> more)
        {
            foreach (Limit limit in more)
            {
                limits.Add(limit);
                LoadOptions.Progress?.WriteLine(limit.Name);
                cancel.ThrowIfCancellationRequested();
            }
        }
        try
        {
            Add(LoopbackLimits.Measure(each));
            Add([WakeUpLimit.Measure(each)]);
            Add(DiskLimits.Measure(file, each));
            Add([LoopbackLimits.ReadAndSend(file, each), ChecksumLimit.Measure(each)]);
            return limits;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"--directory: {directory} cannot be written: {e.Message}", e);
        }
        finally
        {
            if (File.Exists(file)) File.Delete(file);
        }
    }

    private static void Print(List<Limit> limits, TextWriter output)
    {
        var table = new TextTable("WHAT", "MB/S", "CPU S/GB", "P50 µS", "P99 µS", "MAX µS");
        foreach (Limit limit in limits)
        {
            table.Add(
                limit.Name, Number(limit.MegabytesPerSecond, "N0"), Number(limit.CpuSecondsPerGigabyte, "N2"),
                Number(limit.Latency?.Percentile(50) / 1e3, "N1"), Number(limit.Latency?.Percentile(99) / 1e3, "N1"), Number(limit.Latency?.Max / 1e3, "N1"));
        }
        table.WriteTo(output);
    }

    private static JsonObject Json(Limit limit)
    {
        LatencyHistogram? latency = limit.Latency;
        return new JsonObject
        {
            ["name"] = limit.Name,
            ["megabytes_per_second"] = Rounded(limit.MegabytesPerSecond),
            ["cpu_seconds_per_gigabyte"] = Rounded(limit.CpuSecondsPerGigabyte),
            ["p50_us"] = Rounded(latency?.Percentile(50) / 1e3),
            ["p99_us"] = Rounded(latency?.Percentile(99) / 1e3),
            ["max_us"] = Rounded(latency?.Max / 1e3),
        };
    }

    private static double? Rounded(double? value) => value is { } number ? Math.Round(number, 3) : null;

    private static string? Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture);
}
