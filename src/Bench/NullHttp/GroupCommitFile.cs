using Microsoft.Win32.SafeHandles;

namespace Gateway.Bench.NullHttp;

/// <summary>
/// A journal reduced to what it costs: bytes that arrive while a sync runs are written and synced together by the next. The file was
/// written once before, as a recycled journal file is, and starts over at its end.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class GroupCommitFile : IJournal
{
    private const int FileBytes = 64 << 20, MaxGroupBytes = 16 << 20;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _dirty = new(0, 1);
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly Thread _flusher;
    private Group _open = new();
    private Group _spare = new();
    private volatile bool _stopped;

    /// <summary>Makes the file.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written.</exception>
    public GroupCommitFile(string path)
    {
        _path = path;
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, FileOptions.None, FileBytes);
        byte[] zeros = new byte[1 << 20];
        for (long at = 0; at < FileBytes; at += zeros.Length) RandomAccess.Write(_file, zeros, at);
        RandomAccess.FlushToDisk(_file);
        _flusher = new Thread(Flush) { Name = "group commit", IsBackground = true };
        _flusher.Start();
    }

    /// <summary>Adds bytes to the next group.</summary>
    /// <returns>Ends when they are on the disk.</returns>
    public Task AppendAsync(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            bool first = _open.Length == 0;
            Task done = _open.Add(bytes);
            if (first) _dirty.Release();
            return done;
        }
    }

    /// <summary>Syncs what is left and deletes the file.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_stopped) return;
            _stopped = true;
            if (_open.Length == 0) _dirty.Release();
        }
        _flusher.Join();
        _dirty.Dispose();
        _file.Dispose();
        File.Delete(_path);
    }

    private void Flush()
    {
        long at = 0;
        while (true)
        {
            _dirty.Wait();
            Group group;
            lock (_lock)
            {
                group = _open;
                (_open, _spare) = (_spare, group);
            }
            if (group.Length == 0) return;
            if (at + group.Length > FileBytes) at = 0;
            group.Commit(_file, ref at);
        }
    }

    /// <summary>What one sync covers.</summary>
    private sealed class Group
    {
        private byte[] _bytes = new byte[64 * 1024];
        private TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Length { get; private set; }

        public Task Add(ReadOnlySpan<byte> bytes)
        {
            if (Length + bytes.Length > MaxGroupBytes) throw new IOException($"more than {MaxGroupBytes} bytes wait for one sync");
            if (Length + bytes.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, Length + bytes.Length));
            bytes.CopyTo(_bytes.AsSpan(Length));
            Length += bytes.Length;
            return _done.Task;
        }

        public void Commit(SafeFileHandle file, ref long at)
        {
            TaskCompletionSource done = _done;
            try
            {
                RandomAccess.Write(file, _bytes.AsSpan(0, Length), at);
                RandomAccess.FlushToDisk(file);
                at += Length;
                (_done, Length) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0);
                done.SetResult();
            }
            catch (IOException failure)
            {
                (_done, Length) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0);
                done.SetException(failure);
            }
        }
    }
}
