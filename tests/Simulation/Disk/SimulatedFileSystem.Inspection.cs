using System.Runtime.InteropServices;
using Gateway.Common.Records;

namespace Gateway.Simulation.Disk;

/// <content>What tests look at, and damage, past the store.</content>
internal sealed partial class SimulatedFileSystem
{
    private const int JournalWritesKept = 8;

    internal int Syncs { get; private set; }

    internal int DirectorySyncs { get; private set; }

    /// <summary>Sums up everything that was written, synced or named, in its order: two runs that differ anywhere differ here.</summary>
    internal uint Fingerprint { get; private set; }

    private readonly List<(string Path, long Position, byte[] Bytes)> _journalWrites = [];

    /// <summary>The bytes of a file as programs see them, to damage or inspect.</summary>
    internal byte[] ReadAll(string path)
    {
        lock (Gate) return ((SimulatedInode)DirectoryOf(path).Seen[Path.GetFileName(path)]).Seen.Bytes.ToArray();
    }

    /// <summary>Replaces a file durably, as rot or a careless hand would.</summary>
    internal void Replace(string path, byte[] bytes)
    {
        lock (Gate)
        {
            var inode = (SimulatedInode)DirectoryOf(path).Seen[Path.GetFileName(path)];
            inode.SetLength(0);
            inode.Write(0, bytes);
            inode.Sync();
        }
    }

    internal IEnumerable<string> AllFiles()
    {
        lock (Gate)
        {
            return _directories
                .SelectMany(static directory => directory.Value.Seen
                    .Where(static entry => entry.Value is SimulatedInode)
                    .Select(entry => Path.Combine(directory.Key, entry.Key)))
                .Order(StringComparer.Ordinal)
                .ToArray();
        }
    }

    /// <summary>Rots one bit of a file.</summary>
    internal void FlipBit(string path, long bit)
    {
        lock (Gate) ((SimulatedInode)DirectoryOf(path).Seen[Path.GetFileName(path)]).FlipBit(bit);
    }

    internal void Note(string path, long position, ReadOnlySpan<byte> bytes)
    {
        Fingerprint = Crc32C.Append(Fingerprint, MemoryMarshal.AsBytes(path.AsSpan()));
        Fingerprint = Crc32C.Append(Fingerprint, MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in position)));
        Fingerprint = Crc32C.Append(Fingerprint, bytes);
    }

    internal void NoteJournalWrite(string path, long position, byte[] bytes)
    {
        if (!path.EndsWith(".journal", StringComparison.Ordinal)) return;
        if (_journalWrites.Count == JournalWritesKept) _journalWrites.RemoveAt(0);
        _journalWrites.Add((path, position, bytes));
    }

    /// <summary>
    /// True of a byte that the last flush wrote of which anything is there: what a crash tore there cannot be told from what rotted, since nothing came
    /// after it that could tell.
    /// </summary>
    internal bool IsOfLastFlushThere(string path, long at)
    {
        for (int i = _journalWrites.Count - 1; i >= 0; i--)
        {
            (string written, long position, byte[] bytes) = _journalWrites[i];
            if (path == written && at >= position && at < position + bytes.Length) return true;
            if (LeftSomething(ReadAll(written), position, bytes)) return false;
        }

        return false;
    }

    private static bool LeftSomething(byte[] file, long position, byte[] written)
    {
        for (int sector = 0; sector < written.Length; sector += 512)
        {
            ReadOnlySpan<byte> wanted = written.AsSpan(sector, 512);
            if (position + sector + 512 <= file.Length && file.AsSpan((int)position + sector, 512).SequenceEqual(wanted)) return true;
        }

        return false;
    }
}
