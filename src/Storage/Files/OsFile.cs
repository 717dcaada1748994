using Microsoft.Win32.SafeHandles;

namespace Gateway.Storage.Files;

/// <summary>A file of the operating system, read and written through its page cache.</summary>
internal sealed class OsFile(string path, SafeFileHandle handle) : IFile
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int Page = 4_096;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    // -2 from the first try means that this file system cannot answer without waiting; asking again would only cost.
    private bool _residencyUnknown;
    private readonly Lock _sync = new();
    private bool _hasFailed;

    public long Length => RandomAccess.GetLength(handle);

    internal static bool IsDiskFull(IOException failure) => IsDiskFull(failure.HResult);

    internal static bool IsDiskFull(int error) => error is NoSpace or QuotaExceeded or WindowsDiskFull;

    public void Write(long position, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(handle, bytes, position);
        }
        catch (IOException failure) when (IsDiskFull(failure))
        {
            throw new DiskFullException(path, failure);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw OsFileSystem.Denied(path, failure);
        }
    }

    public int Read(long position, Span<byte> buffer)
    {
        int total = 0;
        try
        {
            while (total < buffer.Length)
            {
                int read = RandomAccess.Read(handle, buffer[total..], position + total);
                if (read == 0) break;
                total += read;
            }
        }
        catch (UnauthorizedAccessException failure)
        {
            // A file of the network's: whether it may be read is asked there each time.
            throw OsFileSystem.Denied(path, failure);
        }

        return total;
    }

    public int TryReadResident(long position, Span<byte> buffer)
    {
        if (_residencyUnknown) return -1;
        int read = NativeFile.TryReadResident(handle, position, buffer);
        if (read == -2) _residencyUnknown = true;
        return Math.Max(read, -1);
    }

    public void SetLength(long length)
    {
        try
        {
            RandomAccess.SetLength(handle, length);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw OsFileSystem.Denied(path, failure);
        }
    }

    public void StartWriteback(long position, long length) => NativeFile.StartWriteback(handle, position, length);

    public void StartReading(long position, long length) => NativeFile.Advise(handle, position, length, FileAdvice.WillNeed);

    public void Forget(long position, long length)
    {
        // Whole pages only; the one at the end is the next range's first.
        long from = position / Page * Page;
        long to = (position + length) / Page * Page;
        if (to > from) NativeFile.Advise(handle, from, to - from, FileAdvice.DontNeed);
    }

    public void FinishWriteback() => WaitForDevice(static (handle, path) => NativeFile.FinishWriteback(handle, path));

    public void Sync() => WaitForDevice(static (handle, path) => NativeFile.SyncData(handle, path));

    public void Dispose() => handle.Dispose();

    /// <summary>Two threads may sync one segment. The system tells of a failure once; whoever comes second must hear of it too.</summary>
    private void WaitForDevice(Action<SafeFileHandle, string> wait)
    {
        lock (_sync)
        {
            if (_hasFailed) throw new IOException($"An earlier sync of {path} failed");
            _hasFailed = true;
            wait(handle, path);
            _hasFailed = false;
        }
    }
}
