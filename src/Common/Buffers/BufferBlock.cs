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
    private IDisposable? _charge;
    private byte[]? _array;
    private NativeBlock? _native;
    private int _leases = 1;

    internal BufferBlock(int length)
    {
        _array = ArrayPool<byte>.Shared.Rent(length);
        Memory = _array.AsMemory(0, length);
    }

    /// <summary>Memory that is charged to somebody until it really is given back.</summary>
    internal BufferBlock(int length, IDisposable charge)
    {
        _charge = charge;
        if (length > NativeBlockCache.Smallest)
        {
            _native = NativeBlockCache.Rent(length);
            Memory = _native.Memory[..length];
        }
        else
        {
            _array = ArrayPool<byte>.Shared.Rent(length);
            Memory = _array.AsMemory(0, length);
        }
    }

    /// <summary>Wraps memory nobody returns to a pool.</summary>
    internal BufferBlock(ReadOnlyMemory<byte> foreign) => Memory = System.Runtime.InteropServices.MemoryMarshal.AsMemory(foreign);

    internal Memory<byte> Memory { get; }

    internal bool IsExclusive => (_array is not null || _native is not null) && Volatile.Read(ref _leases) == 1;

    /// <summary>Has <paramref name="charge"/> disposed with the memory. Whoever filled the block does this, once, before sharing it.</summary>
    internal void Charge(IDisposable charge)
    {
        Invariant.Check(_charge is null && Volatile.Read(ref _leases) == 1);
        _charge = charge;
    }

    internal void Retain() => Invariant.Check(Interlocked.Increment(ref _leases) > 1);

    internal void Release()
    {
        int left = Interlocked.Decrement(ref _leases);
        Invariant.Check(left >= 0);
        if (left > 0) return;
#if DEBUG
        if (_array is not null || _native is not null) Memory.Span.Fill(0xDB);
#endif
        if (_array is not null) ArrayPool<byte>.Shared.Return(_array);
        if (_native is not null) NativeBlockCache.Return(_native);
        _array = null;
        _native = null;
        _charge?.Dispose();
    }
}
