using Gateway.Common.Errors;
using Gateway.Storage.Files;
using Gateway.Storage.Journal;
using Gateway.Storage.Segments;

namespace Gateway.Storage;

public sealed partial class PartitionLog
{
    // Below it the segments are promised to be whole: by a checkpoint, taken or on its way, or by a run that bypassed the journal.
    private long _durableInSegments;
    private int _pendingTruncations;

    /// <summary>
    /// Cuts the log so that it ends at <paramref name="endOffset"/>, a batch boundary. It takes effect at once; appends are answered Busy
    /// while bytes that were promised durable wait for the truncation itself to be.
    /// </summary>
    public void TruncateTo(long endOffset)
    {
        if (_status != LogStatus.Open || endOffset == LogEndOffset) return;
        Invariant.Check(endOffset >= 0 && endOffset < LogEndOffset);
        // What was cleaned was committed, and its boundaries need not be those of batches any more.
        Invariant.Check(endOffset >= _cleanedEnd);
        Generation++;
        LogEndOffset = endOffset;
        FlushedOffset = Math.Min(FlushedOffset, endOffset);
        LogStartOffset = Math.Min(LogStartOffset, endOffset);
        _epochs.TruncateTo(endOffset);
        DropSnapshotBehind(endOffset);
        if (endOffset >= _durableInSegments && _pendingTruncations == 0 && _held.Count == 0)
        {
            AddControlFrame(FrameKind.Truncate, endOffset, LeaderEpoch);
            CutSegments(endOffset);
            return;
        }

        // Were the file cut before the frame is durable, a crash in between would leave a log that ends below its recovery point,
        // and that is what damage looks like.
        _pendingTruncations++;
        AddControlFrame(FrameKind.Truncate, endOffset, LeaderEpoch, () =>
        {
            CutSegments(endOffset);
            _durableInSegments = Math.Min(_durableInSegments, endOffset);
            _pendingTruncations--;
            RunPostponedCheckpoints();
        });
    }

    /// <summary>Moves the log start up to <paramref name="offset"/>, possibly inside a batch (DRC-1), and drops segments wholly below it.</summary>
    public void AdvanceLogStart(long offset)
    {
        if (_status != LogStatus.Open || offset <= LogStartOffset) return;
        Invariant.Check(offset <= LogEndOffset);
        LogStartOffset = offset;
        _epochs.AdvanceStart(offset);
        List<Segment> dropped = TakeSegmentsBelowStart();
        AddControlFrame(FrameKind.LogStart, offset, whenDurable: dropped.Count > 0 ? () => Remove(dropped) : null);
    }

    /// <summary>Drops old segments by time and size (LOG-2), none that reaches <paramref name="highWatermark"/>.</summary>
    public async ValueTask<RetentionResult> ApplyRetentionAsync(long highWatermark)
    {
        int segments = 0;
        long bytes = 0;
        while (_status == LogStatus.Open && Settings.DeleteOldSegments && _pendingTruncations == 0)
        {
            Segment oldest = _segments[0];
            long nextBase = _segments.Count > 1 ? _segments[1].BaseOffset : LogEndOffset;
            if (oldest.Size == 0 || nextBase > Math.Min(highWatermark, FlushedOffset) || IsSwapping(oldest)) break;
            await LoadAsync(oldest);
            if (_status != LogStatus.Open || _pendingTruncations > 0 || !ReferenceEquals(_segments[0], oldest) || IsSwapping(oldest)) continue;
            if (!IsExpired(oldest)) break;
            // LOG-1: an active segment that is old enough rolls, so that it can go too.
            if (_segments.Count == 1) Roll();
            segments++;
            bytes += oldest.Size;
            // The log start may be there already: then it was the active segment that could not go when the start moved.
            if (_segments[1].BaseOffset > LogStartOffset) AdvanceLogStart(_segments[1].BaseOffset);
            else DropSegmentsBelowStart();
        }

        return new RetentionResult(segments, bytes);
    }

    private bool IsExpired(Segment segment)
    {
        long newest = segment.MaxTimestamp >= 0 ? segment.MaxTimestamp : segment.CreatedMs;
        if (Settings.RetentionMs >= 0 && _context.NowMs - newest > Settings.RetentionMs) return true;
        return Settings.RetentionBytes >= 0 && SizeInBytes - segment.Size >= Settings.RetentionBytes;
    }

    private void CutSegments(long endOffset)
    {
        var dropped = new List<Segment>();
        while (_segments.Count > 0 && Active.BaseOffset >= endOffset)
        {
            dropped.Add(Active);
            _segments.RemoveAt(_segments.Count - 1);
        }

        Remove(dropped);
        if (_segments.Count > 0 && Active.NextOffset > endOffset) CutActive(endOffset);
        // A segment that had others behind it is not appended to again: behind its end may lie what a refused append left, and after a restart
        // nobody knows how much.
        else if (_segments.Count == 0 || dropped.Count > 0 || IsSwapping(Active)) AddSegment(endOffset);
        CountBytes();
        Invariant.Check(Active.NextOffset == endOffset);
    }

    private void CutActive(long endOffset)
    {
        Segment active = Active;
        LoadNow(active);
        IndexEntry floor = active.Index.FloorByOffset(endOffset);
        long maxTimestamp = floor.MaxTimestampBefore;
        long position = floor.Position;
        IFile file = active.File.Acquire();
        try
        {
            using var scan = new BatchScan(file, floor.Position, active.Size, headersOnly: true);
            while (scan.MoveNext() && scan.Header.LastOffset < endOffset)
            {
                maxTimestamp = Math.Max(maxTimestamp, scan.Header.MaxTimestamp);
                position = scan.NextPosition;
            }

            Invariant.Check(scan.Header.BaseOffset == endOffset && scan.Position == position);
        }
        finally
        {
            active.File.Release();
        }

        active.Truncate(endOffset, (int)position, maxTimestamp);
    }

    private void Remove(List<Segment> segments)
    {
        try
        {
            foreach (Segment segment in segments)
            {
                segment.File.Remove();
                _context.Files.Delete(segment.IndexPath);
                _namesVersion++;
            }
        }
        catch (IOException failure)
        {
            // A later segment may be to have one of their names.
            _context.Fail(failure);
        }
    }
}
