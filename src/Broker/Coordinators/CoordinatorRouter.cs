using Gateway.Broker.Cluster;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Shards;

namespace Gateway.Broker.Coordinators;

/// <summary>
/// Finds the shard that coordinates a key: the owner of the key's partition of the coordinator's internal topic. Immutable once the broker is
/// composed; any shard may ask.
/// </summary>
internal class CoordinatorRouter<TCoordinator, TState>(string topic, PartitionRouter partitions, IReadOnlyList<ShardRef<TCoordinator>> coordinators)
    where TCoordinator : ShardCoordinator<TState>
    where TState : CoordinatorState
{
    /// <summary>Completes when what is stored was replayed: a broker that says it is ready knows it.</summary>
    public async Task LoadedAsync()
    {
        foreach (ShardRef<TCoordinator> coordinator in coordinators) await coordinator.Call(static target => target.LoadedAsync());
    }

    /// <summary>Every shard's coordinator.</summary>
    public IReadOnlyList<ShardRef<TCoordinator>> All => coordinators;

    /// <summary>The partition of the internal topic a key lives in; null while the topic does not exist.</summary>
    public TopicIdPartition? PartitionOf(ClusterImage image, string key) =>
        image.TryGetTopic(topic, out TopicImage? internalTopic)
            ? new TopicIdPartition(internalTopic.Id, CoordinatorPartition.Of(key, internalTopic.PartitionCount))
            : null;

    /// <summary>
    /// Runs <paramref name="call"/> where the key lives. It is on its way before this returns; so requests of one connection arrive in order.
    /// </summary>
    public ValueTask<TResult> CallAsync<TCall, TResult>(
        ClusterImage image, string key, TCall state, Func<TState, TCall, ValueTask<TResult>> call, Func<ErrorCode, TCall, TResult> refuse) =>
        PartitionOf(image, key) is { } partition
            ? CallAsync(partition, state, call, refuse)
            : new(refuse(ErrorCode.CoordinatorNotAvailable, state));

    /// <summary>Runs <paramref name="call"/> on the state in a partition of the internal topic.</summary>
    public ValueTask<TResult> CallAsync<TCall, TResult>(
        TopicIdPartition partition, TCall state, Func<TState, TCall, ValueTask<TResult>> call, Func<ErrorCode, TCall, TResult> refuse) =>
        coordinators[partitions.OwnerIndex(partition)].Call(
            static (coordinator, work) => coordinator.Find(work.Index) is { } found
                ? work.Call(found, work.State)
                : new ValueTask<TResult>(work.Refuse(ErrorCode.NotCoordinator, work.State)),
            (Index: partition.Partition, State: state, Call: call, Refuse: refuse));
}
