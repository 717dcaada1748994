using Gateway.Broker.Partitions;
using Gateway.Common.Ids;
using Gateway.Shards;

namespace Gateway.Broker.Cluster;

/// <summary>Finds the shard that owns a partition. Immutable once the broker is composed; any shard may ask.</summary>
public sealed class PartitionRouter
{
    private readonly ShardRef<BrokerShard>[] _shards;

    internal PartitionRouter(int shards) => _shards = new ShardRef<BrokerShard>[shards];

    /// <summary>How many shards there are.</summary>
    public int ShardCount => _shards.Length;

    /// <summary>The broker's part of each shard, by shard index.</summary>
    public IReadOnlyList<ShardRef<BrokerShard>> Shards => _shards;

    /// <summary>The index of the owner.</summary>
    public int OwnerIndex(TopicIdPartition partition) => PartitionPlacement.ShardOf(partition, _shards.Length);

    /// <summary>The owner.</summary>
    public ShardRef<BrokerShard> OwnerOf(TopicIdPartition partition) => _shards[OwnerIndex(partition)];

    internal void Set(int index, ShardRef<BrokerShard> shard) => _shards[index] = shard;
}
