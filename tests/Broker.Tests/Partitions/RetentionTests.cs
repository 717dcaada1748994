using Gateway.Broker.Tests.Support;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;
using static Gateway.Broker.Tests.Support.Batches;

namespace Gateway.Broker.Tests.Partitions;

/// <summary>LOG-2 through a running broker: old segments go by themselves, and readers below the new start are told.</summary>
public sealed class RetentionTests
{
    [Fact]
    public async Task LOG_2_old_segments_go_and_a_waiting_or_late_reader_learns_the_new_log_start()
    {
        await using TestBroker broker = await TestBroker.StartAsync(new Dictionary<string, string> { ["log.retention.check.interval.ms"] = "20" });
        Guid topic = await broker.CreateTopic("aging", 1, ("segment.bytes", "1048576"), ("retention.bytes", "1"), ("retention.ms", "-1"));
        string large = new('x', 600_000);
        for (int i = 0; i < 4; i++) await broker.Store(topic, Of(new RecordBatchOptions(), large));
        long start = 0;
        while (start == 0)
        {
            ListOffsetsResponse earliest = await broker.Send(new ListOffsetsRequest
            {
                ReplicaId = -1,
                Topics = [new() { Name = "aging", Partitions = [new() { Timestamp = -2, CurrentLeaderEpoch = -1 }] }],
            });
            start = earliest.Topics[0].Partitions[0].Offset;
        }
        Assert.InRange(start, 1, 3);
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await broker.Fetch(topic, 0)).ErrorCode);
        ProduceResponse.PartitionProduceResponse next = await broker.Produce(topic, Of("next"));
        Assert.Equal(4, next.BaseOffset);
        Assert.True(next.LogStartOffset >= start);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_segment_that_cannot_be_read_keeps_retention_from_its_own_partition_only(bool isForbidden)
    {
        await using TestBroker broker = await TestBroker.StartAsync(new Dictionary<string, string> { ["log.retention.check.interval.ms"] = "20" }, shards: 1);
        Guid topic = await broker.CreateTopic("lost", 1, ("segment.bytes", "1048576"), ("retention.ms", "-1"));
        string large = new('x', 600_000);
        for (int i = 0; i < 3; i++) await broker.Store(topic, Of(new RecordBatchOptions(), large));
        await broker.Alter("lost", ("cleanup.policy", "compact"));
        await broker.RestartAsync(1); // so that nothing has opened the old segments yet
        string first = Directory.GetFiles(broker.Directory, "00000000000000000000.log", SearchOption.AllDirectories)
            .Single(path => path.Contains($"{topic:N}-0-", StringComparison.Ordinal));
        File.Delete(first);
        // The system's answer is the same as for a file that may not be read, and this one is for root too.
        if (isForbidden) Directory.CreateDirectory(first);
        await broker.Alter("lost", ("cleanup.policy", "delete"));

        Guid other = await broker.CreateTopic("aging", 1, ("segment.bytes", "1048576"), ("retention.bytes", "1"), ("retention.ms", "-1"));
        for (int i = 0; i < 3; i++) await broker.Store(other, Of(new RecordBatchOptions(), large));
        while ((await broker.Fetch(other, 0)).ErrorCode != ErrorCode.OffsetOutOfRange)
        {
        }

        Assert.Equal(ErrorCode.KafkaStorageError, (await broker.Fetch(topic, 0)).ErrorCode);
        ListOffsetsResponse late = await broker.Send(new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [new() { Name = "lost", Partitions = [new() { Timestamp = 1, CurrentLeaderEpoch = -1 }] }],
        });
        Assert.Equal(ErrorCode.KafkaStorageError, late.Topics[0].Partitions[0].ErrorCode);
        Assert.Equal(3, await broker.Store(topic, Of("next")));
    }
}
