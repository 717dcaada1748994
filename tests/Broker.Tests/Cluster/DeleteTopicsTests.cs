using Gateway.Broker.Cluster;
using Gateway.Broker.Cluster.Decisions;
using Gateway.Common.Errors;
using static Gateway.Broker.Tests.Cluster.Images;

namespace Gateway.Broker.Tests.Cluster;

/// <summary>The checks of kafka-broker.md §12, DeleteTopics.</summary>
public sealed class DeleteTopicsTests
{
    [Fact]
    public void By_name_and_by_id()
    {
        ClusterImage image = With("a").Apply(new TopicCreated(Id(2), "b", 1, 1, new Dictionary<string, string>()));
        Decision<IReadOnlyList<DeletedTopic>> decision = DeleteTopics.Decide(image, [new("a", Guid.Empty), new(null, Id(2))]);
        Assert.Equal([new TopicDeleted(Id(1)), new TopicDeleted(Id(2))], decision.Records);
        Assert.Equal([("a", Id(1), ErrorCode.None), ("b", Id(2), ErrorCode.None)], decision.Reply.Select(r => (r.Name!, r.Id, r.Error)));
        ClusterImage after = image.ApplyAll(decision.Records);
        Assert.Empty(after.Topics);
        Assert.Empty(after.CollisionKeys);
        Assert.Contains(Id(1), after.DeletedTopics);
    }

    [Fact]
    public void Unknown_ones()
    {
        IReadOnlyList<DeletedTopic> reply = DeleteTopics.Decide(Empty(), [new("a", Guid.Empty), new(null, Id(9))]).Reply;
        Assert.Equal([ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicId], reply.Select(r => r.Error));
    }

    [Fact]
    public void Both_or_neither_of_name_and_id_is_an_invalid_request()
    {
        IReadOnlyList<DeletedTopic> reply = DeleteTopics.Decide(With("a"), [new("a", Id(1)), new(null, Guid.Empty)]).Reply;
        Assert.Equal([ErrorCode.InvalidRequest, ErrorCode.InvalidRequest], reply.Select(r => r.Error));
    }

    [Fact]
    public void The_same_topic_twice_even_by_name_and_id_is_an_invalid_request_and_stays()
    {
        Decision<IReadOnlyList<DeletedTopic>> decision = DeleteTopics.Decide(With("a"), [new("a", Guid.Empty), new(null, Id(1)), new("a", Guid.Empty)]);
        Assert.Equal(ErrorCode.InvalidRequest, Assert.Single(decision.Reply).Error);
        Assert.Empty(decision.Records);
    }

    [Fact]
    public void Deletion_may_be_switched_off()
    {
        ClusterImage image = Empty(("delete.topic.enable", "false")).Apply(new TopicCreated(Id(1), "a", 1, 1, new Dictionary<string, string>()));
        Decision<IReadOnlyList<DeletedTopic>> decision = DeleteTopics.Decide(image, [new("a", Guid.Empty)]);
        Assert.Equal(ErrorCode.TopicDeletionDisabled, decision.Reply[0].Error);
        Assert.Empty(decision.Records);
    }
}
