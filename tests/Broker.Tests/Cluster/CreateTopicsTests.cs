using Gateway.Broker.Cluster;
using Gateway.Broker.Cluster.Decisions;
using Gateway.Common.Errors;
using static Gateway.Broker.Tests.Cluster.Images;

namespace Gateway.Broker.Tests.Cluster;

/// <summary>The checks of kafka-broker.md §12, CreateTopics.</summary>
public sealed class CreateTopicsTests
{
    [Fact]
    public void A_topic_that_passes_becomes_a_record_and_a_topic()
    {
        Decision<IReadOnlyList<CreatedTopic>> decision = Creation().Decide(Empty(), [Wanted("orders", 3, 1, ("retention.ms", "1000"))], false);
        TopicCreated record = Assert.IsType<TopicCreated>(Assert.Single(decision.Records));
        Assert.Equal((Id(100), "orders", 3, (short)1), (record.TopicId, record.Name, record.PartitionCount, record.ReplicationFactor));
        Assert.Equal("1000", record.Configs["retention.ms"]);
        CreatedTopic reply = Assert.Single(decision.Reply);
        Assert.Equal(ErrorCode.None, reply.Error);
        Assert.Equal(1000, reply.Topic!.Config.Log.RetentionMs);
    }

    [Fact]
    public void Validate_only_does_everything_but_the_record()
    {
        Decision<IReadOnlyList<CreatedTopic>> decision = Creation().Decide(Empty(), [Wanted("orders", -1, -1)], validateOnly: true);
        Assert.Empty(decision.Records);
        Assert.Equal((ErrorCode.None, 1), (decision.Reply[0].Error, decision.Reply[0].Topic!.PartitionCount));
    }

    [Fact]
    public void Minus_one_is_the_brokers_default()
    {
        ClusterImage image = Empty(("num.partitions", "4"));
        CreatedTopic topic = Creation().Decide(image, [Wanted("orders", -1, -1)], false).Reply[0];
        Assert.Equal((4, (short)1), (topic.Topic!.PartitionCount, topic.Topic.ReplicationFactor));
    }

    [Fact]
    public void The_same_name_twice_is_an_invalid_request_for_that_name_only()
    {
        Decision<IReadOnlyList<CreatedTopic>> decision = Creation().Decide(Empty(), [Wanted("a"), Wanted("b"), Wanted("a")], false);
        Assert.Equal([("a", ErrorCode.InvalidRequest), ("b", ErrorCode.None)], decision.Reply.Select(r => (r.Name, r.Error)));
        Assert.Equal("b", Assert.IsType<TopicCreated>(Assert.Single(decision.Records)).Name);
    }

    [Theory]
    [InlineData("..", ErrorCode.InvalidTopicException)]
    [InlineData("orders.eu", ErrorCode.TopicAlreadyExists)]
    [InlineData("orders_eu", ErrorCode.InvalidTopicException)]
    [InlineData("__gateway_metadata", ErrorCode.InvalidTopicException)]
    public void MD_4_names_are_checked(string name, ErrorCode error) => Assert.Equal(error, Refuse(With("orders.eu"), Wanted(name)));

    [Fact]
    public void MD_4_names_collide_within_one_request_as_well()
    {
        IReadOnlyList<CreatedTopic> reply = Creation().Decide(Empty(), [Wanted("a.b"), Wanted("a_b")], false).Reply;
        Assert.Equal([ErrorCode.None, ErrorCode.InvalidTopicException], reply.Select(r => r.Error));
    }

    [Theory]
    [InlineData(0, ErrorCode.InvalidPartitions)]
    [InlineData(-2, ErrorCode.InvalidPartitions)]
    [InlineData(10_001, ErrorCode.InvalidPartitions)]
    [InlineData(10_000, ErrorCode.None)]
    public void Partition_counts(int partitions, ErrorCode error) => Assert.Equal(error, Refuse(Empty(), Wanted("a", partitions)));

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(2)]
    public void Replication_factors(short factor) => Assert.Equal(ErrorCode.InvalidReplicationFactor, Refuse(Empty(), Wanted("a", 1, factor)));

    [Fact]
    public void An_assignment_makes_the_layout()
    {
        WantedTopic wanted = Wanted("a", -1, -1) with { Assignments = [new(1, [1]), new(0, [1])] };
        CreatedTopic topic = Creation().Decide(Empty(), [wanted], false).Reply[0];
        Assert.Equal((2, (short)1), (topic.Topic!.PartitionCount, topic.Topic.ReplicationFactor));
    }

    [Fact]
    public void An_assignment_beside_counts_is_an_invalid_request() =>
        Assert.Equal(ErrorCode.InvalidRequest, Refuse(Empty(), Wanted("a", 1, -1) with { Assignments = [new(0, [1])] }));

    public static TheoryData<int[], int[][]> BadAssignments => new()
    {
        { [0, 2], [[1], [1]] }, // a gap
        { [0, 0], [[1], [1]] }, // twice
        { [0], [[2]] }, // unknown broker
        { [0], [[1, 1]] }, // a broker twice
        { [0, 1], [[1], []] }, // no replicas
    };

    [Theory]
    [MemberData(nameof(BadAssignments))]
    public void Bad_assignments(int[] partitions, int[][] brokers)
    {
        WantedTopic wanted = Wanted("a", -1, -1) with { Assignments = [.. partitions.Zip(brokers, (p, b) => new WantedAssignment(p, b))] };
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Refuse(Empty(), wanted));
    }

    [Theory]
    [InlineData("no.such.config", "1")]
    [InlineData("retention.ms", null)]
    [InlineData("retention.ms", "soon")]
    [InlineData("min.insync.replicas", "0")]
    public void Configs_that_are_null_unknown_or_out_of_range(string name, string? value) =>
        Assert.Equal(ErrorCode.InvalidConfig, Refuse(Empty(), Wanted("a", 1, 1, (name, value))));

    [Fact]
    public void Configs_are_checked_together() => Assert.Equal(
        ErrorCode.InvalidConfig, Refuse(Empty(), Wanted("a", 1, 1, ("min.compaction.lag.ms", "10"), ("max.compaction.lag.ms", "9"))));

    [Fact]
    public void Retired_configs_are_dropped_or_refused_as_the_operator_says()
    {
        WantedTopic wanted = Wanted("a", 1, 1, ("message.format.version", "2.0"), ("retention.ms", "5"));
        TopicCreated record = Assert.IsType<TopicCreated>(Assert.Single(Creation().Decide(Empty(), [wanted], false).Records));
        Assert.Equal(["retention.ms"], record.Configs.Keys);
        Assert.Equal(ErrorCode.InvalidConfig, Creation(dropsRetired: false).Decide(Empty(), [wanted], false).Reply[0].Error);
    }

    private static ErrorCode Refuse(ClusterImage image, WantedTopic wanted)
    {
        Decision<IReadOnlyList<CreatedTopic>> decision = Creation().Decide(image, [wanted], false);
        CreatedTopic reply = Assert.Single(decision.Reply);
        Assert.Equal(reply.Error == ErrorCode.None, decision.Records.Count == 1);
        Assert.Equal(reply.Error == ErrorCode.None, reply.Message is null);
        return reply.Error;
    }
}
