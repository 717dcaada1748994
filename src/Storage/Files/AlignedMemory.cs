using System.Buffers;
using System.Runtime.InteropServices;

namespace Gateway.Storage.Files;

/// <summary>
/// Memory that starts where a device's blocks do, outside the collector's heap: pinned arrays are counted there as large ones are, and a few
/// megabytes of them have it stop everything for a full collection.
/// </summary>
/// <remarks>Whoever uses its bytes keeps it alive. It is freed when its owner says so, or else when the collector finds it.</remarks>
internal sealed unsafe class AlignedMemory(int length) : MemoryManager<byte>
{
    private readonly AlignedBytes _bytes = new(length);

    public override Span<byte> GetSpan() => new((void*)_bytes.DangerousGetHandle(), length);

    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)_bytes.DangerousGetHandle() + elementIndex);

    public override void Unpin()
    {
    }

    /// <summary>Gives it back now: nobody uses its bytes any more.</summary>
    internal void Free() => _bytes.Dispose();

    protected override void Dispose(bool disposing)
    {
        if (disposing) Free();
    }

    private sealed class AlignedBytes : SafeHandle
    {
        internal AlignedBytes(int length)
            : base(0, ownsHandle: true) => SetHandle((nint)NativeMemory.AlignedAlloc((nuint)length, BlockBuffer.Alignment));

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            NativeMemory.AlignedFree((void*)handle);
            return true;
        }
    }
}
