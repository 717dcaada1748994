namespace Gateway.Broker.Coordinators.Groups;

/// <summary>How far a group has read a partition, as it is stored.</summary>
/// <param name="Offset">The offset of the next record to read.</param>
/// <param name="LeaderEpoch">The leader epoch of the last record read; -1 when unknown.</param>
/// <param name="Metadata">What the client keeps with it; never null.</param>
/// <param name="CommitTimestampMs">When it was committed.</param>
/// <param name="ExpireTimestampMs">When it expires; -1 for the broker's own retention.</param>
/// <param name="TopicId">Which topic of that name was meant; zero when the record does not say.</param>
public sealed record CommittedOffset(
    long Offset, int LeaderEpoch, string Metadata, long CommitTimestampMs, long ExpireTimestampMs, Guid TopicId);
