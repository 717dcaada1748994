using Gateway.Storage.Compaction;
using Gateway.Storage.Files;
using Gateway.Storage.Segments;

namespace Gateway.Storage;

/// <content>Compaction: whether a log is due, and which of its segments may be cleaned (LOG-3).</content>
public sealed partial class PartitionLog
{
    private CleanedMark? _mark;
    private bool _isUncleanable;

    /// <summary>Where the part starts that no cleaning has seen; 0 until a cleaning or <see cref="FindCleaningNeedAsync"/> has looked.</summary>
    public long FirstDirtyOffset => Math.Max(LogStartOffset, Math.Min(_mark?.FirstDirtyOffset ?? 0, LogEndOffset));

    /// <summary>How much the log wants to be cleaned, of what lies below <paramref name="committedOffset"/>.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public async ValueTask<CleaningNeed> FindCleaningNeedAsync(long committedOffset)
    {
        if (!MayClean) return default;
        await LoadMarkAsync();
        await LoadDirtyAsync();
        if (!MayClean) return default;
        long clean = 0, dirty = 0;
        long firstDirty = FirstDirtyOffset;
        int end = CleanableEnd(committedOffset, countActive: true);
        foreach (Segment segment in _segments.GetRange(0, end))
        {
            if (segment.NextOffset <= firstDirty) clean += segment.Size;
            else dirty += segment.Size;
        }

        double ratio = dirty == 0 ? 0 : (double)dirty / (clean + dirty);
        bool isLate = dirty > 0 && IsLate(_segments[IndexOfSegment(firstDirty)]);
        bool horizonIsOver = _mark!.Value.NextHorizonMs <= _context.NowMs && clean > 0;
        return new CleaningNeed(isLate || horizonIsOver || (dirty > 0 && ratio > Settings.MinCleanableDirtyRatio), ratio, dirty);
    }

    /// <summary>Bytes of the segments that no cleaning has seen to their end, the active one included.</summary>
    private long DirtyBytes()
    {
        long firstDirty = FirstDirtyOffset;
        return _segments.Sum(segment => segment.NextOffset > firstDirty ? (long)segment.Size : 0);
    }

    private bool MayClean => _status == LogStatus.Open && Settings.Compact && !_isUncleanable && _pendingTruncations == 0;

    /// <summary>How many segments, from the first, may be cleaned.</summary>
    /// <param name="committedOffset">None that reaches beyond it.</param>
    /// <param name="countActive">Count the active one when it should be rolled for cleaning.</param>
    private int CleanableEnd(long committedOffset, bool countActive)
    {
        long now = _context.NowMs;
        int end = 0;
        while (end + 1 < _segments.Count && !_segments[end].IsDirtyBeyond(committedOffset, countActive) && !IsTooYoung(_segments[end], now)) end++;
        if (!countActive || end + 1 < _segments.Count || Active.Size == 0 || IsTooYoung(Active, now)) return end;
        // Without it the ratio may stay low for as long as a segment takes to fill up.
        bool isLarge = Active.Size >= Math.Min(Settings.CompactionRollBytes, Settings.SegmentBytes);
        return IsLate(Active) || (isLarge && IsDirtyEnoughWithActive()) ? end + 1 : end;
    }

    private bool IsDirtyEnoughWithActive()
    {
        long firstDirty = FirstDirtyOffset;
        long dirty = Active.Size;
        for (int i = 0; i + 1 < _segments.Count; i++)
        {
            if (_segments[i].NextOffset > firstDirty) dirty += _segments[i].Size;
        }

        return dirty > SizeInBytes * Settings.MinCleanableDirtyRatio;
    }

    private bool IsTooYoung(Segment segment, long now) =>
        Settings.MinCompactionLagMs > 0 && now - NewestIn(segment) < Settings.MinCompactionLagMs;

    private bool IsLate(Segment segment)
    {
        if (Settings.MaxCompactionLagMs == long.MaxValue || segment.Size == 0) return false;
        long oldest = segment.FirstTimestamp >= 0 ? segment.FirstTimestamp : segment.CreatedMs;
        return _context.NowMs - oldest > Settings.MaxCompactionLagMs;
    }

    private static long NewestIn(Segment segment) => segment.MaxTimestamp >= 0 ? segment.MaxTimestamp : segment.CreatedMs;

    /// <summary>Times of segments are only known once they are loaded; nobody needs them where no lag is set.</summary>
    private async ValueTask LoadDirtyAsync()
    {
        if (Settings.MinCompactionLagMs == 0 && Settings.MaxCompactionLagMs == long.MaxValue) return;
        long firstDirty = FirstDirtyOffset;
        while (MayClean && _segments.Find(segment => !segment.IsLoaded && segment.NextOffset > firstDirty) is { } next) await LoadAsync(next);
    }

    private async ValueTask LoadMarkAsync()
    {
        if (_mark is not null) return;
        CleanedMark found = await _context.RunOnIo(_owner, () => CleanedMark.Load(_context.Files, _directory));
        _mark ??= found;
    }

    private async ValueTask StoreMarkAsync(CleanedMark mark)
    {
        _mark = mark;
        try
        {
            _ = await _context.RunOnIo(_owner, () => _context.Checkpoints.TryRun(Key, () => mark.Store(_context.Files, _directory)));
        }
        catch (IOException failure) when (failure is not DiskFullException)
        {
            throw new CleaningWriteException(failure);
        }
    }
}
