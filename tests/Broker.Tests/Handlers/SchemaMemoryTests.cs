using Gateway.Broker.Network;
using Gateway.Broker.Tests.Support;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;
using static Gateway.Broker.Tests.Support.Batches;
using Record = Gateway.Common.Records.Record;

namespace Gateway.Broker.Tests.Handlers;

/// <summary>What schema validation takes of the process's memory: what a batch inflates to passes a window, dead letters are bounded, all is given back.</summary>
public sealed class SchemaMemoryTests : IAsyncLifetime
{
    private static readonly (string, string) On = ("confluent.value.schema.validation", "true");
    private static readonly (string, string) Dead = ("schema.validation.dead.letter.topic", "dead");

    private TestBroker _broker = null!;

    public static TheoryData<CompressionType> Compressed =>
        new(Enum.GetValues<CompressionType>().Where(codec => codec != CompressionType.None));

    private MemoryBudget Memory => _broker.Broker.Memory;

    public async Task InitializeAsync() => _broker = await TestBroker.StartAsync(validators: new JudgedByValue());

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    /// <summary>So many records that differ in their offsets only; each would be a hundred bytes of dead letter.</summary>
    private static RecordsLease Bomb(CompressionType codec, int records)
    {
        byte[] bytes = "bad"u8.ToArray();
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = codec });
        for (int i = 0; i < records; i++) builder.Append(T0, null, bytes);
        return builder.Build();
    }

    private static RecordsLease Large(CompressionType codec, params (char First, int Length)[] values) =>
        Of(new RecordBatchOptions { Compression = codec }, [.. values.Select(value => value.First == 'b' ? "bad" + new string('x', value.Length) : new string(value.First, value.Length))]);

    [Theory]
    [MemberData(nameof(Compressed))]
    public async Task A_bomb_of_records_at_fault_is_refused_and_all_of_them_are_counted(CompressionType codec)
    {
        Guid topic = await _broker.CreateTopic("bombed", configs: [On, ("max.message.bytes", "9000000")]);
        ProduceResponse.PartitionProduceResponse refused = await _broker.Produce(topic, Bomb(codec, 1_000_000));
        Assert.Equal(ErrorCode.InvalidRecord, refused.ErrorCode);
        Assert.StartsWith("1000000 of 1000000 records are refused; the first is record 0:", refused.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(1000, refused.RecordErrors!.Count);
        Assert.Equal(0, Memory.Used);
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public async Task A_bomb_of_dead_letters_is_refused_and_none_of_them_is_there(CompressionType codec)
    {
        Guid dead = await _broker.CreateTopic("dead");
        Guid topic = await _broker.CreateTopic("bombed", configs: [On, Dead, ("max.message.bytes", "9000000")]);
        ProduceResponse.PartitionProduceResponse refused = await _broker.Produce(topic, Bomb(codec, 500_000));
        Assert.Equal((ErrorCode.InvalidRecord, 1000), (refused.ErrorCode, refused.RecordErrors!.Count));
        Assert.StartsWith("500000 of 500000 records are refused;", refused.ErrorMessage, StringComparison.Ordinal);
        Assert.EndsWith("They could not go to dead: together they take more than 33554432 bytes.", refused.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(0, Memory.Used);
        Assert.Equal(0, await _broker.Store(dead, Of("the first")));
        Assert.Equal(0, await _broker.Store(topic, Of("the first")));
    }

    [Theory]
    [InlineData(CompressionType.None, 500_000)]
    [InlineData(CompressionType.Zstd, 900_000)]
    public async Task Dead_letters_up_to_the_bound_go_and_one_more_does_not(CompressionType codec, int length)
    {
        // A bound of 32 MiB, headers and all: 67 letters of 500,000 bytes do, 68 do not; so with 37 and 38 of 900,000.
        int most = (32 << 20) / length;
        Guid dead = await _broker.CreateTopic("dead");
        Guid topic = await _broker.CreateTopic("bound", configs: [On, Dead, ("max.message.bytes", "60000000")]);
        (char, int)[] letters = [.. Enumerable.Repeat(('b', length), most)];
        Assert.Equal(0, await _broker.Store(topic, Large(codec, [('g', 50_000), .. letters, ('h', 50_000)])));
        Assert.Equal(most + 2, await _broker.Store(topic, Of("next")));
        Assert.Equal(most, await _broker.Store(dead, Of("next")));
        ProduceResponse.PartitionProduceResponse refused = await _broker.Produce(topic, Large(codec, [.. letters, ('b', length)]));
        Assert.Contains("together they take more than 33554432 bytes", refused.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(most + 1, await _broker.Store(dead, Of("next")));
        Assert.Equal(0, Memory.Used);
        FetchResponse.PartitionData stored = await _broker.Fetch(topic, 0);
        Assert.Equal(
            [(0, 'g', 50_000), (most + 1L, 'h', 50_000), (most + 2L, 'n', 4)],
            RecordReader.ReadAll(stored.Records!.Memory, 0).Select(record => (record.Offset, (char)record.Value!.Value.Span[0], record.Value.Value.Length)));
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public async Task Records_larger_than_the_window_are_judged_like_others(CompressionType codec)
    {
        Guid dead = await _broker.CreateTopic("dead", configs: ("max.message.bytes", "9000000"));
        Guid topic = await _broker.CreateTopic("large", configs: [On, Dead, ("max.message.bytes", "9000000")]);
        RecordsLease batch = Large(codec, ('g', 10), ('b', 32_760), ('h', 32_768), ('i', 100_000), ('b', 3_000_000), ('j', 3_000_000), ('b', 5), ('k', 1));
        Assert.Equal(0, await _broker.Store(topic, batch));
        FetchResponse.PartitionData stored = await _broker.Fetch(topic, 0);
        Assert.Equal(
            [(0, 'g', 10), (2, 'h', 32_768), (3, 'i', 100_000), (5, 'j', 3_000_000), (7, 'k', 1)],
            RecordReader.ReadAll(stored.Records!.Memory, 0).Select(record => (record.Offset, (char)record.Value!.Value.Span[0], record.Value.Value.Length)));
        Assert.Equal(3, await _broker.Store(dead, Of("next")));
        Assert.Equal(8, await _broker.Store(topic, Of("next")));
    }

    [Fact]
    public async Task Memory_that_is_not_free_is_a_reason_to_try_again()
    {
        await _broker.CreateTopic("dead");
        Guid topic = await _broker.CreateTopic("busy", configs: [On, Dead, ("max.message.bytes", "9000000")]);
        long most = Memory.Limit / 2;
        Assert.True(Memory.TryTake(most));
        foreach (RecordsLease batch in new[] { Large(CompressionType.Gzip, ('g', 3_000_000)), Large(CompressionType.None, ('b', 300_000)) })
        {
            ProduceResponse.PartitionProduceResponse refused = await _broker.Produce(topic, batch);
            Assert.Equal(ErrorCode.NotEnoughReplicas, refused.ErrorCode);
            Assert.EndsWith("bytes of memory, which are not free just now.", refused.ErrorMessage, StringComparison.Ordinal);
        }
        // What takes little goes on.
        Assert.Equal(0, await _broker.Store(topic, Large(CompressionType.Gzip, ('g', 30_000), ('b', 9))));
        Assert.Equal(most, Memory.Used);
        Memory.Release(most);
        Assert.Equal(2, await _broker.Store(topic, Large(CompressionType.Gzip, ('g', 3_000_000))));
    }

    [Fact]
    public async Task Memory_that_there_never_is_makes_a_batch_too_large()
    {
        await using TestBroker small = await TestBroker.StartAsync(validators: new JudgedByValue(), memory: 8 << 20);
        Guid topic = await small.CreateTopic("small", configs: [On, ("max.message.bytes", "60000000")]);
        Assert.Equal(0, await small.Store(topic, Large(CompressionType.Zstd, ('g', 1_900_000))));
        ProduceResponse.PartitionProduceResponse refused = await small.Produce(topic, Large(CompressionType.Zstd, ('g', 20_000_000)));
        Assert.Equal(ErrorCode.MessageTooLarge, refused.ErrorCode);
        Assert.EndsWith("bytes of memory, more than this broker ever has.", refused.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(0, small.Broker.Memory.Used);
    }

    [Fact]
    public async Task Names_of_headers_that_are_no_text_are_as_they_came()
    {
        Guid dead = await _broker.CreateTopic("dead");
        Guid topic = await _broker.CreateTopic("odd", configs: [On, Dead]);
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        builder.Append(T0, null, "bad"u8.ToArray(), [new RecordHeader("name", null)]);
        RecordsLease batch = builder.Build();
        batch.WritableMemory.Span[batch.Span.IndexOf("name"u8)] = 0xff;
        RecordBatchBytes.SetCrc(batch.WritableMemory.Span);
        await _broker.Store(topic, batch);
        FetchResponse.PartitionData letters = await _broker.Fetch(dead, 0);
        Assert.NotEqual(-1, letters.Records!.Span.IndexOf((byte[])[8, 0xff, (byte)'a', (byte)'m', (byte)'e', 1]));
        Record letter = Assert.Single(RecordReader.ReadAll(letters.Records.Memory, 0));
        Assert.Equal(4, letter.Headers.Count);
    }
}
