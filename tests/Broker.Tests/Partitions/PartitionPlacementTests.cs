using Gateway.Broker.Partitions;
using Gateway.Common.Ids;

namespace Gateway.Broker.Tests.Partitions;

public sealed class PartitionPlacementTests
{
    [Fact]
    public void One_topics_partitions_are_spread_evenly()
    {
        var id = Guid.Parse("6f1c27a1-90ac-4d1c-b3a5-0f6d4f3e2d11");
        int[] perShard = new int[4];
        for (int partition = 0; partition < 40; partition++) perShard[PartitionPlacement.ShardOf(new TopicIdPartition(id, partition), 4)]++;
        Assert.Equal([10, 10, 10, 10], perShard);
    }

    [Fact]
    public void Topics_of_one_partition_are_spread_too_even_when_ids_count_up()
    {
        int[] perShard = new int[4];
        for (int i = 0; i < 4000; i++)
            perShard[PartitionPlacement.ShardOf(new TopicIdPartition(new Guid(0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(i >> 8), (byte)i), 0), 4)]++;
        Assert.All(perShard, count => Assert.InRange(count, 800, 1200));
    }

    [Fact]
    public void The_owner_does_not_depend_on_the_process() =>
        Assert.Equal(0, PartitionPlacement.ShardOf(new TopicIdPartition(Guid.Parse("6f1c27a1-90ac-4d1c-b3a5-0f6d4f3e2d11"), 5), 7));
}
