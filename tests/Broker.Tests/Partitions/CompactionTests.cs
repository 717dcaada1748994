using System.Text;
using Gateway.Broker.Tests.Support;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;
using static Gateway.Broker.Tests.Support.Batches;

namespace Gateway.Broker.Tests.Partitions;

/// <summary>LOG-3 through a running broker: logs are compacted by themselves, in the settings of the moment, and nobody is in anybody's way.</summary>
public sealed class CompactionTests
{
    private static readonly Dictionary<string, string> Quick = new()
    {
        ["log.cleaner.backoff.ms"] = "20",
        ["offsets.topic.num.partitions"] = "1",
        ["offsets.topic.segment.bytes"] = "1048576",
    };

    [Fact]
    public async Task LOG_3_a_compacted_topic_shrinks_by_itself_and_its_readers_find_the_last_values()
    {
        await using TestBroker broker = await TestBroker.StartAsync(Quick);
        Guid topic = await broker.CreateTopic("table", 1, ("cleanup.policy", "compact"), ("segment.bytes", "1048576"));
        string large = new('x', 300_000);
        for (int i = 0; i < 12; i++) await broker.Store(topic, Keyed("a", $"{i}{large}", "b", $"{i}"));
        await Shrinks(broker, topic, 2 << 20);
        Dictionary<string, string?> read = await ReadAll(broker, topic);
        Assert.Equal(2, read.Count);
        Assert.Equal("11", read["b"]);
        Assert.StartsWith("11x", read["a"], StringComparison.Ordinal);

        await broker.RestartAsync();
        Assert.Equal(read, await ReadAll(broker, topic));
        Assert.Equal(24, await broker.Store(topic, Keyed("a", "12")));
    }

    [Fact]
    public async Task LOG_6_a_topic_becomes_compacted_while_it_runs()
    {
        await using TestBroker broker = await TestBroker.StartAsync(Quick);
        Guid topic = await broker.CreateTopic("later", 1, ("segment.bytes", "1048576"));
        string large = new('x', 300_000);
        for (int i = 0; i < 8; i++) await broker.Store(topic, Keyed("a", large));
        await broker.Store(topic, Of(large)); // without a key, as it may be for now
        for (int i = 0; i < 4; i++) await broker.Store(topic, Keyed("a", large));
        await broker.Alter("later", ("cleanup.policy", "compact,delete"));
        await Shrinks(broker, topic, 2 << 20);
        Assert.Equal(ErrorCode.InvalidRecord, (await broker.Produce(topic, Of("no key"))).ErrorCode);
    }

    [Fact]
    public async Task IDM_9_an_idempotent_producer_goes_on_after_its_batches_were_compacted_and_everything_was_replayed()
    {
        await using TestBroker broker = await TestBroker.StartAsync(Quick);
        Guid topic = await broker.CreateTopic("idempotent", 1, ("cleanup.policy", "compact"), ("segment.bytes", "1048576"));
        for (int i = 0; i < 6; i++) await broker.Store(topic, KeyedBy(7, i, "a", $"{i}"));
        string large = new('x', 600_000);
        for (int i = 0; i < 6; i++) await broker.Store(topic, Keyed("a", large));
        await Shrinks(broker, topic, 2 << 20);
        await broker.RestartWithoutSnapshotsAsync();
        // The last one again, as after a lost answer; then the next; then one too far.
        Assert.Equal(5, await broker.Store(topic, KeyedBy(7, 5, "a", "5")));
        await broker.Store(topic, KeyedBy(7, 6, "a", "6"));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, (await broker.Produce(topic, KeyedBy(7, 9, "a", "9"))).ErrorCode);
    }

    [Fact]
    public async Task A_request_is_known_by_its_key_after_its_batch_was_compacted_and_everything_was_replayed()
    {
        await using TestBroker broker = await TestBroker.StartAsync(Quick);
        Guid topic = await broker.CreateTopic("keyed", 1, ("cleanup.policy", "compact"), ("segment.bytes", "1048576"));
        AppendIfRequest Request() => new() { TopicId = topic, ExpectedEndOffset = -1, Records = KeyedBy(BatchKey.IdOf(1), 5, "a", "1") };
        await broker.Store(topic, Keyed("a", "0"));
        Assert.Equal((1, false), await Ask());
        string large = new('x', 600_000);
        for (int i = 0; i < 6; i++) await broker.Store(topic, Keyed("a", large));
        await Shrinks(broker, topic, 2 << 20);
        await broker.RestartWithoutSnapshotsAsync();
        Assert.Equal((1, true), await Ask());

        async Task<(long, bool)> Ask()
        {
            AppendIfResponse answer = await broker.Send(Request());
            Assert.Equal(ErrorCode.None, answer.ErrorCode);
            return (answer.BaseOffset, answer.IsRepetition);
        }
    }

    [Fact]
    public async Task The_topic_of_committed_offsets_stays_small_and_says_the_same_after_a_restart()
    {
        await using TestBroker broker = await TestBroker.StartAsync(Quick);
        Guid topic = await broker.CreateTopic("work", 20);
        await broker.Send(new FindCoordinatorRequest { CoordinatorKeys = ["g"] });
        string metadata = new('m', 2_000);
        for (int round = 1; round <= 400; round++)
        {
            OffsetCommitResponse answer = await broker.Send(new OffsetCommitRequest
            {
                GroupId = "g",
                GenerationIdOrMemberEpoch = -1,
                MemberId = string.Empty,
                Topics =
                [
                    new()
                    {
                        Name = "work",
                        TopicId = topic,
                        Partitions = [.. Enumerable.Range(0, 20).Select(partition => new OffsetCommitRequest.OffsetCommitRequestPartition
                        {
                            PartitionIndex = partition, CommittedOffset = round * 100 + partition, CommittedMetadata = metadata,
                        })],
                    },
                ],
            });
            Assert.All(answer.Topics[0].Partitions, static partition => Assert.Equal(ErrorCode.None, partition.ErrorCode));
        }

        // 400 × 20 × 2 KiB were written; what counts is 40 KiB, and the active segment has up to 1 MiB.
        string directory = Path.GetDirectoryName(Directory.GetFiles(broker.Directory, "*.log", SearchOption.AllDirectories)
            .First(path => !path.Contains($"{topic:N}", StringComparison.Ordinal) && File.ReadAllBytes(path).AsSpan().IndexOf("mmmmmmmm"u8) >= 0))!;
        while (SizeOf(directory) > 3 << 20)
        {
        }

        await broker.RestartAsync();
        OffsetFetchResponse fetched = await broker.Send(new OffsetFetchRequest { Groups = [new() { GroupId = "g", Topics = null }] });
        OffsetFetchResponse.OffsetFetchResponseTopics found = Assert.Single(fetched.Groups[0].Topics);
        Assert.Equal(
            Enumerable.Range(0, 20).Select(static partition => (partition, 40_000L + partition)),
            found.Partitions.OrderBy(static partition => partition.PartitionIndex).Select(static partition => (partition.PartitionIndex, partition.CommittedOffset)));
    }

    /// <summary>FET-3: the first batch holds the offset or lies behind it. librdkafka gives up on answers that hold batches without records only.</summary>
    [Fact]
    public async Task Segments_that_lost_all_their_records_are_read_past_in_one_fetch()
    {
        await using TestBroker broker = await TestBroker.StartAsync(Quick);
        Guid topic = await broker.CreateTopic("emptied", 1, ("segment.bytes", "1048576"));
        string large = new('x', 600_000);
        const int segments = 20;
        for (int i = 0; i < segments; i++) await broker.Store(topic, Keyed("a", $"{i}{large}"));
        // All are there before the first cleaning: it empties each by itself, and none is due after it.
        await broker.Alter("emptied", ("cleanup.policy", "compact"));
        await Shrinks(broker, topic, 2 << 20);
        for (long offset = 0; offset < segments; offset++)
        {
            FetchResponse.PartitionData data = await broker.Fetch(topic, offset);
            using RecordsLease records = data.Records!;
            RecordBatchHeader first = default;
            foreach (RecordBatchSpan batch in RecordBatches.Enumerate(records.Span))
            {
                first = batch.Header;
                break;
            }

            Assert.Equal(1, first.RecordsCount);
            // The cleaner goes from the oldest on, and may still be at the last ones.
            Assert.True(first.BaseOffset >= offset && first.BaseOffset > 0, $"{first.BaseOffset} at {offset}");
        }
    }

    private static RecordsLease KeyedBy(long producerId, int sequence, params string[] keysAndValues) =>
        Keyed(new RecordBatchOptions { ProducerId = producerId, ProducerEpoch = 0, BaseSequence = sequence }, keysAndValues);

    /// <summary>Waits for the cleaner. It never comes: the test never ends, and the runner says so.</summary>
    private static async Task Shrinks(TestBroker broker, Guid topic, long below)
    {
        string directory = Path.GetDirectoryName(Directory.GetFiles(broker.Directory, "*.log", SearchOption.AllDirectories)
            .First(path => path.Contains($"{topic:N}-0-", StringComparison.Ordinal)))!;
        // Meanwhile somebody reads from the start, again and again, and never sees an offset go back.
        while (SizeOf(directory) > below) _ = await ReadAll(broker, topic);
    }

    private static long SizeOf(string directory) =>
        new DirectoryInfo(directory).EnumerateFiles("*.log*").Sum(static file => file.Exists ? file.Length : 0);

    private static async Task<Dictionary<string, string?>> ReadAll(TestBroker broker, Guid topic)
    {
        var last = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (long offset = 0; ;)
        {
            FetchResponse.PartitionData data = await broker.Fetch(topic, offset);
            Assert.Equal(ErrorCode.None, data.ErrorCode);
            if (data.Records is not { Length: > 0 } records)
            {
                Assert.True(offset >= data.HighWatermark, $"nothing at {offset} of {data.HighWatermark}");
                return last;
            }

            using (records)
            {
                foreach (RecordBatchSpan batch in RecordBatches.Enumerate(records.Span))
                {
                    Assert.True(batch.Header.LastOffset >= offset);
                    offset = batch.Header.LastOffset + 1;
                }

                foreach (Common.Records.Record record in RecordReader.ReadAll(records.Memory))
                    last[record.Key is { } key ? Encoding.UTF8.GetString(key.Span) : string.Empty] = record.Value is { } value ? Encoding.UTF8.GetString(value.Span) : null;
            }
        }
    }
}
