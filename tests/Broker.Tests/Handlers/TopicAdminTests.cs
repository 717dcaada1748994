using Gateway.Broker.Tests.Support;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;
using static Gateway.Broker.Tests.Support.Batches;

namespace Gateway.Broker.Tests.Handlers;

/// <summary>kafka-broker.md §12 and §13 through a running broker; the rules by themselves are tested in Cluster.</summary>
public sealed class TopicAdminTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private readonly TestBroker _broker = fixture.Broker;

    [Fact]
    public async Task The_answer_to_a_creation_tells_the_layout_and_every_config_in_force()
    {
        CreateTopicsResponse response = await _broker.Send(new CreateTopicsRequest
        {
            Topics = [new() { Name = "created", NumPartitions = -1, ReplicationFactor = -1, Configs = [new() { Name = "retention.ms", Value = "5" }] }],
        });
        CreateTopicsResponse.CreatableTopicResult result = Assert.Single(response.Topics);
        Assert.Equal((ErrorCode.None, 1, (short)1), (result.ErrorCode, result.NumPartitions, result.ReplicationFactor));
        Assert.NotEqual(Guid.Empty, result.TopicId);
        Assert.Equal(46, result.Configs!.Count);
        Assert.Equal([("5", (sbyte)1)], result.Configs.Where(c => c.Name == "retention.ms").Select(c => (c.Value!, c.ConfigSource)));
        Assert.Equal([("604800000", (sbyte)5)], result.Configs.Where(c => c.Name == "segment.ms").Select(c => (c.Value!, c.ConfigSource)));
    }

    [Fact]
    public async Task Validate_only_answers_and_does_nothing()
    {
        CreateTopicsResponse response = await _broker.Send(new CreateTopicsRequest
        {
            ValidateOnly = true,
            Topics = [new() { Name = "only-validated", NumPartitions = 1, ReplicationFactor = 1 }],
        });
        Assert.Equal(ErrorCode.None, response.Topics[0].ErrorCode);
        MetadataResponse metadata = await _broker.Send(new MetadataRequest { Topics = [new() { Name = "only-validated" }], AllowAutoTopicCreation = false });
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, metadata.Topics[0].ErrorCode);
    }

    [Fact]
    public async Task A_created_topic_is_served_by_every_shard_when_the_answer_comes()
    {
        for (int i = 0; i < 20; i++)
        {
            Guid topic = await _broker.CreateTopic($"served-{i}", 4);
            for (int partition = 0; partition < 4; partition++) Assert.Equal(0, await _broker.Store(topic, Of("a"), partition));
        }
    }

    [Fact]
    public async Task New_partitions_are_served_by_every_shard_when_the_answer_comes_and_outlive_a_restart()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("grown", 2, ("retention.ms", "-1"));
        await broker.Store(topic, Of("before"), 1);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await broker.Produce(topic, Of("too soon"), 2)).ErrorCode);
        CreatePartitionsResponse response = await broker.Send(new CreatePartitionsRequest { Topics = [new() { Name = "grown", Count = 20, Assignments = null }] });
        Assert.Equal(("grown", ErrorCode.None), (response.Results[0].Name, response.Results[0].ErrorCode));
        for (int partition = 2; partition < 20; partition++) Assert.Equal(0, await broker.Store(topic, Of($"p{partition}"), partition));
        Assert.Equal(1, await broker.Store(topic, Of("after"), 1));
        MetadataResponse metadata = await broker.Send(new MetadataRequest { Topics = [new() { Name = "grown" }] });
        Assert.Equal(Enumerable.Range(0, 20), metadata.Topics[0].Partitions.Select(p => p.PartitionIndex).Order());

        await broker.RestartAsync(shards: 3);
        Assert.Equal(["before", "after"], Values(await broker.Fetch(topic, 0, 1)));
        for (int partition = 2; partition < 20; partition++) Assert.Equal([$"p{partition}"], Values(await broker.Fetch(topic, 0, partition)));
        // And go with the topic.
        Assert.Equal(ErrorCode.None, await broker.DeleteTopic("grown"));
        Assert.Equal(ErrorCode.UnknownTopicId, (await broker.Produce(topic, Of("b"), 19)).ErrorCode);
    }

    [Fact]
    public async Task A_deleted_topic_is_gone_with_its_files_when_the_answer_comes()
    {
        Guid topic = await _broker.CreateTopic("deleted");
        await _broker.Store(topic, Of("a"));
        Assert.Equal(ErrorCode.None, await _broker.DeleteTopic("deleted"));
        Assert.Equal(ErrorCode.UnknownTopicId, (await _broker.Produce(topic, Of("b"))).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await _broker.DeleteTopic("deleted"));
    }

    [Fact]
    public async Task Deletion_by_id_from_version_6_on()
    {
        Guid topic = await _broker.CreateTopic("deleted-by-id");
        DeleteTopicsResponse response = await _broker.Send(new DeleteTopicsRequest { Topics = [new() { TopicId = topic }, new() { TopicId = Guid.NewGuid() }] });
        Assert.Equal([("deleted-by-id", ErrorCode.None), (null, ErrorCode.UnknownTopicId)], response.Responses.Select(r => (r.Name, r.ErrorCode)));
    }

    [Fact]
    public async Task Deletion_switched_off_is_an_invalid_request_to_old_clients()
    {
        await using TestBroker broker = await TestBroker.StartAsync(new Dictionary<string, string> { ["delete.topic.enable"] = "false" });
        await broker.CreateTopic("kept");
        using WireClient wire = await broker.Connect();
        Assert.Equal(ErrorCode.InvalidRequest, (await wire.Ask(new DeleteTopicsRequest { TopicNames = ["kept"] }, 2)).Responses[0].ErrorCode);
        Assert.Equal(ErrorCode.TopicDeletionDisabled, (await wire.Ask(new DeleteTopicsRequest { TopicNames = ["kept"] }, 3)).Responses[0].ErrorCode);
    }

    [Fact]
    public async Task Topics_configs_and_records_outlive_a_restart_on_another_number_of_shards()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("kept", 3, ("retention.ms", "-1"));
        Guid gone = await broker.CreateTopic("gone");
        await broker.Store(gone, Of("x"));
        await broker.DeleteTopic("gone");
        for (int partition = 0; partition < 3; partition++) await broker.Store(topic, Of($"p{partition}"), partition);
        await broker.Alter("kept", ("segment.ms", "1234"));
        await broker.RestartAsync(shards: 3);
        for (int partition = 0; partition < 3; partition++) Assert.Equal([$"p{partition}"], Values(await broker.Fetch(topic, 0, partition)));
        Assert.Equal("1234", (await Describe(broker, 2, "kept", "segment.ms")).Value);
        Assert.Equal("-1", (await Describe(broker, 2, "kept", "retention.ms")).Value);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await broker.DeleteTopic("gone"));
    }

    [Fact]
    public async Task CFG_1_every_topic_config_with_its_source_type_and_documentation()
    {
        await _broker.CreateTopic("cfg-1", 1, ("retention.ms", "5"));
        DescribeConfigsResponse response = await _broker.Send(new DescribeConfigsRequest
        {
            Resources = [new() { ResourceType = 2, ResourceName = "cfg-1", ConfigurationKeys = null }],
            IncludeSynonyms = true,
            IncludeDocumentation = true,
        });
        DescribeConfigsResponse.DescribeConfigsResult result = Assert.Single(response.Results);
        Assert.Equal((ErrorCode.None, 46), (result.ErrorCode, result.Configs.Count));
        Assert.All(result.Configs, c => Assert.False(string.IsNullOrEmpty(c.Documentation)));
        DescribeConfigsResponse.DescribeConfigsResourceResult retention = result.Configs.Single(c => c.Name == "retention.ms");
        Assert.Equal(("5", (sbyte)1, (sbyte)5, false, false), (retention.Value, retention.ConfigSource, retention.ConfigType, retention.ReadOnly, retention.IsSensitive));
        Assert.Equal(
            [("retention.ms", "5", (sbyte)1), ("log.retention.hours", "604800000", (sbyte)5)],
            retention.Synonyms.Select(s => (s.Name, s.Value!, s.Source)));
    }

    [Fact]
    public async Task CFG_1_only_what_is_asked_and_in_version_0_a_mark_for_defaults()
    {
        await _broker.CreateTopic("cfg-1-v0", 1, ("retention.ms", "5"));
        using WireClient wire = await _broker.Connect();
        DescribeConfigsResponse response = await wire.Ask(
            new DescribeConfigsRequest { Resources = [new() { ResourceType = 2, ResourceName = "cfg-1-v0", ConfigurationKeys = ["retention.ms", "segment.ms", "no.such"] }] }, 0);
        Assert.Equal([("retention.ms", false), ("segment.ms", true)], response.Results[0].Configs.Select(c => (c.Name, c.IsDefault)));
    }

    [Theory]
    [InlineData(2, "no-such-topic", ErrorCode.UnknownTopicOrPartition)]
    [InlineData(2, "..", ErrorCode.InvalidTopicException)]
    [InlineData(4, "2", ErrorCode.InvalidRequest)]
    [InlineData(4, "one", ErrorCode.InvalidRequest)]
    [InlineData(9, "x", ErrorCode.InvalidRequest)]
    public async Task CFG_1_resources_that_cannot_be_described(sbyte type, string name, ErrorCode error)
    {
        DescribeConfigsResponse response = await _broker.Send(new DescribeConfigsRequest { Resources = [new() { ResourceType = type, ResourceName = name }] });
        Assert.Equal((error, type, name), (response.Results[0].ErrorCode, response.Results[0].ResourceType, response.Results[0].ResourceName));
        Assert.NotNull(response.Results[0].ErrorMessage);
    }

    [Fact]
    public async Task CFG_1_a_brokers_configs()
    {
        await using TestBroker broker = await TestBroker.StartAsync(new Dictionary<string, string> { ["num.partitions"] = "4" });
        DescribeConfigsResponse.DescribeConfigsResourceResult partitions = await Describe(broker, 4, "1", "num.partitions");
        Assert.Equal(("4", (sbyte)4, true), (partitions.Value, partitions.ConfigSource, partitions.ReadOnly));
        DescribeConfigsResponse.DescribeConfigsResourceResult retention = await Describe(broker, 4, "1", "log.retention.ms");
        Assert.Equal((null, (sbyte)5, false), (retention.Value, retention.ConfigSource, retention.ReadOnly));
        Assert.Equal(broker.Directory, (await Describe(broker, 4, "1", "log.dirs")).Value);
    }

    [Fact]
    public async Task CFG_3_an_altered_config_is_in_force_when_the_answer_comes()
    {
        Guid topic = await _broker.CreateTopic("cfg-3");
        await _broker.Store(topic, Of("a"));
        await _broker.Alter("cfg-3", ("message.timestamp.type", "LogAppendTime"));
        Assert.True((await _broker.Produce(topic, Of("b"))).LogAppendTimeMs > 0);
        await _broker.Alter("cfg-3", ("message.timestamp.type", null), ("cleanup.policy", "compact"));
        Assert.Equal(ErrorCode.InvalidRecord, (await _broker.Produce(topic, Of("no key"))).ErrorCode);
        await _broker.Alter("cfg-3", ("cleanup.policy", null));
        Assert.Equal((ErrorCode.None, 2L, -1L), Short(await _broker.Produce(topic, Of("c"))));

        static (ErrorCode, long, long) Short(ProduceResponse.PartitionProduceResponse p) => (p.ErrorCode, p.BaseOffset, p.LogAppendTimeMs);
    }

    [Fact]
    public async Task CFG_2_a_broker_wide_default_reaches_running_topics_and_outlives_a_restart()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("wide");
        IncrementalAlterConfigsResponse response = await broker.Send(new IncrementalAlterConfigsRequest
        {
            Resources = [new() { ResourceType = 4, ResourceName = "", Configs = [new() { Name = "message.max.bytes", ConfigOperation = 0, Value = "100" }] }],
        });
        Assert.Equal(ErrorCode.None, response.Responses[0].ErrorCode);
        Assert.Equal(ErrorCode.MessageTooLarge, (await broker.Produce(topic, Of(new string('x', 100)))).ErrorCode);
        await broker.RestartAsync();
        Assert.Equal(("100", (sbyte)3), Short(await Describe(broker, 2, "wide", "max.message.bytes")));

        static (string?, sbyte) Short(DescribeConfigsResponse.DescribeConfigsResourceResult c) => (c.Value, c.ConfigSource);
    }

    private static async Task<DescribeConfigsResponse.DescribeConfigsResourceResult> Describe(TestBroker broker, sbyte type, string resource, string name)
    {
        DescribeConfigsResponse response = await broker.Send(new DescribeConfigsRequest { Resources = [new() { ResourceType = type, ResourceName = resource, ConfigurationKeys = [name] }] });
        return Assert.Single(response.Results[0].Configs);
    }
}
