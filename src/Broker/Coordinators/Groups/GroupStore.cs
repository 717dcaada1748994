using Gateway.Common.Ids;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Coordinators.Groups;

/// <summary>
/// All groups of one partition of <c>__consumer_offsets</c>. <see cref="Apply"/> is the only way anything stored changes, live and at
/// replay (design D6), so both give the same state.
/// </summary>
internal sealed class GroupStore : IGroupRecordVisitor
{
    private readonly Dictionary<string, ClassicGroup> _groups = new(StringComparer.Ordinal);
    private readonly PendingOffsets _pending = new();

    public IReadOnlyCollection<ClassicGroup> Groups => _groups.Values;

    /// <summary>About what the members of all groups hold.</summary>
    public long MemberBytes => _groups.Values.Sum(static group => group.MemberBytes);

    public ClassicGroup? Find(string groupId) => _groups.GetValueOrDefault(groupId);

    /// <summary>The group, made if need be; nothing of a new one is stored yet.</summary>
    public ClassicGroup FindOrAdd(string groupId)
    {
        if (_groups.TryGetValue(groupId, out ClassicGroup? group)) return group;
        group = new ClassicGroup(groupId);
        _groups.Add(groupId, group);
        return group;
    }

    /// <summary>Takes one record over.</summary>
    public void Apply(CoordinatorRecord record) => GroupRecords.Read(record, this);

    /// <summary>Takes over one record of a producer's transaction: it counts when that is committed.</summary>
    public void ApplyPending(long producerId, CoordinatorRecord record) => GroupRecords.Read(record, _pending.Of(producerId));

    /// <summary>A producer's transaction ended: what it committed counts, or is forgotten (OFF-3).</summary>
    public void EndTransaction(long producerId, bool isCommitted)
    {
        foreach ((string group, TopicPartition partition, CommittedOffset offset) in _pending.End(producerId, isCommitted))
            FindOrAdd(group).Offsets[partition] = offset;
    }

    /// <summary>Whether a transaction may still change the offset.</summary>
    public bool IsPending(string group, TopicPartition partition) => _pending.Has(group, partition);

    /// <summary>The group's offsets that a transaction may still change.</summary>
    public IEnumerable<TopicPartition> PendingOf(string group) => _pending.Of(group);

    /// <summary>Forgets a group of which nothing is stored and nobody is left.</summary>
    public void DropIfVoid(ClassicGroup group)
    {
        bool isVoid = group.State == GroupState.Empty && !group.IsStored
            && group.Size == 0 && group.Pending.Count == 0 && group.Offsets.Count == 0;
        // After a replay the name may stand for another object.
        if (isVoid && ReferenceEquals(Find(group.Id), group)) _groups.Remove(group.Id);
    }

    public void Clear()
    {
        _groups.Clear();
        _pending.Clear();
    }

    void IGroupRecordVisitor.Offset(string group, TopicPartition partition, CommittedOffset? offset)
    {
        _pending.Supersede(group, partition);
        if (offset is not null) FindOrAdd(group).Offsets[partition] = offset;
        else if (Find(group) is { } known)
        {
            known.Offsets.Remove(partition);
            DropIfVoid(known);
        }
    }

    void IGroupRecordVisitor.Group(string group, GroupMetadataValue? value)
    {
        if (value is not null) FindOrAdd(group).Apply(value);
        else _groups.Remove(group);
    }
}
