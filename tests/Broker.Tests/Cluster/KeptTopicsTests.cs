using Gateway.Broker.Cluster;
using Gateway.Broker.Cluster.Decisions;
using Gateway.Broker.Configs;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using static Gateway.Broker.Tests.Cluster.Images;

namespace Gateway.Broker.Tests.Cluster;

/// <summary>Topics in which the broker and services beside it keep what they know cannot be set so that it would be lost.</summary>
public sealed class KeptTopicsTests
{
    private const string OfService = "_schemas";
    private const int Largest = 4_000_000;

    private static readonly KeptTopics s_kept = new(new Dictionary<string, int> { [OfService] = Largest });

    // What a topic inherits where it does not say otherwise.
    private static readonly (string, string)[] s_badDefaults =
    [
        ("log.cleanup.policy", "delete"), ("compression.type", "zstd"), ("log.message.timestamp.type", "LogAppendTime"), ("min.insync.replicas", "2"),
        ("message.max.bytes", "1000"), ("log.segment.bytes", "1048576"), ("log.cleaner.delete.retention.ms", "0"), ("log.message.timestamp.before.max.ms", "1"),
        ("log.message.timestamp.after.max.ms", "1"),
    ];

    [Theory]
    [InlineData("cleanup.policy", ConfigOperation.Set, "delete", ErrorCode.PolicyViolation)]
    [InlineData("cleanup.policy", ConfigOperation.Set, "", ErrorCode.PolicyViolation)]
    [InlineData("cleanup.policy", ConfigOperation.Append, "delete", ErrorCode.PolicyViolation)]
    [InlineData("cleanup.policy", ConfigOperation.Subtract, "compact", ErrorCode.PolicyViolation)]
    [InlineData("cleanup.policy", ConfigOperation.Delete, null, ErrorCode.None)]
    [InlineData("cleanup.policy", ConfigOperation.Set, "shred", ErrorCode.InvalidConfig)]
    [InlineData("cleanup.policy", ConfigOperation.Set, "compact", ErrorCode.None)]
    [InlineData("write.caching", ConfigOperation.Set, "true", ErrorCode.PolicyViolation)]
    [InlineData("write.caching", ConfigOperation.Set, "false", ErrorCode.None)]
    [InlineData("min.insync.replicas", ConfigOperation.Set, "2", ErrorCode.PolicyViolation)]
    [InlineData("min.insync.replicas", ConfigOperation.Set, "1", ErrorCode.None)]
    [InlineData("max.message.bytes", ConfigOperation.Set, "1048587", ErrorCode.PolicyViolation)]
    [InlineData("max.message.bytes", ConfigOperation.Set, "4000000", ErrorCode.None)]
    [InlineData("max.message.bytes", ConfigOperation.Delete, null, ErrorCode.None)]
    [InlineData("message.timestamp.before.max.ms", ConfigOperation.Set, "1000", ErrorCode.PolicyViolation)]
    [InlineData("message.timestamp.after.max.ms", ConfigOperation.Set, "3599999", ErrorCode.PolicyViolation)]
    [InlineData("message.timestamp.after.max.ms", ConfigOperation.Set, "3600001", ErrorCode.None)]
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

    [Theory]
    [InlineData("max.message.bytes", "3999999", "max.message.bytes of _schemas has to be 4000000 at least: ")]
    [InlineData("segment.bytes", "3999999", "segment.bytes of _schemas has to be 4000000 at least: ")]
    public void What_a_service_has_to_keep_has_to_fit(string config, string value, string why)
    {
        ClusterImage image = Kept([("cleanup.policy", "compact")]);
        AlteredConfigs refused = Alter(image, OfService, config, ConfigOperation.Set, value);
        Assert.Equal(ErrorCode.PolicyViolation, refused.Error);
        Assert.StartsWith(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.None, Alter(image, OfService, config, ConfigOperation.Set, "4000000").Error);
    }

    [Theory]
    [InlineData(TopicName.ConsumerOffsets, "cleanup.policy", "delete", ErrorCode.PolicyViolation)]
    [InlineData(TopicName.ConsumerOffsets, "cleanup.policy", "compact,delete", ErrorCode.PolicyViolation)]
    [InlineData(TopicName.ConsumerOffsets, "cleanup.policy", "compact", ErrorCode.None)]
    [InlineData(TopicName.TransactionState, "cleanup.policy", "", ErrorCode.PolicyViolation)]
    [InlineData(TopicName.TransactionState, "write.caching", "true", ErrorCode.PolicyViolation)]
    [InlineData(TopicName.TransactionState, "write.caching", "false", ErrorCode.None)]
    [InlineData(OfService, "min.insync.replicas", "2", ErrorCode.PolicyViolation)]
    [InlineData(OfService, "max.message.bytes", "3999999", ErrorCode.PolicyViolation)]
    [InlineData(OfService, "max.message.bytes", "4000000", ErrorCode.None)]
    [InlineData("orders", "cleanup.policy", "delete", ErrorCode.None)]
    [InlineData("orders", "write.caching", "true", ErrorCode.None)]
    public void Whoever_makes_one_makes_it_so_that_nothing_in_it_is_lost(string topic, string config, string value, ErrorCode error) =>
        Assert.Equal(error, Assert.Single(Creation(kept: s_kept).Decide(Empty(), [Wanted(topic, 1, 1, (config, value))], false).Reply).Error);

    [Fact]
    public void They_inherit_nothing_that_breaks_their_promise_and_others_do()
    {
        ClusterImage image = Empty(s_badDefaults);
        string[] kept = [TopicName.ConsumerOffsets, TopicName.TransactionState, TopicName.HttpConsumers, OfService];
        WantedTopic[] wanted = [.. kept.Select(topic => InternalTopics.Wanted(topic, image.Configs)), Wanted("orders")];
        Decision<IReadOnlyList<CreatedTopic>> made = Creation(kept: s_kept).Decide(image, wanted, false);
        Assert.All(made.Reply, static topic => Assert.Equal(ErrorCode.None, topic.Error));
        image = image.ApplyAll(made.Records);
        foreach (string topic in kept) AssertKeeps(image.TopicsByName[topic], topic == OfService ? Largest : 1_048_588);
        Assert.Equal(1000, image.TopicsByName["orders"].Config.Rules.MaxMessageBytes);
        Assert.Empty(image.TopicsByName["orders"].Overrides);
    }

    [Fact]
    public void Defaults_that_do_not_go_with_each_other_keep_none_of_them_from_being_made()
    {
        ClusterImage image = Empty(("log.cleaner.min.compaction.lag.ms", "9223372036854775807"), ("log.cleaner.max.compaction.lag.ms", "1"));
        string[] kept = [TopicName.ConsumerOffsets, TopicName.TransactionState, TopicName.HttpConsumers, OfService];
        Decision<IReadOnlyList<CreatedTopic>> made = Creation(kept: s_kept).Decide(image, [.. kept.Select(topic => InternalTopics.Wanted(topic, image.Configs))], false);
        Assert.All(made.Reply, static topic => Assert.Equal(ErrorCode.None, topic.Error));
        foreach (string topic in kept) Assert.Equal("0", image.ApplyAll(made.Records).TopicsByName[topic].Overrides["min.compaction.lag.ms"]);
    }

    [Fact]
    public void A_default_that_asks_for_more_is_taken_over()
    {
        ClusterImage image = Empty(("message.max.bytes", "9000000"), ("log.cleaner.delete.retention.ms", "90000000"));
        image = image.ApplyAll(Creation(kept: s_kept).Decide(image, [Wanted(OfService)], false).Records);
        Assert.Equal(("9000000", "90000000"), (image.TopicsByName[OfService].Overrides["max.message.bytes"], image.TopicsByName[OfService].Overrides["delete.retention.ms"]));
    }

    [Theory]
    [InlineData("cleanup.policy")]
    [InlineData("max.message.bytes")]
    [InlineData("min.insync.replicas")]
    [InlineData("delete.retention.ms")]
    public void What_is_taken_back_falls_to_what_the_topic_needs_and_not_to_the_brokers_default(string config)
    {
        ClusterImage image = Empty(s_badDefaults);
        image = image.ApplyAll(Creation(kept: s_kept).Decide(image, [Wanted(OfService)], false).Records);
        Decision<IReadOnlyList<AlteredConfigs>> decision = Alteration(s_kept).Decide(
            image, [new WantedConfigs(ConfigResourceType.Topic, OfService, [new WantedConfig(config, ConfigOperation.Delete, null)])], validateOnly: false);
        Assert.Equal(ErrorCode.None, Assert.Single(decision.Reply).Error);
        AssertKeeps(image.ApplyAll(decision.Records).TopicsByName[OfService], Largest);
    }

    [Fact]
    public void What_an_older_version_or_a_smaller_limit_left_is_put_right()
    {
        ClusterImage image = Empty(s_badDefaults);
        (string Topic, (string Name, string Value)[] Configs)[] old =
        [
            (TopicName.ConsumerOffsets, [("cleanup.policy", "compact"), ("compression.type", "producer"), ("segment.bytes", "104857600")]),
            (TopicName.TransactionState, []),
            (OfService,
            [
                ("cleanup.policy", "delete"), ("write.caching", "true"), ("min.insync.replicas", "3"), ("max.message.bytes", "5000"), ("segment.bytes", "2000000"),
                ("confluent.key.schema.validation", "true"), ("redpanda.value.schema.id.validation", "true"), ("retention.ms", "5"),
            ]),
            ("orders", [("write.caching", "true")]),
        ];
        foreach ((string topic, (string Name, string Value)[] configs) in old)
            image = image.Apply(new TopicCreated(Id(image.Topics.Count + 1), topic, 1, 1, configs.ToDictionary(c => c.Name, c => c.Value)));
        Decision<int> mending = s_kept.Mend(image);
        Assert.Equal((3, 3), (mending.Reply, mending.Records.Count));
        ClusterImage after = image.ApplyAll(mending.Records);
        AssertKeeps(after.TopicsByName[TopicName.ConsumerOffsets], 1_048_588);
        AssertKeeps(after.TopicsByName[TopicName.TransactionState], 1_048_588);
        AssertKeeps(after.TopicsByName[OfService], Largest);
        Assert.Equal(("104857600", "5"), (after.TopicsByName[TopicName.ConsumerOffsets].Overrides["segment.bytes"], after.TopicsByName[OfService].Overrides["retention.ms"]));
        Assert.Same(image.TopicsByName["orders"], after.TopicsByName["orders"]);
        Assert.Empty(s_kept.Mend(after).Records);
        Assert.Equal([OfService], new KeptTopics(new Dictionary<string, int> { [OfService] = Largest + 1 }).Mend(after).Records.Select(r => after.Topics[((TopicConfigChanged)r).TopicId].Name));
    }

    [Fact]
    public void A_topic_of_several_partitions_is_none_that_a_service_takes()
    {
        ClusterImage image = Empty().Apply(new TopicCreated(Id(1), OfService, 2, 1, new Dictionary<string, string>()));
        Assert.Empty(s_kept.Mend(image).Records);
        Assert.Equal(ErrorCode.None, Alter(image, OfService, "cleanup.policy", ConfigOperation.Set, "delete").Error);
    }

    private static void AssertKeeps(TopicImage topic, int largest)
    {
        TopicConfig config = topic.Config;
        Assert.Equal((true, false, false), (config.IsCompacted, config.Log.DeleteOldSegments, config.WriteCaching));
        Assert.Equal((1, 86_400_000L), (config.MinInsyncReplicas, config.Log.DeleteRetentionMs));
        Assert.Equal((largest, null), (config.Rules.MaxMessageBytes, config.Rules.Compression));
        Assert.Equal((TimestampType.CreateTime, long.MaxValue, 3_600_000L), (config.Rules.TimestampType, config.Rules.TimestampBeforeMaxMs, config.Rules.TimestampAfterMaxMs));
        Assert.InRange(config.Rules.SegmentBytes, topic.Name == OfService ? largest : 1, int.MaxValue);
        Assert.Null(config.Schemas);
    }

    private static ClusterImage Kept((string Name, string Value)[] configs) =>
        Empty().Apply(new TopicCreated(Id(1), OfService, 1, 1, configs.ToDictionary(config => config.Name, config => config.Value)));

    private static AlteredConfigs Alter(ClusterImage image, string topic, string config, ConfigOperation operation, string? value)
    {
        var wanted = new WantedConfigs(ConfigResourceType.Topic, topic, [new WantedConfig(config, operation, value)]);
        Decision<IReadOnlyList<AlteredConfigs>> decision = Alteration(s_kept).Decide(image, [wanted], validateOnly: false);
        AlteredConfigs outcome = Assert.Single(decision.Reply);
        Assert.Equal(outcome.Error == ErrorCode.None ? 1 : 0, decision.Records.Count);
        return outcome;
    }
}
