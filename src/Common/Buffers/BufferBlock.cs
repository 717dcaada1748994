using System.Buffers;
using Gateway.Common.Errors;

namespace Gateway.Common.Buffers;

/// <summary>
/// Pooled memory shared by counted leases. The memory goes back to the pool when the last lease is disposed; using it
/// later would read another request's bytes, so debug builds poison it first.
/// </summary>
/// <remarks>Invariant: the count is above zero while any lease lives. Thread-safe.</remarks>
internal sealed class BufferBlock
{
    private readonly IDisposable? _charge;
    private byte[]? _array;
    private int _leases = 1;

    internal BufferBlock(int length, IDisposable? charge = null)
    {
        _array = ArrayPool<byte>.Shared.Rent(length);
        _charge = charge;
        Memory = _array.AsMemory(0, length);
    }

    /// <summary>Wraps memory nobody returns to a pool.</summary>
    internal BufferBlock(ReadOnlyMemory<byte> foreign) => Memory = System.Runtime.InteropServices.MemoryMarshal.AsMemory(foreign);

    internal Memory<byte> Memory { get; }

    internal bool IsExclusive => _array is not null && Volatile.Read(ref _leases) == 1;

    internal void Retain() => Invariant.Check(Interlocked.Increment(ref _leases) > 1);

    internal void Release()
    {
        int left = Interlocked.Decrement(ref _leases);
        Invariant.Check(left >= 0);
        if (left > 0 || _array is null) return;
        byte[] array = _array;
        _array = null;
#if DEBUG
        array.AsSpan().Fill(0xDB);
#endif
        ArrayPool<byte>.Shared.Return(array);
        _charge?.Dispose();
    }
}
