using Gateway.Common.Ids;

namespace Gateway.Client.Consuming;

/// <summary>Where a member stands in its group. Immutable; replaced at each change.</summary>
/// <param name="IsStable">True while the assignment holds.</param>
/// <param name="Generation">The generation; -1 before the first.</param>
/// <param name="MemberId">The id the coordinator gave; empty before.</param>
/// <param name="Assignment">The partitions to read; in between two generations those of the last.</param>
/// <param name="Continuity">
/// Rises whenever the group may have shared partitions out without this member: positions from before are then worth nothing.
/// </param>
/// <param name="Failure">Set when the member has given up for good.</param>
internal sealed record GroupState(
    bool IsStable,
    int Generation,
    string MemberId,
    IReadOnlyList<TopicPartition> Assignment,
    int Continuity,
    KafkaErrorException? Failure = null)
{
    internal static GroupState Start { get; } = new(false, -1, "", [], 0);
}
