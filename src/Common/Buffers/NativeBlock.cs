using System.Buffers;
using System.Runtime.InteropServices;

namespace Gateway.Common.Buffers;

/// <summary>
/// Memory outside the collector's heap, for buffers whose size somebody answers for: a large array is gone when a full collection
/// happens to come by, and until then the process is larger than its budget says. A lease that nobody disposes leaks it.
/// </summary>
internal sealed unsafe partial class NativeBlock : MemoryManager<byte>
{
    private readonly byte* _bytes;
    private bool _freed;

    internal NativeBlock(int capacity)
    {
        Capacity = capacity;
        _bytes = Allocate(capacity);
    }

    internal int Capacity { get; }

    public override Span<byte> GetSpan() => new(_bytes, Capacity);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_bytes + elementIndex);

    public override void Unpin()
    {
    }

    internal void Free()
    {
        if (_freed) return;
        _freed = true;
        if (OperatingSystem.IsLinux()) _ = Unmap(_bytes, Capacity);
        else NativeMemory.Free(_bytes);
    }

    protected override void Dispose(bool disposing) => Free();

    /// <summary>Mapped rather than from malloc, which after a few large blocks begins to keep what is freed.</summary>
    private static byte* Allocate(int capacity)
    {
        if (!OperatingSystem.IsLinux()) return (byte*)NativeMemory.Alloc((nuint)capacity);
        const int readWrite = 3, privateAnonymous = 0x22;
        nint address = Map(null, capacity, readWrite, privateAnonymous, -1, 0);
        return address != -1 ? (byte*)address : throw new OutOfMemoryException($"mmap of {capacity} bytes failed with errno {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(void* address, nint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nint length);
}
