using System.Text;
using Gateway.Client.Admin;
using Gateway.Client.Consuming;
using Gateway.Client.Fetching;
using Gateway.Client.Producing;
using Gateway.Client.Tests.Brokers;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Record = Gateway.Common.Records.Record;

namespace Gateway.Client.Tests.Contract;

public sealed class InProcessClientTests(RunningBroker broker) : ClientContract(broker)
{
    protected override KafkaClient NewClient() => Broker.InProcessClient();
}

public sealed class TcpClientTests(RunningBroker broker) : ClientContract(broker)
{
    protected override KafkaClient NewClient() => Broker.TcpClient();
}

/// <summary>What a client does against a real broker, the same over both links.</summary>
public abstract class ClientContract(RunningBroker broker) : IClassFixture<RunningBroker>, IAsyncLifetime
{
    private static readonly FetchLimits Patient = new(1 << 20, TimeSpan.FromSeconds(20));

    protected RunningBroker Broker { get; } = broker;

    protected KafkaClient Client { get; private set; } = null!;

    protected abstract KafkaClient NewClient();

    public Task InitializeAsync()
    {
        Client = NewClient();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await Client.DisposeAsync();

    [Fact]
    public async Task A_created_topic_is_listed_described_and_after_deletion_gone()
    {
        string name = Broker.NewTopicName();
        CreatedTopic created = await Client.Admin.CreateTopicAsync(
            new NewTopic(name, 3, 1, new Dictionary<string, string?> { ["cleanup.policy"] = "compact" }));
        Assert.Equal(3, created.Partitions);
        Assert.NotEqual(Guid.Empty, created.Id);

        TopicView view = await Client.Admin.DescribeTopicAsync(name);
        Assert.Equal(created.Id, view.Id);
        Assert.Equal([0, 1, 2], view.Partitions.Select(partition => partition.Index));
        Assert.Contains(name, (await Client.Admin.ListTopicsAsync()).Select(topic => topic.Name));
        ConfigEntry policy = (await Client.Admin.DescribeConfigsAsync(ConfigResourceType.Topic, name)).Single(config => config.Name == "cleanup.policy");
        Assert.Equal(("compact", ConfigSource.Topic), (policy.Value, policy.Source));

        await Client.Admin.DeleteTopicAsync(name);
        KafkaErrorException gone = await Assert.ThrowsAsync<KafkaErrorException>(async () => await Client.Admin.DescribeTopicAsync(name));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, gone.Code);
    }

    [Fact]
    public async Task A_refusal_carries_the_brokers_code()
    {
        string name = await NewTopicAsync();
        KafkaErrorException exists = await Assert.ThrowsAsync<KafkaErrorException>(async () => await Client.Admin.CreateTopicAsync(new NewTopic(name)));
        Assert.Equal(ErrorCode.TopicAlreadyExists, exists.Code);
        KafkaErrorException bad = await Assert.ThrowsAsync<KafkaErrorException>(async () => await Client.Admin.CreateTopicAsync(new NewTopic("no spaces")));
        Assert.Equal(ErrorCode.InvalidTopicException, bad.Code);
    }

    [Fact]
    public async Task A_config_can_be_set_and_reset()
    {
        string name = await NewTopicAsync();
        await Client.Admin.AlterConfigsAsync(ConfigResourceType.Topic, name, [new ConfigChange("retention.ms", ConfigOperation.Set, "1234567")]);
        Assert.Equal("1234567", await RetentionAsync());
        await Client.Admin.AlterConfigsAsync(ConfigResourceType.Topic, name, [new ConfigChange("retention.ms", ConfigOperation.Delete, null)]);
        Assert.Equal("604800000", await RetentionAsync());

        async Task<string?> RetentionAsync() =>
            (await Client.Admin.DescribeConfigsAsync(ConfigResourceType.Topic, name)).Single(config => config.Name == "retention.ms").Value;
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task What_is_produced_is_read_back_with_keys_headers_and_nulls(CompressionType codec)
    {
        string topic = await NewTopicAsync();
        byte[] large = new byte[900 * 1024];
        new Random(1).NextBytes(large);
        await using Producer producer = Client.CreateProducer(new ProducerOptions { Compression = codec });
        using var set = new RecordSet();
        set.Add(Bytes("k1"), Bytes("wärme ✓"), 0, 1000, [new RecordHeader("h", Bytes("v")), new RecordHeader("nothing", null)]);
        set.Add(null, ReadOnlyMemory<byte>.Empty, 0);
        set.Add(ReadOnlyMemory<byte>.Empty, null, 0);
        set.Add(Bytes("big"), large, 0);
        ProducedRecord[] produced = await producer.ProduceAsync(topic, set);
        Assert.Equal([0, 1, 2, 3], produced.Select(record => record.Offset));
        Assert.All(produced, record => Assert.Equal(ErrorCode.None, record.Error));

        using FetchedRecords fetched = await Client.Fetcher.ReadAsync(new TopicPartition(topic, 0), 0, new FetchLimits(4 << 20, TimeSpan.Zero), default);
        IReadOnlyList<Record> records = fetched.ReadRecords();
        Assert.Equal(4, records.Count);
        Assert.Equal("k1", Text(records[0].Key));
        Assert.Equal("wärme ✓", Text(records[0].Value));
        Assert.Equal(1000, records[0].TimestampMs);
        Assert.Equal(["h", "nothing"], records[0].Headers.Select(header => header.Key));
        Assert.Equal("v", Text(records[0].Headers[0].Value));
        Assert.Null(records[0].Headers[1].Value);
        Assert.Null(records[1].Key);
        Assert.Equal(0, records[1].Value!.Value.Length);
        Assert.Equal(0, records[2].Key!.Value.Length);
        Assert.Null(records[2].Value);
        Assert.True(records[3].Value!.Value.Span.SequenceEqual(large));
        Assert.Equal(4, fetched.EndOffset);
    }

    [Fact]
    public async Task Concurrent_records_of_one_partition_get_each_offset_once_and_keep_each_callers_order()
    {
        string topic = await NewTopicAsync();
        await using Producer producer = Client.CreateProducer();
        var offsets = new long[8][];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async caller =>
        {
            offsets[caller] = new long[50];
            for (int i = 0; i < 50; i++)
                offsets[caller][i] = (await producer.ProduceAsync(topic, null, Bytes($"{caller}-{i}"), 0)).Offset;
        }));
        Assert.All(offsets, own => Assert.Equal(own.Order(), own));
        Assert.Equal(Enumerable.Range(0, 400).Select(offset => (long)offset), offsets.SelectMany(own => own).Order());
        Assert.Equal(400, (await EndAsync(new TopicPartition(topic, 0))).Offset);
    }

    [Fact]
    public async Task Equal_keys_go_to_the_partition_kafkas_partitioner_names()
    {
        string topic = await NewTopicAsync(partitions: 5);
        await using Producer producer = Client.CreateProducer();
        foreach (string key in new[] { "a", "kafka", "0123456789", "" })
        {
            ProducedRecord produced = await producer.ProduceAsync(topic, Bytes(key), Bytes("x"));
            Assert.Equal(Partitioner.ForKey(Encoding.UTF8.GetBytes(key), 5), produced.Partition);
        }
    }

    [Fact]
    public async Task A_prepared_batch_is_stored_as_it_is()
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        await using Producer producer = Client.CreateProducer();
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = CompressionType.Lz4 });
        builder.Append(1, Bytes("a"), Bytes("1"));
        builder.Append(2, Bytes("b"), Bytes("2"));
        Assert.Equal(0, (await producer.ProduceBatchAsync(partition, builder.Build())).Offset);
        builder.Append(3, Bytes("c"), Bytes("3"));
        Assert.Equal(2, (await producer.ProduceBatchAsync(partition, builder.Build())).Offset);
        using FetchedRecords fetched = await Client.Fetcher.ReadAsync(partition, 0, Patient, default);
        Assert.Equal(["a", "b", "c"], fetched.ReadRecords().Select(record => Text(record.Key)));
    }

    [Fact]
    public async Task PRD_12_a_record_above_the_topics_limit_is_refused_and_its_neighbours_are_stored()
    {
        string topic = Broker.NewTopicName();
        await Client.Admin.CreateTopicAsync(new NewTopic(topic, 1, 1, new Dictionary<string, string?> { ["max.message.bytes"] = "2000" }));
        await using Producer producer = Client.CreateProducer();
        using var set = new RecordSet();
        set.Add(null, Bytes("first"));
        set.Add(null, new byte[5000]);
        set.Add(null, Bytes("last"));
        ProducedRecord[] produced = await producer.ProduceAsync(topic, set);
        Assert.Equal([ErrorCode.None, ErrorCode.MessageTooLarge, ErrorCode.None], produced.Select(record => record.Error));
        Assert.Equal([0, -1, 1], produced.Select(record => record.Offset));
    }

    [Fact]
    public async Task PRD_14_one_callers_record_without_a_key_on_a_compacted_topic_costs_the_others_nothing()
    {
        string topic = Broker.NewTopicName();
        await Client.Admin.CreateTopicAsync(new NewTopic(topic, 1, 1, new Dictionary<string, string?> { ["cleanup.policy"] = "compact" }));
        await using Producer producer = Client.CreateProducer();
        ProducedRecord[] all = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
            await producer.ProduceAsync(topic, i % 4 == 0 ? (ReadOnlyMemory<byte>?)null : Bytes($"k{i}"), Bytes("v"))));
        for (int i = 0; i < all.Length; i++) Assert.Equal(i % 4 == 0 ? ErrorCode.InvalidRecord : ErrorCode.None, all[i].Error);
        Assert.Equal(30, (await EndAsync(new TopicPartition(topic, 0))).Offset);
    }

    [Fact]
    public async Task An_unknown_topic_or_partition_is_an_error_of_the_record()
    {
        await using Producer producer = Client.CreateProducer();
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await producer.ProduceAsync("nobody-made-this", null, Bytes("x"))).Error);
        string topic = await NewTopicAsync();
        ProducedRecord produced = await producer.ProduceAsync(topic, null, Bytes("x"), partition: 7);
        Assert.Equal((ErrorCode.UnknownTopicOrPartition, 7), (produced.Error, produced.Partition));
    }

    [Fact]
    public async Task MD_3_a_producer_that_may_creates_the_topic_by_producing()
    {
        await using Producer producer = Client.CreateProducer(new ProducerOptions { AllowTopicCreation = true });
        string topic = Broker.NewTopicName("auto");
        Assert.Equal((ErrorCode.None, 0L), await OffsetAsync());
        Assert.Equal((ErrorCode.None, 1L), await OffsetAsync());

        async Task<(ErrorCode, long)> OffsetAsync()
        {
            ProducedRecord produced = await producer.ProduceAsync(topic, null, Bytes("x"), 0);
            return (produced.Error, produced.Offset);
        }
    }

    [Theory]
    [InlineData(Acks.Leader, 0)]
    [InlineData(Acks.None, -1)]
    public async Task Other_acks_store_the_record_too(Acks acks, long offset)
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        await using Producer producer = Client.CreateProducer(new ProducerOptions { Acks = acks });
        Assert.Equal(offset, (await producer.ProduceAsync(partition.Topic, null, Bytes("x"), 0)).Offset);
        using FetchedRecords fetched = await Client.Fetcher.ReadAsync(partition, 0, Patient, default);
        Assert.Equal("x", Text(Assert.Single(fetched.ReadRecords()).Value));
    }

    [Fact]
    public async Task FET_1_a_waiting_read_is_answered_by_the_next_record_and_does_not_hold_up_others()
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        await using Producer producer = Client.CreateProducer();
        Task<FetchedRecords> waiting = Client.Fetcher.ReadAsync(partition, 0, Patient, default).AsTask();
        Assert.Equal(ErrorCode.None, (await producer.ProduceAsync(partition.Topic, null, Bytes("now"), 0)).Error);
        using FetchedRecords fetched = await waiting;
        Assert.Equal("now", Text(Assert.Single(fetched.ReadRecords()).Value));
    }

    [Fact]
    public async Task A_read_outside_the_log_says_so_and_one_at_its_end_is_empty()
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        using FetchedRecords beyond = await Client.Fetcher.ReadAsync(partition, 5, new FetchLimits(1000, TimeSpan.Zero), default);
        Assert.Equal(ErrorCode.OffsetOutOfRange, beyond.Error);
        using FetchedRecords end = await Client.Fetcher.ReadAsync(partition, 0, new FetchLimits(1000, TimeSpan.Zero), default);
        Assert.Equal((ErrorCode.None, 0, 0L), (end.Error, end.ReadRecords().Count, end.NextOffset));
        using FetchedRecords unknown = await Client.Fetcher.ReadAsync(new TopicPartition("nobody-made-this", 0), 0, new FetchLimits(1000, TimeSpan.Zero), default);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, unknown.Error);
    }

    [Fact]
    public async Task LOF_4_an_offset_is_found_by_time_within_a_batch()
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        await using Producer producer = Client.CreateProducer();
        using var set = new RecordSet();
        foreach (long time in new long[] { 100, 200, 300 }) set.Add(null, Bytes("x"), 0, time);
        await producer.ProduceAsync(partition.Topic, set);
        Assert.Equal(new FoundOffset(ErrorCode.None, 1, 200), await Client.OffsetLookup.FindAsync(partition, 150, default));
        Assert.Equal(-1, (await Client.OffsetLookup.FindAsync(partition, 301, default)).Offset);
        Assert.Equal(0, (await Client.OffsetLookup.FindAsync(partition, OffsetLookup.Earliest, default)).Offset);
        Assert.Equal(3, (await EndAsync(partition)).Offset);
    }

    protected static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string? Text(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? Encoding.UTF8.GetString(some.Span) : null;

    protected async Task<string> NewTopicAsync(int partitions = 1)
    {
        string name = Broker.NewTopicName();
        await Client.Admin.CreateTopicAsync(new NewTopic(name, partitions, 1));
        return name;
    }

    protected ValueTask<FoundOffset> EndAsync(TopicPartition partition) => Client.OffsetLookup.FindAsync(partition, OffsetLookup.Latest, default);
}
