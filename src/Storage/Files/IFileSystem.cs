namespace Gateway.Storage.Files;

/// <summary>
/// The disk as the log sees it. Nothing is durable before a sync: bytes by <see cref="IFile.Sync"/>, names (created, renamed,
/// deleted) by <see cref="SyncDirectory"/> of the directory that holds them.
/// </summary>
/// <remarks>
/// Members that wait for a device say so; they are called on the flusher or on the I/O executor, whose completions are posted to
/// the log's owner. That is what keeps the log asynchronous while a file is not. Thread-safe.
/// </remarks>
public interface IFileSystem
{
    /// <summary>Opens a file for reading and writing.</summary>
    IFile Open(string path, FileOpening opening);

    /// <summary>
    /// Opens a file for writing whole blocks, making it or filling it up with zeros to <paramref name="length"/>: they are durable when this
    /// returns, its name is not. Waits for the device.
    /// </summary>
    /// <exception cref="DiskFullException">No space; the file may be there, shorter.</exception>
    IBlockFile OpenBlocks(string path, long length);

    /// <summary>Takes the lock file at <paramref name="path"/>; null when another holder has it. Disposing gives it back.</summary>
    IDisposable? TryLock(string path);

    /// <summary>True when <paramref name="path"/> is a file.</summary>
    bool FileExists(string path);

    /// <summary>Creates the directory and those above it; no harm when it is there.</summary>
    void CreateDirectory(string path);

    /// <summary>What lies in a directory, in no order; empty when it does not exist.</summary>
    IReadOnlyList<FileEntry> List(string directory);

    /// <summary>Renames a file or a directory, replacing a file of the new name.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file; no harm when there is none.</summary>
    void Delete(string path);

    /// <summary>Deletes a directory with all it holds; no harm when there is none.</summary>
    void DeleteDirectory(string path);

    /// <summary>Makes the names in a directory durable; no harm when it is gone. Waits for the device.</summary>
    void SyncDirectory(string path);

    /// <summary>
    /// Makes everything below a directory durable at once, bytes and names: a hundred files cost as much as a few. False where the system has
    /// no such call, and nothing was done. Waits for the device; a failure is final, as <see cref="IFile.Sync"/>'s is.
    /// </summary>
    bool TrySyncAll(string path);
}

/// <summary>What <see cref="IFileSystem.Open"/> does about a file that is there or not.</summary>
public enum FileOpening : byte
{
    /// <summary>It must be there.</summary>
    Existing,
    /// <summary>Create it, empty, when it is not there.</summary>
    OrCreate,
    /// <summary>Create it, or empty the one that is there.</summary>
    Empty,
}

/// <summary>One name in a directory.</summary>
/// <param name="Name">The name without the directory.</param>
/// <param name="IsDirectory">A directory, not a file.</param>
/// <param name="Length">A file's length in bytes.</param>
public readonly record struct FileEntry(string Name, bool IsDirectory, long Length);
