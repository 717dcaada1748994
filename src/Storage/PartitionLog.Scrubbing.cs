using Gateway.Storage.Execution;
using Gateway.Storage.Files;
using Gateway.Storage.Logs;
using Gateway.Storage.Segments;

namespace Gateway.Storage;

/// <content>Reading stored data again before somebody needs it (design D5): rot that is found early can be mended from a copy.</content>
public sealed partial class PartitionLog
{
    /// <summary>
    /// Verifies every segment that is rolled and durable: checksums, that offsets follow each other, leader epochs. Damage goes to the operator's
    /// log; reads of it are answered CORRUPT_MESSAGE from then on, other reads go on as before.
    /// </summary>
    /// <remarks>On the owner; files are read on the scrubber's thread. Bytes in the page cache are verified as they lie there.</remarks>
    public async ValueTask<ScrubResult> ScrubAsync(LogScrubber scrubber)
    {
        scrubber.Pace.Demand = _context.Demand;
        long bytes = 0;
        int damaged = 0;
        // Segments come and go while this waits, so each step starts from an offset, not from an index.
        for (long at = LogStartOffset; IsReadable && !scrubber.IsStopped;)
        {
            int index = IndexOfSegment(at);
            Segment segment = _segments[index];
            if (index + 1 >= _segments.Count || segment.IsDirty) break;
            at = segment.NextOffset;
            try
            {
                if (await IsDamagedAsync(scrubber, segment)) damaged++;
                bytes += segment.Size;
            }
            catch (PaceStoppedException)
            {
                break;
            }
        }

        return new ScrubResult(bytes, damaged);
    }

    private async ValueTask<bool> IsDamagedAsync(LogScrubber scrubber, Segment segment)
    {
        try
        {
            return await ScrubSegmentAsync(scrubber, segment);
        }
        catch (IOException failure) when (IsReadable && _segments.Contains(segment))
        {
            StorageLog.ReadFailed(_context.Logger, Id, segment.BaseOffset, failure);
            ScrubMetrics.FoundDamage();
            return true;
        }
        catch (IOException)
        {
            // Files of a deleted log go while they are read.
            return false;
        }
    }

    private async ValueTask<bool> ScrubSegmentAsync(LogScrubber scrubber, Segment segment)
    {
        IFile file = segment.File.Acquire();
        try
        {
            int generation = Generation;
            var range = new ScrubbedRange(file, segment.Size, segment.BaseOffset, segment.NextOffset, LogStartOffset, _isGapless, [.. _epochs.Starts]);
            SegmentDamage? found = await LogContext.RunOn(scrubber.Executor, _owner, () => range.FindDamage(scrubber.Pace));
            ScrubMetrics.Verified(segment.Size);
            // What a truncation or a swap replaced meanwhile is nobody's any more.
            if (found is not { } damage || generation != Generation || !IsReadable || !_segments.Contains(segment)) return false;
            segment.Distrust();
            StorageLog.ScrubFoundDamage(_context.Logger, Id, segment.File.Path, damage.Position, damage.Offset, damage.What);
            ScrubMetrics.FoundDamage();
            return true;
        }
        finally
        {
            segment.File.Release();
        }
    }
}
