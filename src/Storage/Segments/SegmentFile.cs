using Gateway.Common.Execution;
using Gateway.Storage.Files;

namespace Gateway.Storage.Segments;

/// <summary>A segment's file, opened when somebody needs it and closed again when it is cold.</summary>
/// <remarks>
/// Invariant: the file is open while a lease is out, and can be opened while a reservation is. Its name may go while it is read; its bytes do not.
/// </remarks>
internal sealed class SegmentFile
{
    private readonly OpenSegments _pool;

    internal SegmentFile(OpenSegments pool, string path, bool isNew)
    {
        _pool = pool;
        Path = path;
        MayCreate = isNew;
        IdleNode = new LinkedListNode<SegmentFile>(this);
    }

    internal string Path { get; }

    internal bool MayCreate { get; set; }

    internal IFile? Opened { get; set; }

    internal int Leases { get; set; }

    internal int Reservations { get; set; }

    internal bool IsRemoved { get; set; }

    internal string? RemovedPath { get; set; }

    internal bool IsNameless { get; private set; }

    /// <summary>Its log is deleted: the name goes with the directory.</summary>
    internal bool IsForgotten => IsRemoved && RemovedPath is null && !IsNameless;

    /// <summary>Somebody has the file or will come back for it.</summary>
    internal bool IsNeeded => Leases > 0 || (Reservations > 0 && !IsForgotten);

    /// <summary>Its place among the files nobody reads. One for life: every append and read goes through here.</summary>
    internal LinkedListNode<SegmentFile> IdleNode { get; }

    /// <summary>Opens it if need be and keeps it open until <see cref="Release"/>.</summary>
    internal IFile Acquire() => _pool.Acquire(this);

    internal void Release() => _pool.Release(this);

    /// <summary>
    /// Sees to it that <see cref="Use{T}"/> finds these bytes until <see cref="Unreserve"/>, whatever happens to the name, without an open file
    /// for it: what waits in a queue, one for each of thousands of logs, must not hold as many descriptors.
    /// </summary>
    internal void Reserve() => _pool.Reserve(this);

    internal void Unreserve() => _pool.Unreserve(this);

    /// <summary>Opens it for as long as something is done with it.</summary>
    /// <exception cref="FileNotFoundException">Its log was deleted.</exception>
    /// <exception cref="DirectoryNotFoundException">Its log was deleted.</exception>
    internal T Use<T>(Func<IFile, T> work)
    {
        IFile file = Acquire();
        try
        {
            return work(file);
        }
        finally
        {
            Release();
        }
    }

    /// <inheritdoc cref="Use{T}"/>
    internal void Use(Action<IFile> work)
    {
        IFile file = Acquire();
        try
        {
            work(file);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Closes it as soon as nobody reads it; the name is somebody else's to remove.</summary>
    internal void Forget() => _pool.Remove(this, null);

    /// <summary>As <see cref="Forget"/>, of a file that has no name any more: its bytes go with its last descriptor, which takes milliseconds.</summary>
    internal void ForgetNameless()
    {
        IsNameless = true;
        Forget();
    }

    /// <summary>Takes the name away at once, so that a new segment may have it, and the bytes when the last reader is done.</summary>
    internal void Remove() => _pool.Remove(this, Path + OpenSegments.RemovedSuffix);
}

/// <summary>The descriptors of all segments of a store: at most so many, the least recently used closed first.</summary>
/// <remarks>
/// Thread-safe: the owners of all logs and the executors come here. Leased files are never closed, so the bound is on the others: lease for as long
/// as something is done, and reserve what is only going to be.
/// </remarks>
internal sealed class OpenSegments(IFileSystem files, int maxOpen, IExecutor deletions)
{
    /// <summary>Ends the names of files that only wait for their readers; what a crash leaves of them goes at the next opening.</summary>
    internal const string RemovedSuffix = ".deleted";

    private readonly Lock _lock = new();
    private readonly LinkedList<SegmentFile> _idle = new();
    private int _open;

    internal int OpenCount
    {
        get
        {
            lock (_lock) return _open;
        }
    }

    internal IFile Acquire(SegmentFile file)
    {
        lock (_lock)
        {
            IFile opened = file.Opened ?? Open(file);
            LeaveIdle(file);
            file.Leases++;
            return opened;
        }
    }

    internal void Release(SegmentFile file)
    {
        lock (_lock)
        {
            if (--file.Leases > 0) return;
            if (!file.IsRemoved) _idle.AddLast(file.IdleNode);
            else if (!file.IsNeeded) Drop(file);
        }
    }

    internal void Reserve(SegmentFile file)
    {
        lock (_lock) file.Reservations++;
    }

    internal void Unreserve(SegmentFile file)
    {
        lock (_lock)
        {
            file.Reservations--;
            if (file.IsRemoved && !file.IsNeeded) Drop(file);
        }
    }

    /// <summary>Renames the file and deletes it once nobody reads it; without a new name it is only closed then.</summary>
    internal void Remove(SegmentFile file, string? newPath)
    {
        lock (_lock)
        {
            if (file.IsRemoved) return;
            // Its name may soon be another's, and it has to be found all the same.
            if (file.Reservations > 0 && newPath is not null && file.Opened is null && files.FileExists(file.Path)) _ = Open(file);
            file.IsRemoved = true;
            file.RemovedPath = newPath;
            if (newPath is not null && files.FileExists(file.Path)) files.Rename(file.Path, newPath);
            if (file.IsNeeded) LeaveIdle(file);
            else Drop(file);
        }
    }

    /// <summary>Closes every file nobody reads.</summary>
    internal void CloseIdle()
    {
        lock (_lock)
        {
            while (_idle.First is { } oldest) Close(oldest.Value);
        }
    }

    private IFile Open(SegmentFile file)
    {
        MakeRoom();
        file.Opened = files.Open(file.Path, file.MayCreate ? FileOpening.OrCreate : FileOpening.Existing);
        file.MayCreate = false;
        _open++;
        return file.Opened;
    }

    private void MakeRoom()
    {
        while (_open >= maxOpen && _idle.First is { } oldest) Close(oldest.Value);
    }

    private void Drop(SegmentFile file)
    {
        // Freeing the pages and blocks of a big file takes milliseconds, for which nobody's appends are to wait.
        if (!file.IsNameless) Close(file);
        else if (TakeOpened(file) is { } nameless) deletions.Post(nameless.Dispose);
        if (file.RemovedPath is { } removed) deletions.Post(() => DeleteQuietly(removed));
    }

    private void DeleteQuietly(string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (IOException)
        {
            // Only its space is missed: the next opening of its log deletes it, or says why it cannot.
        }
    }

    private void LeaveIdle(SegmentFile file)
    {
        if (file.IdleNode.List is not null) _idle.Remove(file.IdleNode);
    }

    private void Close(SegmentFile file) => TakeOpened(file)?.Dispose();

    private IFile? TakeOpened(SegmentFile file)
    {
        LeaveIdle(file);
        IFile? opened = file.Opened;
        if (opened is null) return null;
        file.Opened = null;
        _open--;
        return opened;
    }
}
