using System.Diagnostics.Metrics;
using System.Text;
using Gateway.Broker.Tests.Support;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;
using static Gateway.Broker.Tests.Support.Batches;
using Record = Gateway.Common.Records.Record;

namespace Gateway.Broker.Tests.Handlers;

/// <summary>
/// Schema validation as the broker does it (schema-registry 5), with somebody who finds every value that begins with "bad" at fault. What
/// schemas say of records is the registry's matter, and tested there.
/// </summary>
public sealed class SchemaValidationTests : IAsyncLifetime
{
    private static readonly (string, string) On = ("confluent.value.schema.validation", "true");

    private readonly JudgedByValue _validators = new();
    private TestBroker _broker = null!;

    public async Task InitializeAsync() => _broker = await TestBroker.StartAsync(validators: _validators);

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    private async Task<IReadOnlyList<Record>> ReadAll(Guid topic)
    {
        FetchResponse.PartitionData data = await _broker.Fetch(topic, 0);
        IReadOnlyList<Record> records = [.. RecordReader.ReadAll(data.Records!.Memory, 0)];
        return records;
    }

    private static IEnumerable<(long, string)> Stored(IEnumerable<Record> records) =>
        records.Select(record => (record.Offset, Encoding.UTF8.GetString(record.Value!.Value.Span)));

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    public async Task Every_record_at_fault_is_named_and_nothing_is_stored(CompressionType codec)
    {
        Guid topic = await _broker.CreateTopic("named", configs: On);
        var options = new RecordBatchOptions { Compression = codec };
        ProduceResponse.PartitionProduceResponse refused = await _broker.Produce(topic, Of(options, "good", "bad 1", "good", "bad 3", "bad 4"));
        Assert.Equal((ErrorCode.InvalidRecord, -1L), (refused.ErrorCode, refused.BaseOffset));
        Assert.Equal("3 of 5 records are refused; the first is record 1: bad 1 of named", refused.ErrorMessage);
        Assert.Equal(
            [(1, "bad 1 of named"), (3, "bad 3 of named"), (4, "bad 4 of named")],
            refused.RecordErrors!.Select(error => (error.BatchIndex, error.BatchIndexErrorMessage!)));
        Assert.Equal(0, await _broker.Store(topic, Of(options, "good")));
    }

    [Fact]
    public async Task Topics_that_do_not_ask_for_it_are_not_looked_at()
    {
        Guid topic = await _broker.CreateTopic("plain", configs: ("schema.validation.mode", "full"));
        await _broker.Store(topic, Of("bad"));
        Assert.Equal(0, _validators.Batches);
        await _broker.Alter("plain", On);
        Assert.Equal(ErrorCode.InvalidRecord, (await _broker.Produce(topic, Of("bad"))).ErrorCode);
        await _broker.Alter("plain", ("confluent.value.schema.validation", "false"));
        await _broker.Store(topic, Of("bad"));
        Assert.Equal(1, _validators.Batches);
    }

    [Theory]
    [InlineData(CompressionType.None, 0)]
    [InlineData(CompressionType.Lz4, 1)]
    public async Task Small_batches_of_known_schemas_are_not_looked_at_again(CompressionType codec, int looks)
    {
        Guid topic = await _broker.CreateTopic("known", configs: On);
        await _broker.Store(topic, Of(new RecordBatchOptions { Compression = codec }, "known 1", "known 2"));
        Assert.Equal(looks, _validators.Batches);
        ProduceResponse.PartitionProduceResponse refused = await _broker.Produce(topic, Of(new RecordBatchOptions { Compression = codec }, "known 3", "bad 4"));
        Assert.Equal((ErrorCode.InvalidRecord, 1), (refused.ErrorCode, Assert.Single(refused.RecordErrors!).BatchIndex));
        await _broker.Store(topic, Of(new RecordBatchOptions { Compression = codec }, "known 5", "good"));
        await _broker.Store(topic, Of("known 6 " + new string('x', 200_000)));
        Assert.Equal(looks + 3, _validators.Batches);
    }

    [Fact]
    public async Task Small_batches_of_known_schemas_are_checked_like_all_others()
    {
        Guid topic = await _broker.CreateTopic("known-bad", configs: On);
        RecordsLease damaged = Of("known 1");
        damaged.WritableMemory.Span[^2] ^= 1;
        Assert.Equal(ErrorCode.CorruptMessage, (await _broker.Produce(topic, damaged)).ErrorCode);
        RecordsLease fewer = Of("known 1", "known 2");
        fewer.WritableMemory.Span[60] = 1;
        RecordBatchBytes.SetCrc(fewer.WritableMemory.Span);
        Assert.Equal(ErrorCode.InvalidRecord, (await _broker.Produce(topic, fewer)).ErrorCode);
        Assert.Equal(0, await _broker.Store(topic, Of("known 3")));
    }

    [Fact]
    public async Task IDM_7_batches_keep_their_order_however_long_one_is_looked_at()
    {
        Guid topic = await _broker.CreateTopic("order", configs: On);
        using var gate = new ManualResetEventSlim();
        _validators.Gate = gate;
        ValueTask<ProduceResponse> slow = _broker.Send(Produce(topic, 0, Of("wait")));
        ValueTask<ProduceResponse>[] quick = [.. Enumerable.Range(0, 5).Select(i => _broker.Send(Produce(topic, 0, Of(i % 2 == 0 ? $"{i}" : $"known {i}"))))];
        gate.Set();
        Assert.Equal(0, (await slow).Responses[0].PartitionResponses[0].BaseOffset);
        for (int i = 0; i < quick.Length; i++) Assert.Equal(i + 1, (await quick[i]).Responses[0].PartitionResponses[0].BaseOffset);
    }

    [Fact]
    public async Task Nobody_who_could_tell_yet_is_a_reason_to_try_again()
    {
        Guid topic = await _broker.CreateTopic("early", configs: On);
        _validators.IsReady = false;
        ProduceResponse.PartitionProduceResponse early = await _broker.Produce(topic, Of("good"));
        Assert.Equal((ErrorCode.NotEnoughReplicas, "The schema registry is still reading its topic."), (early.ErrorCode, early.ErrorMessage));
        _validators.IsReady = true;
        Assert.Equal(0, await _broker.Store(topic, Of("good")));
    }

    [Fact]
    public async Task Without_a_registry_nothing_is_taken()
    {
        await using TestBroker alone = await TestBroker.StartAsync();
        Guid topic = await alone.CreateTopic("alone", configs: On);
        Assert.Equal(ErrorCode.InvalidConfig, (await alone.Produce(topic, Of("good"))).ErrorCode);
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    public async Task Dead_letters_go_elsewhere_and_the_others_keep_their_offsets(CompressionType codec)
    {
        Guid dead = await _broker.CreateTopic("dead", partitions: 2);
        Guid topic = await _broker.CreateTopic("letters", configs: [On, ("schema.validation.dead.letter.topic", "dead")]);
        Assert.Equal(0, await _broker.Store(topic, Of(new RecordBatchOptions { Compression = codec }, "a", "bad b", "c", "bad d")));
        Assert.Equal(4, await _broker.Store(topic, Of("e")));
        Assert.Equal([(0, "a"), (2, "c"), (4, "e")], Stored(await ReadAll(topic)));
        IReadOnlyList<Record> letters = await ReadAll(dead);
        Assert.Equal([(0, "bad b"), (1, "bad d")], Stored(letters));
        Assert.Equal(
            ["__dlq.errors.topic=letters", "__dlq.errors.partition=0", "__dlq.errors.message=bad b of letters"],
            letters[0].Headers.Select(header => $"{header.Key}={Encoding.UTF8.GetString(header.Value!.Value.Span)}"));
        Assert.Equal(T0 + 1, letters[0].TimestampMs);
    }

    [Fact]
    public async Task Keys_headers_and_nulls_of_dead_letters_are_as_they_came()
    {
        Guid dead = await _broker.CreateTopic("dead-whole");
        Guid topic = await _broker.CreateTopic("whole", configs: [On, ("schema.validation.dead.letter.topic", "dead-whole")]);
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        builder.Append(T0, [1, 2], "bad"u8.ToArray(), [new RecordHeader("h", new byte[] { 3 }), new RecordHeader("n", null)]);
        await _broker.Store(topic, builder.Build());
        Record letter = Assert.Single(await ReadAll(dead));
        Assert.Equal([1, 2], letter.Key!.Value.ToArray());
        Assert.Equal(["h", "n", "__dlq.errors.topic", "__dlq.errors.partition", "__dlq.errors.message"], letter.Headers.Select(header => header.Key));
        Assert.Equal([3], letter.Headers[0].Value!.Value.ToArray());
        Assert.Null(letter.Headers[1].Value);
    }

    [Fact]
    public async Task A_batch_of_nothing_but_dead_letters_still_takes_its_offsets_and_sequences()
    {
        await _broker.CreateTopic("dead-all");
        Guid topic = await _broker.CreateTopic("all", configs: [On, ("schema.validation.dead.letter.topic", "dead-all")]);
        Assert.Equal(0, await _broker.Store(topic, OfProducer(7, 0, 0, "bad", "bad")));
        Assert.Equal(2, await _broker.Store(topic, OfProducer(7, 0, 2, "bad", "x", "bad")));
        Assert.Equal(5, await _broker.Store(topic, OfProducer(7, 0, 5, "y")));
        Assert.Equal(0, await _broker.Store(topic, OfProducer(7, 0, 0, "bad", "bad")));
        Assert.Equal([(3, "x"), (5, "y")], Stored(await ReadAll(topic)));
        await _broker.RestartUncleanAsync();
        Assert.Equal([(3, "x"), (5, "y")], Stored(await ReadAll(topic)));
        Assert.Equal(6, await _broker.Store(topic, OfProducer(7, 0, 6, "z")));
    }

    [Theory]
    [InlineData("absent", "They could not go to absent: There is no such topic.")]
    [InlineData("strict", "They could not go to strict: The topic validates schemas itself.")]
    [InlineData("itself", "They could not go to itself: The topic validates schemas itself.")]
    [InlineData("small", "They could not go to small: The batch has ")]
    public async Task Dead_letters_that_cannot_go_have_their_batch_refused(string dead, string reason)
    {
        await _broker.CreateTopic("strict", configs: On);
        await _broker.CreateTopic("small", configs: ("max.message.bytes", "100"));
        Guid topic = await _broker.CreateTopic("itself", configs: [On, ("schema.validation.dead.letter.topic", dead)]);
        ProduceResponse.PartitionProduceResponse refused = await _broker.Produce(topic, Of("good", "bad"));
        Assert.Equal((ErrorCode.InvalidRecord, 1), (refused.ErrorCode, Assert.Single(refused.RecordErrors!).BatchIndex));
        Assert.Contains(reason, refused.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(0, await _broker.Store(topic, Of("good")));
    }

    [Fact]
    public async Task Many_dead_letters_go_in_several_batches_none_too_large_for_their_topic()
    {
        Guid dead = await _broker.CreateTopic("dead-many");
        Guid topic = await _broker.CreateTopic("many", configs: [On, ("schema.validation.dead.letter.topic", "dead-many")]);
        string[] values = [.. Enumerable.Range(0, 2000).Select(i => $"bad {i:0000} {new string('x', 480)}")];
        Assert.Equal(0, await _broker.Store(topic, Of(values)));
        Assert.Equal(2000, await _broker.Store(dead, Of("next")));
    }

    [Fact]
    public async Task A_thousand_records_are_listed_and_all_are_counted()
    {
        Guid topic = await _broker.CreateTopic("thousand", configs: On);
        ProduceResponse.PartitionProduceResponse refused = await _broker.Produce(topic, Of([.. Enumerable.Range(0, 1500).Select(i => $"bad {i}")]));
        Assert.StartsWith("1500 of 1500 records are refused; the first is record 0:", refused.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 1000), refused.RecordErrors!.Select(error => error.BatchIndex));
    }

    [Fact]
    public async Task What_does_not_fit_is_counted_by_what_became_of_it()
    {
        string refusing = $"counted-{Guid.NewGuid():N}", routing = $"counted-{Guid.NewGuid():N}";
        await _broker.CreateTopic("dead-counted");
        Guid one = await _broker.CreateTopic(refusing, configs: On);
        Guid other = await _broker.CreateTopic(routing, configs: [On, ("schema.validation.dead.letter.topic", "dead-counted")]);
        await _broker.Produce(one, Of("bad", "good", "bad"));
        await _broker.Produce(other, Of("bad", "good"));
        Dictionary<string, long> seen = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == "gateway.topic.misfits") listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            Dictionary<string, object?> byName = tags.ToArray().ToDictionary(t => t.Key, t => t.Value);
            seen[$"{byName["topic"]} {byName["outcome"]}"] = value;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal((2, 0), (seen[$"{refusing} refused"], seen[$"{refusing} dead_letter"]));
        Assert.Equal((0, 1), (seen[$"{routing} refused"], seen[$"{routing} dead_letter"]));
        Assert.DoesNotContain("dead-counted refused", seen.Keys);
    }
}
