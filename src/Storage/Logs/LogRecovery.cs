using Gateway.Common.Records;
using Gateway.Storage.Files;
using Gateway.Storage.Journal;
using Gateway.Storage.Segments;

namespace Gateway.Storage.Logs;

/// <summary>
/// Brings one replica directory back after an unclean end: finds where its good bytes end, cuts what is torn behind the recovery point,
/// and applies the journal frames the segments lack. Applying them again changes nothing. Waits for the disk.
/// </summary>
internal sealed class LogRecovery
{
    private const int ReplaySegmentBytes = 1 << 30;

    private readonly IFileSystem _files;
    private readonly OpenSegments _pool;
    private readonly string _directory;
    private readonly long _nowMs;
    private readonly int _indexInterval;
    private readonly List<Segment> _segments = [];
    private readonly LeaderEpochs _epochs = new();
    private readonly List<EpochStart> _epochsInTail = [];
    private bool _namesChanged;

    private LogRecovery(IFileSystem files, OpenSegments pool, string directory, long nowMs, int indexInterval)
    {
        _files = files;
        _pool = pool;
        _directory = directory;
        _nowMs = nowMs;
        _indexInterval = indexInterval;
    }

    /// <summary>Bytes cut off behind the last good batch.</summary>
    internal long BytesCut { get; private set; }

    internal int FramesReplayed { get; private set; }

    /// <summary>What has to be made durable for the log to be as this left it; null when nothing changed.</summary>
    internal CheckpointWork? Result { get; private set; }

    private long EndOffset => _segments[^1].NextOffset;

    /// <exception cref="DamagedLogException">Something below the recovery point is missing or wrong.</exception>
    internal static LogRecovery Run(
        IFileSystem files, OpenSegments pool, string directory, LogKey key, IReadOnlyList<FoundFrame> found, long lastSequence, long nowMs,
        int indexInterval)
    {
        var recovery = new LogRecovery(files, pool, directory, nowMs, indexInterval);
        LogCheckpoint checkpoint = LogCheckpoint.Load(files, directory, key) ?? new LogCheckpoint(key, 0, 0, 0, []);
        ReplayPlan plan = ReplayPlan.Of(checkpoint, found);
        foreach (EpochStart start in checkpoint.Epochs) recovery._epochs.Add(start.Epoch, start.StartOffset);
        recovery.FindEnd(plan);
        foreach ((FoundFrame frame, long voidFrom) in plan.Frames) recovery.Apply(frame, voidFrom, plan.TrustedOffset);
        recovery.Finish(checkpoint, plan, lastSequence);
        return recovery;
    }

    private void FindEnd(ReplayPlan plan)
    {
        List<(long BaseOffset, long Length)> found = LogLoader.ListSegments(_files, _directory);
        // A cut at a segment's base concerns the one before it too, which may have reached beyond.
        int first = found.FindLastIndex(segment => segment.BaseOffset < plan.TrustedOffset + (plan.IsCut ? 0 : 1));
        bool promised = plan.TrustedOffset > plan.LogStartOffset;
        if (promised && (first < 0 || found[0].BaseOffset > plan.LogStartOffset))
            throw new DamagedLogException($"{_directory} lacks segments from offset {plan.LogStartOffset}, which were durable");
        for (int i = 0; i < first; i++) _segments.Add(Existing(found[i], found[i + 1].BaseOffset));
        int next = Math.Max(first, 0);
        if (first >= 0)
        {
            bool whole = true;
            while (whole && next < found.Count && (next == first || found[next].BaseOffset == EndOffset))
                whole = AddScanned(found[next++], plan) && !plan.IsCut;
            if (EndOffset < plan.TrustedOffset) StartOver(plan, promised);
        }
        else
        {
            AddNew(plan.TrustedOffset);
        }

        // Behind a torn segment later ones are of no use: what was acknowledged of them is in the journal.
        for (; next < found.Count; next++)
        {
            BytesCut += found[next].Length;
            Existing(found[next], found[next].BaseOffset).File.Remove();
            _files.Delete(SegmentNames.IndexPath(_directory, found[next].BaseOffset));
            _namesChanged = true;
        }
    }

    /// <summary>
    /// The segments do not reach what was durable. When all of that is below the log start, they were being deleted and the journal has the
    /// rest; otherwise they are damaged.
    /// </summary>
    private void StartOver(ReplayPlan plan, bool promised)
    {
        if (promised)
        {
            throw new DamagedLogException(
                $"{_segments[^1].File.Path} is good up to offset {EndOffset}, but the log was durable up to {plan.TrustedOffset}");
        }

        foreach (Segment segment in _segments)
        {
            segment.File.Remove();
            _files.Delete(segment.IndexPath);
        }

        _segments.Clear();
        AddNew(plan.TrustedOffset);
    }

    private Segment Existing((long BaseOffset, long Length) found, long nextOffset) =>
        Segment.Existing(_pool, _directory, found.BaseOffset, nextOffset, checked((int)found.Length), _nowMs, _indexInterval);

    private void AddNew(long baseOffset)
    {
        _segments.Add(Segment.Create(_pool, _directory, baseOffset, _nowMs, _indexInterval));
        _namesChanged = true;
    }

    private bool AddScanned((long BaseOffset, long Length) found, ReplayPlan plan)
    {
        long trustedOffset = plan.TrustedOffset;
        Segment segment = Existing(found, found.BaseOffset);
        IFile file = segment.File.Acquire();
        try
        {
            SegmentContent content = SegmentLoader.Load(_files, file, segment.IndexPath, segment.BaseOffset, trustedOffset, _indexInterval);
            segment.SetContent(content, isLast: true);
            _segments.Add(segment);
            if (plan.IsCut)
            {
                if (content.NextOffset > trustedOffset) CutTo(trustedOffset);
                return true;
            }

            NoteEpochs(file, content, trustedOffset);
            if (content.Size == content.FileLength)
            {
                if (content.NextOffset > trustedOffset) segment.Touch();
                return true;
            }

            // Short of what was durable: that is damage, and damage is left as it is for whoever looks into it.
            if (content.NextOffset < trustedOffset) return false;
            BytesCut += content.FileLength - content.Size;
            segment.Truncate(content.NextOffset, content.Size, content.MaxTimestamp);
            return false;
        }
        finally
        {
            segment.File.Release();
        }
    }

    /// <summary>An epoch can have reached the segment while its frame was lost; what its leader wrote says when it started.</summary>
    private void NoteEpochs(IFile file, SegmentContent content, long trustedOffset)
    {
        if (content.NextOffset <= trustedOffset) return;
        using var scan = new BatchScan(file, content.Index.FloorByOffset(trustedOffset).Position, content.Size, headersOnly: true);
        int last = -1;
        while (scan.MoveNext())
        {
            if (scan.Header.BaseOffset < trustedOffset || scan.Header.PartitionLeaderEpoch <= last) continue;
            last = scan.Header.PartitionLeaderEpoch;
            _epochsInTail.Add(new EpochStart(last, scan.Header.BaseOffset));
        }
    }

    private void Apply(FoundFrame found, long voidFrom, long trustedOffset)
    {
        JournalFrame frame = found.Frame;
        switch (frame.Kind)
        {
            case FrameKind.Append:
                ApplyAppend(found, voidFrom, trustedOffset);
                break;
            case FrameKind.Truncate:
                // Below what was synced later, the segments already are as they were after this cut. And where a lower cut follows, what
                // lies here may be of the time after that one, when this offset need not be a boundary any more.
                if (frame.Offset >= trustedOffset && frame.Offset < voidFrom && frame.Offset < EndOffset) CutTo(frame.Offset);
                _epochs.TruncateTo(frame.Offset);
                break;
            case FrameKind.EpochStart:
                if (frame.Epoch > _epochs.Latest) _epochs.Add(frame.Epoch, Math.Max(frame.Offset, LastEpochStart));
                break;
            case FrameKind.LogStart:
                _epochs.AdvanceStart(frame.Offset);
                break;
        }

        FramesReplayed++;
    }

    private long LastEpochStart => _epochs.Starts.Count == 0 ? 0 : _epochs.Starts[^1].StartOffset;

    private void ApplyAppend(FoundFrame found, long voidFrom, long trustedOffset)
    {
        if (found.Frame.Offset >= voidFrom) return;
        ReadOnlySpan<byte> payload = found.ReadPayload();
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(payload))
        {
            if (batch.Header.BaseOffset >= voidFrom) return;
            if (batch.Header.LastOffset < trustedOffset) continue;
            if (batch.Header.BaseOffset < EndOffset)
            {
                if (IsStored(batch)) continue;
                CutTo(batch.Header.BaseOffset);
            }

            if (batch.Header.BaseOffset != EndOffset)
            {
                throw new DamagedLogException(
                    $"{_directory} ends at offset {EndOffset}, but the journal goes on at {batch.Header.BaseOffset}");
            }

            Append(batch);
        }
    }

    private void Append(in RecordBatchSpan batch)
    {
        Segment active = _segments[^1];
        bool full = active.Size > 0
            && ((long)active.Size + batch.Bytes.Length > ReplaySegmentBytes || batch.Header.LastOffset - active.BaseOffset > int.MaxValue);
        if (full)
        {
            AddNew(EndOffset);
            active = _segments[^1];
        }

        active.Write(batch.Bytes);
        active.Accept(batch.Header);
    }

    private bool IsStored(in RecordBatchSpan batch)
    {
        Segment segment = _segments.FindLast(WithBaseUpTo(batch.Header.BaseOffset))!;
        IndexEntry floor = segment.FloorFor(batch.Header.BaseOffset);
        IFile file = segment.File.Acquire();
        try
        {
            using var scan = new BatchScan(file, floor.Position, segment.Size, headersOnly: true);
            while (scan.MoveNext() && scan.Header.BaseOffset < batch.Header.BaseOffset)
            {
            }

            if (scan.Header.BaseOffset != batch.Header.BaseOffset || scan.Header.SizeInBytes != batch.Bytes.Length) return false;
            byte[] stored = new byte[batch.Bytes.Length];
            if (file.Read(scan.Position, stored) < stored.Length || !batch.Bytes.SequenceEqual(stored)) return false;
            segment.Recent.Add(batch.Header.LastOffset + 1, (int)scan.NextPosition);
            return true;
        }
        finally
        {
            segment.File.Release();
        }
    }

    private static Predicate<Segment> WithBaseUpTo(long offset) => segment => segment.BaseOffset <= offset;

    private void CutTo(long endOffset)
    {
        while (_segments.Count > 1 && _segments[^1].BaseOffset >= endOffset)
        {
            _segments[^1].File.Remove();
            _files.Delete(_segments[^1].IndexPath);
            _segments.RemoveAt(_segments.Count - 1);
            _namesChanged = true;
        }

        Segment last = _segments[^1];
        IFile file = last.File.Acquire();
        try
        {
            if (!last.IsLoaded)
                last.SetContent(SegmentLoader.Load(_files, file, last.IndexPath, last.BaseOffset, endOffset, _indexInterval), isLast: true);
            if (last.NextOffset == endOffset) return;
            IndexEntry floor = last.Index.FloorByOffset(endOffset);
            long maxTimestamp = floor.MaxTimestampBefore;
            long position = floor.Position;
            using var scan = new BatchScan(file, floor.Position, last.Size, headersOnly: true);
            while (scan.MoveNext() && scan.Header.LastOffset < endOffset)
            {
                maxTimestamp = Math.Max(maxTimestamp, scan.Header.MaxTimestamp);
                position = scan.NextPosition;
            }

            if (scan.Header.BaseOffset != endOffset)
                throw new DamagedLogException($"{last.File.Path} has no batch boundary at offset {endOffset}, where the journal cuts it");
            BytesCut += last.Size - position;
            last.Truncate(endOffset, (int)position, maxTimestamp);
        }
        finally
        {
            last.File.Release();
        }
    }

    private void Finish(LogCheckpoint checkpoint, ReplayPlan plan, long lastSequence)
    {
        foreach (EpochStart start in _epochsInTail)
        {
            if (start.Epoch > _epochs.Latest && start.StartOffset < EndOffset) _epochs.Add(start.Epoch, Math.Max(start.StartOffset, LastEpochStart));
        }

        List<Segment> dirty = _segments.FindAll(static segment => segment.IsDirty);
        if (dirty.Count == 0 && plan.Frames.Count == 0 && EndOffset == checkpoint.RecoveryPoint && BytesCut == 0) return;
        var indexes = new List<IndexWrite>();
        foreach (Segment segment in dirty)
        {
            if (segment.Index.TakeUnwritten(segment.IndexPath) is { } write) indexes.Add(write);
        }

        string[] directories = _namesChanged || plan.Frames.Count > 0 || dirty.Count > 0 ? [_directory] : [];
        var result = new LogCheckpoint(checkpoint.Key, plan.LogStartOffset, EndOffset, lastSequence, [.. _epochs.Starts]);
        SegmentSync sync = SegmentSync.Lease([.. dirty.Select(static segment => segment.File)], directories);
        Result = new CheckpointWork(1, _directory, result, sync, indexes);
    }
}
