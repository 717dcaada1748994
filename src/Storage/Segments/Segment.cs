using Gateway.Common.Records;
using Gateway.Storage.Files;

namespace Gateway.Storage.Segments;

/// <summary>One segment: its file, its index and what is known of its content.</summary>
/// <remarks>
/// Owned by its log. What a reader on another thread needs is handed over as values. <see cref="Size"/> is the end of the valid
/// bytes; a failed write may have left more in the file.
/// </remarks>
internal sealed class Segment
{
    private const int Page = 4_096;

    private readonly int _indexInterval;
    private int _indexedPosition;
    private int _writebackFrom;

    private Segment(SegmentFile file, string indexPath, long baseOffset, int indexInterval)
    {
        File = file;
        IndexPath = indexPath;
        BaseOffset = NextOffset = baseOffset;
        _indexInterval = indexInterval;
        Index = new SegmentIndex(baseOffset);
    }

    internal SegmentFile File { get; }

    internal string IndexPath { get; }

    internal long BaseOffset { get; }

    /// <summary>One behind the last offset.</summary>
    internal long NextOffset { get; private set; }

    internal int Size { get; private set; }

    internal SegmentIndex Index { get; private set; }

    internal long MaxTimestamp { get; private set; } = RecordBatchHeader.NoTimestamp;

    /// <summary>The largest timestamp of its first batch, from which its age counts; -1 before there is one.</summary>
    internal long FirstTimestamp { get; private set; } = RecordBatchHeader.NoTimestamp;

    internal long CreatedMs { get; init; }

    /// <summary>False until its index was read or rebuilt.</summary>
    internal bool IsLoaded { get; private set; }

    /// <summary>Rises with every change to the file.</summary>
    internal long Version { get; private set; }

    /// <summary>The version known to be durable.</summary>
    internal long SyncedVersion { get; set; }

    internal bool IsDirty => Version != SyncedVersion;

    /// <summary>
    /// True when it must not be cleaned yet: it reaches beyond what is committed, or, unless <paramref name="willBeSynced"/>, is not durable.
    /// </summary>
    internal bool IsDirtyBeyond(long committedOffset, bool willBeSynced) =>
        NextOffset > committedOffset || Size == 0 || (IsDirty && !willBeSynced);

    /// <summary>The bytes known to be right: appended by this process, or verified when they were read (LOG-9).</summary>
    internal (int From, int To) Trusted { get; private set; }

    /// <summary>Boundaries met lately: where the next sequential read, or one at the tail, will start.</summary>
    internal RecentBoundaries Recent { get; } = new();

    internal static Segment Create(OpenSegments pool, string directory, long baseOffset, long nowMs, int indexInterval)
    {
        string path = SegmentNames.LogPath(directory, baseOffset);
        return new Segment(new SegmentFile(pool, path, isNew: true), SegmentNames.IndexPath(directory, baseOffset), baseOffset, indexInterval)
        {
            CreatedMs = nowMs,
            IsLoaded = true,
        };
    }

    /// <summary>A segment that lies on the disk and whose end is known without reading it; <see cref="SetContent"/> loads it.</summary>
    internal static Segment Existing(
        OpenSegments pool, string directory, long baseOffset, long nextOffset, int size, long nowMs, int indexInterval)
    {
        string path = SegmentNames.LogPath(directory, baseOffset);
        return new Segment(new SegmentFile(pool, path, isNew: false), SegmentNames.IndexPath(directory, baseOffset), baseOffset, indexInterval)
        {
            CreatedMs = nowMs,
            NextOffset = nextOffset,
            Size = size,
        };
    }

    /// <summary>
    /// Takes what <see cref="SegmentLoader"/> found. A segment that others follow keeps the end they give it: where the walk stopped short,
    /// reads shall meet the damage, not an early end.
    /// </summary>
    internal void SetContent(SegmentContent content, bool isLast)
    {
        Index = content.Index;
        MaxTimestamp = content.MaxTimestamp;
        FirstTimestamp = content.FirstTimestamp;
        _indexedPosition = content.Index.Last.Position;
        IsLoaded = true;
        if (!isLast) return;
        NextOffset = content.NextOffset;
        Size = _writebackFrom = content.Size;
    }

    /// <summary>Writes batches behind the last; the segment only knows them once <see cref="Accept"/> is called.</summary>
    internal void Write(ReadOnlySpan<byte> batches)
    {
        IFile file = File.Acquire();
        try
        {
            file.Write(Size, batches);
        }
        finally
        {
            File.Release();
        }
    }

    /// <summary>
    /// Bytes that should be on their way to the device by now, so that a burst does not pile up for one sync; null while they are few. Reserved:
    /// whoever takes them runs them.
    /// </summary>
    /// <param name="atLeast">How many bytes are not few.</param>
    internal Writeback? TakeWriteback(int atLeast)
    {
        if (Size - _writebackFrom < atLeast) return null;
        int from = _writebackFrom;
        _writebackFrom = Size / Page * Page;
        File.Reserve();
        return new Writeback(File, from, _writebackFrom - from);
    }

    /// <summary>Counts what it holds as on its way to the device; returns the bytes that were not.</summary>
    internal int TakeUnwritten()
    {
        int unwritten = Size - _writebackFrom;
        _writebackFrom = Size / Page * Page;
        return unwritten;
    }

    /// <summary>Cuts off what a refused append has left, so that a crash does not bring it back. Best effort: it was never promised to be gone.</summary>
    internal void DiscardBehindEnd()
    {
        try
        {
            IFile file = File.Acquire();
            file.SetLength(Size);
            File.Release();
            // The bytes may be durable by now: without a sync of the shorter length they would be there again after a crash.
            Version++;
        }
        catch (IOException)
        {
            // The next append writes over it.
        }
    }

    /// <summary>Makes a written batch part of the segment.</summary>
    internal void Accept(in RecordBatchHeader header)
    {
        int end = Size + (int)header.SizeInBytes;
        if (Size - _indexedPosition >= _indexInterval)
        {
            Index.Add(new IndexEntry(header.BaseOffset, Size, MaxTimestamp));
            _indexedPosition = Size;
        }

        if (FirstTimestamp < 0) FirstTimestamp = header.MaxTimestamp;
        MaxTimestamp = Math.Max(MaxTimestamp, header.MaxTimestamp);
        Recent.Add(header.BaseOffset, Size);
        Trusted = Trusted.To == Size ? (Trusted.From, end) : (Size, end);
        Size = end;
        NextOffset = header.LastOffset + 1;
        Version++;
    }

    /// <summary>Remembers that a range was read and its checksums were right.</summary>
    internal void Trust(int from, int to)
    {
        (int oldFrom, int oldTo) = Trusted;
        if (from > oldTo || to < oldFrom) Trusted = to - from > oldTo - oldFrom ? (from, to) : Trusted;
        else Trusted = (Math.Min(from, oldFrom), Math.Max(to, oldTo));
    }

    /// <summary>Forgets that anything was verified: the next reads do it again, and meet the damage.</summary>
    internal void Distrust()
    {
        Trusted = (0, 0);
        Recent.Clear();
    }

    /// <summary>Where a walk to the batch that holds <paramref name="offset"/> may start.</summary>
    internal IndexEntry FloorFor(long offset)
    {
        IndexEntry floor = Index.FloorByOffset(offset);
        return Recent.TryFloor(offset, out long recentOffset, out int position) && position > floor.Position
            ? new IndexEntry(recentOffset, position, RecordBatchHeader.NoTimestamp)
            : floor;
    }

    /// <summary>Forgets what lies behind a boundary and cuts the file there.</summary>
    internal void Truncate(long endOffset, int size, long maxTimestamp)
    {
        Index.Truncate(endOffset);
        Recent.Clear();
        _indexedPosition = Index.Last.Position;
        NextOffset = endOffset;
        Size = size;
        MaxTimestamp = maxTimestamp;
        if (size == 0) FirstTimestamp = RecordBatchHeader.NoTimestamp;
        Trusted = Trusted.From >= size ? (size, size) : (Trusted.From, Math.Min(Trusted.To, size));
        _writebackFrom = Math.Min(_writebackFrom, size);
        IFile file = File.Acquire();
        try
        {
            file.SetLength(size);
        }
        finally
        {
            File.Release();
        }

        Version++;
    }

    /// <summary>Counts the file as changed: what it holds was found there, and nobody knows whether it is durable.</summary>
    internal void Touch() => Version++;

    /// <summary>Adds a boundary at the very end, so that loading the segment later scans nothing.</summary>
    internal void IndexEnd()
    {
        if (Size == 0) return;
        Index.Add(new IndexEntry(NextOffset, Size, MaxTimestamp));
        _indexedPosition = Size;
    }
}
