using Gateway.Broker.Cluster;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Shards;

namespace Gateway.Broker.Coordinators.Groups;

/// <summary>Finds the groups' owner: the shard that owns their partition of <c>__consumer_offsets</c>. Immutable; any shard may ask.</summary>
internal sealed class GroupRouter(PartitionRouter partitions, IReadOnlyList<ShardRef<GroupCoordinator>> coordinators)
{
    /// <summary>Completes when the groups that are stored were replayed: a broker that says it is ready knows its groups.</summary>
    public async Task LoadedAsync()
    {
        foreach (ShardRef<GroupCoordinator> coordinator in coordinators) await coordinator.Call(static target => target.LoadedAsync());
    }

    /// <summary>Every shard's coordinator.</summary>
    public IReadOnlyList<ShardRef<GroupCoordinator>> All => coordinators;

    /// <summary>The partition of <c>__consumer_offsets</c> a group lives in; null while the topic does not exist.</summary>
    public static TopicIdPartition? PartitionOf(ClusterImage image, string groupId) =>
        image.TryGetTopic(TopicName.ConsumerOffsets, out TopicImage? topic)
            ? new TopicIdPartition(topic.Id, CoordinatorPartition.Of(groupId, topic.PartitionCount))
            : null;

    /// <summary>
    /// Runs <paramref name="call"/> where the group lives. It is on its way before this returns; so requests of one connection reach
    /// a group in order.
    /// </summary>
    public ValueTask<TResult> CallAsync<TState, TResult>(
        ClusterImage image,
        string groupId,
        TState state,
        Func<GroupPartition, TState, ValueTask<TResult>> call,
        Func<ErrorCode, TState, TResult> refuse)
    {
        if (PartitionOf(image, groupId) is not { } partition) return new(refuse(ErrorCode.CoordinatorNotAvailable, state));
        return coordinators[partitions.OwnerIndex(partition)].Call(
            static (coordinator, work) => coordinator.Find(work.Index) is { } groups
                ? work.Call(groups, work.State)
                : new ValueTask<TResult>(work.Refuse(ErrorCode.NotCoordinator, work.State)),
            (Index: partition.Partition, State: state, Call: call, Refuse: refuse));
    }
}
