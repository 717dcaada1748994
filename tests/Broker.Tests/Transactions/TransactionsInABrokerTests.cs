using Gateway.Broker.Tests.Support;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;
using static Gateway.Broker.Tests.Support.Batches;

namespace Gateway.Broker.Tests.Transactions;

/// <summary>Transactions through the whole broker, in both protocols (kafka: §11).</summary>
public sealed class TransactionsInABrokerTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private readonly TestBroker _broker = fixture.Broker;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Committed_records_are_read_and_aborted_ones_are_not(bool isOld)
    {
        string name = $"commit-abort-{isOld}";
        Guid topic = await _broker.CreateTopic(name);
        using WireClient? wire = isOld ? await _broker.Connect() : null;
        var producer = new TransactionalProducer(_broker, $"t-{name}", wire);
        Assert.Equal(ErrorCode.None, await producer.Init());
        Assert.Equal(0, producer.Epoch);

        if (isOld) Assert.Equal(ErrorCode.None, await producer.Add(name));
        Assert.Equal(ErrorCode.None, await producer.Send(name, topic, "a", "b"));
        // FET-5: readers of committed records see nothing of it, others everything.
        FetchResponse.PartitionData open = await _broker.FetchCommitted(topic, 0);
        Assert.Equal((2L, 0L, 0), (open.HighWatermark, open.LastStableOffset, open.Records!.Length));
        Assert.Equal(["a", "b"], Values(await _broker.Fetch(topic, 0)));
        Assert.Equal(ErrorCode.None, await producer.End(commit: true));
        await _broker.Stable(topic, 3);

        if (isOld) Assert.Equal(ErrorCode.None, await producer.Add(name));
        Assert.Equal(ErrorCode.None, await producer.Send(name, topic, "c"));
        Assert.Equal(ErrorCode.None, await producer.End(commit: false));
        await _broker.Stable(topic, 5);
        FetchResponse.PartitionData all = await _broker.FetchCommitted(topic, 0);
        Assert.Equal(["a", "b"], Reading.Filter(all));
        FetchResponse.AbortedTransaction aborted = Assert.Single(all.AbortedTransactions!);
        Assert.Equal((producer.ProducerId, 3L), (aborted.ProducerId, aborted.FirstOffset));
        Assert.Equal(["a", "b", "c"], Values(await _broker.Fetch(topic, 0)));
        // The epoch rises with every transaction, or never (KIP-890).
        Assert.Equal(isOld ? 0 : 2, producer.Epoch);
    }

    [Fact]
    public async Task FET_1_a_reader_of_committed_records_is_woken_by_the_marker_and_not_by_records()
    {
        Guid topic = await _broker.CreateTopic("woken");
        var producer = new TransactionalProducer(_broker, "t-woken");
        await producer.Init();
        Assert.Equal(ErrorCode.None, await producer.Send("woken", topic, "a"));
        Task<FetchResponse.PartitionData> reader = _broker.FetchCommitted(topic, 0, maxWaitMs: 60_000);
        Assert.Equal(ErrorCode.None, await producer.Send("woken", topic, "b"));
        Assert.Equal(ErrorCode.None, await producer.End(commit: true));
        FetchResponse.PartitionData data = await reader;
        Assert.Equal((3L, 3L), (data.LastStableOffset, data.HighWatermark));
        Assert.Equal(["a", "b"], Reading.Filter(data));
    }

    [Fact]
    public async Task ListOffsets_goes_by_the_isolation_level()
    {
        Guid topic = await _broker.CreateTopic("list");
        var producer = new TransactionalProducer(_broker, "t-list");
        await producer.Init();
        await _broker.Store(topic, Of("plain"));
        await producer.Send("list", topic, "a", "b");
        Assert.Equal((3L, 1L), (await Latest("list", 0), await Latest("list", 1)));
        // LOF-1: beyond what may be read there is nothing.
        Assert.Equal((1L, -1L), (await AtTime("list", 0, T0 + 1), await AtTime("list", 1, T0 + 1)));
        await producer.End(commit: true);
        await _broker.Stable(topic, 4);
        Assert.Equal((4L, 4L), (await Latest("list", 0), await Latest("list", 1)));
    }

    [Fact]
    public async Task One_transaction_over_many_partitions_and_topics_ends_everywhere()
    {
        Guid first = await _broker.CreateTopic("many-1", 3);
        Guid second = await _broker.CreateTopic("many-2", 2);
        var producer = new TransactionalProducer(_broker, "t-many");
        await producer.Init();
        for (int round = 0; round < 4; round++)
        {
            ProduceRequest request = Produce(first, -1, (0, producer.Batch("many-1", 0, $"{round}")), (1, producer.Batch("many-1", 1, $"{round}")), (2, producer.Batch("many-1", 2, $"{round}")));
            request.TransactionalId = "t-many";
            request.TopicData.Add(new() { TopicId = second, PartitionData = [new() { Index = 1, Records = producer.Batch("many-2", 1, $"{round}") }] });
            ProduceResponse answer = await _broker.Send(request);
            Assert.All(answer.Responses.SelectMany(static topic => topic.PartitionResponses), static p => Assert.Equal(ErrorCode.None, p.ErrorCode));
            Assert.Equal(ErrorCode.None, await producer.End(commit: round % 2 == 0));
        }
        foreach ((Guid topic, int partition) in new[] { (first, 0), (first, 1), (first, 2), (second, 1) })
        {
            await _broker.Stable(topic, 8, partition);
            Assert.Equal(new[] { "0", "2" }, await _broker.Committed(topic, partition));
        }
    }

    [Fact]
    public async Task TXN_3_a_second_producer_of_the_id_aborts_and_fences_the_first()
    {
        Guid topic = await _broker.CreateTopic("fence");
        var first = new TransactionalProducer(_broker, "t-fence");
        await first.Init();
        Assert.Equal(ErrorCode.None, await first.Send("fence", topic, "old"));
        var second = new TransactionalProducer(_broker, "t-fence");
        Assert.Equal(ErrorCode.None, await second.Init());
        // One epoch for the fence, one for the newcomer.
        Assert.Equal((first.ProducerId, (short)2), (second.ProducerId, second.Epoch));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, await first.Send("fence", topic, "older"));
        Assert.Equal(ErrorCode.ProducerFenced, await first.End(commit: true));
        Assert.Equal(ErrorCode.None, await second.Send("fence", topic, "new"));
        Assert.Equal(ErrorCode.None, await second.End(commit: true));
        await _broker.Stable(topic, 4);
        Assert.Equal(new[] { "new" }, await _broker.Committed(topic));
    }

    [Fact]
    public async Task TXN_10_batches_of_transactions_nobody_knows_are_refused()
    {
        Guid topic = await _broker.CreateTopic("unknown");
        using WireClient wire = await _broker.Connect();
        var old = new TransactionalProducer(_broker, "t-unknown", wire);
        await old.Init();
        // Not added to the transaction (48); with another producer's id (49); without a transactional id (53, PRD-1).
        Assert.Equal(ErrorCode.InvalidTxnState, await old.Send("unknown", topic, "x"));
        old.ProducerId += 1000;
        Assert.Equal(ErrorCode.InvalidProducerIdMapping, await old.Send("unknown", topic, "x"));
        ProduceRequest nameless = Produce(topic, 0, new TransactionalProducer(_broker, "n") { ProducerId = 5, Epoch = 0 }.Batch("unknown", 0, "x"));
        Assert.Equal(ErrorCode.TransactionalIdAuthorizationFailed, (await _broker.Send(nameless)).Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(0, (await _broker.Fetch(topic, 0)).HighWatermark);
    }

    [Fact]
    public async Task PRD_2_one_request_is_of_one_producer()
    {
        Guid topic = await _broker.CreateTopic("two-producers", 2);
        ProduceRequest request = Produce(
            topic, -1,
            (0, new TransactionalProducer(_broker, "a") { ProducerId = 1, Epoch = 0 }.Batch("t", 0, "x")),
            (1, new TransactionalProducer(_broker, "a") { ProducerId = 2, Epoch = 0 }.Batch("t", 0, "x")));
        request.TransactionalId = "a";
        ProduceResponse answer = await _broker.Send(request);
        Assert.All(answer.Responses[0].PartitionResponses, static p => Assert.Equal(ErrorCode.InvalidProducerIdMapping, p.ErrorCode));
    }

    [Fact]
    public async Task Pipelined_batches_of_a_new_transaction_keep_their_order_and_others_pass_them()
    {
        Guid topic = await _broker.CreateTopic("pipelined");
        var producer = new TransactionalProducer(_broker, "t-pipelined");
        await producer.Init();
        List<ValueTask<ProduceResponse>> sent = [];
        for (int i = 0; i < 20; i++)
        {
            ProduceRequest request = Produce(topic, 0, producer.Batch("pipelined", 0, $"{i}"));
            request.TransactionalId = "t-pipelined";
            sent.Add(_broker.Send(request));
        }
        foreach (ValueTask<ProduceResponse> one in sent) Assert.Equal(ErrorCode.None, (await one).Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(ErrorCode.None, await producer.End(commit: true));
        await _broker.Stable(topic, 21);
        Assert.Equal(Enumerable.Range(0, 20).Select(static i => $"{i}"), await _broker.Committed(topic));
    }

    [Fact]
    public async Task AddPartitions_refuses_all_when_one_does_not_exist()
    {
        await _broker.CreateTopic("exists");
        using WireClient wire = await _broker.Connect();
        var producer = new TransactionalProducer(_broker, "t-add", wire);
        await producer.Init();
        AddPartitionsToTxnResponse answer = await wire.Ask(
            new AddPartitionsToTxnRequest
            {
                V3AndBelowTransactionalId = "t-add",
                V3AndBelowProducerId = producer.ProducerId,
                V3AndBelowProducerEpoch = producer.Epoch,
                V3AndBelowTopics = [new() { Name = "exists", Partitions = [0, 1] }, new() { Name = "nothing", Partitions = [0] }],
            },
            3);
        Assert.Equal(
            [ErrorCode.OperationNotAttempted, ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicOrPartition],
            answer.ResultsByTopicV3AndBelow.SelectMany(static t => t.ResultsByPartition).Select(static p => p.PartitionErrorCode));
        Assert.Equal("Empty", await producer.State());
    }

    [Fact]
    public async Task Transactions_and_producers_are_listed_and_described()
    {
        Guid topic = await _broker.CreateTopic("listed");
        var producer = new TransactionalProducer(_broker, "t-listed");
        await producer.Init(timeoutMs: 12_345);
        await _broker.Store(topic, Of("plain"));
        await producer.Send("listed", topic, "a");
        DescribeTransactionsResponse described = await _broker.Send(new DescribeTransactionsRequest { TransactionalIds = ["t-listed", "t-nobody"] });
        DescribeTransactionsResponse.DescribedTransaction one = described.TransactionStates[0];
        Assert.Equal(
            (ErrorCode.None, "Ongoing", 12_345, producer.ProducerId, producer.Epoch, "listed"),
            (one.ErrorCode, one.TransactionState, one.TransactionTimeoutMs, one.ProducerId, one.ProducerEpoch, one.Topics[0].Topic));
        Assert.True(one.TransactionStartTimeMs > 0);
        Assert.Equal(ErrorCode.TransactionalIdNotFound, described.TransactionStates[1].ErrorCode);

        async Task<string[]> List(ListTransactionsRequest request) =>
            [.. (await _broker.Send(request)).TransactionStates.Where(static t => t.TransactionalId == "t-listed").Select(static t => t.TransactionState)];
        Assert.Equal(new[] { "Ongoing" }, await List(new() { StateFilters = ["Ongoing"] }));
        Assert.Empty(await List(new() { StateFilters = ["Empty"] }));
        Assert.Empty(await List(new() { ProducerIdFilters = [producer.ProducerId + 1] }));
        Assert.Equal(new[] { "Ongoing" }, await List(new() { TransactionalIdPattern = "t-l.*" }));
        Assert.Empty(await List(new() { TransactionalIdPattern = "t-l" }));
        Assert.Empty(await List(new() { DurationFilter = 3_600_000 }));
        Assert.Equal(ErrorCode.InvalidRegularExpression, (await _broker.Send(new ListTransactionsRequest { TransactionalIdPattern = "(" })).ErrorCode);
        Assert.Equal(["Odd"], (await _broker.Send(new ListTransactionsRequest { StateFilters = ["Odd"] })).UnknownStateFilters);

        DescribeProducersResponse producers = await _broker.Send(new DescribeProducersRequest { Topics = [new() { Name = "listed", PartitionIndexes = [0, 7] }] });
        DescribeProducersResponse.ProducerState active = Assert.Single(producers.Topics[0].Partitions[0].ActiveProducers);
        Assert.Equal((producer.ProducerId, 0, 0, 1L), (active.ProducerId, active.ProducerEpoch, active.LastSequence, active.CurrentTxnStartOffset));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, producers.Topics[0].Partitions[1].ErrorCode);
        await producer.End(commit: false);
    }

    [Fact]
    public async Task TXN_14_an_operator_can_end_a_transaction_in_a_partition_and_the_coordinators_marker_still_comes_through()
    {
        Guid topic = await _broker.CreateTopic("operator");
        var producer = new TransactionalProducer(_broker, "t-operator");
        await producer.Init();
        await producer.Send("operator", topic, "a");
        WriteTxnMarkersRequest Marker(short epoch, int coordinatorEpoch) => new()
        {
            Markers =
            [
                new()
                {
                    ProducerId = producer.ProducerId,
                    ProducerEpoch = epoch,
                    TransactionResult = false,
                    CoordinatorEpoch = coordinatorEpoch,
                    Topics = [new() { Name = "operator", PartitionIndexes = [0] }],
                },
            ],
        };
        async Task<ErrorCode> Write(short epoch, int coordinatorEpoch) =>
            (await _broker.Send(Marker(epoch, coordinatorEpoch))).Markers[0].Topics[0].Partitions[0].ErrorCode;
        Assert.Equal(ErrorCode.InvalidProducerEpoch, await Write(-1, 1000));
        Assert.Equal(ErrorCode.None, await Write(5, 1000));
        Assert.Equal(ErrorCode.TransactionCoordinatorFenced, await Write(5, 999));
        await _broker.Stable(topic, 2);
        Assert.Empty(await _broker.Committed(topic));
        // Ours has lower epochs, and is written nevertheless: it would be tried for ever.
        Assert.Equal(ErrorCode.None, await producer.End(commit: true));
        await _broker.Stable(topic, 3);
    }

    [Fact]
    public async Task A_topic_that_is_deleted_takes_its_part_of_a_transaction_with_it()
    {
        Guid gone = await _broker.CreateTopic("gone");
        Guid stays = await _broker.CreateTopic("stays");
        var producer = new TransactionalProducer(_broker, "t-gone");
        await producer.Init();
        await producer.Send("gone", gone, "a");
        await producer.Send("stays", stays, "b");
        Assert.Equal(ErrorCode.None, await _broker.DeleteTopic("gone"));
        Assert.Equal(ErrorCode.None, await producer.End(commit: true));
        await _broker.Stable(stays, 2);
        Assert.Equal(new[] { "b" }, await _broker.Committed(stays));
    }

    private async Task<long> Latest(string topic, sbyte isolation) => await AtTime(topic, isolation, -1);

    private async Task<long> AtTime(string topic, sbyte isolation, long timestamp)
    {
        ListOffsetsResponse answer = await _broker.Send(new ListOffsetsRequest
        {
            ReplicaId = -1,
            IsolationLevel = isolation,
            Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0, Timestamp = timestamp, CurrentLeaderEpoch = -1 }] }],
        });
        return answer.Topics[0].Partitions[0].Offset;
    }
}
