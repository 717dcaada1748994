using System.Diagnostics.Metrics;

namespace Gateway.Storage.Journal;

/// <summary>What the journal tells the outside, by the meter <c>Gateway.Storage</c>.</summary>
internal sealed class JournalMetrics(TimeProvider time)
{
    private static readonly Meter Meter = new("Gateway.Storage");
    private static readonly Counter<long> Flushes = Meter.CreateCounter<long>("gateway.journal.flushes");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("gateway.journal.flush.duration", "s");
    private static readonly Counter<long> Written = Meter.CreateCounter<long>("gateway.journal.written", "By");

    internal long Start() => time.GetTimestamp();

    internal void Flushed(long started, int bytes)
    {
        Flushes.Add(1);
        Duration.Record(time.GetElapsedTime(started).TotalSeconds);
        Written.Add(bytes);
    }
}
