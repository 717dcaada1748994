// This is the one place that may touch the real disk.
#pragma warning disable RS0030

using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Storage.Files;

/// <summary>The operating system's files.</summary>
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
    }

    /// <inheritdoc/>
    public IBlockFile OpenBlocks(string path, long length) => OsBlockFile.Open(path, length);

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
    }

    /// <inheritdoc/>
    public bool FileExists(string path) => File.Exists(path);

    /// <inheritdoc/>
    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    /// <inheritdoc/>
    public IReadOnlyList<FileEntry> List(string directory)
    {
        var found = new DirectoryInfo(directory);
        if (!found.Exists) return [];
        var entries = new List<FileEntry>();
        foreach (FileSystemInfo info in found.EnumerateFileSystemInfos())
            entries.Add(new FileEntry(info.Name, info is DirectoryInfo, info is FileInfo file ? file.Length : 0));
        return entries;
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        if (Directory.Exists(from)) Directory.Move(from, to);
        else File.Move(from, to, overwrite: true);
    }

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
    }

    /// <inheritdoc/>
    public void DeleteDirectory(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }

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
}
