using Gateway.Common.Ids;
using Gateway.Protocol.Messages;
using Gateway.Protocol.Stored;

namespace Gateway.Broker.Coordinators.Groups;

/// <summary>Kafka's records in <c>__consumer_offsets</c> for offsets and classic groups.</summary>
internal static class GroupRecords
{
    private const short LegacyOffsetKey = 0;
    private const short OffsetKey = 1;
    private const short GroupKey = 2;

    /// <summary>Without topic ids, the newest layout all tools know.</summary>
    private const short OffsetValueWithoutId = 3;

    /// <summary>The layout that has room for the topic id.</summary>
    private const short OffsetValueWithId = 4;

    /// <summary>The only layout that holds an expiry of its own.</summary>
    private const short OffsetValueWithExpiry = 1;

    private const short GroupValue = 3;

    public static CoordinatorRecord Offset(string group, TopicPartition partition, CommittedOffset? offset)
    {
        var key = new OffsetCommitKey { Group = group, Topic = partition.Topic, Partition = partition.Partition };
        return new CoordinatorRecord(VersionedBytes.Write(OffsetKey, key, 0), offset is null ? null : Value(offset));
    }

    public static CoordinatorRecord Group(string group, GroupMetadataValue? value) => new(
        VersionedBytes.Write(GroupKey, new GroupMetadataKey { Group = group }, 0),
        value is null ? null : VersionedBytes.Write(value, GroupValue));

    /// <summary>Tells the visitor what the record says. Kinds of records it does not know are left alone: newer brokers write them.</summary>
    public static void Read(CoordinatorRecord record, IGroupRecordVisitor visitor)
    {
        switch (VersionedBytes.Prefix(record.Key))
        {
            case LegacyOffsetKey or OffsetKey:
                OffsetCommitKey key = VersionedBytes.ReadKey<OffsetCommitKey>(record.Key);
                CommittedOffset? offset = record.Value is null ? null : Offset(VersionedBytes.Read<OffsetCommitValue>(record.Value));
                visitor.Offset(key.Group, new TopicPartition(key.Topic, key.Partition), offset);
                break;
            case GroupKey:
                string group = VersionedBytes.ReadKey<GroupMetadataKey>(record.Key).Group;
                visitor.Group(group, record.Value is null ? null : VersionedBytes.Read<GroupMetadataValue>(record.Value));
                break;
        }
    }

    private static byte[] Value(CommittedOffset offset)
    {
        short version = offset.ExpireTimestampMs >= 0 ? OffsetValueWithExpiry
            : offset.TopicId != Guid.Empty ? OffsetValueWithId
            : OffsetValueWithoutId;
        var value = new OffsetCommitValue
        {
            Offset = offset.Offset,
            LeaderEpoch = offset.LeaderEpoch,
            Metadata = offset.Metadata,
            CommitTimestamp = offset.CommitTimestampMs,
            ExpireTimestamp = offset.ExpireTimestampMs,
            TopicId = offset.TopicId,
        };
        return VersionedBytes.Write(value, version);
    }

    private static CommittedOffset Offset(OffsetCommitValue value) =>
        new(value.Offset, value.LeaderEpoch, value.Metadata, value.CommitTimestamp, value.ExpireTimestamp, value.TopicId);
}

/// <summary>Takes what records of <c>__consumer_offsets</c> say.</summary>
internal interface IGroupRecordVisitor
{
    /// <summary>An offset was committed, or deleted (null).</summary>
    void Offset(string group, TopicPartition partition, CommittedOffset? offset);

    /// <summary>A group has new members and a new generation, or is gone (null).</summary>
    void Group(string group, GroupMetadataValue? value);
}
