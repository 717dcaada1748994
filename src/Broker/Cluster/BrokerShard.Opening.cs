using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Shards;
using Gateway.Storage;
using Gateway.Storage.Files;

namespace Gateway.Broker.Cluster;

/// <summary>How partitions come and go.</summary>
public sealed partial class BrokerShard
{
    private static readonly TimeSpan OpenAgainInterval = TimeSpan.FromSeconds(1);

    // Partitions whose log could not be opened because of the disk, not because of what is on it.
    private readonly HashSet<TopicIdPartition> _unopened = [];
    private ShardTimer? _openAgain;

    private void Open(TopicImage topic, int from)
    {
        for (int index = from; index < topic.PartitionCount; index++)
        {
            var id = new TopicIdPartition(topic.Id, index);
            if (Router.OwnerIndex(id) != Shard.Index) continue;
            Add(topic, OpenOrOffline(topic, id));
        }
        if (_unopened.Count > 0) _openAgain ??= Shard.Schedule(OpenAgainInterval, static shard => shard.OpenAgain(), this);
    }

    private void Add(TopicImage topic, Partition partition)
    {
        _partitions.Add(partition.Id, partition);
        _metrics.Add(partition);
        if (partition.IsOffline) TellOffline(partition.Id);
        partition.WentOffline += p => TellOffline(p.Id);
        PartitionOpened?.Invoke(partition);
        Replay(partition);
    }

    // async void: what goes wrong surfaces on the shard, which stops the process, instead of in a task nobody looks at.
    private static async void Replay(Partition partition) => await partition.ReplayProducersAsync();

    private Partition OpenOrOffline(TopicImage topic, TopicIdPartition id) =>
        TryOpen(topic, id) ?? new Partition(Shard, id, topic.Name, topic.Config, Image.LeaderEpochOf(topic), _options);

    /// <summary>Null when it cannot be opened, which is told once; where a later try may find room, it stands among the unopened then.</summary>
    private Partition? TryOpen(TopicImage topic, TopicIdPartition id)
    {
        try
        {
            PartitionLog log = _store.OpenLog(id, topic.Config.Log, Shard);
            return new Partition(Shard, id, topic.Name, log, topic.Config, Image.LeaderEpochOf(topic), _options);
        }
        // Also a disk that is full or failing: the topic is committed, so it exists, and stopping the process would repeat at every start.
        catch (Exception failure) when (failure is DamagedLogException or StoreOfflineException or IOException)
        {
            // What is forbidden waits for somebody to allow it: trying it again and again would keep those waiting that only need room.
            bool mayOpenLater = failure is IOException and not AccessDeniedException;
            bool isOld = mayOpenLater && !_unopened.Add(id);
            if (!mayOpenLater) _unopened.Remove(id);
            if (!isOld) PartitionEvents.Damaged(_options.Logger, topic.Name, id.Partition, failure.Message);
            return null;
        }
    }

    /// <summary>Opens what found no room before; a full disk is tried with one partition a time.</summary>
    private void OpenAgain()
    {
        _openAgain = null;
        if (_isStopping) return;
        foreach (TopicIdPartition id in _unopened.ToArray())
        {
            if (!Image.Topics.TryGetValue(id.TopicId, out TopicImage? topic) || !_partitions.TryGetValue(id, out Partition? offline))
            {
                _unopened.Remove(id);
                continue;
            }
            if (TryOpen(topic, id) is not { } opened)
            {
                if (_unopened.Contains(id)) break;
                continue;
            }
            _unopened.Remove(id);
            PartitionDropping?.Invoke(offline);
            _partitions.Remove(id);
            _metrics.Remove(offline);
            TellOnline(id);
            PartitionEvents.OpenedAfterAll(_options.Logger, topic.Name, id.Partition);
            Add(topic, opened);
        }
        if (_unopened.Count > 0) _openAgain = Shard.Schedule(OpenAgainInterval, static shard => shard.OpenAgain(), this);
    }

    private void Drop(TopicImage topic) => ForEachOwn(topic, partition =>
    {
        PartitionDropping?.Invoke(partition);
        partition.Close(ErrorCode.UnknownTopicOrPartition);
        _partitions.Remove(partition.Id);
        _offline.Remove(partition.Id);
        _metrics.Remove(partition);
        _store.DeleteLog(partition.Id);
    });

    private void TellOffline(TopicIdPartition id)
    {
        foreach (ShardRef<BrokerShard> shard in Router.Shards) shard.Post(static (target, id) => target._offline.Add(id), id);
    }

    private void TellOnline(TopicIdPartition id)
    {
        foreach (ShardRef<BrokerShard> shard in Router.Shards) shard.Post(static (target, id) => target._offline.Remove(id), id);
    }
}
