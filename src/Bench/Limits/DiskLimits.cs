using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Bench.Limits;

/// <summary>
/// What the disk under a directory allows: writes into the page cache over old data and of new, writes past the page cache, and appends
/// that are synced before they count.
/// </summary>
internal static class DiskLimits
{
    /// <summary>Length of the file that is written over and over.</summary>
    public const int FileBytes = 256 << 20;

    private const long NewBytes = 2L << 30, WriteBackBytes = 8 << 20;
    private static readonly int[] WriteSizes = [64 << 10, 1 << 20];
    private static readonly int[] SyncSizes = [4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20];

    /// <summary>Measures with a file of its own, which is left for reading and belongs to the caller.</summary>
    public static IEnumerable<Limit> Measure(string file, TimeSpan time)
    {
        byte[] bytes = new byte[WriteSizes.Max()];
        new Random(1).NextBytes(bytes);
        using SafeFileHandle handle = File.OpenHandle(file, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, FileOptions.None, FileBytes);
        // Written once before: a sync of blocks that are new also writes the file system's own journal, which a recycled journal file spares.
        for (long at = 0; at < FileBytes; at += bytes.Length) RandomAccess.Write(handle, bytes, at);
        RandomAccess.FlushToDisk(handle);
        foreach (int size in WriteSizes)
        {
            long at = 0;
            yield return Limit.Of($"page-cache write, {Size(size)}", size, time, () => Write(handle, bytes.AsSpan(0, size), ref at)) with { Latency = null };
            RandomAccess.FlushToDisk(handle);
        }
        foreach (int size in WriteSizes) yield return NewData(file + ".new", bytes.AsMemory(0, size), time);
        if (DirectFile.TryOpen(file) is { } direct)
        {
            using (direct) yield return direct.Measure($"write past the page cache, {Size(DirectFile.ChunkBytes)}", FileBytes, time);
        }
        foreach (int size in SyncSizes)
        {
            long at = 0;
            yield return Limit.Of($"append and sync, {Size(size)}", size, time, () =>
            {
                Write(handle, bytes.AsSpan(0, size), ref at);
                RandomAccess.FlushToDisk(handle);
            });
        }
    }

    /// <summary>
    /// What a log does: the file grows, its pages are new, and write-back begins early. Dearer than writing over pages that are there.
    /// </summary>
    private static Limit NewData(string file, ReadOnlyMemory<byte> bytes, TimeSpan time)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(file, FileMode.Create, FileAccess.Write);
            long at = 0, written = 0;
            return Limit.Of($"page-cache write of new data, {Size(bytes.Length)}", bytes.Length, time, () =>
            {
                RandomAccess.Write(handle, bytes.Span, at);
                at += bytes.Length;
                if (at - written < WriteBackBytes) return;
                NativeDisk.StartWriteBack(handle, written, at - written);
                written = at;
            }, NewBytes / bytes.Length) with
            { Latency = null };
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Write(SafeFileHandle handle, ReadOnlySpan<byte> bytes, ref long at)
    {
        RandomAccess.Write(handle, bytes, at);
        at = (at + bytes.Length) % FileBytes;
    }

    private static string Size(int bytes) => bytes >= 1 << 20
        ? (bytes >> 20).ToString(CultureInfo.InvariantCulture) + " MiB"
        : (bytes >> 10).ToString(CultureInfo.InvariantCulture) + " KiB";
}
