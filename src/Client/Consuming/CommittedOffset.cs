namespace Gateway.Client.Consuming;

/// <summary>How far a group has read a partition.</summary>
/// <param name="Offset">The offset to read next.</param>
/// <param name="Metadata">Whatever the committer added; empty when nothing.</param>
/// <param name="LeaderEpoch">The epoch of the record before; -1 when unknown.</param>
public readonly record struct CommittedOffset(long Offset, string Metadata = "", int LeaderEpoch = -1);
