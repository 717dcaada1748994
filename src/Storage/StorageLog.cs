using Gateway.Common.Ids;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage;

/// <summary>What storage tells the operator.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(1, LogLevel.Critical, "The data directory {Path} is offline: a write or sync failed, so what it holds since is unknown. Nothing more is accepted; restart once the disk is sound.")]
    internal static partial void Offline(ILogger logger, string path, Exception failure);

    [LoggerMessage(2, LogLevel.Error, "Partition {Partition} is offline: {Reason}")]
    internal static partial void Damaged(ILogger logger, TopicIdPartition partition, string reason);

    [LoggerMessage(3, LogLevel.Error, "Partition {Partition}: the batch at offset {Offset} in {Path} is damaged: {What}")]
    internal static partial void CorruptRead(ILogger logger, TopicIdPartition partition, long offset, string path, string what);

    [LoggerMessage(4, LogLevel.Error, "Partition {Partition}: reading at offset {Offset} failed")]
    internal static partial void ReadFailed(ILogger logger, TopicIdPartition partition, long offset, Exception failure);

    [LoggerMessage(5, LogLevel.Warning, "Partition {Partition}: the producer snapshot could not be stored; starting will take longer")]
    internal static partial void SnapshotFailed(ILogger logger, TopicIdPartition partition, Exception failure);

    [LoggerMessage(6, LogLevel.Warning, "The disk is full, the commit journal cannot be recycled until there is room: {Reason}")]
    internal static partial void JournalDiskFull(ILogger logger, string reason);

    [LoggerMessage(7, LogLevel.Information, "Unclean end: {Logs} logs recovered, {Frames} journal frames replayed, {Bytes} bytes of torn tails cut")]
    internal static partial void Recovered(ILogger logger, int logs, int frames, long bytes);

    [LoggerMessage(9, LogLevel.Warning, "The deleted log in {Directory} could not be removed; the next start tries again")]
    internal static partial void DeletionFailed(ILogger logger, string directory, Exception failure);

    [LoggerMessage(8, LogLevel.Warning, "{Frames} journal frames are of logs whose directories are gone")]
    internal static partial void FramesWithoutLog(ILogger logger, int frames);

    [LoggerMessage(10, LogLevel.Error, "Partition {Partition} is not compacted any more: {Reason}. It is served as before; the next start tries again.")]
    internal static partial void Uncleanable(ILogger logger, TopicIdPartition partition, string reason);

    [LoggerMessage(11, LogLevel.Warning, "Partition {Partition}: the disk has no room to compact it, tried again until it has: {Reason}")]
    internal static partial void CleaningDiskFull(ILogger logger, TopicIdPartition partition, string reason);

    [LoggerMessage(12, LogLevel.Warning, "The rewritten segment {Path} was being put in place when the last process ended; done now")]
    internal static partial void SwapCompleted(ILogger logger, string path);

    [LoggerMessage(13, LogLevel.Error, "Partition {Partition}: {Path} is damaged at position {Position}, where offset {Offset} is due: {What}. Reads of it are answered CORRUPT_MESSAGE; restore the file from a copy.")]
    internal static partial void ScrubFoundDamage(ILogger logger, TopicIdPartition partition, string path, long position, long offset, string what);

    [LoggerMessage(14, LogLevel.Warning, "The disk is full: partition {Partition} could not be closed cleanly. Nothing is lost, the next start recovers it; it needs some room for that: {Reason}")]
    internal static partial void ClosedUnclean(ILogger logger, TopicIdPartition partition, string reason);
}
