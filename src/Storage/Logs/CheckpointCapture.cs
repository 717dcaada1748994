using Gateway.Storage.Files;
using Gateway.Storage.Journal;
using Gateway.Storage.Segments;

namespace Gateway.Storage.Logs;

/// <summary>A log's state at one moment, to be made durable where waiting for the disk is allowed.</summary>
/// <param name="Number">Rises with each capture of the log.</param>
/// <param name="Directory">Its directory.</param>
/// <param name="Checkpoint">What will be true.</param>
/// <param name="Sync">What to sync for that; leased.</param>
/// <param name="Indexes">Index entries to write.</param>
internal record CheckpointWork(
    long Number, string Directory, LogCheckpoint Checkpoint, SegmentSync Sync, IReadOnlyList<IndexWrite> Indexes)
{
    internal string Path => System.IO.Path.Combine(Directory, LogCheckpoint.FileName);
}

/// <summary>The state of an open log, which goes on meanwhile and hears of it afterwards.</summary>
/// <param name="Work">What to write.</param>
/// <param name="Log">The log.</param>
/// <param name="Segments">The segments that were not durable, with their versions.</param>
/// <param name="NamesVersion">The version of the names in the directory.</param>
internal sealed record CheckpointCapture(
    CheckpointWork Work, PartitionLog Log, IReadOnlyList<(Segment Segment, long Version)> Segments, long NamesVersion);

/// <summary>Makes captures durable, one group at a time, never an older one of a log over a newer.</summary>
internal sealed class CheckpointWriter(IFileSystem files)
{
    // Held while the disk is waited for: only I/O threads come here.
    private readonly Lock _lock = new();
    private readonly Dictionary<LogKey, long> _written = [];

    /// <summary>
    /// Writes in an order that a crash may cut anywhere: bytes and names first, then the checkpoints that promise them. Releases the
    /// captures' leases. Waits for the device.
    /// </summary>
    internal void Write(IReadOnlyList<CheckpointWork> captures)
    {
        lock (_lock)
        {
            try
            {
                foreach (CheckpointWork capture in captures) capture.Sync.StartWriteback();
                foreach (CheckpointWork capture in captures) capture.Sync.RunFiles();
                foreach (string directory in captures.SelectMany(static capture => capture.Sync.Directories).Distinct()) files.SyncDirectory(directory);
                Promise([.. captures.Where(IsNews)]);
            }
            finally
            {
                foreach (CheckpointWork capture in captures) capture.Sync.Release();
            }
        }
    }

    /// <summary>Forgets a log that was closed or deleted.</summary>
    internal void Forget(LogKey key)
    {
        lock (_lock) _ = _written.Remove(key);
    }

    private bool IsNews(CheckpointWork capture) => capture.Number > _written.GetValueOrDefault(capture.Checkpoint.Key);

    private void Promise(IReadOnlyList<CheckpointWork> captures)
    {
        foreach (CheckpointWork capture in captures)
        {
            foreach (IndexWrite index in capture.Indexes) index.Run(files);
            DurableFile.WriteAside(files, capture.Path, capture.Checkpoint.Encode());
        }

        foreach (CheckpointWork capture in captures) DurableFile.Publish(files, capture.Path);
        foreach (CheckpointWork capture in captures) files.SyncDirectory(capture.Directory);
        foreach (CheckpointWork capture in captures) _written[capture.Checkpoint.Key] = capture.Number;
    }
}
