using System.Text;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Shards;

namespace Gateway.Broker.Coordinators.Groups;

/// <content>Committed offsets: storing, reading, expiring (OFC-1 to OFC-5, OFF-1, OFF-2).</content>
internal sealed partial class GroupPartition
{
    private const short FirstWithGroupIdNotFound = 9;

    /// <summary>
    /// Stores offsets. The first error is about all of them; otherwise the list says which were refused for themselves.
    /// </summary>
    public async ValueTask<(ErrorCode Error, IReadOnlySet<TopicPartition> MetadataTooLarge)> CommitOffsetsAsync(
        Committer committer, IReadOnlyList<OffsetToCommit> offsets, short version)
    {
        AssertOnShard();
        ErrorCode error = Unavailable != ErrorCode.None ? Unavailable : CheckCommitter(committer, version);
        return error == ErrorCode.None ? await StoreAsync(committer, offsets, null) : (error, new HashSet<TopicPartition>());
    }

    private async ValueTask<(ErrorCode Error, IReadOnlySet<TopicPartition> MetadataTooLarge)> StoreAsync(
        Committer committer, IReadOnlyList<OffsetToCommit> offsets, TransactionalAppend? transaction)
    {
        long nowMs = NowMs();
        var tooLarge = new HashSet<TopicPartition>();
        List<CoordinatorRecord> records = [];
        foreach (OffsetToCommit offset in offsets)
        {
            if (offset.Metadata is not null && Encoding.UTF8.GetByteCount(offset.Metadata) > Settings.OffsetMetadataMaxBytes)
            {
                tooLarge.Add(offset.Partition);
                continue;
            }
            var committed = new CommittedOffset(
                offset.Offset, offset.LeaderEpoch, offset.Metadata ?? "", nowMs,
                committer.RetentionMs < 0 ? -1 : nowMs + Math.Min(committer.RetentionMs, long.MaxValue - nowMs), offset.TopicId);
            records.Add(GroupRecords.Offset(committer.GroupId, offset.Partition, committed));
        }
        ErrorCode refusal = TryWrite(records, transaction);
        return (refusal != ErrorCode.None ? AnswerFor(refusal) : await CommittedAsync(), tooLarge);
    }

    /// <summary>The offsets committed by a group: those asked for, or all of them (null). A partition without one is left out.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="partitions">The partitions.</param>
    /// <param name="unstable">Gets those that an open transaction may still change; null does not ask.</param>
    public async ValueTask<(ErrorCode Error, IReadOnlyList<(TopicPartition Partition, CommittedOffset Offset)> Offsets)> FetchOffsetsAsync(
        string groupId, IReadOnlyList<TopicPartition>? partitions, ISet<TopicPartition>? unstable = null)
    {
        AssertOnShard();
        if (Unavailable != ErrorCode.None) return (Unavailable, []);
        List<(TopicPartition, CommittedOffset)> found = [];
        if (unstable is not null) unstable.UnionWith(_store.PendingOf(groupId));
        if (_store.Find(groupId) is { } group)
        {
            foreach (TopicPartition partition in partitions ?? [.. group.Offsets.Keys])
            {
                if (group.Offsets.TryGetValue(partition, out CommittedOffset? offset)) found.Add((partition, offset));
            }
        }
        // What was read may not be committed yet, and what is answered must last (design D6).
        ErrorCode error = await CommittedAsync();
        return error == ErrorCode.None ? (error, found) : (error, []);
    }

    /// <summary>Deletes the offsets of topics that are gone: their names may come back and mean other records (OFF-2).</summary>
    public void DropOffsetsOfGoneTopics()
    {
        AssertOnShard();
        if (Unavailable != ErrorCode.None) return;
        List<CoordinatorRecord> records = [];
        foreach (ClassicGroup group in _store.Groups)
        {
            foreach ((TopicPartition partition, CommittedOffset offset) in group.Offsets)
            {
                if (_isGone(partition.Topic, offset.TopicId)) records.Add(GroupRecords.Offset(group.Id, partition, null));
            }
        }
        TryWrite(records);
    }

    /// <summary>OFC-2 and OFC-3.</summary>
    private ErrorCode CheckCommitter(Committer committer, short version)
    {
        ClassicGroup? group = _store.Find(committer.GroupId);
        if (group is null)
        {
            if (committer.Generation < 0) return ErrorCode.None;
            return version >= FirstWithGroupIdNotFound ? ErrorCode.GroupIdNotFound : ErrorCode.IllegalGeneration;
        }
        bool fromOutside = committer.Generation < 0 && committer.MemberId.Length == 0 && committer.InstanceId is null;
        if (fromOutside && group.State == GroupState.Empty) return ErrorCode.None;
        ErrorCode refused = CheckMember(group, committer.MemberId, committer.InstanceId);
        if (refused != ErrorCode.None) return refused;
        if (committer.Generation != group.Generation) return ErrorCode.IllegalGeneration;
        if (group.State == GroupState.CompletingRebalance) return ErrorCode.RebalanceInProgress;
        Prolong(group, committer.MemberId);
        return ErrorCode.None;
    }

    private void ScheduleExpiry()
    {
        _expiry?.Dispose();
        _expiry = Shard.Schedule(Settings.OffsetsRetentionCheckInterval, static partition => partition.ExpireOffsets(), this);
    }

    /// <summary>Deletes offsets whose time is over, and groups of which nothing is left.</summary>
    private void ExpireOffsets()
    {
        ScheduleExpiry();
        long nowMs = NowMs();
        List<CoordinatorRecord> records = [];
        foreach (ClassicGroup group in _store.Groups)
        {
            var subscribed = new Lazy<IReadOnlySet<string>?>(() => Subscriptions.Of(group));
            int left = group.Offsets.Count;
            foreach ((TopicPartition partition, CommittedOffset offset) in group.Offsets)
            {
                if (_store.IsPending(group.Id, partition) || !IsExpired(group, offset, partition.Topic, nowMs, subscribed)) continue;
                records.Add(GroupRecords.Offset(group.Id, partition, null));
                left--;
            }
            bool isOver = group.State == GroupState.Empty && group.Pending.Count == 0 && left == 0;
            if (isOver && group.IsStored) records.Add(GroupRecords.Group(group.Id, null));
        }
        if (TryWrite(records) == ErrorCode.None && records.Count > 0) GroupEvents.OffsetsExpired(_logger, Index, records.Count);
    }

    /// <summary>
    /// OFF-2: an own expiry counts as it is. Otherwise the retention runs from the commit for offsets committed from outside any group,
    /// from when the group became empty for others, and in a group with members only for topics nobody subscribes to.
    /// </summary>
    private bool IsExpired(ClassicGroup group, CommittedOffset offset, string topic, long nowMs, Lazy<IReadOnlySet<string>?> subscribed)
    {
        if (offset.ExpireTimestampMs >= 0) return nowMs >= offset.ExpireTimestampMs;
        long retentionMs = (long)Settings.OffsetsRetention.TotalMilliseconds;
        long since = offset.CommitTimestampMs;
        if (group.State == GroupState.Empty)
        {
            if (group.ProtocolType is not null && group.StateTimestampMs >= 0) since = Math.Max(since, group.StateTimestampMs);
        }
        else if (group.State != GroupState.Stable || subscribed.Value is not { } topics || topics.Contains(topic))
        {
            return false;
        }
        return nowMs - since >= retentionMs;
    }
}
