using Gateway.Broker.Tests.Support;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;
using static Gateway.Broker.Tests.Support.Batches;

namespace Gateway.Broker.Tests.Transactions;

/// <summary>What a restart knows of transactions: all that was answered.</summary>
public sealed class TransactionsOverRestartsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_aborted_and_committed_transactions_are_what_they_were(bool isUnclean)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("t");
        var done = new TransactionalProducer(broker, "done");
        var open = new TransactionalProducer(broker, "open");
        await done.Init();
        await open.Init();
        await done.Send("t", topic, "aborted");
        await done.End(commit: false);
        await broker.Stable(topic, 2);
        await open.Send("t", topic, "open");
        await done.Send("t", topic, "committed");
        await done.End(commit: true);
        Assert.Equal(ErrorCode.None, await done.Init());

        if (isUnclean) await broker.RestartUncleanAsync();
        else await broker.RestartAsync(shards: 3);
        FetchResponse.PartitionData read = await broker.FetchCommitted(topic, 0);
        Assert.Equal((5L, 2L), (read.HighWatermark, read.LastStableOffset));
        Assert.Equal([], Reading.Filter(read));
        Assert.Equal("Ongoing", await open.State());
        Assert.Equal(ErrorCode.None, await open.Send("t", topic, "more"));
        Assert.Equal(ErrorCode.None, await open.End(commit: true));
        await broker.Stable(topic, 7);
        Assert.Equal(new[] { "open", "committed", "more" }, await broker.Committed(topic));
    }

    [Fact]
    public async Task The_state_is_in_Kafkas_own_records()
    {
        await using TestBroker broker = await TestBroker.StartAsync(new Dictionary<string, string> { ["transaction.state.log.num.partitions"] = "1" });
        Guid topic = await broker.CreateTopic("t");
        using WireClient wire = await broker.Connect();
        var producer = new TransactionalProducer(broker, "x", wire);
        await producer.Init(timeoutMs: 7000);
        await producer.Add("t");
        await producer.Send("t", topic, "a");
        await producer.End(commit: true);
        Assert.Equal(ErrorCode.None, await producer.Init(timeoutMs: 7000));
        MetadataResponse metadata = await broker.Send(new MetadataRequest { Topics = [new() { Name = "__transaction_state" }] });
        MetadataResponse.MetadataResponseTopic state = metadata.Topics[0];
        Assert.Equal((true, 1), (state.IsInternal, state.Partitions.Count));
        FetchResponse.PartitionData data = await broker.Fetch(state.TopicId, 0);
        var values = Common.Records.RecordReader.ReadAll(data.Records!.Memory)
            .Select(static record => (
                Key: Protocol.Stored.VersionedBytes.ReadKey<TransactionLogKey>(record.Key!.Value).TransactionalId,
                Value: Protocol.Stored.VersionedBytes.Read<TransactionLogValue>(record.Value!.Value)))
            .ToArray();
        Assert.Equal([0, 1, 2, 4, 0], values.Select(static v => (int)v.Value.TransactionStatus));
        Assert.All(values, v => Assert.Equal(("x", producer.ProducerId, 7000), (v.Key, v.Value.ProducerId, v.Value.TransactionTimeoutMs)));
        Assert.Equal([0], Assert.Single(values[2].Value.TransactionPartitions!).PartitionIds);
        Assert.Equal([0, 0, 0, 0, 1], values.Select(static v => (int)v.Value.ProducerEpoch));
    }
}
