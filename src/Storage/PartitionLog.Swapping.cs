using Gateway.Common.Errors;
using Gateway.Storage.Compaction;
using Gateway.Storage.Files;
using Gateway.Storage.Journal;
using Gateway.Storage.Segments;

namespace Gateway.Storage;

/// <content>Putting a cleaned segment into the place of those it was made from, while readers and appends go on.</content>
public sealed partial class PartitionLog
{
    // The group whose files an I/O thread is replacing: they stay in the list, and their names are nobody else's, until it is done.
    private List<Segment>? _swapping;
    private Action? _afterSwap;

    /// <summary>Swaps a group that is still what was rewritten. False when the log is not there any more, or is being closed.</summary>
    private async ValueTask<bool> SwapAsync(List<Segment> group, SegmentContent content)
    {
        long baseOffset = group[0].BaseOffset;
        Invariant.Check(content.NextOffset == group[^1].NextOffset && content.NextOffset <= _cleanedEnd);
        Segment cleaned = Segment.Existing(
            _context.Segments, _directory, baseOffset, content.NextOffset, content.Size, group[0].CreatedMs, Settings.IndexIntervalBytes);
        cleaned.SetContent(content, isLast: false);
        cleaned.Trust(0, content.Size);
        IndexWrite? index = cleaned.Index.TakeUnwritten(cleaned.IndexPath);
        long[] bases = [.. group.Select(static segment => segment.BaseOffset)];
        _swapping = group;
        bool isDone = false;
        try
        {
            isDone = await _context.RunOnIo(_owner, () => _context.Checkpoints.TryRun(Key, () =>
            {
                SegmentSwap.Run(_context.Files, _directory, bases);
                WriteIndex(index);
            }));
        }
        catch (IOException failure)
        {
            // Perhaps half of it happened; the next start does the rest.
            _context.Fail(failure);
        }
        finally
        {
            _swapping = null;
        }

        if (isDone && IsReadable) Replace(group, cleaned);
        Action? waiting = _afterSwap;
        _afterSwap = null;
        waiting?.Invoke();
        return isDone && _status == LogStatus.Open;
    }

    private void Replace(List<Segment> group, Segment cleaned)
    {
        int first = _segments.IndexOf(group[0]);
        Invariant.Check(first >= 0 && first + group.Count < _segments.Count);
        Invariant.Check(_segments[first + group.Count].BaseOffset == cleaned.NextOffset);
        _segments.RemoveRange(first, group.Count);
        _segments.Insert(first, cleaned);
        // Their names are gone or another's; the bytes go with the last reader.
        foreach (Segment old in group) old.File.ForgetNameless();
        CountBytes();
        DropSegmentsBelowStart();
    }

    /// <summary>True when the segments are still behind each other in the list, none of them active.</summary>
    private bool IsInPlace(List<Segment> group)
    {
        int first = _segments.IndexOf(group[0]);
        if (first < 0 || first + group.Count >= _segments.Count) return false;
        for (int i = 0; i < group.Count; i++)
        {
            if (!ReferenceEquals(_segments[first + i], group[i])) return false;
        }

        return true;
    }

    private bool IsSwapping(Segment segment) => _swapping is not null && _swapping.Contains(segment);

    /// <summary>Drops what lies wholly below the log start; what is being swapped goes when that is done.</summary>
    private List<Segment> TakeSegmentsBelowStart()
    {
        var dropped = new List<Segment>();
        while (_segments.Count > 1 && _segments[1].BaseOffset <= LogStartOffset && !IsSwapping(_segments[0]))
        {
            dropped.Add(_segments[0]);
            _segments.RemoveAt(0);
        }

        CountBytes();
        return dropped;
    }

    private void DropSegmentsBelowStart()
    {
        if (_status != LogStatus.Open || _segments.Count < 2 || _segments[1].BaseOffset > LogStartOffset) return;
        List<Segment> dropped = TakeSegmentsBelowStart();
        // The start was moved by a frame that may not be durable yet: another one behind it tells when it is.
        if (dropped.Count > 0) AddControlFrame(FrameKind.LogStart, LogStartOffset, whenDurable: () => Remove(dropped));
    }

    private void WriteIndex(IndexWrite? index)
    {
        try
        {
            index?.Run(_context.Files, sync: false);
        }
        catch (DiskFullException)
        {
            // It is a cache; the next opening reads the segment instead.
        }
    }
}
