using Gateway.Cli.Records;
using Gateway.Cli.Registry;
using Gateway.Client;
using Gateway.Client.Consuming;
using Gateway.Client.Fetching;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;

namespace Gateway.Cli.Topics;

/// <summary>Reads records, alone or as a member of a group, until the range, the count or the user ends it.</summary>
internal sealed class ConsumeLoop(KafkaClient client, ConsumeSettings settings, RecordDecoding? decoding, Action<ConsumedRecord> print)
{
    private const int PollBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan PollWait = TimeSpan.FromSeconds(1);
    private readonly Dictionary<TopicPartition, long> _ends = [];
    private readonly Dictionary<TopicPartition, CommittedOffset> _positions = [];
    private long _printed;

    public async Task RunAsync(Stream output, CancellationToken cancel)
    {
        await using GroupConsumer consumer = client.CreateConsumer(new ConsumerOptions
        {
            Group = settings.Group,
            OffsetReset = AutoOffsetReset.Earliest,
            Isolation = settings.Isolation,
        });
        if (settings.Group is null) await AssignAsync(consumer, cancel);
        else await consumer.SubscribeAsync(settings.Topics);
        try
        {
            while (!IsDone(consumer))
            {
                using ConsumedRecords records = await consumer.PollAsync(PollBytes, PollWait, cancel);
                bool enough = await PrintAsync(records, cancel);
                await output.FlushAsync(CancellationToken.None);
                if (enough) break;
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Ctrl-C is how following a topic ends.
        }
        if (settings.Group is not null) await CommitAsync(consumer);
    }

    private async ValueTask<bool> PrintAsync(ConsumedRecords records, CancellationToken cancel)
    {
        foreach ((TopicPartition partition, Record record) in records.ReadRecords())
        {
            if (_ends.TryGetValue(partition, out long end) && record.Offset >= end) continue;
            ConsumedRecord? shown = await DecodedAsync(new ConsumedRecord(partition.Topic, partition.Partition, record, _printed), cancel);
            _positions[partition] = new CommittedOffset(record.Offset + 1);
            if (shown is null) continue;
            print(shown);
            if (++_printed == settings.Count) return true;
        }
        return false;
    }

    /// <summary>The record as it is printed; null when it cannot be decoded, which is said and keeps no other record back.</summary>
    private async ValueTask<ConsumedRecord?> DecodedAsync(ConsumedRecord record, CancellationToken cancel)
    {
        if (decoding is null) return record;
        try
        {
            return await decoding.DecodeAsync(record, cancel);
        }
        catch (FormatException failure)
        {
            await Console.Error.WriteLineAsync(
                $"gateway topic consume: {record.Topic} partition {record.Partition} offset {record.Record.Offset}: {failure.Message}");
            return null;
        }
    }

    private bool IsDone(GroupConsumer consumer) =>
        settings.Range.To is not null && _ends.All(e => consumer.Position(e.Key) >= e.Value);

    // Only what was printed: a poll may have brought more than -n allowed.
    private async Task CommitAsync(GroupConsumer consumer)
    {
        foreach ((TopicPartition partition, ErrorCode error) in await consumer.CommitAsync(_positions, CancellationToken.None))
            if (error != ErrorCode.None) throw new KafkaErrorException(error, $"the position in {partition} was not committed");
    }

    private async Task AssignAsync(GroupConsumer consumer, CancellationToken cancel)
    {
        var partitions = new List<TopicPartition>();
        foreach (string name in settings.Topics)
        {
            TopicView topic = await client.Admin.DescribeTopicAsync(name, cancel);
            partitions.AddRange(topic.Partitions.Where(p => settings.Partitions.Count == 0 || settings.Partitions.Contains(p.Index)).Select(p => new TopicPartition(name, p.Index)));
        }
        if (partitions.Count == 0) throw new CommandException("-p: none of the topics has such a partition");
        Dictionary<TopicPartition, long> starts = await ResolveAsync(partitions, settings.Range.From, cancel);
        if (settings.Range.To is { } to)
            foreach ((TopicPartition partition, long end) in await ResolveAsync(partitions, to, cancel)) _ends[partition] = end;
        consumer.Assign(partitions);
        foreach ((TopicPartition partition, long start) in starts) consumer.Seek(partition, start);
    }

    private async Task<Dictionary<TopicPartition, long>> ResolveAsync(List<TopicPartition> partitions, OffsetBound bound, CancellationToken cancel)
    {
        IReadOnlyDictionary<TopicPartition, FoundOffset> starts = await FindAsync(partitions, OffsetLookup.Earliest, cancel);
        IReadOnlyDictionary<TopicPartition, FoundOffset> ends = await FindAsync(partitions, OffsetLookup.Latest, cancel);
        IReadOnlyDictionary<TopicPartition, FoundOffset>? atTime = bound.Kind == OffsetBoundKind.Time ? await FindAsync(partitions, bound.Value, cancel) : null;
        return partitions.ToDictionary(partition => partition, partition =>
        {
            long start = starts[partition].Offset, end = ends[partition].Offset;
            long wanted = bound.Kind switch
            {
                OffsetBoundKind.Start => start,
                OffsetBoundKind.End => end,
                OffsetBoundKind.AfterStart => start + bound.Value,
                OffsetBoundKind.BeforeEnd => end - bound.Value,
                // Nothing is that young: the range begins, or ends, at the end.
                OffsetBoundKind.Time => atTime![partition].Offset is >= 0 and var found ? found : end,
                _ => bound.Value,
            };
            return Math.Clamp(wanted, start, end);
        });
    }

    private async Task<IReadOnlyDictionary<TopicPartition, FoundOffset>> FindAsync(List<TopicPartition> partitions, long timestamp, CancellationToken cancel)
    {
        IReadOnlyDictionary<TopicPartition, FoundOffset> found =
            await client.OffsetLookup.FindAsync(partitions.ToDictionary(p => p, _ => timestamp), cancel, settings.Isolation);
        foreach ((TopicPartition partition, FoundOffset offset) in found) KafkaErrorException.ThrowIfError(offset.Error, $"offsets of {partition}");
        return found;
    }
}
