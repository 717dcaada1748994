using Gateway.Common.Ids;

namespace Gateway.Broker.Coordinators.Groups;

/// <summary>One partition's part of an OffsetCommit whose topic is known to exist.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="TopicId">The topic's id, so that a re-created topic does not inherit the offset.</param>
/// <param name="Offset">The offset of the next record to read.</param>
/// <param name="LeaderEpoch">The leader epoch of the last record read; -1 when unknown.</param>
/// <param name="Metadata">What the client keeps with it; null becomes "" (OFC-5).</param>
internal readonly record struct OffsetToCommit(TopicPartition Partition, Guid TopicId, long Offset, int LeaderEpoch, string? Metadata);

/// <summary>Who commits offsets.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="Generation">Its generation as the member knows it; -1 from outside.</param>
/// <param name="MemberId">The member; empty from outside.</param>
/// <param name="InstanceId">The static member's name, or null.</param>
/// <param name="RetentionMs">How long to keep the offsets; -1 for the broker's own retention.</param>
internal readonly record struct Committer(string GroupId, int Generation, string MemberId, string? InstanceId, long RetentionMs);
