using Microsoft.Win32.SafeHandles;

namespace Gateway.Bench.NullHttp;

/// <summary>A file that bytes are written behind each other to and not waited for: what a log costs that leaves the disk to the system.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class GrowingFile : IJournal
{
    // The disk holds no more of it than this: then it starts over, in a new file, whose pages are as new as those of a log.
    private const long MostBytes = 8L << 30;

    private readonly Lock _lock = new();
    private readonly string _path;
    private SafeFileHandle _file;
    private long _end;

    /// <summary>Makes the file.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written.</exception>
    public GrowingFile(string path)
    {
        _path = path;
        _file = Open();
    }

    /// <inheritdoc/>
    public Task AppendAsync(ReadOnlySpan<byte> bytes)
    {
        // One at a time, as the log of a partition.
        lock (_lock)
        {
            if (_end > MostBytes)
            {
                Remove();
                _file = Open();
                _end = 0;
            }
            RandomAccess.Write(_file, bytes, _end);
            _end += bytes.Length;
        }
        return Task.CompletedTask;
    }

    /// <summary>Deletes the file.</summary>
    public void Dispose()
    {
        lock (_lock) Remove();
    }

    private SafeFileHandle Open() => File.OpenHandle(_path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);

    private void Remove()
    {
        _file.Dispose();
        File.Delete(_path);
    }
}
