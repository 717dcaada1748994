using System.Text;
using Gateway.Client.Admin;
using Gateway.Client.Fetching;
using Gateway.Client.Producing;
using Gateway.Client.Tests.Brokers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Record = Gateway.Common.Records.Record;

namespace Gateway.Client.Tests.Contract;

public sealed class InProcessSourceTests(RunningBroker broker) : SourceContract(broker)
{
    protected override KafkaClient NewClient() => Broker.InProcessClient();
}

public sealed class TcpSourceTests(RunningBroker broker) : SourceContract(broker)
{
    protected override KafkaClient NewClient() => Broker.TcpClient();
}

/// <summary>Records that write themselves into their batch, the same over both links.</summary>
public abstract class SourceContract(RunningBroker broker) : IClassFixture<RunningBroker>, IAsyncLifetime
{
    protected RunningBroker Broker { get; } = broker;

    private KafkaClient Client { get; set; } = null!;

    private Producer Producer { get; set; } = null!;

    protected abstract KafkaClient NewClient();

    public Task InitializeAsync()
    {
        Client = NewClient();
        Producer = Client.CreateProducer();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await Producer.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        await Client.DisposeAsync();
    }

    [Fact]
    public async Task They_are_stored_in_their_order_and_told_of_as_one_run()
    {
        string topic = await KnownTopicAsync();
        ProducedRecords stored = await Produced(topic, 0, new Lines("a", "b", "c"));
        Assert.Equal((true, 3), (stored.IsRun, stored.Count));
        Assert.Equal([(ErrorCode.None, 0, 1L), (ErrorCode.None, 0, 2L), (ErrorCode.None, 0, 3L)], Enumerable.Range(0, 3).Select(i => (stored[i].Error, stored[i].Partition, stored[i].Offset)));
        Assert.Throws<ArgumentOutOfRangeException>(() => stored[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => stored[-1]);
        Assert.Equal(["known", "a", "b", "c"], await ValuesAsync(topic));
    }

    [Fact]
    public async Task Of_many_callers_each_keeps_its_order_and_each_offset_is_told_once()
    {
        string topic = await KnownTopicAsync();
        var calls = new List<(string[] Lines, ValueTask<ProducedRecords> Produced)>();
        for (int i = 0; i < 200; i++)
        {
            string[] lines = [.. Enumerable.Range(0, (i % 7) + 1).Select(line => $"{i}-{line}")];
            calls.Add((lines, Produced(topic, 0, new Lines(lines))));
        }
        var told = new SortedDictionary<long, string> { [0] = "known" };
        foreach ((string[] lines, ValueTask<ProducedRecords> produced) in calls)
        {
            ProducedRecords stored = await produced;
            for (int i = 0; i < stored.Count; i++) told.Add(stored[i].Offset, lines[i]);
        }
        Assert.Equal(told.Values, await ValuesAsync(topic));
        // Calls one after another on one thread: their records are one behind another too.
        Assert.Equal(["known", .. calls.SelectMany(call => call.Lines)], told.Values);
    }

    [Fact]
    public async Task A_source_that_cannot_go_on_leaves_nothing_and_costs_the_others_nothing()
    {
        string topic = await KnownTopicAsync();
        var stored = new List<ValueTask<ProducedRecords>>();
        for (int i = 0; i < 100; i++)
        {
            stored.Add(Produced(topic, 0, new Lines($"{i}")));
            var broken = new Lines($"never {i}", "nor this") { Fails = true };
            Assert.Null(Producer.TryProduce(topic, 0, ref broken));
        }
        for (int i = 0; i < 100; i++) Assert.Equal(i + 1, (await stored[i])[0].Offset);
        Assert.Equal(["known", .. Enumerable.Range(0, 100).Select(i => $"{i}")], await ValuesAsync(topic));
        // What it took is given back: else the producer would never come to rest.
        await Producer.DisposeAsync();
    }

    [Fact]
    public async Task A_source_that_throws_leaves_nothing_either()
    {
        string topic = await KnownTopicAsync();
        ValueTask<ProducedRecords> before = Produced(topic, 0, new Lines("before"));
        var broken = new Lines("never") { Throws = true };
        Assert.Throws<InvalidOperationException>(() => Producer.TryProduce(topic, 0, ref broken));
        ValueTask<ProducedRecords> after = Produced(topic, 0, new Lines("after"));
        Assert.Equal((1L, 2L), ((await before)[0].Offset, (await after)[0].Offset));
        Assert.Equal(["known", "before", "after"], await ValuesAsync(topic));
        await Producer.DisposeAsync();
    }

    [Fact]
    public async Task What_is_not_known_yet_or_too_large_is_left_to_the_other_way()
    {
        string topic = Broker.NewTopicName();
        await Client.Admin.CreateTopicAsync(new NewTopic(topic, 2, 1));
        Assert.False(Takes(topic, 0, new Lines("the topic is not known yet")));
        Assert.Equal(0, (await Producer.ProduceAsync(topic, null, Encoding.UTF8.GetBytes("known"), 0)).Offset);
        Assert.False(Takes(topic, 2, new Lines("there is no such partition")));
        Assert.False(Takes(topic, 0, new Lines("too large to share a batch") { SizeHint = (256 * 1024) + 1 }));
        Assert.True(Takes(topic, 0, new Lines("and this is taken") { SizeHint = 256 * 1024 }));
    }

    [Fact]
    public async Task Keys_may_be_there_where_the_partition_is_theirs_whatever_they_are()
    {
        string one = await KnownTopicAsync(), two = await KnownTopicAsync(partitions: 2);
        Assert.Equal([true, true, false, true], [MayHaveKeys(one, -1), MayHaveKeys(one, 0), MayHaveKeys(two, -1), MayHaveKeys(two, 1)]);

        bool MayHaveKeys(string topic, int partition)
        {
            var asked = new Lines("x");
            Assert.NotNull(Producer.TryProduce(topic, partition, ref asked));
            return asked.MayHaveKeys ?? throw new Xunit.Sdk.XunitException("not asked");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Calls_without_keys_take_the_partitions_by_turns_whichever_way_they_go(bool isTaken)
    {
        string topic = await KnownTopicAsync(partitions: 2);
        int[] sent = [0, 0];
        for (int i = 0; i < 10; i++)
        {
            var lines = new Lines("x") { Fails = !isTaken };
            sent[(Producer.TryProduce(topic, -1, ref lines) is { } stored ? (await stored)[0] : await Producer.ProduceAsync(topic, null, new byte[1])).Partition]++;
        }
        Assert.Equal([5, 5], sent);
    }

    [Fact]
    public async Task PRD_14_records_a_topic_refuses_are_told_of_one_by_one_and_the_batches_other_callers_get_theirs()
    {
        string topic = Broker.NewTopicName();
        await Client.Admin.CreateTopicAsync(new NewTopic(topic, 1, 1, new Dictionary<string, string?> { ["cleanup.policy"] = "compact" }));
        await Producer.ProduceAsync(topic, Encoding.UTF8.GetBytes("k"), Encoding.UTF8.GetBytes("known"), 0);
        var calls = new List<ValueTask<ProducedRecords>>();
        for (int i = 0; i < 40; i++) calls.Add(Produced(topic, 0, new Lines($"a{i}", $"b{i}") { HasKeys = i % 4 != 0 }));
        for (int i = 0; i < 40; i++)
        {
            ProducedRecords outcome = await calls[i];
            ErrorCode expected = i % 4 == 0 ? ErrorCode.InvalidRecord : ErrorCode.None;
            Assert.Equal((2, expected, expected), (outcome.Count, outcome[0].Error, outcome[1].Error));
            Assert.Equal(i % 4 == 0 ? -1 : outcome[0].Offset + 1, outcome[1].Offset);
        }
        Assert.Equal(61, (await ValuesAsync(topic)).Count);
    }

    private async Task<string> KnownTopicAsync(int partitions = 1)
    {
        string topic = Broker.NewTopicName();
        await Client.Admin.CreateTopicAsync(new NewTopic(topic, partitions, 1));
        Assert.Equal(0, (await Producer.ProduceAsync(topic, null, Encoding.UTF8.GetBytes("known"), 0)).Offset);
        return topic;
    }

    private ValueTask<ProducedRecords> Produced(string topic, int partition, Lines lines) =>
        Producer.TryProduce(topic, partition, ref lines) ?? throw new Xunit.Sdk.XunitException("not taken");

    private bool Takes(string topic, int partition, Lines lines) => Producer.TryProduce(topic, partition, ref lines) is not null;

    private async Task<IReadOnlyList<string>> ValuesAsync(string topic)
    {
        var values = new List<string>();
        long end = (await Client.OffsetLookup.FindAsync(new TopicPartition(topic, 0), OffsetLookup.Latest, default)).Offset;
        while (values.Count < end)
        {
            using FetchedRecords fetched = await Client.Fetcher.ReadAsync(new TopicPartition(topic, 0), values.Count, new FetchLimits(4 << 20, TimeSpan.Zero), default);
            foreach (Record record in fetched.ReadRecords()) values.Add(Encoding.UTF8.GetString(record.Value!.Value.Span));
        }
        return values;
    }

    private struct Lines(params string[] lines) : IRecordSource
    {
        public bool Fails { get; init; }

        public bool Throws { get; init; }

        public bool HasKeys { get; init; }

        public bool? MayHaveKeys { get; private set; }

        public int SizeHint { get; init; } = 100;

        public bool TryAppendTo(RecordBatchBuilder batch, long nowMs, bool mayHaveKeys)
        {
            MayHaveKeys = mayHaveKeys;
            foreach (string line in lines) batch.Append(nowMs, HasKeys ? Encoding.UTF8.GetBytes(line) : null, Encoding.UTF8.GetBytes(line));
            if (Throws) throw new InvalidOperationException("by itself");
            return !Fails;
        }
    }
}
