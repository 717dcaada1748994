using Gateway.Client.Fetching;
using Gateway.Common.Ids;
using Gateway.Common.Records;

namespace Gateway.Client.Consuming;

/// <summary>The partitions a consumer reads, with where it stands in each and what it has read ahead.</summary>
/// <remarks>Thread-safe; the lock is shared with the reads that fill positions in the background.</remarks>
internal sealed class PositionTable(Lock positionsLock)
{
    private readonly Dictionary<TopicPartition, PartitionPosition> _positions = [];
    private int _turn;

    /// <summary>The partitions in order.</summary>
    internal IReadOnlyList<TopicPartition> Partitions
    {
        get
        {
            lock (positionsLock)
                return [.. _positions.Keys.OrderBy(static partition => partition.Topic, StringComparer.Ordinal).ThenBy(static partition => partition.Partition)];
        }
    }

    internal IReadOnlyCollection<PartitionPosition> All
    {
        get
        {
            lock (positionsLock) return [.. _positions.Values];
        }
    }

    /// <summary>Makes the table hold exactly <paramref name="wanted"/>; only positions in <paramref name="keep"/> survive.</summary>
    internal void Replace(IReadOnlyCollection<TopicPartition> wanted, IReadOnlySet<TopicPartition> keep)
    {
        lock (positionsLock)
        {
            foreach (PartitionPosition position in _positions.Values.Where(position => !keep.Contains(position.Partition)).ToArray())
            {
                // Without an offset, whatever a read still under way brings is thrown away.
                position.Seek(end: null);
                _positions.Remove(position.Partition);
            }
            foreach (TopicPartition partition in wanted) _positions.TryAdd(partition, new PartitionPosition(partition));
        }
    }

    internal long? OffsetOf(TopicPartition partition)
    {
        lock (positionsLock) return _positions.GetValueOrDefault(partition)?.Offset;
    }

    /// <summary>Moves one position; false when the partition is not in the table.</summary>
    internal bool Move(TopicPartition partition, Action<PartitionPosition> move)
    {
        lock (positionsLock)
        {
            if (!_positions.TryGetValue(partition, out PartitionPosition? position)) return false;
            move(position);
            return true;
        }
    }

    /// <summary>The offsets there is something to commit for.</summary>
    internal Dictionary<TopicPartition, CommittedOffset> Dirty()
    {
        lock (positionsLock)
        {
            return _positions.Values.Where(static position => position is { IsDirty: true, Offset: not null })
                .ToDictionary(static position => position.Partition, static position => new CommittedOffset(position.Offset!.Value));
        }
    }

    /// <summary>Hands out what was read ahead for these positions, up to a bound, and moves them on, unless they are to stay.</summary>
    internal ConsumedRecords Take(IReadOnlyCollection<PartitionPosition> positions, int maxBytes, bool stays)
    {
        var records = new ConsumedRecords();
        if (positions.Count == 0) return records;
        long left = maxBytes;
        lock (positionsLock)
        {
            // Each time another partition comes first: a busy one must not keep the others out of small polls.
            int first = (_turn++ & int.MaxValue) % positions.Count;
            foreach (PartitionPosition position in positions.Skip(first).Concat(positions.Take(first)))
            {
                if (position.Buffered is not { } buffer || position.Offset is not { } from || (left <= 0 && !records.IsEmpty)) continue;
                (long to, long bytes, bool hasRecords) = BatchCut.Find(buffer.Memory, from, left);
                bool isUsedUp = to == from || IsEnd(buffer.Span, to);
                // Offsets without records are gone past, and the poll goes on.
                if (hasRecords) records.Add(new ConsumedPart(position.Partition, buffer.Share(), from, to));
                if (stays && hasRecords) position.DropBuffer();
                else position.Advance(to, isUsedUp);
                left -= bytes;
            }
        }
        return records;
    }

    private static bool IsEnd(ReadOnlySpan<byte> batches, long offset)
    {
        long end = 0;
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(batches)) end = batch.Header.LastOffset + 1;
        return offset >= end;
    }
}
