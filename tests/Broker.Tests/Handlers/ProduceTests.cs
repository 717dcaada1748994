using System.Buffers.Binary;
using System.Text;
using Gateway.Broker.Tests.Support;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;
using static Gateway.Broker.Tests.Support.Batches;
using Record = Gateway.Common.Records.Record;

namespace Gateway.Broker.Tests.Handlers;

/// <summary>kafka-broker.md §5.</summary>
public sealed class ProduceTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private readonly TestBroker _broker = fixture.Broker;

    [Fact]
    public async Task PRD_23_the_answer_names_the_base_offset_and_the_log_start()
    {
        Guid topic = await _broker.CreateTopic("prd-23");
        Assert.Equal(0, await _broker.Store(topic, Of("a", "b", "c")));
        ProduceResponse.PartitionProduceResponse answer = await _broker.Produce(topic, Of("d"));
        Assert.Equal((3L, -1L, 0L), (answer.BaseOffset, answer.LogAppendTimeMs, answer.LogStartOffset));
    }

    [Fact]
    public async Task PRD_22_what_is_stored_is_what_was_sent_but_for_base_offset_and_leader_epoch()
    {
        Guid topic = await _broker.CreateTopic("prd-22");
        await _broker.Store(topic, Of("first"));
        byte[] sent = Of(new RecordBatchOptions { Compression = CompressionType.Gzip }, "a", "b").Span.ToArray();
        await _broker.Store(topic, RecordsLease.Wrap(sent));
        FetchResponse.PartitionData data = await _broker.Fetch(topic, 1);
        byte[] stored = data.Records!.Span.ToArray();
        Assert.Equal(1, BinaryPrimitives.ReadInt64BigEndian(stored));
        Assert.Equal(0, BinaryPrimitives.ReadInt32BigEndian(stored.AsSpan(12)));
        Assert.Equal(sent[8..12], stored[8..12]);
        Assert.Equal(sent[16..], stored[16..]);
        Assert.Equal(0, BinaryPrimitives.ReadInt64BigEndian(sent));
        data.Records.Dispose();
    }

    [Fact]
    public async Task PRD_1_transactional_records_without_a_transactional_id_fail_everything()
    {
        Guid topic = await _broker.CreateTopic("prd-1", 2);
        RecordsLease transactional = Of(new RecordBatchOptions { ProducerId = 1, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true }, "a");
        ProduceResponse response = await _broker.Send(Produce(topic, -1, (0, transactional), (1, Of("b"))));
        Assert.All(response.Responses[0].PartitionResponses, p => Assert.Equal(ErrorCode.TransactionalIdAuthorizationFailed, p.ErrorCode));
    }

    [Fact]
    public async Task PRD_2_two_producers_in_one_transactional_request()
    {
        Guid topic = await _broker.CreateTopic("prd-2", 2);
        ProduceRequest request = Produce(
            topic, -1,
            (0, Of(new RecordBatchOptions { ProducerId = 1, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true }, "a")),
            (1, Of(new RecordBatchOptions { ProducerId = 2, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true }, "a")));
        request.TransactionalId = "tx";
        Assert.All((await _broker.Send(request)).Responses[0].PartitionResponses, p => Assert.Equal(ErrorCode.InvalidProducerIdMapping, p.ErrorCode));
    }

    [Fact]
    public async Task PRD_11_a_transactional_batch_nobody_verified_is_refused()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("prd-11");
        async Task<ErrorCode> Send()
        {
            ProduceRequest request = Produce(topic, 0, Of(new RecordBatchOptions { ProducerId = 1, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true }, "a"));
            request.TransactionalId = "tx";
            return (await broker.Send(request)).Responses[0].PartitionResponses[0].ErrorCode;
        }
        // TXN-11: without a coordinator something clients try again, with one that it knows no such producer.
        Assert.Equal(ErrorCode.NotEnoughReplicas, await Send());
        await broker.Send(new FindCoordinatorRequest { KeyType = 1, CoordinatorKeys = ["tx"] });
        Assert.Equal(ErrorCode.InvalidProducerIdMapping, await Send());
        Assert.Equal(0, (await broker.Fetch(topic, 0)).HighWatermark);
    }

    [Fact]
    public async Task PRD_3_an_unknown_topic_id()
    {
        ProduceResponse.PartitionProduceResponse answer = await _broker.Produce(Guid.NewGuid(), Of("a"));
        Assert.Equal((ErrorCode.UnknownTopicId, -1L, -1L), (answer.ErrorCode, answer.BaseOffset, answer.LogStartOffset));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task PRD_5_an_unknown_partition(int partition)
    {
        Guid topic = await _broker.CreateTopic($"prd-5-{partition}");
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await _broker.Produce(topic, Of("a"), partition)).ErrorCode);
    }

    [Fact]
    public async Task PRD_5_one_unknown_partition_does_not_harm_the_others()
    {
        Guid topic = await _broker.CreateTopic("prd-5");
        ProduceResponse response = await _broker.Send(Produce(topic, -1, (7, Of("a")), (0, Of("b"))));
        Assert.Equal(
            [(7, ErrorCode.UnknownTopicOrPartition, -1L), (0, ErrorCode.None, 0L)],
            response.Responses[0].PartitionResponses.Select(p => (p.Index, p.ErrorCode, p.BaseOffset)));
    }

    public static TheoryData<string, byte[]?, ErrorCode> BadShapes()
    {
        byte[] good = Of("a").Span.ToArray();
        return new TheoryData<string, byte[]?, ErrorCode>
        {
            { "null records", null, ErrorCode.InvalidRecord },
            { "no batch", [], ErrorCode.InvalidRecord },
            { "magic 1", With(good, b => b[16] = 1), ErrorCode.InvalidRecord },
            { "two batches", [.. good, .. good], ErrorCode.InvalidRecord },
            { "shorter than a header", good[..40], ErrorCode.CorruptMessage },
            { "a byte is missing", good[..^1], ErrorCode.CorruptMessage },
            { "bytes are left over", [.. good, 0], ErrorCode.CorruptMessage },
            { "a wrong checksum (PRD-13)", With(good, b => b[^1] ^= 1), ErrorCode.CorruptMessage },
            { "a record count that lies", Signed(good, b => b[60] = 2), ErrorCode.InvalidRecord },
            { "a base offset", With(good, b => b[7] = 1), ErrorCode.InvalidRecord },
            { "a control batch", Signed(good, b => b[22] |= 0x20), ErrorCode.InvalidRecord },
            { "the log append time bit", Signed(good, b => b[22] |= 0x08), ErrorCode.InvalidTimestamp },
            { "a codec nobody has", Signed(good, b => b[22] |= 0x07), ErrorCode.UnsupportedCompressionType },
        };
    }

    [Theory]
    [MemberData(nameof(BadShapes))]
    public async Task PRD_6_and_13_and_14_bad_batches_are_refused_and_nothing_is_stored(string what, byte[]? records, ErrorCode error)
    {
        Assert.NotEmpty(what);
        Guid topic = await _broker.CreateTopic($"prd-6-{Guid.NewGuid():N}");
        ProduceResponse.PartitionProduceResponse answer = await _broker.Produce(topic, records is null ? null! : RecordsLease.Wrap(records));
        Assert.Equal((error, -1L), (answer.ErrorCode, answer.BaseOffset));
        Assert.Equal(0, await _broker.Store(topic, Of("good")));
    }

    [Fact]
    public async Task PRD_6_zstd_needs_version_7()
    {
        await _broker.CreateTopic("prd-6-zstd");
        using WireClient wire = await _broker.Connect();
        byte[] batch = Of(new RecordBatchOptions { Compression = CompressionType.Zstd }, "a").Span.ToArray();
        ProduceResponse old = await wire.Ask(ProduceByName("prd-6-zstd", 0, RecordsLease.Wrap(batch)), 6);
        ProduceResponse young = await wire.Ask(ProduceByName("prd-6-zstd", 0, RecordsLease.Wrap(batch)), 7);
        Assert.Equal(ErrorCode.UnsupportedCompressionType, old.Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(ErrorCode.None, young.Responses[0].PartitionResponses[0].ErrorCode);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    public async Task PRD_7_acks_is_minus_1_or_0_or_1(short acks)
    {
        Guid topic = await _broker.CreateTopic($"prd-7{acks}");
        Assert.Equal(ErrorCode.InvalidRequiredAcks, (await _broker.Produce(topic, Of("a"), 0, acks)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await _broker.Produce(topic, Of("a"), 9, acks)).ErrorCode);
    }

    [Fact]
    public async Task PRD_8_internal_topics_are_the_brokers_own_unless_its_admin_tool_writes()
    {
        Guid topic = await _broker.CreateTopic("__share_group_state");
        Assert.Equal(ErrorCode.InvalidTopicException, (await _broker.Produce(topic, Keyed("a", "b"))).ErrorCode);
        using WireClient wire = await _broker.Connect();
        ProduceResponse admin = await wire.Ask(Produce(topic, 0, Keyed("a", "b")), 13, "__admin_client");
        Assert.Equal(ErrorCode.None, admin.Responses[0].PartitionResponses[0].ErrorCode);
    }

    [Fact]
    public async Task Batches_checked_off_the_shard_keep_their_place_in_the_order()
    {
        Guid topic = await _broker.CreateTopic("order");
        // Large and compressed ones leave the shard to be checked, small ones do not: they must not overtake.
        string large = string.Concat(Enumerable.Range(0, 40_000).Select(i => (i * 7919 % 99_991).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        ValueTask<ProduceResponse>[] answers = [.. Enumerable.Range(0, 20).Select(i => _broker.Send(Produce(
            topic, 0, i % 2 == 0 ? Of(new RecordBatchOptions { Compression = CompressionType.Gzip }, $"{i:d2}{large}") : Of($"{i:d2}"))))];
        for (int i = 0; i < answers.Length; i++) Assert.Equal(i, (await answers[i]).Responses[0].PartitionResponses[0].BaseOffset);
        List<string> read = [];
        while (read.Count < 20) read.AddRange(Values(await _broker.Fetch(topic, read.Count), read.Count).Select(v => v[..2]));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i:d2}"), read);
    }

    [Fact]
    public async Task A_decompression_bomb_is_refused_and_the_broker_goes_on()
    {
        Guid topic = await _broker.CreateTopic("bomb", 1, ("max.message.bytes", "10000000"));
        byte[] zeros = new byte[400_000_000];
        using RecordsLease packed = Compression.Compress(CompressionType.Gzip, 9, zeros);
        byte[] batch = new byte[RecordBatchHeader.Size + packed.Length];
        Of("a").Span[..RecordBatchHeader.Size].CopyTo(batch);
        packed.Span.CopyTo(batch.AsSpan(RecordBatchHeader.Size));
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), batch.Length - 12);
        batch[22] = (byte)CompressionType.Gzip;
        RecordBatchBytes.SetCrc(batch);
        ErrorCode error = (await _broker.Produce(topic, RecordsLease.Wrap(batch))).ErrorCode;
        Assert.True(error is ErrorCode.InvalidRecord or ErrorCode.MessageTooLarge or ErrorCode.CorruptMessage, error.ToString());
        Assert.Equal(0, await _broker.Store(topic, Of("good")));
    }

    [Fact]
    public async Task CON_4_acks_0_has_no_answer_and_is_stored()
    {
        Guid topic = await _broker.CreateTopic("con-4");
        using WireClient wire = await _broker.Connect();
        await wire.Post(Produce(topic, 0, Of("quiet"), acks: 0), 13);
        // The next answer on the connection is that of the next request: there was none before it.
        FetchResponse fetched = await wire.Ask(Fetch(topic, 0, 0, maxWaitMs: 5000), 16);
        Assert.Equal(["quiet"], Values(fetched.Responses[0].Partitions[0]));
    }

    [Fact]
    public async Task Trap_25_an_error_with_acks_0_closes_the_connection()
    {
        using WireClient wire = await _broker.Connect();
        await wire.Post(Produce(Guid.NewGuid(), 0, Of("a"), acks: 0), 13);
        Assert.Null(await wire.ReadFrame());
    }

    [Fact]
    public async Task Many_partitions_on_all_shards_in_one_request()
    {
        Guid topic = await _broker.CreateTopic("spread", 16);
        ProduceResponse response = await _broker.Send(Produce(topic, -1, [.. Enumerable.Range(0, 16).Select(i => (i, (RecordsLease?)Of($"p{i}")))]));
        Assert.Equal(
            Enumerable.Range(0, 16).Select(i => (i, ErrorCode.None, 0L)),
            response.Responses[0].PartitionResponses.Select(p => (p.Index, p.ErrorCode, p.BaseOffset)));
        for (int i = 0; i < 16; i++) Assert.Equal([$"p{i}"], Values(await _broker.Fetch(topic, 0, i)));
    }

    private static byte[] With(byte[] bytes, Action<byte[]> change)
    {
        byte[] copy = [.. bytes];
        change(copy);
        return copy;
    }

    private static byte[] Signed(byte[] bytes, Action<byte[]> change) => With(bytes, b =>
    {
        change(b);
        RecordBatchBytes.SetCrc(b);
    });
}
