using Gateway.Broker.Cluster;
using Gateway.Shards;

namespace Gateway.Broker.Coordinators.Groups;

/// <summary>Finds where a group is coordinated.</summary>
internal sealed class GroupRouter(PartitionRouter partitions, IReadOnlyList<ShardRef<GroupCoordinator>> coordinators)
    : CoordinatorRouter<GroupCoordinator, GroupPartition>(TopicName.ConsumerOffsets, partitions, coordinators);
