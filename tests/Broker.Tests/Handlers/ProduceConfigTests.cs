using Gateway.Broker.Tests.Support;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;
using static Gateway.Broker.Tests.Support.Batches;

namespace Gateway.Broker.Tests.Handlers;

/// <summary>What a topic's configs make of the batches that are produced to it (kafka-broker.md §5).</summary>
public sealed class ProduceConfigTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private readonly TestBroker _broker = fixture.Broker;

    [Fact]
    public async Task PRD_10_too_few_replicas_for_acks_all_and_only_for_that()
    {
        Guid topic = await _broker.CreateTopic("prd-10", 1, ("min.insync.replicas", "2"));
        Assert.Equal(ErrorCode.NotEnoughReplicas, (await _broker.Produce(topic, Of("a"))).ErrorCode);
        ProduceResponse.PartitionProduceResponse one = await _broker.Produce(topic, Of("b"), 0, acks: 1);
        Assert.Equal((ErrorCode.None, 0L), (one.ErrorCode, one.BaseOffset));
    }

    [Fact]
    public async Task PRD_12_a_batch_may_be_exactly_max_message_bytes_long()
    {
        byte[] batch = Of("0123456789").Span.ToArray();
        Guid topic = await _broker.CreateTopic("prd-12", 1, ("max.message.bytes", $"{batch.Length}"));
        Assert.Equal(ErrorCode.None, (await _broker.Produce(topic, RecordsLease.Wrap(batch))).ErrorCode);
        Assert.Equal(ErrorCode.MessageTooLarge, (await _broker.Produce(topic, Of("0123456789a"))).ErrorCode);
    }

    [Fact]
    public async Task Trap_21_max_message_bytes_lowered_applies_at_once_and_old_data_stays_readable()
    {
        Guid topic = await _broker.CreateTopic("trap-21");
        string large = new('x', 2000);
        await _broker.Store(topic, Of(large));
        await _broker.Alter("trap-21", ("max.message.bytes", "500"));
        Assert.Equal(ErrorCode.MessageTooLarge, (await _broker.Produce(topic, Of(large))).ErrorCode);
        Assert.Equal([large], Values(await _broker.Fetch(topic, 0)));
    }

    [Fact]
    public async Task PRD_14_timestamps_out_of_range_are_refused_with_the_records_at_fault()
    {
        Guid topic = await _broker.CreateTopic("prd-14", 1, ("message.timestamp.after.max.ms", "1000"));
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        builder.Append(now, (byte[]?)null, "fine"u8.ToArray());
        builder.Append(now + 3_600_000, (byte[]?)null, "late"u8.ToArray());
        ProduceResponse.PartitionProduceResponse answer = await _broker.Produce(topic, builder.Build());
        Assert.Equal(ErrorCode.InvalidTimestamp, answer.ErrorCode);
        Assert.NotNull(answer.ErrorMessage);
        Assert.Equal(1, Assert.Single(answer.RecordErrors).BatchIndex);
    }

    [Fact]
    public async Task Trap_23_a_record_without_a_key_in_a_compacted_topic_is_refused_by_index()
    {
        Guid topic = await _broker.CreateTopic("trap-23", 1, ("cleanup.policy", "compact"));
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        builder.Append(T0, "k"u8.ToArray(), "v"u8.ToArray());
        builder.Append(T0, (byte[]?)null, "v"u8.ToArray());
        ProduceResponse.PartitionProduceResponse answer = await _broker.Produce(topic, builder.Build());
        Assert.Equal(ErrorCode.InvalidRecord, answer.ErrorCode);
        Assert.Equal(1, Assert.Single(answer.RecordErrors).BatchIndex);
    }

    [Fact]
    public async Task PRD_15_a_batch_larger_than_a_segment()
    {
        Guid topic = await _broker.CreateTopic("prd-15", 1, ("segment.bytes", "1048576"), ("max.message.bytes", "10000000"));
        Assert.Equal(ErrorCode.RecordListTooLarge, (await _broker.Produce(topic, Of(new string('x', 1_048_577)))).ErrorCode);
    }

    [Fact]
    public async Task PRD_20_log_append_time_is_stamped_and_answered()
    {
        Guid topic = await _broker.CreateTopic("prd-20", 1, ("message.timestamp.type", "LogAppendTime"));
        long before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        ProduceResponse.PartitionProduceResponse answer = await _broker.Produce(topic, Of("a", "b"));
        Assert.InRange(answer.LogAppendTimeMs, before, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        FetchResponse.PartitionData data = await _broker.Fetch(topic, 0);
        Assert.True(RecordBatchHeader.TryRead(data.Records!.Span, out RecordBatchHeader header));
        Assert.True(header.HasLogAppendTime);
        Assert.Equal(answer.LogAppendTimeMs, header.MaxTimestamp);
        Assert.True(RecordBatchBytes.HasValidCrc(data.Records.Span));
    }

    [Theory]
    [InlineData("gzip", CompressionType.Gzip)]
    [InlineData("snappy", CompressionType.Snappy)]
    [InlineData("lz4", CompressionType.Lz4)]
    [InlineData("zstd", CompressionType.Zstd)]
    [InlineData("uncompressed", CompressionType.None)]
    public async Task PRD_21_a_topics_codec_wins_over_the_producers(string name, CompressionType codec)
    {
        Guid topic = await _broker.CreateTopic($"prd-21-{name}", 1, ("compression.type", name));
        CompressionType sent = codec == CompressionType.Gzip ? CompressionType.None : CompressionType.Gzip;
        string[] values = [.. Enumerable.Range(0, 2000).Select(i => $"value {i}")];
        Assert.Equal(0, await _broker.Store(topic, Of(new RecordBatchOptions { Compression = sent }, values)));
        FetchResponse.PartitionData data = await _broker.Fetch(topic, 0);
        Assert.True(RecordBatchHeader.TryRead(data.Records!.Span, out RecordBatchHeader header));
        Assert.Equal((codec, 2000), (header.Compression, header.RecordsCount));
        Assert.Equal(values, Values(data));
    }

    [Fact]
    public async Task Write_caching_answers_and_shows_what_is_written()
    {
        Guid topic = await _broker.CreateTopic("cached", 1, ("write.caching", "true"));
        Assert.Equal(0, await _broker.Store(topic, Of("a")));
        FetchResponse.PartitionData data = await _broker.Fetch(topic, 0);
        Assert.Equal(1, data.HighWatermark);
        Assert.Equal(["a"], Values(data));
    }
}
