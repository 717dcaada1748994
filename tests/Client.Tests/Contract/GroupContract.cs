using System.Text;
using System.Text.RegularExpressions;
using Gateway.Client.Admin;
using Gateway.Client.Consuming;
using Gateway.Client.Consuming.Assignors;
using Gateway.Client.Producing;
using Gateway.Client.Tests.Brokers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Record = Gateway.Common.Records.Record;

namespace Gateway.Client.Tests.Contract;

public sealed class InProcessGroupTests(RunningBroker broker) : GroupContract(broker)
{
    protected override KafkaClient NewClient() => Broker.InProcessClient();
}

public sealed class TcpGroupTests(RunningBroker broker) : GroupContract(broker)
{
    protected override KafkaClient NewClient() => Broker.TcpClient();
}

/// <summary>What consumers do against a real group coordinator, the same over both links.</summary>
public abstract class GroupContract(RunningBroker broker) : IClassFixture<RunningBroker>, IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    protected RunningBroker Broker { get; } = broker;

    private KafkaClient Client { get; set; } = null!;

    protected abstract KafkaClient NewClient();

    public Task InitializeAsync()
    {
        Client = NewClient();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await Client.DisposeAsync();

    [Fact]
    public async Task What_one_consumer_commits_the_next_one_goes_on_from()
    {
        (string topic, string group) = (await NewTopicAsync(1), Broker.NewTopicName("group"));
        await ProduceAsync(topic, 0, 0, 10);
        await using (GroupConsumer first = Earliest(group))
        {
            await first.SubscribeAsync([topic]);
            Assert.Equal(Numbers(0, 10), await ReadAsync(first, 10));
            Assert.Equal(ErrorCode.None, Assert.Single(await first.CommitAsync(default)).Value);
            Assert.Equal(10, first.Position(new TopicPartition(topic, 0)));
        }
        await ProduceAsync(topic, 0, 10, 15);
        await using GroupConsumer second = Earliest(group);
        await second.SubscribeAsync([topic]);
        Assert.Equal(Numbers(10, 15), await ReadAsync(second, 5));
    }

    [Fact]
    public async Task Two_consumers_share_the_partitions_and_the_one_that_stays_gets_all()
    {
        (string topic, string group) = (await NewTopicAsync(4), Broker.NewTopicName("group"));
        await using GroupConsumer stays = Earliest(group);
        await stays.SubscribeAsync([topic]);
        await UntilAsync(() => stays.Assignment.Count == 4, stays);
        GroupConsumer leaves = Earliest(group);
        await leaves.SubscribeAsync([topic]);
        await UntilAsync(() => stays.Assignment.Count == 2 && leaves.Assignment.Count == 2, stays, leaves);
        Assert.Empty(stays.Assignment.Intersect(leaves.Assignment));

        GroupDescription described = await Client.Groups.DescribeAsync(group);
        Assert.Equal(("Stable", "consumer", "range", 2), (described.State, described.ProtocolType, described.Protocol, described.Members.Count));
        Assert.Equal(
            Enumerable.Range(0, 4).Select(partition => new TopicPartition(topic, partition)),
            described.Members.SelectMany(member => member.Partitions).OrderBy(partition => partition.Partition));
        await leaves.DisposeAsync();
        await UntilAsync(() => stays.Assignment.Count == 4, stays);
    }

    [Fact]
    public async Task A_rebalance_neither_loses_records_nor_repeats_committed_ones()
    {
        (string topic, string group) = (await NewTopicAsync(4), Broker.NewTopicName("group"));
        for (int partition = 0; partition < 4; partition++) await ProduceAsync(topic, partition, partition * 100, (partition * 100) + 50);
        await using GroupConsumer first = Client.CreateConsumer(Options(group) with { AutoCommit = true, AutoCommitInterval = TimeSpan.Zero });
        await first.SubscribeAsync([topic]);
        var seen = new List<string>();
        seen.AddRange(await ReadAsync(first, 200));
        await using GroupConsumer second = Client.CreateConsumer(Options(group) with { AutoCommit = true, AutoCommitInterval = TimeSpan.Zero });
        await second.SubscribeAsync([topic]);
        await UntilAsync(() => first.Assignment.Count == 2 && second.Assignment.Count == 2, first, second);
        for (int partition = 0; partition < 4; partition++) await ProduceAsync(topic, partition, (partition * 100) + 50, (partition * 100) + 60);
        Task<List<string>> ofFirst = ReadAsync(first, 20);
        Task<List<string>> ofSecond = ReadAsync(second, 20);
        seen.AddRange(await ofFirst);
        seen.AddRange(await ofSecond);
        Assert.Equal(
            Enumerable.Range(0, 4).SelectMany(partition => Numbers(partition * 100, (partition * 100) + 60)).Order(), seen.Order());
    }

    [Fact]
    public async Task Positions_are_committed_when_an_automatic_consumer_leaves()
    {
        (string topic, string group) = (await NewTopicAsync(1), Broker.NewTopicName("group"));
        await ProduceAsync(topic, 0, 0, 3);
        await using (GroupConsumer consumer = Client.CreateConsumer(Options(group) with { AutoCommit = true, AutoCommitInterval = TimeSpan.FromHours(1) }))
        {
            await consumer.SubscribeAsync([topic]);
            await ReadAsync(consumer, 3);
        }
        Assert.Equal(3, (await Client.Groups.OffsetsAsync(group))[new TopicPartition(topic, 0)].Offset);
    }

    [Fact]
    public async Task A_pattern_takes_in_topics_that_appear_later()
    {
        string stem = Broker.NewTopicName("pattern");
        string group = Broker.NewTopicName("group");
        await Client.Admin.CreateTopicAsync(new NewTopic($"{stem}.a", 1));
        await Client.Admin.CreateTopicAsync(new NewTopic($"x{stem}.a", 1));
        await using GroupConsumer consumer = Client.CreateConsumer(Options(group) with { TopicCheckInterval = TimeSpan.FromMilliseconds(50) });
        await consumer.SubscribeAsync(new Regex($"^(?:{Regex.Escape(stem)}\\..*)$"));
        await UntilAsync(() => consumer.Assignment.SequenceEqual([new TopicPartition($"{stem}.a", 0)]), consumer);
        await Client.Admin.CreateTopicAsync(new NewTopic($"{stem}.b", 1));
        await UntilAsync(() => consumer.Assignment.SequenceEqual([new TopicPartition($"{stem}.a", 0), new TopicPartition($"{stem}.b", 0)]), consumer);
    }

    [Fact]
    public async Task A_subscription_can_be_replaced_and_dropped()
    {
        (string a, string b, string group) = (await NewTopicAsync(1), await NewTopicAsync(2), Broker.NewTopicName("group"));
        await using GroupConsumer consumer = Earliest(group);
        await consumer.SubscribeAsync([a]);
        await UntilAsync(() => consumer.Assignment.SequenceEqual([new TopicPartition(a, 0)]), consumer);
        await consumer.SubscribeAsync([b]);
        await UntilAsync(() => consumer.Assignment.SequenceEqual([new TopicPartition(b, 0), new TopicPartition(b, 1)]), consumer);
        await consumer.UnsubscribeAsync();
        Assert.Empty(consumer.Assignment);
        Assert.Equal("Empty", (await Client.Groups.DescribeAsync(group)).State);
        await Client.Groups.DeleteAsync(group);
        Assert.DoesNotContain(group, (await Client.Groups.ListAsync()).Select(listed => listed.Group));
    }

    [Fact]
    public async Task Partitions_assigned_by_hand_are_read_and_committed_without_membership()
    {
        (string topic, string group) = (await NewTopicAsync(2), Broker.NewTopicName("group"));
        var partition = new TopicPartition(topic, 1);
        await ProduceAsync(topic, 1, 0, 5);
        await using GroupConsumer consumer = Earliest(group);
        consumer.Assign([partition]);
        Assert.Equal(Numbers(0, 5), await ReadAsync(consumer, 5));
        await consumer.CommitAsync(new Dictionary<TopicPartition, CommittedOffset> { [partition] = new(2, "note") }, default);
        Assert.Equal(new CommittedOffset(2, "note"), (await consumer.CommittedAsync([partition, new TopicPartition(topic, 0)], default)).Single().Value);
        Assert.Contains(group, (await Client.Groups.ListAsync()).Select(listed => listed.Group));
    }

    [Fact]
    public async Task A_seek_forgets_what_was_read_ahead()
    {
        string topic = await NewTopicAsync(1);
        var partition = new TopicPartition(topic, 0);
        await ProduceAsync(topic, 0, 0, 10);
        await using GroupConsumer consumer = Client.CreateConsumer(new ConsumerOptions { OffsetReset = AutoOffsetReset.Earliest });
        consumer.Assign([partition]);
        using (ConsumedRecords one = await consumer.PollAsync(1, Long, default)) Assert.Equal(["0"], Values(one));
        Assert.True(consumer.Seek(partition, 7));
        Assert.Equal(Numbers(7, 10), await ReadAsync(consumer, 3));
        Assert.True(consumer.SeekTo(partition, AutoOffsetReset.Earliest));
        Assert.Equal(Numbers(0, 10), await ReadAsync(consumer, 10));
        Assert.True(consumer.SeekTo(partition, AutoOffsetReset.Latest));
        using (ConsumedRecords none = await consumer.PollAsync(1000, TimeSpan.Zero, default)) Assert.True(none.IsEmpty);
        await ProduceAsync(topic, 0, 10, 11);
        Assert.Equal(["10"], await ReadAsync(consumer, 1));
        Assert.False(consumer.Seek(new TopicPartition(topic, 9), 0));
    }

    [Fact]
    public async Task Small_polls_hand_out_every_record_once()
    {
        string topic = await NewTopicAsync(2);
        await ProduceAsync(topic, 0, 0, 30);
        await ProduceAsync(topic, 1, 100, 130);
        await using GroupConsumer consumer = Client.CreateConsumer(new ConsumerOptions { OffsetReset = AutoOffsetReset.Earliest });
        consumer.Assign([new TopicPartition(topic, 0), new TopicPartition(topic, 1)]);
        var seen = new List<string>();
        while (seen.Count < 60)
        {
            using ConsumedRecords records = await consumer.PollAsync(7, Long, default);
            Assert.InRange(Values(records).Sum(value => value.Length), 1, 7);
            seen.AddRange(Values(records));
        }
        Assert.Equal(Numbers(0, 30).Concat(Numbers(100, 130)).Order(), seen.Order());
    }

    [Fact]
    public async Task A_waiting_poll_returns_with_the_next_record()
    {
        string topic = await NewTopicAsync(1);
        await using GroupConsumer consumer = Client.CreateConsumer(new ConsumerOptions { OffsetReset = AutoOffsetReset.Earliest });
        consumer.Assign([new TopicPartition(topic, 0)]);
        Task<ConsumedRecords> waiting = consumer.PollAsync(1000, Long, default).AsTask();
        await ProduceAsync(topic, 0, 0, 1);
        using ConsumedRecords records = await waiting;
        Assert.Equal(["0"], Values(records));
    }

    [Fact]
    public async Task Without_a_committed_offset_reading_starts_where_the_options_say()
    {
        string topic = await NewTopicAsync(1);
        var partition = new TopicPartition(topic, 0);
        await ProduceAsync(topic, 0, 0, 2);
        await using GroupConsumer latest = Client.CreateConsumer(new ConsumerOptions());
        latest.Assign([partition]);
        using (ConsumedRecords none = await latest.PollAsync(1000, TimeSpan.Zero, default)) Assert.True(none.IsEmpty);
        Assert.Equal(2, latest.Position(partition));
        await using GroupConsumer strict = Client.CreateConsumer(new ConsumerOptions { OffsetReset = AutoOffsetReset.None });
        strict.Assign([partition]);
        KafkaErrorException refused = await Assert.ThrowsAsync<KafkaErrorException>(async () => await strict.PollAsync(1000, TimeSpan.Zero, default));
        Assert.Equal(ErrorCode.OffsetOutOfRange, refused.Code);
    }

    [Fact]
    public async Task GRP_1_a_refused_join_is_reported_by_the_poll()
    {
        string topic = await NewTopicAsync(1);
        await using GroupConsumer consumer = Client.CreateConsumer(
            new ConsumerOptions { Group = Broker.NewTopicName("group"), SessionTimeout = TimeSpan.FromMilliseconds(1) });
        await consumer.SubscribeAsync([topic]);
        KafkaErrorException refused = await Assert.ThrowsAsync<KafkaErrorException>(async () => await consumer.PollAsync(1000, Long, default));
        Assert.Equal(ErrorCode.InvalidSessionTimeout, refused.Code);
    }

    [Fact]
    public async Task Members_with_other_preferences_agree_on_what_all_know()
    {
        (string topic, string group) = (await NewTopicAsync(3), Broker.NewTopicName("group"));
        await using GroupConsumer both = Earliest(group);
        await using GroupConsumer one = Client.CreateConsumer(Options(group) with { Assignors = [new RoundRobinAssignor()] });
        await both.SubscribeAsync([topic]);
        await one.SubscribeAsync([topic]);
        await UntilAsync(() => both.Assignment.Count + one.Assignment.Count == 3 && one.Assignment.Count > 0 && both.Assignment.Count > 0, one, both);
        Assert.Equal("roundrobin", (await Client.Groups.DescribeAsync(group)).Protocol);
    }

    private static ConsumerOptions Options(string group) => new()
    {
        Group = group,
        OffsetReset = AutoOffsetReset.Earliest,
        HeartbeatInterval = TimeSpan.FromMilliseconds(50),
        SessionTimeout = TimeSpan.FromSeconds(10),
    };

    private static IEnumerable<string> Numbers(int from, int to) => Enumerable.Range(from, to - from).Select(number => $"{number}");

    private static List<string> Values(ConsumedRecords records) =>
        [.. records.ReadRecords().Select(one => Encoding.UTF8.GetString(one.Record.Value!.Value.Span))];

    /// <summary>Looks at every change of these members' standing; the test fails when there is none for long.</summary>
    private static async Task UntilAsync(Func<bool> happened, params GroupConsumer[] members)
    {
        while (true)
        {
            Task[] changes = [.. members.Select(static member => member.StandingChanged)];
            if (happened()) return;
            await Task.WhenAny(changes).WaitAsync(Long);
        }
    }

    private GroupConsumer Earliest(string group) => Client.CreateConsumer(Options(group));

    private async Task<string> NewTopicAsync(int partitions)
    {
        string name = Broker.NewTopicName();
        await Client.Admin.CreateTopicAsync(new NewTopic(name, partitions, 1));
        return name;
    }

    private async Task ProduceAsync(string topic, int partition, int from, int to)
    {
        await using Producer producer = Client.CreateProducer();
        using var set = new RecordSet();
        foreach (string number in Numbers(from, to)) set.Add(null, Encoding.UTF8.GetBytes(number), partition);
        Assert.All(await producer.ProduceAsync(topic, set), record => Assert.Equal(ErrorCode.None, record.Error));
    }

    private static async Task<List<string>> ReadAsync(GroupConsumer consumer, int count)
    {
        var values = new List<string>();
        while (values.Count < count)
        {
            using ConsumedRecords records = await consumer.PollAsync(1 << 20, Long, default);
            if (records.IsEmpty) break;
            values.AddRange(Values(records));
        }
        return values;
    }
}
