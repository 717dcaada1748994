using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Storage.Files;
using Gateway.Storage.Segments;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage;

public sealed partial class PartitionLog
{
    /// <summary>The first record at or after a time; null when there is none below <paramref name="maxOffsetExclusive"/> (LOF-4).</summary>
    /// <exception cref="CorruptRecordException">The batch that should hold it is damaged.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public async ValueTask<OffsetAtTimestamp?> FindByTimestampAsync(long timestampMs, long maxOffsetExclusive)
    {
        // Segments come and go while this waits, so each step starts from an offset, not from an index.
        long from = LogStartOffset;
        while ((from = Math.Max(from, LogStartOffset)) < Math.Min(maxOffsetExclusive, LogEndOffset) && IsReadable)
        {
            Segment segment = _segments[IndexOfSegment(from)];
            await LoadAsync(segment);
            if (!IsReadable) break;
            if (!ReferenceEquals(segment, _segments[IndexOfSegment(from)])) continue;
            if (segment.MaxTimestamp >= timestampMs)
            {
                int generation = Generation;
                OffsetAtTimestamp? found = await SearchAsync(segment, timestampMs, from);
                if (generation != Generation) continue;
                if (found is { } record) return record.Offset < maxOffsetExclusive ? record : null;
            }

            from = Math.Max(segment.NextOffset, from + 1);
        }

        return null;
    }

    /// <summary>The first record that has the log's largest timestamp; null when the log is empty or it is not below the limit (LOF-1).</summary>
    /// <exception cref="CorruptRecordException">The batch that should hold it is damaged.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public async ValueTask<OffsetAtTimestamp?> FindMaxTimestampAsync(long maxOffsetExclusive)
    {
        // Segments come and go while this waits: it is done when all that are there now are loaded.
        while (IsReadable && _segments.Find(static segment => !segment.IsLoaded) is { } next) await LoadAsync(next);
        if (!IsReadable) return null;
        long largest = RecordBatchHeader.NoTimestamp;
        for (int i = 0; i < _segments.Count; i++)
        {
            // A log start inside a segment hides records whose time the segment still counts.
            bool isCut = i == 0 && LogStartOffset > _segments[i].BaseOffset;
            largest = Math.Max(largest, isCut ? await MaxTimestampFromAsync(_segments[i], LogStartOffset) : _segments[i].MaxTimestamp);
        }

        if (largest < 0) return null;
        return await FindByTimestampAsync(largest, maxOffsetExclusive);
    }

    private async ValueTask<long> MaxTimestampFromAsync(Segment segment, long fromOffset)
    {
        IndexEntry start = segment.Index.FloorByOffset(fromOffset);
        int end = segment.Size;
        var order = new BatchOrder(start.Offset, segment.NextOffset, _isGapless);
        return await RunOnFile(segment, file => MaxTimestamp(file, start, end, fromOffset, order));
    }

    private bool IsReadable => _status is LogStatus.Open or LogStatus.Closing;

    private async ValueTask<OffsetAtTimestamp?> SearchAsync(Segment segment, long timestampMs, long fromOffset)
    {
        IndexEntry start = segment.Index.FloorByTimestamp(timestampMs);
        int end = segment.Size;
        var order = new BatchOrder(start.Offset, segment.NextOffset, _isGapless);
        return await RunOnFile(segment, file => Search(file, start, end, timestampMs, fromOffset, order));
    }

    private static long MaxTimestamp(IFile file, IndexEntry start, int end, long fromOffset, BatchOrder order)
    {
        long largest = RecordBatchHeader.NoTimestamp;
        using var scan = new BatchScan(file, start.Position, end) { Order = order };
        while (scan.MoveNext())
        {
            if (scan.Header.RecordsCount == 0) continue;
            if (scan.Header.BaseOffset >= fromOffset) largest = Math.Max(largest, scan.Header.MaxTimestamp);
            if (scan.Header.BaseOffset >= fromOffset || scan.Header.LastOffset < fromOffset) continue;
            largest = Math.Max(largest, RecordTimes.Max(scan.Bytes, fromOffset));
        }

        return scan.EndedWell ? largest : throw new CorruptRecordException($"No batch at position {scan.NextPosition}");
    }

    private static OffsetAtTimestamp? Search(
        IFile file, in IndexEntry start, int end, long timestampMs, long fromOffset, BatchOrder order)
    {
        using var scan = new BatchScan(file, start.Position, end) { Order = order };
        while (scan.MoveNext())
        {
            RecordBatchHeader header = scan.Header;
            if (header.MaxTimestamp < timestampMs || header.LastOffset < fromOffset) continue;
            if (RecordTimes.FirstAtOrAfter(scan.Bytes, timestampMs, fromOffset) is { } first)
                return new OffsetAtTimestamp(first.Offset, first.TimestampMs, header.PartitionLeaderEpoch);
        }

        return scan.EndedWell ? null : throw new CorruptRecordException($"No batch at position {scan.NextPosition}");
    }
}
