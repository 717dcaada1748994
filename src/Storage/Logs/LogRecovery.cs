using System.Buffers;
using Gateway.Common.Records;
using Gateway.Storage.Files;
using Gateway.Storage.Journal;
using Gateway.Storage.Segments;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage.Logs;

/// <summary>
/// Brings one replica directory back after an unclean end: finds where its good bytes end, cuts what is torn behind the recovery point,
/// and applies the journal frames the segments lack. Applying them again changes nothing. Waits for the disk.
/// </summary>
internal sealed partial class LogRecovery
{
    private const int ReplaySegmentBytes = 1 << 30;
    private const int RewriteBytes = 256 << 10;

    private readonly IFileSystem _files;
    private readonly OpenSegments _pool;
    private readonly string _directory;
    private readonly long _nowMs;
    private readonly int _indexInterval;
    private readonly ILogger _logger;
    private readonly List<Segment> _segments = [];
    private readonly LeaderEpochs _epochs = new();
    private readonly List<EpochStart> _epochsInTail = [];
    private bool _isGapless;
    private bool _isInJournal;

    private LogRecovery(IFileSystem files, OpenSegments pool, string directory, long nowMs, int indexInterval, ILogger logger)
    {
        _files = files;
        _pool = pool;
        _directory = directory;
        _nowMs = nowMs;
        _indexInterval = indexInterval;
        _logger = logger;
    }

    /// <summary>Bytes cut off behind the last good batch.</summary>
    internal long BytesCut { get; private set; }

    internal int FramesReplayed { get; private set; }

    /// <summary>The last frame that the checkpoint found here had in it. It may be one that never became durable in the journal.</summary>
    internal long AppliedSequence { get; private set; }

    /// <summary>What has to be made durable for the log to be as this left it; null when nothing changed.</summary>
    internal CheckpointWork? Result { get; private set; }

    private long EndOffset => _segments[^1].NextOffset;

    /// <exception cref="DamagedLogException">Something below the recovery point is missing or wrong.</exception>
    internal static LogRecovery Run(
        IFileSystem files, OpenSegments pool, string directory, LogKey key, IReadOnlyList<FoundFrame> found, long lastSequence, long nowMs,
        int indexInterval, ILogger logger)
    {
        var recovery = new LogRecovery(files, pool, directory, nowMs, indexInterval, logger);
        LogCheckpoint checkpoint = LogCheckpoint.Load(files, directory, key) ?? LogCheckpoint.New(key);
        recovery._isGapless = checkpoint.IsGapless;
        recovery.AppliedSequence = checkpoint.AppliedSequence;
        recovery._isInJournal = found.Count > 0;
        ReplayPlan plan = ReplayPlan.Of(checkpoint, found);
        foreach (EpochStart start in checkpoint.Epochs) recovery._epochs.Add(start.Epoch, start.StartOffset);
        recovery.FindEnd(plan, checkpoint.RecoveryPoint);
        foreach ((FoundFrame frame, long voidFrom) in plan.Frames) recovery.Apply(frame, voidFrom, plan.TrustedOffset);
        recovery.Finish(checkpoint, plan, lastSequence);
        return recovery;
    }

    private void FindEnd(ReplayPlan plan, long recoveryPoint)
    {
        List<(long BaseOffset, long Length)> found = LogLoader.ListSegments(_files, _directory, recoveryPoint, _logger);
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
    }

    private bool AddScanned((long BaseOffset, long Length) found, ReplayPlan plan)
    {
        long trustedOffset = plan.TrustedOffset;
        Segment segment = Existing(found, found.BaseOffset);
        IFile file = segment.File.Acquire();
        try
        {
            SegmentContent content = SegmentLoader.Load(_files, file, segment.IndexPath, segment.BaseOffset, trustedOffset, _indexInterval, _isGapless);
            segment.SetContent(content, isLast: true);
            _segments.Add(segment);
            // What is seen need not be durable, be it that it ends here: the process before may have cut it and been killed.
            if (_isInJournal) segment.Touch();
            if (plan.IsCut)
            {
                if (content.NextOffset > trustedOffset) CutTo(trustedOffset);
                else if (content.NextOffset == trustedOffset && content.Size < content.FileLength) CutTail(segment, content);
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
            CutTail(segment, content);
            return false;
        }
        finally
        {
            segment.File.Release();
        }
    }

    /// <summary>
    /// Bytes behind the last good batch go, although what they held is replayed over them: a whole batch further behind, which nobody was
    /// promised, would otherwise follow on to what is replayed.
    /// </summary>
    private void CutTail(Segment segment, SegmentContent content)
    {
        BytesCut += content.FileLength - content.Size;
        segment.Truncate(content.NextOffset, content.Size, content.MaxTimestamp);
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

    /// <summary>
    /// Writes what is not known to be durable once more. The process before may have ended because a sync failed, and after that the page cache
    /// may show bytes that never reached the device and count as clean: a sync alone would succeed and change nothing.
    /// </summary>
    private void WriteAgain(Segment segment, long trustedOffset)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent(RewriteBytes);
        IFile file = segment.File.Acquire();
        try
        {
            for (long at = segment.Index.FloorByOffset(trustedOffset).Position; at < segment.Size;)
            {
                Span<byte> part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, segment.Size - at));
                if (file.Read(at, part) < part.Length) throw new IOException($"{segment.File.Path} became shorter while it was recovered");
                file.Write(at, part);
                at += part.Length;
            }
        }
        finally
        {
            segment.File.Release();
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private void Finish(LogCheckpoint checkpoint, ReplayPlan plan, long lastSequence)
    {
        foreach (EpochStart start in _epochsInTail)
        {
            if (start.Epoch > _epochs.Latest && start.StartOffset < EndOffset) _epochs.Add(start.Epoch, Math.Max(start.StartOffset, LastEpochStart));
        }

        List<Segment> dirty = _segments.FindAll(static segment => segment.IsDirty);
        // The process before may have been killed between renaming the checkpoint and syncing its directory. Were its frames given up on the word of
        // a checkpoint that is only in the page cache, a power cut would bring back the one before, and nothing to go on from there.
        if (dirty.Count == 0 && !_isInJournal && EndOffset == checkpoint.RecoveryPoint && BytesCut == 0) return;
        var indexes = new List<IndexWrite>();
        foreach (Segment segment in dirty)
        {
            if (segment.Index.TakeUnwritten(segment.IndexPath) is { } write) indexes.Add(write);
        }

        foreach (Segment segment in dirty) WriteAgain(segment, plan.TrustedOffset);
        string[] directories = [_directory];
        var result = new LogCheckpoint(checkpoint.Key, plan.LogStartOffset, EndOffset, lastSequence, [.. _epochs.Starts], _isGapless);
        SegmentSync sync = SegmentSync.Reserve([.. dirty.Select(static segment => segment.File)], directories);
        Result = new CheckpointWork(1, _directory, result, sync, indexes);
    }
}
