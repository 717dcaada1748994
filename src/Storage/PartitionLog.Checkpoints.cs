using Gateway.Storage.Journal;
using Gateway.Storage.Logs;
using Gateway.Storage.Segments;

namespace Gateway.Storage;

public sealed partial class PartitionLog
{
    private long _namesVersion;
    private long _namesSyncedVersion;
    private readonly List<Action<CheckpointCapture?>> _postponedCheckpoints = [];

    /// <summary>
    /// Hands over what a checkpoint has to make durable; null when the log is closed. On the owner. Waits for a truncation that is
    /// under way, because until it is done the segments hold more than the log.
    /// </summary>
    internal void CaptureCheckpoint(Action<CheckpointCapture?> take)
    {
        if (_pendingTruncations > 0 || _isBeingDeleted) _postponedCheckpoints.Add(take);
        else if (_status is LogStatus.Closed or LogStatus.Offline) take(null);
        else take(Capture());
    }

    /// <summary>The capture is durable. On the owner.</summary>
    internal void OnCheckpointWritten(CheckpointCapture capture)
    {
        foreach ((Segment segment, long version) in capture.Segments) segment.SyncedVersion = Math.Max(segment.SyncedVersion, version);
        _namesSyncedVersion = Math.Max(_namesSyncedVersion, capture.NamesVersion);
    }

    private void RunPostponedCheckpoints()
    {
        if (_pendingTruncations > 0) return;
        Action<CheckpointCapture?>[] waiting = [.. _postponedCheckpoints];
        _postponedCheckpoints.Clear();
        foreach (Action<CheckpointCapture?> take in waiting) CaptureCheckpoint(take);
    }

    private CheckpointCapture Capture()
    {
        var dirty = new List<(Segment, long)>();
        var indexes = new List<IndexWrite>();
        foreach (Segment segment in _segments)
        {
            if (!segment.IsDirty) continue;
            dirty.Add((segment, segment.Version));
            if (segment.Index.TakeUnwritten(segment.IndexPath) is { } write) indexes.Add(write);
        }

        // From here on the bytes count as promised, although the promise is only being written.
        _durableInSegments = LogEndOffset;
        var checkpoint = new LogCheckpoint(Key, LogStartOffset, LogEndOffset, _lastSequence, [.. _epochs.Starts], _isGapless);
        var work = new CheckpointWork(_context.Checkpoints.NextNumber(), _directory, checkpoint, ReserveUnsynced(), indexes);
        return new CheckpointCapture(work, this, dirty, _namesVersion);
    }

    /// <summary>Reserves every segment whose bytes may not be durable, and the directories whose names may not be.</summary>
    private SegmentSync ReserveUnsynced()
    {
        var files = new List<SegmentFile>();
        long unwritten = 0;
        foreach (Segment segment in _segments)
        {
            if (!segment.IsDirty) continue;
            files.Add(segment.File);
            unwritten += segment.TakeUnwritten();
        }

        string[] directories = _namesVersion == _namesSyncedVersion ? [] : [_directory, Path.GetDirectoryName(_directory)!];
        return SegmentSync.Reserve(files, directories, unwritten);
    }
}
