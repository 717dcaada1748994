using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Storage.Execution;
using Gateway.Storage.Files;
using Gateway.Storage.Segments;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage;

public sealed partial class PartitionLog
{
    /// <summary>
    /// Reads whole batches from the one that contains <paramref name="fetchOffset"/> (FET-3), from one segment. Completes at once when the
    /// bytes are in the page cache, else on the owner once they were read.
    /// </summary>
    /// <param name="fetchOffset">The first offset wanted, from the log start to the log end.</param>
    /// <param name="maxOffsetExclusive">Batches that reach it are left out: the high watermark or the last stable offset.</param>
    /// <param name="maxBytes">The most bytes.</param>
    /// <param name="atLeastOneBatch">Give the first batch even when it alone is larger (FET-2).</param>
    public ValueTask<LogReadResult> ReadAsync(long fetchOffset, long maxOffsetExclusive, int maxBytes, bool atLeastOneBatch)
    {
        _context.Demand.NoteRead();
        if (TryReadNow(fetchOffset, maxOffsetExclusive, maxBytes, atLeastOneBatch, out LogReadResult result)) return new(result);
        return ReadColdAsync(fetchOffset, maxOffsetExclusive, maxBytes, atLeastOneBatch);
    }

    private bool TryReadNow(long fetchOffset, long maxOffsetExclusive, int maxBytes, bool atLeastOneBatch, out LogReadResult result)
    {
        if (!CanRead(fetchOffset, maxOffsetExclusive, out result)) return true;
        Segment segment = _segments[IndexOfSegment(fetchOffset)];
        if (!segment.IsLoaded) return false;
        if (TryAcquire(segment) is not { } file) return false;
        try
        {
            SegmentRead read = PlanRead(segment, fetchOffset, maxOffsetExclusive, maxBytes, atLeastOneBatch);
            if (!read.TryRun(file, mayWait: false, out SegmentReadResult found)) return false;
            result = Finish(segment, found);
            return true;
        }
        finally
        {
            segment.File.Release();
        }
    }

    /// <summary>Null when the file cannot be opened now: the cold read tries again, and tells the reader if it still cannot.</summary>
    private static IFile? TryAcquire(Segment segment)
    {
        try
        {
            return segment.File.Acquire();
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async ValueTask<LogReadResult> ReadColdAsync(long fetchOffset, long maxOffsetExclusive, int maxBytes, bool atLeastOneBatch)
    {
        try
        {
            while (CanRead(fetchOffset, maxOffsetExclusive, out LogReadResult refused))
            {
                Segment segment = _segments[IndexOfSegment(fetchOffset)];
                await LoadAsync(segment);
                if (!CanRead(fetchOffset, maxOffsetExclusive, out refused)) return refused;
                // While it was loaded the segment may have been cut off or replaced.
                if (!ReferenceEquals(segment, _segments[IndexOfSegment(fetchOffset)])) continue;
                int generation = Generation;
                segment.File.Reserve();
                try
                {
                    SegmentRead read = PlanRead(segment, fetchOffset, maxOffsetExclusive, maxBytes, atLeastOneBatch);
                    ColdReads cold = _context.ColdReads;
                    SegmentReadResult found = await cold.Run(_owner, () => segment.File.Use(file => read.RunCold(file, cold.Allowed(maxBytes), cold.Ahead(maxBytes))));
                    // A truncation meanwhile may have put other bytes under the read: it is not what the log holds, so read again.
                    if (generation == Generation) return Finish(segment, found);
                    found.Records?.Dispose();
                }
                finally
                {
                    segment.File.Unreserve();
                }
            }

            _ = CanRead(fetchOffset, maxOffsetExclusive, out LogReadResult result);
            return result;
        }
        catch (IOException failure)
        {
            // Files of a deleted log go while they are waited for.
            if (IsReadable) StorageLog.ReadFailed(_context.Logger, Id, fetchOffset, failure);
            return LogReadResult.Failed(ErrorCode.KafkaStorageError, fetchOffset);
        }
    }

    private bool CanRead(long fetchOffset, long maxOffsetExclusive, out LogReadResult result)
    {
        result = default;
        if (!IsReadable) result = LogReadResult.Failed(ErrorCode.KafkaStorageError, fetchOffset);
        else if (fetchOffset < LogStartOffset || fetchOffset > LogEndOffset) result = LogReadResult.Failed(ErrorCode.OffsetOutOfRange, fetchOffset);
        else if (fetchOffset >= Math.Min(maxOffsetExclusive, LogEndOffset)) result = LogReadResult.Nothing(fetchOffset);
        else return true;
        return false;
    }

    private SegmentRead PlanRead(Segment segment, long fetchOffset, long maxOffsetExclusive, int maxBytes, bool atLeastOneBatch) =>
        new(
            segment.FloorFor(fetchOffset), segment.Size, fetchOffset, Math.Min(maxOffsetExclusive, LogEndOffset), maxBytes,
            atLeastOneBatch, segment.Trusted, segment.NextOffset, _isGapless);

    private LogReadResult Finish(Segment segment, in SegmentReadResult found)
    {
        if (found.Error != ErrorCode.None) return Corrupt(segment, found.NextOffset, "its checksum, length or offset is wrong");
        if (found.Records is not null)
        {
            bool isNew = found.From < segment.Trusted.From || found.To > segment.Trusted.To;
            if (isNew && FindWrongEpoch(found.Records.Span) is { } wrong)
            {
                found.Records.Dispose();
                return Corrupt(segment, wrong.BaseOffset, $"its leader epoch is {wrong.PartitionLeaderEpoch}, not {_epochs.EpochAt(wrong.BaseOffset)}");
            }

            segment.Trust(found.From, found.To);
            if (found.To < segment.Size) segment.Recent.Add(found.NextOffset, found.To);
        }

        return new LogReadResult(ErrorCode.None, found.Records, found.NextOffset);
    }

    private LogReadResult Corrupt(Segment segment, long offset, string what)
    {
        StorageLog.CorruptRead(_context.Logger, Id, offset, segment.File.Path, what);
        return LogReadResult.Failed(ErrorCode.CorruptMessage, offset);
    }

    /// <summary>The checksum does not cover the leader epoch either, but the log knows which epoch wrote what.</summary>
    private RecordBatchHeader? FindWrongEpoch(ReadOnlySpan<byte> batches)
    {
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(batches))
        {
            // What the log start cut off has no epoch left to compare; a batch it cuts through still has one.
            if (batch.Header.LastOffset < LogStartOffset) continue;
            int expected = _epochs.EpochAt(Math.Max(batch.Header.BaseOffset, LogStartOffset));
            if (batch.Header.PartitionLeaderEpoch != Math.Max(0, expected)) return batch.Header;
        }

        return null;
    }

    /// <summary>The last segment whose base is not behind an offset.</summary>
    private int IndexOfSegment(long offset)
    {
        int low = 0, high = _segments.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_segments[middle].BaseOffset <= offset) low = middle + 1;
            else high = middle;
        }

        return Math.Max(0, low - 1);
    }

    private async ValueTask LoadAsync(Segment segment)
    {
        if (segment.IsLoaded) return;
        long end = segment.NextOffset;
        SegmentContent content = await RunOnFile(segment, file => ReadContent(segment, file, end));
        if (!segment.IsLoaded) segment.SetContent(content, isLast: false);
    }

    private void LoadNow(Segment segment)
    {
        if (segment.IsLoaded) return;
        segment.SetContent(segment.File.Use(file => ReadContent(segment, file, segment.NextOffset)), isLast: false);
    }

    /// <summary>Does something with a segment's bytes on an I/O thread, whatever becomes of its name meanwhile.</summary>
    private async ValueTask<T> RunOnFile<T>(Segment segment, Func<IFile, T> work)
    {
        segment.File.Reserve();
        try
        {
            return await _context.RunOnIo(_owner, () => segment.File.Use(work));
        }
        finally
        {
            segment.File.Unreserve();
        }
    }

    // The segment is closed and durable, so every index entry of it may be trusted.
    private SegmentContent ReadContent(Segment segment, IFile file, long end) => SegmentLoader.Load(
        _context.Files, file, segment.IndexPath, segment.BaseOffset, long.MaxValue, Settings.IndexIntervalBytes, _isGapless,
        end);
}
