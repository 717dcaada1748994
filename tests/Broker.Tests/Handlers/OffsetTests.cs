using Gateway.Broker.Tests.Support;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;
using static Gateway.Broker.Tests.Support.Batches;

namespace Gateway.Broker.Tests.Handlers;

/// <summary>kafka-broker.md §7: ListOffsets and OffsetForLeaderEpoch.</summary>
public sealed class OffsetTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private readonly TestBroker _broker = fixture.Broker;

    [Fact]
    public async Task The_special_times_on_an_empty_and_on_a_filled_log()
    {
        Guid topic = await _broker.CreateTopic("special");
        Assert.Equal((ErrorCode.None, 0L, -1L, 0), await List("special", -1));
        Assert.Equal((ErrorCode.None, 0L, -1L, 0), await List("special", -2));
        Assert.Equal((ErrorCode.None, -1L, -1L, -1), await List("special", -3));
        await _broker.Store(topic, Of("a", "b", "c"));
        Assert.Equal((ErrorCode.None, 3L, -1L, 0), await List("special", -1));
        Assert.Equal((ErrorCode.None, 0L, -1L, 0), await List("special", -2));
        Assert.Equal((ErrorCode.None, 2L, T0 + 2, 0), await List("special", -3));
        Assert.Equal((ErrorCode.None, 0L, -1L, 0), await List("special", -4));
        Assert.Equal((ErrorCode.None, -1L, -1L, -1), await List("special", -5));
        Assert.Equal((ErrorCode.None, -1L, -1L, -1), await List("special", -6));
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Lz4)]
    public async Task Trap_2_LOF_4_a_search_by_time_finds_the_record_inside_the_batch(CompressionType codec)
    {
        Guid topic = await _broker.CreateTopic($"time-{codec}");
        await _broker.Store(topic, Of(new RecordBatchOptions { Compression = codec }, "a", "b", "c"));
        await _broker.Store(topic, Of(new RecordBatchOptions { Compression = codec }, "d"));
        Assert.Equal((ErrorCode.None, 0L, T0, 0), await List($"time-{codec}", 0));
        Assert.Equal((ErrorCode.None, 1L, T0 + 1, 0), await List($"time-{codec}", T0 + 1));
        Assert.Equal((ErrorCode.None, 2L, T0 + 2, 0), await List($"time-{codec}", T0 + 2));
        Assert.Equal((ErrorCode.None, -1L, -1L, -1), await List($"time-{codec}", T0 + 3));
    }

    [Theory]
    [InlineData(6, -3)]
    [InlineData(7, -4)]
    [InlineData(8, -5)]
    [InlineData(10, -6)]
    [InlineData(11, -7)]
    public async Task LOF_1_a_special_time_the_version_does_not_know(short version, long time)
    {
        await _broker.CreateTopic($"lof-1-{version}");
        using WireClient wire = await _broker.Connect();
        ListOffsetsResponse response = await wire.Ask(Request($"lof-1-{version}", time), version);
        Assert.Equal(ErrorCode.UnsupportedVersion, response.Topics[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task LOF_1_the_same_partition_twice_is_an_invalid_request_for_it()
    {
        await _broker.CreateTopic("lof-1-twice", 2);
        ListOffsetsRequest request = Request("lof-1-twice", -1);
        request.Topics[0].Partitions.Add(new() { PartitionIndex = 0, Timestamp = -2 });
        request.Topics[0].Partitions.Add(new() { PartitionIndex = 1, Timestamp = -2 });
        ListOffsetsResponse response = await _broker.Send(request);
        Assert.Equal([ErrorCode.InvalidRequest, ErrorCode.InvalidRequest, ErrorCode.None], response.Topics[0].Partitions.Select(p => p.ErrorCode));
    }

    [Theory]
    [InlineData(1, ErrorCode.UnknownLeaderEpoch)]
    [InlineData(0, ErrorCode.None)]
    public async Task LOF_3_leader_epochs_fence(int epoch, ErrorCode error)
    {
        await _broker.CreateTopic($"lof-3-{epoch}");
        ListOffsetsRequest request = Request($"lof-3-{epoch}", -1);
        request.Topics[0].Partitions[0].CurrentLeaderEpoch = epoch;
        Assert.Equal(error, (await _broker.Send(request)).Topics[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Unknown_topics_and_partitions()
    {
        await _broker.CreateTopic("one-partition");
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await List("no-such-topic", -1)).Error);
        ListOffsetsRequest request = Request("one-partition", -1);
        request.Topics[0].Partitions[0].PartitionIndex = 1;
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await _broker.Send(request)).Topics[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task OLE_1_epochs_end_where_the_next_begins_and_the_current_one_at_the_log_end()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("ole-1");
        await broker.Store(topic, Of("a", "b"));
        await broker.RestartUncleanAsync();
        await broker.RestartUncleanAsync(); // an epoch without records
        await broker.Store(topic, Of("c"));
        Assert.Equal((ErrorCode.None, 0, 2L), await EndOf(broker, "ole-1", 0));
        Assert.Equal((ErrorCode.None, 0, 2L), await EndOf(broker, "ole-1", 1)); // hidden: nothing was written in it (design D7)
        Assert.Equal((ErrorCode.None, 2, 3L), await EndOf(broker, "ole-1", 2));
        Assert.Equal((ErrorCode.FencedLeaderEpoch, -1, -1L), await EndOf(broker, "ole-1", 0, current: 1));
        Assert.Equal((ErrorCode.UnknownLeaderEpoch, -1, -1L), await EndOf(broker, "ole-1", 0, current: 3));
        Assert.Equal((ErrorCode.UnknownTopicOrPartition, -1, -1L), await EndOf(broker, "no-such", 0));
    }

    [Fact]
    public async Task Trap_16_leader_epochs_never_fall_and_rise_only_after_an_unclean_stop()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopic("trap-16");
        Assert.Equal(0, await LeaderEpoch(broker, "trap-16"));
        await broker.RestartAsync();
        Assert.Equal(0, await LeaderEpoch(broker, "trap-16"));
        await broker.RestartUncleanAsync();
        Assert.Equal(1, await LeaderEpoch(broker, "trap-16"));
        await broker.RestartAsync(shards: 3);
        Assert.Equal(1, await LeaderEpoch(broker, "trap-16"));
        await broker.CreateTopic("younger");
        Assert.Equal(0, await LeaderEpoch(broker, "younger"));
    }

    private static async Task<int> LeaderEpoch(TestBroker broker, string topic)
    {
        MetadataResponse response = await broker.Send(new MetadataRequest { Topics = [new() { Name = topic }], AllowAutoTopicCreation = false });
        return response.Topics[0].Partitions[0].LeaderEpoch;
    }

    private static async Task<(ErrorCode, int, long)> EndOf(TestBroker broker, string topic, int epoch, int current = -1)
    {
        OffsetForLeaderEpochResponse response = await broker.Send(new OffsetForLeaderEpochRequest
        {
            ReplicaId = -1,
            Topics = [new() { Topic = topic, Partitions = [new() { Partition = 0, LeaderEpoch = epoch, CurrentLeaderEpoch = current }] }],
        });
        OffsetForLeaderEpochResponse.EpochEndOffset end = response.Topics[0].Partitions[0];
        return (end.ErrorCode, end.LeaderEpoch, end.EndOffset);
    }

    private async Task<(ErrorCode Error, long Offset, long Timestamp, int LeaderEpoch)> List(string topic, long time)
    {
        ListOffsetsResponse.ListOffsetsPartitionResponse found = (await _broker.Send(Request(topic, time))).Topics[0].Partitions[0];
        return (found.ErrorCode, found.Offset, found.Timestamp, found.LeaderEpoch);
    }

    private static ListOffsetsRequest Request(string topic, long time) => new()
    {
        ReplicaId = -1,
        Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0, Timestamp = time, CurrentLeaderEpoch = -1 }] }],
    };
}
