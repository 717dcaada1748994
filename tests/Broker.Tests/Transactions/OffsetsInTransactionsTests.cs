using Gateway.Broker.Tests.Support;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Tests.Transactions;

/// <summary>Offsets committed in transactions (OFF-1, OFF-3).</summary>
public sealed class OffsetsInTransactionsTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private readonly TestBroker _broker = fixture.Broker;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task They_count_when_the_transaction_is_committed_and_never_when_it_is_aborted(bool isOld)
    {
        string name = $"offsets-{isOld}";
        Guid topic = await _broker.CreateTopic(name);
        using WireClient? wire = isOld ? await _broker.Connect() : null;
        var producer = new TransactionalProducer(_broker, $"t-{name}", wire);
        await EnsureOffsetsTopic(name);
        await producer.Init();

        Assert.Equal(ErrorCode.None, await AddOffsets(producer, wire, name));
        Assert.Equal(ErrorCode.None, await producer.CommitOffset(name, name, topic, 5));
        Assert.Equal((-1L, ErrorCode.None), await Committed(name, topic, stable: false));
        Assert.Equal((-1L, ErrorCode.UnstableOffsetCommit), await Committed(name, topic, stable: true));
        Assert.Equal(ErrorCode.None, await producer.End(commit: true));
        Assert.Equal(ErrorCode.None, await producer.Init());
        Assert.Equal((5L, ErrorCode.None), await Committed(name, topic, stable: true));

        Assert.Equal(ErrorCode.None, await AddOffsets(producer, wire, name));
        Assert.Equal(ErrorCode.None, await producer.CommitOffset(name, name, topic, 9));
        Assert.Equal((5L, ErrorCode.None), await Committed(name, topic, stable: false));
        Assert.Equal(ErrorCode.None, await producer.End(commit: false));
        // Whoever begins anew waits until the markers are written.
        Assert.Equal(ErrorCode.None, await producer.Init());
        Assert.Equal((5L, ErrorCode.None), await Committed(name, topic, stable: true));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task They_may_be_the_first_offsets_this_broker_hears_of(bool isOld)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("t");
        using WireClient? wire = isOld ? await broker.Connect() : null;
        // Nobody has looked for the coordinator of the group before the transaction names it.
        var producer = new TransactionalProducer(broker, "t-g", wire);
        Assert.Equal(ErrorCode.None, await producer.Init());
        Assert.Equal(ErrorCode.None, await AddOffsets(producer, wire, "g"));
        Assert.Equal(ErrorCode.None, await producer.CommitOffset("g", "t", topic, 5));
        Assert.Equal(ErrorCode.None, await producer.End(commit: true));
        Assert.Equal(ErrorCode.None, await producer.Init());
        Assert.Equal((5L, ErrorCode.None), await Committed(broker, "g", topic, "t", stable: true));
    }

    [Fact]
    public async Task TXN_10_without_the_transaction_they_are_refused()
    {
        Guid topic = await _broker.CreateTopic("offsets-refused");
        await EnsureOffsetsTopic("offsets-refused");
        using WireClient wire = await _broker.Connect();
        var producer = new TransactionalProducer(_broker, "t-refused", wire);
        await producer.Init();
        Assert.Equal(ErrorCode.InvalidTxnState, await producer.CommitOffset("offsets-refused", "offsets-refused", topic, 5));
        producer.Epoch++;
        Assert.Equal(ErrorCode.InvalidProducerEpoch, await producer.CommitOffset("offsets-refused", "offsets-refused", topic, 5));
    }

    [Fact]
    public async Task A_member_of_no_generation_of_the_group_is_refused()
    {
        Guid topic = await _broker.CreateTopic("offsets-member");
        await EnsureOffsetsTopic("offsets-member");
        var producer = new TransactionalProducer(_broker, "t-member");
        await producer.Init();
        Assert.Equal(ErrorCode.IllegalGeneration, await producer.CommitOffset("offsets-member", "offsets-member", topic, 5, generation: 3, member: "m"));
        await producer.End(commit: false);
    }

    [Fact]
    public async Task After_a_restart_they_are_as_the_markers_say()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("t");
        await broker.Send(new FindCoordinatorRequest { KeyType = 0, CoordinatorKeys = ["g"] });
        var producer = new TransactionalProducer(broker, "x");
        await producer.Init();
        await producer.CommitOffset("g", "t", topic, 1);
        await producer.End(commit: true);
        await producer.CommitOffset("g", "t", topic, 2);
        await producer.End(commit: false);
        await producer.CommitOffset("g", "t", topic, 3);
        await broker.RestartUncleanAsync();
        Assert.Equal((-1L, ErrorCode.UnstableOffsetCommit), await Committed(broker, "g", topic, "t", stable: true));
        Assert.Equal((1L, ErrorCode.None), await Committed(broker, "g", topic, "t", stable: false));
        Assert.Equal("Ongoing", await producer.State());
        Assert.Equal(ErrorCode.None, await producer.End(commit: true));
        var next = new TransactionalProducer(broker, "x");
        Assert.Equal(ErrorCode.None, await next.Init());
        Assert.Equal((3L, ErrorCode.None), await Committed(broker, "g", topic, "t", stable: true));
    }

    private async Task EnsureOffsetsTopic(string group) => await _broker.Send(new FindCoordinatorRequest { KeyType = 0, CoordinatorKeys = [group] });

    private static async Task<ErrorCode> AddOffsets(TransactionalProducer producer, WireClient? wire, string group) => wire is null
        ? ErrorCode.None
        : (await wire.Ask(
            new AddOffsetsToTxnRequest { TransactionalId = $"t-{group}", ProducerId = producer.ProducerId, ProducerEpoch = producer.Epoch, GroupId = group }, 3)).ErrorCode;

    private Task<(long, ErrorCode)> Committed(string group, Guid topic, bool stable) => Committed(_broker, group, topic, group, stable);

    private static async Task<(long, ErrorCode)> Committed(TestBroker broker, string group, Guid topicId, string topic, bool stable)
    {
        OffsetFetchResponse answer = await broker.Send(new OffsetFetchRequest
        {
            RequireStable = stable,
            Groups = [new() { GroupId = group, Topics = [new() { Name = topic, TopicId = topicId, PartitionIndexes = [0] }] }],
        });
        OffsetFetchResponse.OffsetFetchResponsePartitions one = answer.Groups[0].Topics[0].Partitions[0];
        return (one.CommittedOffset, one.ErrorCode);
    }
}
