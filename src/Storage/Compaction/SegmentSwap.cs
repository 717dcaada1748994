using System.Globalization;
using Gateway.Storage.Files;
using Gateway.Storage.Segments;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage.Compaction;

/// <summary>
/// Puts a rewritten segment in the place of those it was made from. Once its name ends in <c>.swap</c>, durably, the rest will happen: now, or
/// at the next opening. Each step may be repeated. Waits for the disk.
/// </summary>
internal static class SegmentSwap
{
    private const string CleanedSuffix = ".cleaned";
    private const string SwapSuffix = ".swap";

    /// <summary>Where the new segment is written.</summary>
    internal static string CleanedPath(string directory, long baseOffset) => SegmentNames.LogPath(directory, baseOffset) + CleanedSuffix;

    /// <summary>Swaps a synced file in.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The log's directory.</param>
    /// <param name="bases">Base offsets of the segments it replaces; the first is its own.</param>
    internal static void Run(IFileSystem files, string directory, IReadOnlyList<long> bases)
    {
        string path = SegmentNames.LogPath(directory, bases[0]);
        files.Rename(path + CleanedSuffix, path + SwapSuffix);
        files.SyncDirectory(directory);
        Finish(files, directory, bases);
    }

    /// <summary>
    /// What a start has to do about swaps that did not end. True when there was one, and names have changed.
    /// </summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The log's directory.</param>
    /// <param name="entries">What lies in it.</param>
    /// <param name="recoveryPoint">The log's durable recovery point: what was cleaned lies below.</param>
    /// <param name="logger">For what an operator should know.</param>
    /// <exception cref="DamagedLogException">The file to be swapped in is not what was synced.</exception>
    internal static bool Complete(IFileSystem files, string directory, IReadOnlyList<FileEntry> entries, long recoveryPoint, ILogger logger)
    {
        bool changed = false;
        foreach (FileEntry entry in entries)
        {
            string path = Path.Combine(directory, entry.Name);
            if (entry.Name.EndsWith(CleanedSuffix, StringComparison.Ordinal)) files.Delete(path);
            if (!entry.Name.EndsWith(SwapSuffix, StringComparison.Ordinal)) continue;
            if (!SegmentNames.TryParseLog(entry.Name[..^SwapSuffix.Length], out long baseOffset)) continue;
            long end = EndOf(files, path, baseOffset, entry.Length);
            List<long> later = [];
            foreach (FileEntry other in entries)
            {
                if (SegmentNames.TryParseLog(other.Name, out long found) && found > baseOffset) later.Add(found);
            }

            // No checksum covers an offset, and this one says what is deleted: where the group ended, the next segment starts, or the log ended.
            if (!later.Contains(end) && end != recoveryPoint)
                throw new DamagedLogException(string.Create(CultureInfo.InvariantCulture, $"{path} ends at offset {end}, where no segment follows"));
            Finish(files, directory, [baseOffset, .. later.Where(replaced => replaced < end)]);
            StorageLog.SwapCompleted(logger, path);
            changed = true;
        }

        return changed;
    }

    private static void Finish(IFileSystem files, string directory, IReadOnlyList<long> bases)
    {
        // An index says where batches start in the old file; one that came back after a crash would be believed.
        files.Delete(SegmentNames.IndexPath(directory, bases[0]));
        for (int i = 1; i < bases.Count; i++)
        {
            files.Delete(SegmentNames.IndexPath(directory, bases[i]));
            files.Delete(SegmentNames.LogPath(directory, bases[i]));
        }

        files.SyncDirectory(directory);
        string path = SegmentNames.LogPath(directory, bases[0]);
        files.Rename(path + SwapSuffix, path);
        files.SyncDirectory(directory);
    }

    /// <summary>A cleaned segment ends with a batch that ends where the group ended, so its last batch says what it replaces.</summary>
    private static long EndOf(IFileSystem files, string path, long baseOffset, long length)
    {
        using IFile file = files.Open(path, FileOpening.Existing);
        using var scan = new BatchScan(file, 0, length) { Order = new BatchOrder(baseOffset, long.MaxValue, IsGapless: false) };
        long end = -1;
        while (scan.MoveNext()) end = scan.Header.LastOffset + 1;
        return scan.EndedWell && end >= 0
            ? end
            : throw new DamagedLogException(string.Create(
                CultureInfo.InvariantCulture, $"{path} was durable, but holds no whole batch with a right checksum at position {scan.NextPosition}"));
    }
}
