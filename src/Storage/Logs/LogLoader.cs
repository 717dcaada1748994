using Gateway.Storage.Compaction;
using Gateway.Storage.Files;
using Gateway.Storage.Segments;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage.Logs;

/// <summary>The segments of a replica directory, as far as they can be trusted.</summary>
internal static class LogLoader
{
    /// <summary>
    /// Opens a log that was closed or recovered: everything up to its recovery point must be there. Only the last segment is read.
    /// Waits for the disk.
    /// </summary>
    /// <exception cref="DamagedLogException">It is not.</exception>
    internal static LogContent Load(
        IFileSystem files, OpenSegments pool, string directory, LogKey key, long nowMs, int indexInterval, ILogger logger)
    {
        LogCheckpoint checkpoint = LogCheckpoint.Load(files, directory, key) ?? LogCheckpoint.New(key);
        List<(long BaseOffset, long Length)> found = ListSegments(files, directory, checkpoint.RecoveryPoint, logger);
        var epochs = new LeaderEpochs();
        foreach (EpochStart start in checkpoint.Epochs) epochs.Add(start.Epoch, start.StartOffset);
        var segments = new List<Segment>();
        for (int i = 0; i < found.Count; i++)
        {
            bool isLast = i + 1 == found.Count;
            long next = isLast ? checkpoint.RecoveryPoint : found[i + 1].BaseOffset;
            segments.Add(Segment.Existing(pool, directory, found[i].BaseOffset, next, checked((int)found[i].Length), nowMs, indexInterval));
        }

        while (segments.Count > 1 && segments[1].BaseOffset <= checkpoint.LogStartOffset)
        {
            segments[0].File.Remove();
            files.Delete(segments[0].IndexPath);
            segments.RemoveAt(0);
        }

        bool isNew = segments.Count == 0;
        if (isNew) segments.Add(Segment.Create(pool, directory, checkpoint.RecoveryPoint, nowMs, indexInterval));
        else LoadLast(files, segments[^1], checkpoint, indexInterval);
        long first = segments[0].BaseOffset;
        if (first > checkpoint.LogStartOffset || (found.Count == 0 && checkpoint.RecoveryPoint > checkpoint.LogStartOffset))
            throw new DamagedLogException($"{directory} lacks the segments from offset {checkpoint.LogStartOffset} to {first}");
        return new LogContent(directory, segments, epochs, checkpoint.LogStartOffset, checkpoint.AppliedSequence, isNew, checkpoint.IsGapless);
    }

    /// <summary>
    /// The segment files in order. Ends swaps that a crash cut short, and removes what it left of deleted segments, and indexes without a
    /// segment.
    /// </summary>
    /// <exception cref="DamagedLogException">A segment that was to be swapped in is damaged.</exception>
    internal static List<(long BaseOffset, long Length)> ListSegments(IFileSystem files, string directory, long recoveryPoint, ILogger logger)
    {
        var found = new List<(long BaseOffset, long Length)>();
        IReadOnlyList<FileEntry> entries = files.List(directory);
        if (SegmentSwap.Complete(files, directory, entries, recoveryPoint, logger)) entries = files.List(directory);
        foreach (FileEntry entry in entries)
        {
            if (SegmentNames.TryParseLog(entry.Name, out long baseOffset)) found.Add((baseOffset, entry.Length));
            else if (entry.Name.EndsWith(OpenSegments.RemovedSuffix, StringComparison.Ordinal)) files.Delete(Path.Combine(directory, entry.Name));
        }

        foreach (FileEntry entry in entries)
        {
            if (SegmentNames.TryParseIndex(entry.Name, out long baseOffset) && !found.Exists(segment => segment.BaseOffset == baseOffset))
                files.Delete(Path.Combine(directory, entry.Name));
        }

        found.Sort((a, b) => a.BaseOffset.CompareTo(b.BaseOffset));
        return found;
    }

    private static void LoadLast(IFileSystem files, Segment last, LogCheckpoint checkpoint, int indexInterval)
    {
        IFile file = last.File.Acquire();
        try
        {
            SegmentContent content =
                SegmentLoader.Load(
                    files, file, last.IndexPath, last.BaseOffset, checkpoint.RecoveryPoint, indexInterval, checkpoint.IsGapless);
            if (content.NextOffset != checkpoint.RecoveryPoint)
            {
                throw new DamagedLogException(
                    $"{last.File.Path} is good up to offset {content.NextOffset}, but the log was durable up to {checkpoint.RecoveryPoint}");
            }

            last.SetContent(content, isLast: true);
        }
        finally
        {
            last.File.Release();
        }
    }
}
