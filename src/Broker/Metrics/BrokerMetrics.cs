using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Gateway.Broker.Partitions;

namespace Gateway.Broker.Metrics;

/// <summary>
/// The broker's figures per topic, under the meter "Gateway.Broker". Partitions count on their own shard; whoever looks adds up,
/// so the data plane pays nothing for being watched.
/// </summary>
public sealed class BrokerMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Gateway.Broker";

    private readonly Meter _meter = new(MeterName);
    private ImmutableHashSet<Partition> _partitions = [];

    /// <summary>Creates the instruments.</summary>
    public BrokerMetrics()
    {
        _meter.CreateObservableCounter("gateway.topic.bytes", () => Both(t => t.BytesIn, t => t.BytesOut), "By", "Record bytes appended and fetched.");
        _meter.CreateObservableCounter("gateway.topic.records", () => Both(t => t.RecordsIn, t => t.RecordsOut), null, "Records appended and fetched.");
        _meter.CreateObservableCounter(
            "gateway.topic.misfits", Misfits, null, "Records that did not fit the schemas of a topic that validates them: refused, or taken to its dead letter topic.");
        _meter.CreateObservableGauge("gateway.topic.size", Sizes, "By", "Bytes on disk.");
        _meter.CreateObservableGauge("gateway.partitions", () => Snapshot().Count, null, "Partitions on this broker.");
        _meter.CreateObservableGauge("gateway.partitions.offline", () => Snapshot().Count(static p => p.IsOffline), null, "Partitions whose data is damaged or whose disk failed.");
        _meter.CreateObservableGauge("gateway.topics", () => Snapshot().Select(static p => p.Id.TopicId).Distinct().Count(), null, "Topics on this broker.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Add(Partition partition) => ImmutableInterlocked.Update(ref _partitions, static (all, one) => all.Add(one), partition);

    internal void Remove(Partition partition) => ImmutableInterlocked.Update(ref _partitions, static (all, one) => all.Remove(one), partition);

    private ImmutableHashSet<Partition> Snapshot() => Volatile.Read(ref _partitions);

    private IEnumerable<Measurement<long>> Both(Func<PartitionTraffic, long> produced, Func<PartitionTraffic, long> fetched)
    {
        foreach (IGrouping<string, Partition> topic in Snapshot().GroupBy(static p => p.Topic, StringComparer.Ordinal))
        {
            yield return Measured(topic.Sum(p => produced(p.Traffic)), topic.Key, "produce");
            yield return Measured(topic.Sum(p => fetched(p.Traffic)), topic.Key, "fetch");
        }
    }

    private IEnumerable<Measurement<long>> Misfits()
    {
        foreach (IGrouping<string, Partition> topic in Snapshot().Where(static p => p.Config.Schemas is not null).GroupBy(static p => p.Topic, StringComparer.Ordinal))
        {
            yield return Measured(topic.Sum(static p => p.Traffic.RecordsRefused), topic.Key, "refused", "outcome");
            yield return Measured(topic.Sum(static p => p.Traffic.DeadLetters), topic.Key, "dead_letter", "outcome");
        }
    }

    private IEnumerable<Measurement<long>> Sizes() => Snapshot().GroupBy(static p => p.Topic, StringComparer.Ordinal)
        .Select(static topic => new Measurement<long>(topic.Sum(static p => p.Traffic.SizeInBytes), new KeyValuePair<string, object?>("topic", topic.Key)));

    private static Measurement<long> Measured(long value, string topic, string what, string label = "direction") =>
        new(value, new KeyValuePair<string, object?>("topic", topic), new KeyValuePair<string, object?>(label, what));
}
