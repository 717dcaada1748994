using System.Diagnostics.Metrics;

namespace Gateway.Storage.Compaction;

/// <summary>What cleanings tell the outside, by the meter <c>Gateway.Storage</c>.</summary>
internal static class CleanerMetrics
{
    private static readonly Meter Meter = new("Gateway.Storage");
    private static readonly Counter<long> Runs = Meter.CreateCounter<long>("gateway.cleaner.runs", null, "Cleanings, by how they ended.");
    private static readonly Counter<long> Read = Meter.CreateCounter<long>("gateway.cleaner.read", "By", "Bytes cleanings have read.");
    private static readonly Counter<long> Freed = Meter.CreateCounter<long>("gateway.cleaner.freed", "By", "Bytes cleanings have freed.");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("gateway.cleaner.duration", "s", "How long cleanings took.");

    internal static void HasRead(long bytes) => Read.Add(bytes);

    internal static void Ended(in CleaningResult result, TimeSpan duration)
    {
        Runs.Add(1, new KeyValuePair<string, object?>("outcome", result.Outcome.ToString()));
        Freed.Add(Math.Max(0, result.BytesBefore - result.BytesAfter));
        Duration.Record(duration.TotalSeconds);
    }
}
