using Gateway.Broker.Tests.Support;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;
using static Gateway.Broker.Tests.Support.Batches;

namespace Gateway.Broker.Tests.Handlers;

/// <summary>kafka-broker.md §6.</summary>
public sealed class FetchTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private readonly TestBroker _broker = fixture.Broker;

    [Fact]
    public async Task Trap_1_FET_3_an_offset_inside_a_batch_gives_that_batch_from_its_base()
    {
        Guid topic = await _broker.CreateTopic("fet-3");
        await _broker.Store(topic, Of("a", "b", "c"));
        await _broker.Store(topic, Of("d"));
        FetchResponse.PartitionData data = await _broker.Fetch(topic, 1);
        Assert.True(RecordBatchHeader.TryRead(data.Records!.Span, out RecordBatchHeader header));
        Assert.Equal(0, header.BaseOffset);
        Assert.Equal(["b", "c", "d"], Values(data, from: 1));
        Assert.Equal((4L, 4L, 0L), (data.HighWatermark, data.LastStableOffset, data.LogStartOffset));
    }

    [Theory]
    [InlineData(-1, ErrorCode.OffsetOutOfRange)]
    [InlineData(0, ErrorCode.None)]
    [InlineData(1, ErrorCode.None)]
    [InlineData(2, ErrorCode.OffsetOutOfRange)]
    public async Task Offsets_from_the_log_start_to_the_log_end_are_legal(long offset, ErrorCode error)
    {
        Guid topic = await _broker.CreateTopic($"range{offset}");
        await _broker.Store(topic, Of("a"));
        FetchResponse.PartitionData data = await _broker.Fetch(topic, offset);
        Assert.Equal(error, data.ErrorCode);
        Assert.Equal(error == ErrorCode.None ? 1 : -1, data.HighWatermark);
        Assert.Equal(offset == 0, data.Records!.Length > 0);
    }

    [Fact]
    public async Task Unknown_topics_and_partitions()
    {
        Guid topic = await _broker.CreateTopic("unknown");
        Assert.Equal(ErrorCode.UnknownTopicId, (await _broker.Fetch(Guid.NewGuid(), 0)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await _broker.Fetch(topic, 0, partition: 1)).ErrorCode);
        using WireClient wire = await _broker.Connect();
        FetchResponse byName = await wire.Ask(new FetchRequest { Topics = [new() { Topic = "no-such", Partitions = [new()] }] }, 12);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, byName.Responses[0].Partitions[0].ErrorCode);
    }

    [Theory]
    [InlineData(-1, ErrorCode.None)]
    [InlineData(1, ErrorCode.None)]
    [InlineData(0, ErrorCode.FencedLeaderEpoch)]
    [InlineData(2, ErrorCode.UnknownLeaderEpoch)]
    public async Task Leader_epochs_fence_and_a_fenced_reader_is_told_the_leader(int epoch, ErrorCode error)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("fenced");
        await broker.Store(topic, Of("a"));
        await broker.RestartUncleanAsync();
        FetchRequest request = Fetch(topic, 0, 0);
        request.Topics[0].Partitions[0].CurrentLeaderEpoch = epoch;
        FetchResponse response = await broker.Send(request);
        FetchResponse.PartitionData data = response.Responses[0].Partitions[0];
        Assert.Equal(error, data.ErrorCode);
        bool told = error == ErrorCode.FencedLeaderEpoch;
        Assert.Equal(told ? (1, 1) : (-1, -1), (data.CurrentLeader.LeaderId, data.CurrentLeader.LeaderEpoch));
        Assert.Equal(told ? [(1, broker.Address.Port)] : [], response.NodeEndpoints.Select(n => (n.NodeId, n.Port)));
    }

    [Fact]
    public async Task FET_8_a_reader_whose_epoch_ended_earlier_is_told_where()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("diverging");
        await broker.Store(topic, Of("a", "b"));
        await broker.RestartUncleanAsync();
        await broker.Store(topic, Of("c"));
        FetchRequest request = Fetch(topic, 0, 3);
        request.Topics[0].Partitions[0].LastFetchedEpoch = 0;
        FetchResponse.PartitionData data = (await broker.Send(request)).Responses[0].Partitions[0];
        Assert.Equal((ErrorCode.None, 0, 2L), (data.ErrorCode, data.DivergingEpoch.Epoch, data.DivergingEpoch.EndOffset));
        Assert.Equal(0, data.Records!.Length);
        request = Fetch(topic, 0, 2);
        request.Topics[0].Partitions[0].LastFetchedEpoch = 0;
        data = (await broker.Send(request)).Responses[0].Partitions[0];
        Assert.Equal(-1, data.DivergingEpoch.Epoch);
        Assert.Equal(["c"], Values(data));
    }

    [Fact]
    public async Task FET_1_a_waiting_fetch_is_answered_as_soon_as_a_record_is_committed()
    {
        Guid topic = await _broker.CreateTopic("fet-1");
        ValueTask<FetchResponse> waiting = _broker.Send(Fetch(topic, 0, 0, maxWaitMs: 60_000));
        Assert.Equal(0, await _broker.Store(topic, Of("a")));
        Assert.Equal(["a"], Values((await waiting).Responses[0].Partitions[0]));
    }

    [Fact]
    public async Task FET_1_a_waiting_fetch_is_woken_by_any_of_its_partitions_on_any_shard()
    {
        Guid topic = await _broker.CreateTopic("fet-1-any", 4);
        for (int partition = 0; partition < 4; partition++)
        {
            FetchRequest request = Fetch(topic, 0, 0, maxWaitMs: 60_000);
            request.Topics[0].Partitions = [.. Enumerable.Range(0, 4).Select(p => new FetchRequest.FetchPartition
            {
                Partition = p, FetchOffset = p < partition ? 1 : 0, PartitionMaxBytes = 1 << 20, CurrentLeaderEpoch = -1, LastFetchedEpoch = -1,
            })];
            ValueTask<FetchResponse> waiting = _broker.Send(request);
            await _broker.Store(topic, Of($"p{partition}"), partition);
            FetchResponse response = await waiting;
            Assert.Equal([$"p{partition}"], response.Responses[0].Partitions.SelectMany(p => Values(p)));
        }
    }

    [Fact]
    public async Task FET_1_min_bytes_holds_the_answer_until_enough_has_come()
    {
        Guid topic = await _broker.CreateTopic("fet-1-min");
        long size = Of("12345").Length;
        ValueTask<FetchResponse> waiting = _broker.Send(Fetch(topic, 0, 0, maxWaitMs: 60_000, minBytes: (int)(3 * size)));
        for (int i = 0; i < 3; i++)
        {
            Assert.False(waiting.IsCompleted);
            await _broker.Store(topic, Of("12345"));
        }
        Assert.Equal(["12345", "12345", "12345"], Values((await waiting).Responses[0].Partitions[0]));
    }

    [Fact]
    public async Task FET_1_the_time_ends_the_wait_with_what_there_is()
    {
        Guid topic = await _broker.CreateTopic("fet-1-time");
        await _broker.Store(topic, Of("a"));
        FetchResponse response = await _broker.Send(Fetch(topic, 0, 0, maxWaitMs: 30, minBytes: 1_000_000));
        Assert.Equal(["a"], Values(response.Responses[0].Partitions[0]));
    }

    [Fact]
    public async Task FET_1_an_error_in_one_partition_ends_the_wait()
    {
        Guid topic = await _broker.CreateTopic("fet-1-error");
        FetchRequest request = Fetch(topic, 0, 0, maxWaitMs: 60_000);
        request.Topics[0].Partitions.Add(new() { Partition = 5, CurrentLeaderEpoch = -1, LastFetchedEpoch = -1 });
        FetchResponse response = await _broker.Send(request);
        Assert.Equal([ErrorCode.None, ErrorCode.UnknownTopicOrPartition], response.Responses[0].Partitions.Select(p => p.ErrorCode));
        Assert.Equal(0, response.Responses[0].Partitions[0].HighWatermark);
    }

    [Fact]
    public async Task Trap_15_deleting_the_topic_ends_the_wait_and_its_successor_is_not_taken_for_it()
    {
        Guid topic = await _broker.CreateTopic("fet-1-deleted");
        ValueTask<FetchResponse> waiting = _broker.Send(Fetch(topic, 0, 0, maxWaitMs: 60_000));
        Assert.Equal(ErrorCode.None, await _broker.DeleteTopic("fet-1-deleted"));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await waiting).Responses[0].Partitions[0].ErrorCode);
        Guid next = await _broker.CreateTopic("fet-1-deleted");
        Assert.NotEqual(topic, next);
        await _broker.Store(next, Of("new"));
        Assert.Equal(ErrorCode.UnknownTopicId, (await _broker.Fetch(topic, 0)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicId, (await _broker.Produce(topic, Of("late"))).ErrorCode);
        Assert.Equal(["new"], Values(await _broker.Fetch(next, 0)));
    }

    [Fact]
    public async Task FET_2_the_first_partition_with_records_gives_a_whole_batch_beyond_all_limits_and_only_that()
    {
        Guid topic = await _broker.CreateTopic("fet-2", 2);
        for (int partition = 0; partition < 2; partition++)
        {
            await _broker.Store(topic, Of(new string('a', 1000)), partition);
            await _broker.Store(topic, Of(new string('b', 1000)), partition);
        }
        FetchRequest request = Fetch(topic, 0, 0, maxBytes: 10);
        request.Topics[0].Partitions.Add(new() { Partition = 1, PartitionMaxBytes = 10, CurrentLeaderEpoch = -1, LastFetchedEpoch = -1 });
        FetchResponse response = await _broker.Send(request);
        Assert.Equal([new string('a', 1000)], response.Responses[0].Partitions.SelectMany(p => Values(p)));
    }

    [Fact]
    public async Task FET_2_whole_batches_within_the_partitions_limit()
    {
        Guid topic = await _broker.CreateTopic("fet-2-whole");
        int size = Of("12345").Length;
        for (int i = 0; i < 5; i++) await _broker.Store(topic, Of("12345"));
        FetchResponse response = await _broker.Send(Fetch(topic, 0, 0, maxBytes: (3 * size) + 5));
        Assert.Equal(3 * size, response.Responses[0].Partitions[0].Records!.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task FET_5_aborted_transactions_are_listed_for_read_committed_only(sbyte isolation)
    {
        Guid topic = await _broker.CreateTopic($"fet-5-{isolation}");
        FetchRequest request = Fetch(topic, 0, 0);
        request.IsolationLevel = isolation;
        FetchResponse.PartitionData data = (await _broker.Send(request)).Responses[0].Partitions[0];
        Assert.Equal(isolation == 0, data.AbortedTransactions is null);
        Assert.Equal(0, data.LastStableOffset);
    }

    [Theory]
    [InlineData(0, 0, ErrorCode.None)]
    [InlineData(0, -1, ErrorCode.None)]
    [InlineData(77, -1, ErrorCode.None)]
    [InlineData(77, 0, ErrorCode.None)]
    [InlineData(77, 1, ErrorCode.FetchSessionIdNotFound)]
    public async Task FSS_1_and_2_sessions_are_not_kept(int id, int epoch, ErrorCode error)
    {
        Guid topic = await _broker.CreateTopic($"fss-{id}{epoch}");
        FetchRequest request = Fetch(topic, 0, 0);
        (request.SessionId, request.SessionEpoch) = (id, epoch);
        FetchResponse response = await _broker.Send(request);
        Assert.Equal((error, 0), (response.ErrorCode, response.SessionId));
        Assert.Equal(error == ErrorCode.None ? 1 : 0, response.Responses.Count);
    }

    [Fact]
    public async Task Nobody_is_a_follower_here()
    {
        Guid topic = await _broker.CreateTopic("follower");
        FetchRequest request = Fetch(topic, 0, 0);
        request.ReplicaState = new() { ReplicaId = 2, ReplicaEpoch = -1 };
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await _broker.Send(request)).Responses[0].Partitions[0].ErrorCode);
    }
}
