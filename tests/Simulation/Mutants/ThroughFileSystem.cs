using Gateway.Storage.Files;

namespace Gateway.Simulation.Mutants;

/// <summary>A disk that hands everything on to another; what derives from it changes what comes through, as a bug in the store would.</summary>
internal abstract class ThroughFileSystem(IFileSystem inner) : IFileSystem
{
    private IFileSystem Inner => inner;

    public virtual IFile Open(string path, FileOpening opening) => new ThroughFile(this, inner.Open(path, opening), path);

    public IBlockFile OpenBlocks(string path, long length) => new ThroughBlockFile(this, inner.OpenBlocks(path, length), path);

    public IDisposable? TryLock(string path) => inner.TryLock(path);

    public bool FileExists(string path) => inner.FileExists(path);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public IReadOnlyList<FileEntry> List(string directory) => inner.List(directory);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public virtual void Delete(string path) => inner.Delete(path);

    public void DeleteDirectory(string path) => inner.DeleteDirectory(path);

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    // One call that syncs everything would go past what is changed here.
    public bool TrySyncAll(string path) => false;

    /// <summary>Changes bytes on their way to a file.</summary>
    protected virtual void OnWrite(string path, long position, Span<byte> bytes)
    {
    }

    /// <summary>Changes bytes on their way from a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="file">To read more of it.</param>
    /// <param name="position">Where the bytes lie.</param>
    /// <param name="bytes">What was read.</param>
    protected virtual void OnRead(string path, IFile file, long position, Span<byte> bytes)
    {
    }

    /// <summary>True when a sync of the file does nothing.</summary>
    protected virtual bool IgnoresSync(string path) => false;

    private sealed class ThroughFile(ThroughFileSystem system, IFile inner, string path) : IFile
    {
        public long Length => inner.Length;

        public void Write(long position, ReadOnlySpan<byte> bytes)
        {
            byte[] changed = bytes.ToArray();
            system.OnWrite(path, position, changed);
            inner.Write(position, changed);
        }

        public int Read(long position, Span<byte> buffer)
        {
            int read = inner.Read(position, buffer);
            system.OnRead(path, inner, position, buffer[..read]);
            return read;
        }

        public int TryReadResident(long position, Span<byte> buffer)
        {
            int read = inner.TryReadResident(position, buffer);
            if (read > 0) system.OnRead(path, inner, position, buffer[..read]);
            return read;
        }

        public void SetLength(long length) => inner.SetLength(length);

        public void StartWriteback(long position, long length) => inner.StartWriteback(position, length);

        public void FinishWriteback() => inner.FinishWriteback();

        public void Sync()
        {
            if (!system.IgnoresSync(path)) inner.Sync();
        }

        public void Dispose() => inner.Dispose();
    }

    private sealed class ThroughBlockFile(ThroughFileSystem system, IBlockFile inner, string path) : IBlockFile
    {
        public void Write(long position, BlockBuffer blocks)
        {
            byte[] changed = [.. blocks.Pieces.SelectMany(static piece => piece.ToArray())];
            system.OnWrite(path, position, changed);
            if (system.IgnoresSync(path))
            {
                using IFile file = system.Inner.Open(path, FileOpening.Existing);
                file.Write(position, changed);
                return;
            }

            var handedOn = new BlockBuffer(BlockBuffer.Alignment);
            handedOn.Add(changed);
            inner.Write(position, handedOn);
        }

        public void Dispose() => inner.Dispose();
    }
}
