using Gateway.Broker.Tests.Support;
using Gateway.Common.Errors;
using Gateway.Protocol;
using Gateway.Protocol.Messages;
using static Gateway.Broker.Tests.Support.Batches;

namespace Gateway.Broker.Tests.Handlers;

/// <summary>
/// Each version that ApiVersions lists can be answered: a handler may fill a field that some version cannot carry, and only
/// encoding finds that out.
/// </summary>
public sealed class EveryVersionTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private readonly TestBroker _broker = fixture.Broker;

    [Fact]
    public async Task Produce_and_fetch()
    {
        Guid topic = await _broker.CreateTopic("every-produce");
        using WireClient wire = await _broker.Connect();
        for (short version = 3; version <= 13; version++)
        {
            ProduceRequest request = version >= 13 ? Produce(topic, 0, Of($"v{version}")) : ProduceByName("every-produce", 0, Of($"v{version}"));
            ProduceResponse.PartitionProduceResponse stored = (await wire.Ask(request, version)).Responses[0].PartitionResponses[0];
            Assert.Equal((ErrorCode.None, version - 3L, version >= 5 ? 0L : -1L), (stored.ErrorCode, stored.BaseOffset, stored.LogStartOffset));
        }
        for (short version = 4; version <= 18; version++)
        {
            FetchRequest request = Fetch(topic, 0, version % 11);
            request.IsolationLevel = 1;
            request.Topics[0].Topic = "every-produce";
            request.Topics[0].Partitions[0].CurrentLeaderEpoch = version >= 9 ? 0 : -1;
            FetchResponse.PartitionData data = (await wire.Ask(request, version)).Responses[0].Partitions[0];
            Assert.Equal((ErrorCode.None, 11L, 11L), (data.ErrorCode, data.HighWatermark, data.LastStableOffset));
            Assert.Equal($"v{(version % 11) + 3}", Values(data, from: version % 11)[0]);
        }
    }

    [Fact]
    public async Task Errors_of_produce_and_fetch()
    {
        using WireClient wire = await _broker.Connect();
        for (short version = 3; version <= 13; version++)
        {
            ProduceRequest request = version >= 13 ? Produce(Guid.NewGuid(), 0, Of("a")) : ProduceByName("every-missing", 0, Of("a"));
            ErrorCode error = (await wire.Ask(request, version)).Responses[0].PartitionResponses[0].ErrorCode;
            Assert.Equal(version >= 13 ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition, error);
        }
        for (short version = 4; version <= 18; version++)
        {
            FetchRequest request = Fetch(version >= 13 ? Guid.NewGuid() : Guid.Empty, 0, 0);
            request.Topics[0].Topic = "every-missing";
            ErrorCode error = (await wire.Ask(request, version)).Responses[0].Partitions[0].ErrorCode;
            Assert.Equal(version >= 13 ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition, error);
        }
    }

    [Fact]
    public async Task ListOffsets()
    {
        Guid topic = await _broker.CreateTopic("every-offset");
        await _broker.Store(topic, Of("a", "b"));
        using WireClient wire = await _broker.Connect();
        for (short version = 0; version <= 11; version++)
        {
            ListOffsetsResponse.ListOffsetsPartitionResponse found = (await wire.Ask(
                new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = "every-offset", Partitions = [new() { Timestamp = T0 + 1, CurrentLeaderEpoch = -1 }] }] },
                version)).Topics[0].Partitions[0];
            Assert.Equal(ErrorCode.None, found.ErrorCode);
            if (version == 0) Assert.Equal([1L], found.OldStyleOffsets);
            else Assert.Equal((1L, T0 + 1, version >= 4 ? 0 : -1), (found.Offset, found.Timestamp, found.LeaderEpoch));
        }
    }

    [Fact]
    public async Task OffsetForLeaderEpoch()
    {
        Guid topic = await _broker.CreateTopic("every-epoch");
        await _broker.Store(topic, Of("a", "b"));
        using WireClient wire = await _broker.Connect();
        for (short version = 0; version <= 4; version++)
        {
            OffsetForLeaderEpochResponse.EpochEndOffset end = (await wire.Ask(
                new OffsetForLeaderEpochRequest { Topics = [new() { Topic = "every-epoch", Partitions = [new() { CurrentLeaderEpoch = -1, LeaderEpoch = 0 }] }] }, version)).Topics[0].Partitions[0];
            Assert.Equal((ErrorCode.None, 2L, version >= 1 ? 0 : -1), (end.ErrorCode, end.EndOffset, end.LeaderEpoch));
        }
    }

    [Fact]
    public async Task Metadata_and_DescribeCluster()
    {
        await _broker.CreateTopic("every-metadata");
        using WireClient wire = await _broker.Connect();
        for (short version = 0; version <= 13; version++)
        {
            MetadataResponse response = await wire.Ask(
                new MetadataRequest { Topics = [new() { Name = "every-metadata" }, new() { Name = "every.illegal name" }], AllowAutoTopicCreation = true }, version);
            Assert.Equal([ErrorCode.None, ErrorCode.InvalidTopicException], response.Topics.Select(t => t.ErrorCode));
            Assert.Equal(_broker.Address.Port, response.Brokers[0].Port);
        }
        for (short version = 0; version <= 2; version++) Assert.Equal(ErrorCode.None, (await wire.Ask(new DescribeClusterRequest(), version)).ErrorCode);
    }

    [Fact]
    public async Task CreateTopics_and_DeleteTopics()
    {
        using WireClient wire = await _broker.Connect();
        for (short version = 0; version <= 7; version++)
        {
            CreateTopicsRequest request = new() { Topics = [new() { Name = $"every-create-{version}", NumPartitions = 1, ReplicationFactor = 1 }, new() { Name = "every create", NumPartitions = 1, ReplicationFactor = 1 }] };
            CreateTopicsResponse response = await wire.Ask(request, version);
            Assert.Equal([ErrorCode.None, ErrorCode.InvalidTopicException], response.Topics.Select(t => t.ErrorCode));
        }
        for (short version = 0; version <= 6; version++)
        {
            DeleteTopicsRequest request = version >= 6
                ? new() { Topics = [new() { Name = $"every-create-{version}" }, new() { TopicId = Guid.NewGuid() }] }
                : new() { TopicNames = [$"every-create-{version}", "every-missing"] };
            DeleteTopicsResponse response = await wire.Ask(request, version);
            Assert.Equal([ErrorCode.None, version >= 6 ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition], response.Responses.Select(r => r.ErrorCode));
        }
    }

    [Fact]
    public async Task CreatePartitions()
    {
        await _broker.CreateTopic("every-grown");
        using WireClient wire = await _broker.Connect();
        for (short version = 0; version <= 3; version++)
        {
            var request = new CreatePartitionsRequest
            {
                Topics = [new() { Name = "every-grown", Count = version + 2, Assignments = version % 2 == 0 ? null : [new() { BrokerIds = [1] }] }, new() { Name = "every-missing", Count = 2 }],
            };
            CreatePartitionsResponse response = await wire.Ask(request, version);
            Assert.Equal([("every-grown", ErrorCode.None), ("every-missing", ErrorCode.UnknownTopicOrPartition)], response.Results.Select(r => (r.Name, r.ErrorCode)));
        }
    }

    [Fact]
    public async Task Configs()
    {
        await _broker.CreateTopic("every-config");
        using WireClient wire = await _broker.Connect();
        for (short version = 0; version <= 4; version++)
        {
            DescribeConfigsResponse response = await wire.Ask(
                new DescribeConfigsRequest
                {
                    Resources = [new() { ResourceType = 2, ResourceName = "every-config", ConfigurationKeys = null }, new() { ResourceType = 4, ResourceName = "1", ConfigurationKeys = null }],
                    IncludeSynonyms = version >= 1,
                    IncludeDocumentation = version >= 3,
                },
                version);
            Assert.Equal([ErrorCode.None, ErrorCode.None], response.Results.Select(r => r.ErrorCode));
            Assert.Equal(46, response.Results[0].Configs.Count);
        }
        for (short version = 0; version <= 1; version++)
        {
            IncrementalAlterConfigsResponse response = await wire.Ask(
                new IncrementalAlterConfigsRequest { Resources = [new() { ResourceType = 2, ResourceName = "every-config", Configs = [new() { Name = "retention.ms", Value = "5" }] }] }, version);
            Assert.Equal(ErrorCode.None, response.Responses[0].ErrorCode);
        }
    }

    [Fact]
    public async Task InitProducerId()
    {
        using WireClient wire = await _broker.Connect();
        for (short version = 0; version <= 5; version++)
        {
            InitProducerIdResponse response = await wire.Ask(new InitProducerIdRequest { TransactionalId = null, ProducerId = -1, ProducerEpoch = -1 }, version);
            Assert.Equal(ErrorCode.None, response.ErrorCode);
        }
    }
}
