using Gateway.Storage.Journal;
using Gateway.Storage.Segments;

namespace Gateway.Storage.Logs;

/// <summary>A log's state at one moment, to be made durable where waiting for the disk is allowed.</summary>
/// <param name="Number">Rises with each capture of the log.</param>
/// <param name="Directory">Its directory.</param>
/// <param name="Checkpoint">What will be true.</param>
/// <param name="Sync">What to sync for that; reserved.</param>
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
