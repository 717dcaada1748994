using Gateway.Broker.Cluster;
using Gateway.Broker.Cluster.Decisions;
using Gateway.Common.Errors;
using static Gateway.Broker.Tests.Cluster.Images;

namespace Gateway.Broker.Tests.Cluster;

/// <summary>The checks of kafka-broker.md §12, CreatePartitions.</summary>
public sealed class CreatePartitionsTests
{
    [Fact]
    public void A_topic_grows_and_keeps_everything_else()
    {
        ClusterImage image = With("a", 2).Apply(new TopicConfigChanged(Id(1), new Dictionary<string, string?> { ["retention.ms"] = "5" }));
        Decision<IReadOnlyList<CreatedPartitions>> decision = Images.Growth().Decide(image, [new("a", 5, null)], validateOnly: false);
        Assert.Equal([new TopicGrown(Id(1), 5)], decision.Records);
        Assert.Equal([new CreatedPartitions("a", ErrorCode.None, null)], decision.Reply);
        ClusterImage after = image.ApplyAll(decision.Records);
        Assert.Equal(image.Topics[Id(1)] with { PartitionCount = 5 }, after.Topics[Id(1)]);
        Assert.Same(after.Topics[Id(1)], after.TopicsByName["a"]);
        Assert.Equal(2, image.Topics[Id(1)].PartitionCount);
    }

    [Theory]
    [InlineData("a", 3, ErrorCode.InvalidPartitions)]
    [InlineData("a", 2, ErrorCode.InvalidPartitions)]
    [InlineData("a", 0, ErrorCode.InvalidPartitions)]
    [InlineData("a", -1, ErrorCode.InvalidPartitions)]
    [InlineData("a", CreateTopics.PartitionsMax + 1, ErrorCode.InvalidPartitions)]
    [InlineData("a", int.MaxValue, ErrorCode.InvalidPartitions)]
    [InlineData("b", 4, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("", 4, ErrorCode.UnknownTopicOrPartition)]
    public void Only_a_topic_there_is_grows_and_only_to_more(string topic, int count, ErrorCode error)
    {
        Decision<IReadOnlyList<CreatedPartitions>> decision = Images.Growth().Decide(With("a", 3), [new(topic, count, null)], validateOnly: false);
        Assert.Equal(error, Assert.Single(decision.Reply).Error);
        Assert.NotNull(decision.Reply[0].Message);
        Assert.Empty(decision.Records);
    }

    [Fact]
    public void The_brokers_own_topics_keep_their_number_since_groups_are_found_by_it()
    {
        Decision<IReadOnlyList<CreatedPartitions>> decision = Images.Growth().Decide(With("__consumer_offsets", 50), [new("__consumer_offsets", 51, null)], false);
        Assert.Equal(ErrorCode.InvalidRequest, decision.Reply[0].Error);
        Assert.Empty(decision.Records);
    }

    [Fact]
    public void Topics_of_services_stay_at_the_one_partition_their_service_takes()
    {
        KeptTopics kept = new(new Dictionary<string, int> { ["_schemas"] = 1000 });
        Decision<IReadOnlyList<CreatedPartitions>> decision = Images.Growth(kept).Decide(With("_schemas"), [new("_schemas", 2, null)], false);
        Assert.Equal((ErrorCode.InvalidRequest, "The partitions of _schemas cannot become more"), (decision.Reply[0].Error, decision.Reply[0].Message));
        Assert.Empty(decision.Records);
        // One that has more already is nobody's but its users'.
        Assert.Equal(ErrorCode.None, Images.Growth(kept).Decide(With("_schemas", 2), [new("_schemas", 3, null)], false).Reply[0].Error);
    }

    public static TheoryData<int[][], ErrorCode> Assignments => new()
    {
        { [[1], [1]], ErrorCode.None },
        { [], ErrorCode.InvalidReplicaAssignment },
        { [[1]], ErrorCode.InvalidReplicaAssignment },
        { [[1], [1], [1]], ErrorCode.InvalidReplicaAssignment },
        { [[1], [2]], ErrorCode.InvalidReplicaAssignment },
        { [[1], []], ErrorCode.InvalidReplicaAssignment },
        { [[1], [1, 1]], ErrorCode.InvalidReplicaAssignment },
    };

    [Theory]
    [MemberData(nameof(Assignments))]
    public void Replicas_chosen_by_hand_are_named_for_each_new_partition(int[][] assignments, ErrorCode error) =>
        Assert.Equal(error, Images.Growth().Decide(With("a"), [new("a", 3, assignments)], validateOnly: false).Reply[0].Error);

    [Fact]
    public void The_same_topic_twice_is_an_invalid_request_and_others_are_judged_by_themselves()
    {
        ClusterImage image = With("a").Apply(new TopicCreated(Id(2), "b", 1, 1, new Dictionary<string, string>()));
        Decision<IReadOnlyList<CreatedPartitions>> decision = Images.Growth().Decide(image, [new("a", 2, null), new("b", 2, null), new("a", 3, null)], false);
        Assert.Equal([("a", ErrorCode.InvalidRequest), ("b", ErrorCode.None)], decision.Reply.Select(r => (r.Topic, r.Error)));
        Assert.Equal([new TopicGrown(Id(2), 2)], decision.Records);
    }

    [Fact]
    public void Validating_only_changes_nothing()
    {
        Decision<IReadOnlyList<CreatedPartitions>> decision = Images.Growth().Decide(With("a"), [new("a", 2, null)], validateOnly: true);
        Assert.Equal(ErrorCode.None, decision.Reply[0].Error);
        Assert.Empty(decision.Records);
    }
}
