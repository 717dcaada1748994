using Gateway.Client.Fetching;
using Gateway.Common.Errors;
using Gateway.Common.Ids;

namespace Gateway.Client.Consuming;

/// <summary>Finds where to start reading: a place the caller knows of, the committed offset, or an end of the log.</summary>
internal sealed class PositionResolver(GroupOffsets offsets, OffsetLookup lookup, ConsumerOptions options, Lock positionsLock)
{
    private readonly Dictionary<TopicPartition, StartPlace> _starts = [];
    private Dictionary<TopicPartition, long> _foundEnds = [];

    internal void StartAt(IReadOnlyDictionary<TopicPartition, StartPlace> places)
    {
        lock (positionsLock)
        {
            foreach ((TopicPartition partition, StartPlace place) in places) _starts[partition] = place;
        }
    }

    internal IReadOnlyDictionary<TopicPartition, long> TakeFoundEnds()
    {
        lock (positionsLock)
        {
            Dictionary<TopicPartition, long> found = _foundEnds;
            if (found.Count > 0) _foundEnds = [];
            return found;
        }
    }

    /// <summary>Gives an offset to every position that has none.</summary>
    /// <exception cref="KafkaErrorException">The group or a partition is refused, or there is no committed offset and nowhere else to start.</exception>
    internal async ValueTask ResolveAsync(IReadOnlyCollection<PartitionPosition> positions, CancellationToken cancel)
    {
        List<(PartitionPosition Position, AutoOffsetReset? SeekTo)> open;
        lock (positionsLock)
        {
            open = [.. positions.Where(static position => position.Offset is null).Select(static position => (position, position.SeekTo))];
        }
        if (open.Count == 0) return;

        TopicPartition[] asked = [.. open.Where(static one => one.SeekTo is null).Select(static one => one.Position.Partition)];
        IReadOnlyDictionary<TopicPartition, CommittedOffset> committed = options.Group is null || asked.Length == 0
            ? new Dictionary<TopicPartition, CommittedOffset>()
            : await offsets.FetchAsync(options.Group, asked, cancel).ConfigureAwait(false);

        var ends = new Dictionary<TopicPartition, long>();
        foreach ((PartitionPosition position, AutoOffsetReset? seekTo) in open)
        {
            bool isCommitted = committed.TryGetValue(position.Partition, out CommittedOffset found);
            StartPlace? start = seekTo is null ? StartOf(position.Partition, isCommitted ? found.Offset : null) : null;
            if (seekTo is null && (isCommitted || start is not null))
            {
                Set(position, seekTo, start?.Offset ?? found.Offset, isDirty: start?.Offset is { } at && !(isCommitted && at == found.Offset));
                continue;
            }
            AutoOffsetReset end = seekTo ?? options.OffsetReset;
            if (end == AutoOffsetReset.None)
                throw new KafkaErrorException(ErrorCode.OffsetOutOfRange, $"Partition {position.Partition} has no committed offset.");
            ends[position.Partition] = end == AutoOffsetReset.Earliest ? OffsetLookup.Earliest : OffsetLookup.Latest;
        }
        if (ends.Count == 0) return;

        IReadOnlyDictionary<TopicPartition, FoundOffset> offsetsFound = await lookup.FindAsync(ends, cancel, options.Isolation).ConfigureAwait(false);
        foreach ((PartitionPosition position, AutoOffsetReset? seekTo) in open)
        {
            if (!offsetsFound.TryGetValue(position.Partition, out FoundOffset end)) continue;
            if (end.Error == ErrorCode.None) Set(position, seekTo, end.Offset, isEnd: ends[position.Partition] == OffsetLookup.Latest);
            else if (end.Error != ErrorCode.UnknownTopicOrPartition)
                throw new KafkaErrorException(end.Error, $"Partition {position.Partition}: {end.Error.KafkaName()}");
        }
    }

    /// <summary>The place to start at, if nothing else has been committed since it was taken.</summary>
    private StartPlace? StartOf(TopicPartition partition, long? committed)
    {
        lock (positionsLock) return _starts.TryGetValue(partition, out StartPlace place) && place.Committed == committed ? place : null;
    }

    private void Set(PartitionPosition position, AutoOffsetReset? seekTo, long offset, bool isEnd = false, bool isDirty = false)
    {
        lock (positionsLock)
        {
            // Unless a seek came in between.
            if (position.Offset is not null || position.SeekTo != seekTo) return;
            position.Seek(offset);
            _starts.Remove(position.Partition);
            // What was handed out before the consumer came back is still to be committed.
            position.IsDirty |= isDirty;
            if (isEnd) _foundEnds[position.Partition] = offset;
        }
    }
}
