using System.Buffers;
using System.Runtime.InteropServices;

namespace Gateway.Storage.Files;

/// <summary>
/// Memory that starts where a device's blocks do, outside the collector's heap: pinned arrays are counted there as large ones are, and a few
/// megabytes of them have it stop everything for a full collection.
/// </summary>
internal sealed unsafe class AlignedMemory(int length) : MemoryManager<byte>
{
    private byte* _bytes = (byte*)NativeMemory.AlignedAlloc((nuint)length, BlockBuffer.Alignment);

    ~AlignedMemory() => Dispose(disposing: false);

    public override Span<byte> GetSpan() => new(_bytes, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_bytes + elementIndex);

    public override void Unpin()
    {
    }

    /// <summary>Gives it back now, by an owner whose memory nobody uses any more; otherwise the collector does it some day.</summary>
    internal void Free()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        NativeMemory.AlignedFree(_bytes);
        _bytes = null;
    }
}
