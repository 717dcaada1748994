using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Bench.Limits;

/// <summary>A file written past the page cache: the disk's own bandwidth.</summary>
internal sealed unsafe class DirectFile : IDisposable
{
    /// <summary>Bytes of each write.</summary>
    public const int ChunkBytes = 1 << 20;

    private const int Alignment = 4096;
    private readonly SafeFileHandle _file;
    private readonly byte* _chunk;

    private DirectFile(SafeFileHandle file)
    {
        _file = file;
        _chunk = (byte*)NativeMemory.AlignedAlloc(ChunkBytes, Alignment);
        new Random(2).NextBytes(new Span<byte>(_chunk, ChunkBytes));
    }

    /// <summary>Opens a file that is there; null where the system or the file system has no such way.</summary>
    public static DirectFile? TryOpen(string path) => NativeDisk.OpenDirect(path) is { } file ? new DirectFile(file) : null;

    /// <summary>Writes over the file's first <paramref name="length"/> bytes again and again.</summary>
    public Limit Measure(string name, long length, TimeSpan time)
    {
        long at = 0;
        return Limit.Of(name, ChunkBytes, time, () =>
        {
            RandomAccess.Write(_file, new ReadOnlySpan<byte>(_chunk, ChunkBytes), at);
            at = (at + ChunkBytes) % length;
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        NativeMemory.AlignedFree(_chunk);
    }
}
