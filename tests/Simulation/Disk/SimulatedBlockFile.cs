using Gateway.Storage.Files;
using Gateway.Storage.Journal;

namespace Gateway.Simulation.Disk;

/// <summary>
/// A file whose writes are durable when they return. A power cut in the middle of one leaves any sectors of it, and so does a failure; then what
/// was not written may be seen nevertheless, as where the system writes through its page cache.
/// </summary>
internal sealed class SimulatedBlockFile(SimulatedFileSystem system, SimulatedInode inode, int life, string path) : IBlockFile
{
    private bool _disposed;

    public void Write(long position, BlockBuffer blocks)
    {
        lock (system.Gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (life != system.Life) throw new IOException($"{path} was open when the power went");
            byte[] bytes = [.. blocks.Pieces.SelectMany(static piece => piece.ToArray())];
            if (position % 512 != 0 || bytes.Length % 512 != 0) throw new IOException($"{bytes.Length} bytes at {position} of {path} are no blocks");
            // What marks a file as free is no flush.
            if (!JournalFileHeader.TryRead(bytes, out JournalFileHeader header) || !header.IsFree) system.NoteJournalWrite(path, position, bytes);
            system.CountChange();
            Exception? failure = system.WhyNoWrite(path, inode.Seen.Length, position + bytes.Length);
            if (failure is null)
            {
                system.Note(path, position, bytes);
                inode.Write(position, bytes);
                system.OnSync(path, inode);
                return;
            }

            if (system.Chance is not null) inode.WriteInPart(position, bytes, system.Chance);
            throw failure;
        }
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        lock (system.Gate)
        {
            if (life == system.Life) system.OpenFiles--;
        }
    }
}
