// This is the one place that may touch the real disk.
#pragma warning disable RS0030

using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Storage.Files;

/// <summary>The operating system's files.</summary>
/// <remarks>
/// What the system forbids comes as <see cref="AccessDeniedException"/>, an <see cref="IOException"/>: the framework's own exception for it is
/// none, and would go past whoever waits for a disk that fails.
/// </remarks>
public sealed class OsFileSystem : IFileSystem
{
    private readonly ConcurrentDictionary<string, SafeFileHandle?> _syncDescriptors = new();

    /// <inheritdoc/>
    public IFile Open(string path, FileOpening opening)
    {
        FileMode mode = opening switch
        {
            FileOpening.Existing => FileMode.Open,
            FileOpening.OrCreate => FileMode.OpenOrCreate,
            _ => FileMode.Create,
        };
        try
        {
            SafeFileHandle file = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            // The system would fetch megabytes ahead of a read, and a journal write would stand behind them in the device's queue.
            NativeFile.Advise(file, 0, 0, FileAdvice.Random);
            return new OsFile(path, file);
        }
        catch (IOException failure) when (OsFile.IsDiskFull(failure))
        {
            throw new DiskFullException(path, failure);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw Denied(path, failure);
        }
    }

    /// <inheritdoc/>
    public IBlockFile OpenBlocks(string path, long length) => OsBlockFile.Open(path, length);

    /// <summary>The framework calls it so, too, when there is a directory where a file should be.</summary>
    internal static AccessDeniedException Denied(string path, UnauthorizedAccessException failure) => new(
        Directory.Exists(path)
            ? $"{path} is a directory, and it cannot be used as a file or may not be changed. Put the file back that should be there, or give the "
                + "directory to the user the node runs as; then restart the node"
            : $"{path} may not be used by the user the node runs as. Let that user read and write it and its directory; then restart the node",
        failure);

    internal static SafeFileHandle OpenWriteThrough(string path) =>
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.WriteThrough);

    /// <inheritdoc/>
    public IDisposable? TryLock(string path)
    {
        try
        {
            // Sharing nothing is flock(LOCK_EX) on Unix: gone with the process, however it ends.
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
        catch (UnauthorizedAccessException failure)
        {
            throw Denied(path, failure);
        }
    }

    /// <inheritdoc/>
    public bool FileExists(string path) => File.Exists(path);

    /// <inheritdoc/>
    public void CreateDirectory(string path) => _ = Allowed(path, Directory.CreateDirectory);

    /// <inheritdoc/>
    public IReadOnlyList<FileEntry> List(string directory) => Allowed(directory, static directory =>
    {
        var found = new DirectoryInfo(directory);
        if (!found.Exists) return [];
        var entries = new List<FileEntry>();
        foreach (FileSystemInfo info in found.EnumerateFileSystemInfos())
            entries.Add(new FileEntry(info.Name, info is DirectoryInfo, info is FileInfo file ? file.Length : 0));
        return entries;
    });

    /// <inheritdoc/>
    public void Rename(string from, string to) => _ = Allowed(from, from =>
    {
        if (Directory.Exists(from)) Directory.Move(from, to);
        else File.Move(from, to, overwrite: true);
        return true;
    });

    /// <inheritdoc/>
    public void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
        }
        catch (UnauthorizedAccessException failure)
        {
            throw Denied(path, failure);
        }
    }

    /// <inheritdoc/>
    public void DeleteDirectory(string path) => _ = Allowed(path, static path =>
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        return true;
    });

    /// <inheritdoc/>
    public void SyncDirectory(string path) => NativeFile.SyncDirectory(path);

    /// <inheritdoc/>
    public bool TrySyncAll(string path)
    {
        // One descriptor for good: a fresh one would not hear of failures that another program was told of first.
        SafeFileHandle? directory = _syncDescriptors.GetOrAdd(path, NativeFile.OpenForSyncAll);
        if (directory is null) return false;
        NativeFile.SyncAll(directory, path);
        return true;
    }

    private static T Allowed<T>(string path, Func<string, T> work)
    {
        try
        {
            return work(path);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw Denied(path, failure);
        }
    }
}
