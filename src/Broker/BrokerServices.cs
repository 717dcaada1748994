using Gateway.Broker.Cluster;
using Gateway.Broker.Cluster.Decisions;
using Gateway.Broker.Coordinators.Groups;
using Gateway.Broker.Coordinators.Transactions;
using Gateway.Shards;

namespace Gateway.Broker;

/// <summary>What handlers are built from: one per broker, made before the first request.</summary>
/// <param name="Router">Finds partitions, and the broker's part of each shard.</param>
/// <param name="Controller">Decides about topics and configs.</param>
/// <param name="TopicCreation">The rules of topic creation.</param>
/// <param name="ConfigAlteration">The rules of config alteration.</param>
/// <param name="TopicGrowth">The rules by which topics get more partitions.</param>
/// <param name="Groups">Finds consumer groups.</param>
/// <param name="Transactions">Finds transactions.</param>
internal sealed record BrokerServices(
    PartitionRouter Router, ShardRef<Controller> Controller, CreateTopics TopicCreation, AlterConfigs ConfigAlteration,
    CreatePartitions TopicGrowth, GroupRouter Groups, TransactionRouter Transactions)
{
    /// <summary>The broker's part of a shard. On that shard.</summary>
    public BrokerShard On(Shard shard) => Router.Shards[shard.Index].Local;

    /// <summary>Creates the topic of offsets or of transactions when it is needed for the first time (<see cref="InternalTopics.EnsureAsync"/>).</summary>
    public ValueTask EnsureTopicAsync(ClusterImage known, string name) => InternalTopics.EnsureAsync(Controller, TopicCreation, known, name);
}
