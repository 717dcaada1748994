using Gateway.Storage.Files;

namespace Gateway.Broker.Tests.Support;

/// <summary>A disk whose syncs can be made to fail or to take their time.</summary>
public sealed class FailingFileSystem(IFileSystem inner) : IFileSystem
{
    private readonly ManualResetEventSlim _mayGo = new(true);
    private readonly TaskCompletionSource _directoriesWork = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _failedDirectories;
    private volatile TaskCompletionSource _journalWaits = new();

    /// <summary>Every sync from now on fails.</summary>
    public volatile bool FailSyncs;

    /// <summary>New directories find no room from now on.</summary>
    public volatile bool FailDirectories;

    /// <summary>A directory was made after one could not.</summary>
    public Task DirectoriesWork => _directoriesWork.Task;

    /// <summary>Files find no room to be written in from now on.</summary>
    public volatile bool IsFull;

    /// <summary>Syncs wait until they are let go. Ends when something waits to be written into the journal.</summary>
    public Task HoldSyncs()
    {
        _journalWaits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _mayGo.Reset();
        return _journalWaits.Task;
    }

    public void LetSyncsGo() => _mayGo.Set();

    public IFile Open(string path, FileOpening opening) => new FailingFile(this, inner.Open(path, opening), path);

    public IBlockFile OpenBlocks(string path, long length) => new FailingBlockFile(this, inner.OpenBlocks(path, length));

    public IDisposable? TryLock(string path) => inner.TryLock(path);

    public bool FileExists(string path) => inner.FileExists(path);

    public void CreateDirectory(string path)
    {
        if (FailDirectories)
        {
            _failedDirectories = true;
            throw new IOException("No space left on device");
        }
        inner.CreateDirectory(path);
        if (_failedDirectories) _directoriesWork.TrySetResult();
    }

    public IReadOnlyList<FileEntry> List(string directory) => inner.List(directory);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string path) => inner.Delete(path);

    public void DeleteDirectory(string path) => inner.DeleteDirectory(path);

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public bool TrySyncAll(string path)
    {
        Sync();
        return inner.TrySyncAll(path);
    }

    private void Sync()
    {
        _mayGo.Wait();
        if (FailSyncs) throw new IOException("The disk failed");
    }

    private sealed class FailingFile(FailingFileSystem system, IFile file, string path) : IFile
    {
        public long Length => file.Length;

        public void Write(long position, ReadOnlySpan<byte> bytes)
        {
            if (system.IsFull) throw new DiskFullException(path);
            file.Write(position, bytes);
        }

        public int Read(long position, Span<byte> buffer) => file.Read(position, buffer);

        public int TryReadResident(long position, Span<byte> buffer) => file.TryReadResident(position, buffer);

        public void SetLength(long length) => file.SetLength(length);

        public void StartWriteback(long position, long length) => file.StartWriteback(position, length);

        public void FinishWriteback() => file.FinishWriteback();

        public void Sync()
        {
            system.Sync();
            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }

    /// <summary>The journal: it has its room from the start, and each write is a sync too.</summary>
    private sealed class FailingBlockFile(FailingFileSystem system, IBlockFile file) : IBlockFile
    {
        public void Write(long position, BlockBuffer blocks)
        {
            if (!system._mayGo.IsSet) system._journalWaits.TrySetResult();
            system.Sync();
            file.Write(position, blocks);
        }

        public void Dispose() => file.Dispose();
    }
}
