using Gateway.Broker.Tests.Support;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Tests.Handlers;

/// <summary>kafka-broker.md §4: Metadata and DescribeCluster.</summary>
public sealed class MetadataTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private readonly TestBroker _broker = fixture.Broker;

    [Fact]
    public async Task MD_6_7_8_9_one_broker_that_leads_and_controls_everything()
    {
        Guid topic = await _broker.CreateTopic("md-8", 3);
        MetadataResponse response = await Ask("md-8");
        Assert.Equal([(1, _broker.Address.Host, _broker.Address.Port)], response.Brokers.Select(b => (b.NodeId, b.Host, b.Port)));
        Assert.Equal((1, 22), (response.ControllerId, response.ClusterId!.Length));
        MetadataResponse.MetadataResponseTopic described = Assert.Single(response.Topics);
        Assert.Equal((ErrorCode.None, "md-8", topic, false, int.MinValue), (described.ErrorCode, described.Name, described.TopicId, described.IsInternal, described.TopicAuthorizedOperations));
        Assert.Equal([0, 1, 2], described.Partitions.Select(p => p.PartitionIndex));
        Assert.All(described.Partitions, p =>
        {
            Assert.Equal((ErrorCode.None, 1, 0), (p.ErrorCode, p.LeaderId, p.LeaderEpoch));
            Assert.Equal([1], p.ReplicaNodes);
            Assert.Equal([1], p.IsrNodes);
            Assert.Empty(p.OfflineReplicas);
        });
    }

    [Fact]
    public async Task MD_1_null_is_all_topics_and_an_empty_list_none_but_in_version_0()
    {
        await _broker.CreateTopic("md-1");
        Assert.Contains("md-1", (await _broker.Send(new MetadataRequest { Topics = null })).Topics.Select(t => t.Name));
        MetadataResponse none = await _broker.Send(new MetadataRequest { Topics = [] });
        Assert.Empty(none.Topics);
        Assert.Single(none.Brokers);
        using WireClient wire = await _broker.Connect();
        Assert.Contains("md-1", (await wire.Ask(new MetadataRequest { Topics = [] }, 0)).Topics.Select(t => t.Name));
        Assert.Empty((await wire.Ask(new MetadataRequest { Topics = [] }, 1)).Topics);
    }

    [Fact]
    public async Task MD_2_topic_ids_from_version_12_on()
    {
        Guid topic = await _broker.CreateTopic("md-2");
        using WireClient wire = await _broker.Connect();
        MetadataRequest byId = new() { Topics = [new() { Name = null, TopicId = topic }] };
        Assert.Equal((ErrorCode.None, "md-2"), First(await wire.Ask(byId, 12)));
        Assert.Equal((ErrorCode.InvalidRequest, ""), First(await wire.Ask(byId, 11)));
        Assert.Equal((ErrorCode.InvalidRequest, "md-2"), First(await wire.Ask(new MetadataRequest { Topics = [new() { Name = "md-2", TopicId = topic }] }, 10)));
        MetadataResponse unknown = await wire.Ask(new MetadataRequest { Topics = [new() { Name = null, TopicId = Guid.NewGuid() }] }, 12);
        Assert.Equal((ErrorCode.UnknownTopicId, null), First(unknown));
    }

    [Fact]
    public async Task MD_3_a_missing_topic_is_created_when_the_request_allows_it()
    {
        Assert.Equal((ErrorCode.UnknownTopicOrPartition, "md-3"), First(await Ask("md-3", mayCreate: false)));
        Assert.Equal((ErrorCode.None, "md-3"), First(await Ask("md-3", mayCreate: true)));
        Assert.Equal((ErrorCode.None, "md-3"), First(await Ask("md-3", mayCreate: false)));
    }

    [Fact]
    public async Task MD_3_versions_below_4_always_allow_it()
    {
        using WireClient wire = await _broker.Connect();
        Assert.Equal((ErrorCode.None, "md-3-old"), First(await wire.Ask(new MetadataRequest { Topics = [new() { Name = "md-3-old" }] }, 3)));
    }

    [Fact]
    public async Task MD_3_two_who_ask_at_once_get_the_same_topic()
    {
        ValueTask<MetadataResponse> one = Send("md-3-race");
        ValueTask<MetadataResponse> other = Send("md-3-race");
        Assert.Equal((await one).Topics[0].TopicId, (await other).Topics[0].TopicId);

        ValueTask<MetadataResponse> Send(string name) => _broker.Send(new MetadataRequest { Topics = [new() { Name = name }] });
    }

    [Fact]
    public async Task MD_3_the_broker_may_forbid_it_and_decides_the_number_of_partitions()
    {
        await using TestBroker closed = await TestBroker.StartAsync(new Dictionary<string, string> { ["auto.create.topics.enable"] = "false" });
        MetadataResponse refused = await closed.Send(new MetadataRequest { Topics = [new() { Name = "x" }] });
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, refused.Topics[0].ErrorCode);
        await using TestBroker wide = await TestBroker.StartAsync(new Dictionary<string, string> { ["num.partitions"] = "4" });
        MetadataResponse created = await wide.Send(new MetadataRequest { Topics = [new() { Name = "x" }] });
        Assert.Equal(4, created.Topics[0].Partitions.Count);
    }

    [Fact]
    public async Task MD_3_internal_topics_get_settings_of_their_own()
    {
        MetadataResponse response = await Ask("__consumer_offsets", mayCreate: true);
        Assert.Equal((ErrorCode.None, true, 50), (response.Topics[0].ErrorCode, response.Topics[0].IsInternal, response.Topics[0].Partitions.Count));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("__gateway_metadata")]
    public async Task MD_4_an_illegal_name(string name) => Assert.Equal((ErrorCode.InvalidTopicException, name), First(await Ask(name, mayCreate: true)));

    [Fact]
    public async Task MD_4_names_that_collide_are_not_created()
    {
        await _broker.CreateTopic("md.4");
        Assert.Equal((ErrorCode.InvalidTopicException, "md_4"), First(await Ask("md_4", mayCreate: true)));
    }

    [Fact]
    public async Task MD_8_authorized_operations_only_when_asked()
    {
        await _broker.CreateTopic("md-8-ops");
        using WireClient wire = await _broker.Connect();
        MetadataResponse response = await wire.Ask(
            new MetadataRequest { Topics = [new() { Name = "md-8-ops" }], IncludeClusterAuthorizedOperations = true, IncludeTopicAuthorizedOperations = true }, 8);
        Assert.Equal((8096, 3576), (response.ClusterAuthorizedOperations, response.Topics[0].TopicAuthorizedOperations));
        response = await wire.Ask(new MetadataRequest { Topics = [new() { Name = "md-8-ops" }] }, 8);
        Assert.Equal((int.MinValue, int.MinValue), (response.ClusterAuthorizedOperations, response.Topics[0].TopicAuthorizedOperations));
    }

    [Fact]
    public async Task MD_8_the_cluster_id_outlives_a_restart()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        string? before = (await broker.Send(new MetadataRequest { Topics = [] })).ClusterId;
        await broker.RestartAsync();
        Assert.Equal(before, (await broker.Send(new MetadataRequest { Topics = [] })).ClusterId);
    }

    [Theory]
    [InlineData(1, ErrorCode.None, 1)]
    [InlineData(2, ErrorCode.MismatchedEndpointType, 0)]
    [InlineData(3, ErrorCode.UnsupportedEndpointType, 0)]
    public async Task DescribeCluster_is_for_brokers(sbyte type, ErrorCode error, int brokers)
    {
        DescribeClusterResponse response = await _broker.Send(new DescribeClusterRequest { EndpointType = type });
        Assert.Equal((error, type, brokers), (response.ErrorCode, response.EndpointType, response.Brokers.Count));
        Assert.Equal(int.MinValue, response.ClusterAuthorizedOperations);
    }

    private async Task<MetadataResponse> Ask(string topic, bool mayCreate = false) =>
        await _broker.Send(new MetadataRequest { Topics = [new() { Name = topic }], AllowAutoTopicCreation = mayCreate });

    private static (ErrorCode, string?) First(MetadataResponse response) => (response.Topics[0].ErrorCode, response.Topics[0].Name);
}
