using Gateway.Common.Ids;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Coordinators.Groups;

/// <summary>
/// Offsets committed in transactions that have not ended, by producer (OFF-3). Of all committed records about an offset the one counts that is last
/// in the log, as compaction keeps no other; so a later one makes those before it void, whenever their transactions end.
/// </summary>
internal sealed class PendingOffsets
{
    private readonly Dictionary<long, OfProducer> _byProducer = [];
    private long _position;

    /// <summary>Takes over the records of one producer's transaction.</summary>
    public IGroupRecordVisitor Of(long producerId)
    {
        if (_byProducer.TryGetValue(producerId, out OfProducer? pending)) return pending;
        pending = new OfProducer(this);
        _byProducer.Add(producerId, pending);
        return pending;
    }

    /// <summary>Whether a transaction that has not ended has committed the offset.</summary>
    public bool Has(string group, TopicPartition partition) =>
        _byProducer.Count > 0 && _byProducer.Values.Any(pending => pending.Offsets.ContainsKey((group, partition)));

    /// <summary>The offsets of a group that transactions have committed that have not ended.</summary>
    public IEnumerable<TopicPartition> Of(string group) =>
        _byProducer.Values.SelectMany(pending => pending.Offsets.Keys).Where(key => key.Group == group).Select(static key => key.Partition);

    /// <summary>A record about the offset that counts at once came behind all that are here.</summary>
    public void Supersede(string group, TopicPartition partition) => Supersede(group, partition, long.MaxValue);

    /// <summary>Takes out what a transaction committed, if it did.</summary>
    public IEnumerable<(string Group, TopicPartition Partition, CommittedOffset Offset)> End(long producerId, bool isCommitted)
    {
        if (!_byProducer.Remove(producerId, out OfProducer? pending) || !isCommitted) return [];
        foreach (((string group, TopicPartition partition), (long position, _)) in pending.Offsets) Supersede(group, partition, position);
        return [.. pending.Offsets.Select(static entry => (entry.Key.Group, entry.Key.Partition, entry.Value.Offset))];
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _byProducer.Clear();

    private void Supersede(string group, TopicPartition partition, long before)
    {
        if (_byProducer.Count == 0) return;
        foreach (OfProducer other in _byProducer.Values)
        {
            if (other.Offsets.TryGetValue((group, partition), out var entry) && entry.Position < before) other.Offsets.Remove((group, partition));
        }
    }

    private sealed class OfProducer(PendingOffsets all) : IGroupRecordVisitor
    {
        public Dictionary<(string Group, TopicPartition Partition), (long Position, CommittedOffset Offset)> Offsets { get; } = [];

        public void Offset(string group, TopicPartition partition, CommittedOffset? offset)
        {
            if (offset is null) Offsets.Remove((group, partition));
            else Offsets[(group, partition)] = (all._position++, offset);
        }

        // Nobody writes groups in transactions.
        public void Group(string group, GroupMetadataValue? value)
        {
        }
    }
}
