using Gateway.Broker.Cluster;
using Gateway.Broker.Cluster.Decisions;
using Gateway.Broker.Configs;
using Gateway.Common.Errors;
using static Gateway.Broker.Tests.Cluster.Images;

namespace Gateway.Broker.Tests.Cluster;

/// <summary>Topics in which the broker and services beside it keep what they know cannot be set so that it would be lost.</summary>
public sealed class KeptTopicsTests
{
    private const string OfService = "_schemas";

    [Theory]
    [InlineData("__consumer_offsets", "compact", null, true)]
    [InlineData("__consumer_offsets", "compact", "false", true)]
    [InlineData("__consumer_offsets", "compact", "true", false)]
    [InlineData("__transaction_state", "compact", "true", false)]
    [InlineData("__transaction_state", "compact,delete", null, false)]
    [InlineData("orders", "delete", "true", true)]
    public void Its_own_topics_are_made_so_that_nothing_in_them_is_lost(string topic, string policy, string? caching, bool isRight)
    {
        var configs = new Dictionary<string, string> { ["cleanup.policy"] = policy };
        if (caching is not null) configs["write.caching"] = caching;
        Assert.Equal(isRight, KeptTopics.ProblemOfNew(topic, configs) is null);
    }

    [Theory]
    [InlineData("cleanup.policy", ConfigOperation.Set, "delete", ErrorCode.PolicyViolation)]
    [InlineData("cleanup.policy", ConfigOperation.Set, "", ErrorCode.PolicyViolation)]
    [InlineData("cleanup.policy", ConfigOperation.Append, "delete", ErrorCode.PolicyViolation)]
    [InlineData("cleanup.policy", ConfigOperation.Subtract, "compact", ErrorCode.PolicyViolation)]
    [InlineData("cleanup.policy", ConfigOperation.Delete, null, ErrorCode.PolicyViolation)]
    [InlineData("cleanup.policy", ConfigOperation.Set, "shred", ErrorCode.InvalidConfig)]
    [InlineData("cleanup.policy", ConfigOperation.Set, "compact", ErrorCode.None)]
    [InlineData("write.caching", ConfigOperation.Set, "true", ErrorCode.PolicyViolation)]
    [InlineData("write.caching", ConfigOperation.Set, "false", ErrorCode.None)]
    [InlineData("max.message.bytes", ConfigOperation.Set, "1048587", ErrorCode.PolicyViolation)]
    [InlineData("max.message.bytes", ConfigOperation.Set, "1048588", ErrorCode.None)]
    [InlineData("max.message.bytes", ConfigOperation.Set, "9000000", ErrorCode.None)]
    [InlineData("delete.retention.ms", ConfigOperation.Set, "0", ErrorCode.PolicyViolation)]
    [InlineData("delete.retention.ms", ConfigOperation.Set, "86400001", ErrorCode.None)]
    [InlineData("confluent.value.schema.validation", ConfigOperation.Set, "true", ErrorCode.PolicyViolation)]
    [InlineData("redpanda.key.schema.id.validation", ConfigOperation.Set, "true", ErrorCode.PolicyViolation)]
    [InlineData("confluent.key.schema.validation", ConfigOperation.Set, "false", ErrorCode.None)]
    // A compacted topic is not cut by time or size.
    [InlineData("retention.ms", ConfigOperation.Set, "1000", ErrorCode.None)]
    [InlineData("retention.bytes", ConfigOperation.Set, "1000", ErrorCode.None)]
    public void Settings_that_would_lose_what_is_kept_are_refused(string config, ConfigOperation operation, string? value, ErrorCode error)
    {
        ClusterImage image = Empty();
        string[] kept = [TopicName.ConsumerOffsets, TopicName.TransactionState, TopicName.HttpConsumers, OfService];
        var compacted = new Dictionary<string, string> { ["cleanup.policy"] = "compact" };
        foreach (string topic in kept.Append("orders")) image = image.Apply(new TopicCreated(Id(image.Topics.Count + 1), topic, 1, 1, compacted));
        foreach (string topic in kept) Assert.Equal(error, Alter(image, topic, config, operation, value).Error);
        Assert.Equal(error == ErrorCode.InvalidConfig ? error : ErrorCode.None, Alter(image, "orders", config, operation, value).Error);
    }

    [Fact]
    public void Retention_does_not_cut_what_is_only_compacted() =>
        Assert.False(Kept([("cleanup.policy", "compact"), ("retention.ms", "1000")]).TopicsByName[OfService].Config.Log.DeleteOldSegments);

    [Fact]
    public void A_value_that_was_raised_can_be_taken_back_and_one_below_the_default_not_be_lowered_more()
    {
        ClusterImage raised = Kept([("cleanup.policy", "compact"), ("max.message.bytes", "9000000")]);
        Assert.Equal(ErrorCode.None, Alter(raised, OfService, "max.message.bytes", ConfigOperation.Delete, null).Error);
        ClusterImage low = Kept([("cleanup.policy", "compact"), ("max.message.bytes", "5000")]);
        Assert.Equal(ErrorCode.None, Alter(low, OfService, "max.message.bytes", ConfigOperation.Set, "5000").Error);
        AlteredConfigs refused = Alter(low, OfService, "max.message.bytes", ConfigOperation.Set, "4999");
        Assert.Equal(ErrorCode.PolicyViolation, refused.Error);
        Assert.StartsWith("max.message.bytes of _schemas has to be 5000 at least", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_wrong_before_can_be_put_right_and_keeps_nobody_from_changing_something_else()
    {
        ClusterImage wrong = Kept([("cleanup.policy", "delete"), ("write.caching", "true"), ("confluent.key.schema.validation", "true")]);
        Assert.Equal(ErrorCode.None, Alter(wrong, OfService, "segment.ms", ConfigOperation.Set, "1000").Error);
        Assert.Equal(ErrorCode.None, Alter(wrong, OfService, "cleanup.policy", ConfigOperation.Set, "compact").Error);
        Assert.Equal(ErrorCode.None, Alter(wrong, OfService, "write.caching", ConfigOperation.Delete, null).Error);
        Assert.Equal(ErrorCode.None, Alter(wrong, OfService, "confluent.key.schema.validation", ConfigOperation.Set, "false").Error);
    }

    [Theory]
    [InlineData(TopicName.ConsumerOffsets, null, ErrorCode.PolicyViolation)]
    [InlineData(TopicName.ConsumerOffsets, "delete", ErrorCode.PolicyViolation)]
    [InlineData(TopicName.ConsumerOffsets, "compact,delete", ErrorCode.PolicyViolation)]
    [InlineData(TopicName.ConsumerOffsets, "compact", ErrorCode.None)]
    [InlineData(TopicName.TransactionState, null, ErrorCode.PolicyViolation)]
    [InlineData(TopicName.TransactionState, "compact", ErrorCode.None)]
    // Whose it is puts it right when it starts.
    [InlineData(OfService, null, ErrorCode.None)]
    [InlineData("orders", "delete", ErrorCode.None)]
    public void The_brokers_own_are_made_compacted_whoever_makes_them(string topic, string? policy, ErrorCode error)
    {
        (string, string?)[] configs = policy is null ? [] : [("cleanup.policy", policy)];
        Assert.Equal(error, Assert.Single(Creation().Decide(Empty(), [Wanted(topic, 1, 1, configs)], false).Reply).Error);
    }

    [Fact]
    public void The_broker_itself_makes_them_so()
    {
        foreach (string topic in new[] { TopicName.ConsumerOffsets, TopicName.TransactionState })
        {
            WantedTopic wanted = InternalTopics.Wanted(topic, Empty().Configs);
            Assert.Equal(ErrorCode.None, Assert.Single(Creation().Decide(Empty(), [wanted], false).Reply).Error);
        }
    }

    private static ClusterImage Kept((string Name, string Value)[] configs) =>
        Empty().Apply(new TopicCreated(Id(1), OfService, 1, 1, configs.ToDictionary(config => config.Name, config => config.Value)));

    private static AlteredConfigs Alter(ClusterImage image, string topic, string config, ConfigOperation operation, string? value)
    {
        var wanted = new WantedConfigs(ConfigResourceType.Topic, topic, [new WantedConfig(config, operation, value)]);
        Decision<IReadOnlyList<AlteredConfigs>> decision = Alteration(OfService).Decide(image, [wanted], validateOnly: false);
        AlteredConfigs outcome = Assert.Single(decision.Reply);
        Assert.Equal(outcome.Error == ErrorCode.None ? 1 : 0, decision.Records.Count);
        return outcome;
    }
}
