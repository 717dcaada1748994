using System.Runtime.InteropServices;
using Gateway.Common.Records;

namespace Gateway.Simulation.Disk;

/// <content>What tests look at, and damage, past the store.</content>
internal sealed partial class SimulatedFileSystem
{
    internal int Syncs { get; private set; }

    internal int DirectorySyncs { get; private set; }

    /// <summary>Sums up everything that was written, synced or named, in its order: two runs that differ anywhere differ here.</summary>
    internal uint Fingerprint { get; private set; }

    /// <summary>The last journal file that was written, and where: what a crash right after it cannot be told from a torn write.</summary>
    internal (string Path, long Position, int Length) LastJournalWrite { get; private set; }

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

    internal void NoteJournalWrite(string path, long position, int length)
    {
        if (path.EndsWith(".journal", StringComparison.Ordinal)) LastJournalWrite = (path, position, length);
    }
}
