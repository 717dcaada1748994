using Gateway.Broker.Cluster;
using Gateway.Broker.Cluster.Decisions;
using Gateway.Broker.Configs;
using Gateway.Common.Errors;
using static Gateway.Broker.Tests.Cluster.Images;

namespace Gateway.Broker.Tests.Cluster;

/// <summary>CFG-2: incremental alteration of configs.</summary>
public sealed class AlterConfigsTests
{
    [Fact]
    public void Set_and_delete()
    {
        ClusterImage image = Alter(With("a"), Topic("a", new("retention.ms", ConfigOperation.Set, "5"), new("segment.ms", ConfigOperation.Set, "7")));
        Assert.Equal(5, image.TopicsByName["a"].Config.Log.RetentionMs);
        image = Alter(image, Topic("a", new WantedConfig("retention.ms", ConfigOperation.Delete, null)));
        Assert.Equal(604_800_000, image.TopicsByName["a"].Config.Log.RetentionMs);
        Assert.Equal(["segment.ms"], image.TopicsByName["a"].Overrides.Keys);
    }

    [Fact]
    public void Append_skips_what_is_there_and_subtract_takes_out()
    {
        ClusterImage image = Alter(With("a"), Topic("a", new WantedConfig("cleanup.policy", ConfigOperation.Append, "compact,delete")));
        Assert.Equal("delete,compact", image.TopicsByName["a"].Overrides["cleanup.policy"]);
        image = Alter(image, Topic("a", new WantedConfig("cleanup.policy", ConfigOperation.Subtract, "delete")));
        Assert.Equal("compact", image.TopicsByName["a"].Overrides["cleanup.policy"]);
    }

    [Theory]
    [InlineData("retention.ms", ConfigOperation.Append, "5", ErrorCode.InvalidConfig)]
    [InlineData("no.such.config", ConfigOperation.Set, "5", ErrorCode.InvalidConfig)]
    [InlineData("retention.ms", ConfigOperation.Set, null, ErrorCode.InvalidRequest)]
    [InlineData("retention.ms", ConfigOperation.Set, "soon", ErrorCode.InvalidConfig)]
    [InlineData("retention.ms", (ConfigOperation)9, "5", ErrorCode.InvalidRequest)]
    public void What_is_refused(string name, ConfigOperation operation, string? value, ErrorCode error) =>
        Assert.Equal(error, Refuse(With("a"), Topic("a", new WantedConfig(name, operation, value))));

    [Fact]
    public void A_key_twice_is_an_invalid_request() => Assert.Equal(
        ErrorCode.InvalidRequest,
        Refuse(With("a"), Topic("a", new("retention.ms", ConfigOperation.Set, "5"), new("retention.ms", ConfigOperation.Delete, null))));

    [Fact]
    public void All_or_nothing_for_one_resource_and_each_resource_by_itself()
    {
        ClusterImage image = With("a").Apply(new TopicCreated(Id(2), "b", 1, 1, new Dictionary<string, string>()));
        Decision<IReadOnlyList<AlteredConfigs>> decision = Alteration().Decide(
            image,
            [Topic("a", new("retention.ms", ConfigOperation.Set, "5"), new("segment.ms", ConfigOperation.Set, "0")), Topic("b", new WantedConfig("retention.ms", ConfigOperation.Set, "6"))],
            validateOnly: false);
        Assert.Equal([ErrorCode.InvalidConfig, ErrorCode.None], decision.Reply.Select(r => r.Error));
        Assert.Equal(Id(2), Assert.IsType<TopicConfigChanged>(Assert.Single(decision.Records)).TopicId);
    }

    [Fact]
    public void The_result_is_validated_as_a_whole()
    {
        ClusterImage image = Alter(With("a"), Topic("a", new WantedConfig("min.compaction.lag.ms", ConfigOperation.Set, "100")));
        Assert.Equal(ErrorCode.InvalidConfig, Refuse(image, Topic("a", new WantedConfig("max.compaction.lag.ms", ConfigOperation.Set, "99"))));
    }

    [Fact]
    public void A_resource_twice_is_an_invalid_request()
    {
        WantedConfigs one = Topic("a", new WantedConfig("retention.ms", ConfigOperation.Set, "5"));
        Decision<IReadOnlyList<AlteredConfigs>> decision = Alteration().Decide(With("a"), [one, one], validateOnly: false);
        Assert.Equal(ErrorCode.InvalidRequest, Assert.Single(decision.Reply).Error);
        Assert.Empty(decision.Records);
    }

    [Fact]
    public void An_unknown_topic_and_a_foreign_resource_type()
    {
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Refuse(Empty(), Topic("a")));
        Assert.Equal(ErrorCode.InvalidRequest, Refuse(Empty(), new WantedConfigs((ConfigResourceType)16, "a", [])));
    }

    [Fact]
    public void Validate_only_makes_no_record()
    {
        WantedConfigs wanted = Topic("a", new WantedConfig("retention.ms", ConfigOperation.Set, "5"));
        Decision<IReadOnlyList<AlteredConfigs>> decision = Alteration().Decide(With("a"), [wanted], validateOnly: true);
        Assert.Equal(ErrorCode.None, decision.Reply[0].Error);
        Assert.Empty(decision.Records);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    public void A_broker_wide_default_reaches_topics_without_a_value_of_their_own(string broker)
    {
        ClusterImage image = Alter(
            With("a").Apply(new TopicCreated(Id(2), "b", 1, 1, new Dictionary<string, string> { ["retention.ms"] = "6" })),
            new WantedConfigs(ConfigResourceType.Broker, broker, [new("log.retention.ms", ConfigOperation.Set, "5")]));
        Assert.Equal(5, image.TopicsByName["a"].Config.Log.RetentionMs);
        Assert.Equal(6, image.TopicsByName["b"].Config.Log.RetentionMs);
    }

    [Theory]
    [InlineData("2", "log.retention.ms", "5", ErrorCode.InvalidRequest)]
    [InlineData("one", "log.retention.ms", "5", ErrorCode.InvalidRequest)]
    [InlineData("1", "num.partitions", "5", ErrorCode.InvalidRequest)]
    [InlineData("1", "no.such.config", "5", ErrorCode.InvalidConfig)]
    [InlineData("1", "log.retention.ms", "-2", ErrorCode.InvalidConfig)]
    [InlineData("1", "log.segment.bytes", "1000", ErrorCode.InvalidConfig)]
    public void What_is_refused_of_a_broker(string broker, string name, string value, ErrorCode error) => Assert.Equal(
        error, Refuse(Empty(), new WantedConfigs(ConfigResourceType.Broker, broker, [new(name, ConfigOperation.Set, value)])));

    private static WantedConfigs Topic(string name, params WantedConfig[] configs) => new(ConfigResourceType.Topic, name, configs);

    private static ClusterImage Alter(ClusterImage image, WantedConfigs wanted)
    {
        Decision<IReadOnlyList<AlteredConfigs>> decision = Alteration().Decide(image, [wanted], validateOnly: false);
        Assert.Equal(ErrorCode.None, Assert.Single(decision.Reply).Error);
        return image.ApplyAll(decision.Records);
    }

    private static ErrorCode Refuse(ClusterImage image, WantedConfigs wanted)
    {
        Decision<IReadOnlyList<AlteredConfigs>> decision = Alteration().Decide(image, [wanted], validateOnly: false);
        Assert.Empty(decision.Records);
        return Assert.Single(decision.Reply).Error;
    }
}
