using System.Buffers;
using System.Runtime.InteropServices;
using Gateway.Common.Errors;

namespace Gateway.Common.Buffers;

/// <summary>
/// Pooled memory shared by counted leases. The memory goes back to the pool when the last lease is disposed; using it
/// later would read another request's bytes, so debug builds poison it first.
/// </summary>
/// <remarks>
/// Invariant: the count is above zero while any lease lives. Thread-safe. Only leases refer to a block, and a disposed one does not touch
/// its block again: so a block of array memory is used again as a whole.
/// </remarks>
internal sealed class BufferBlock
{
    private readonly byte[]? _array;
    private readonly bool _isLarge;
    private IDisposable? _charge;
    private NativeBlock? _native;
    private int _leases = 1;

    private BufferBlock(byte[] array, bool isLarge)
    {
        _array = array;
        _isLarge = isLarge;
    }

    private BufferBlock()
    {
    }

    /// <summary>Wraps memory nobody returns to a pool.</summary>
    internal BufferBlock(ReadOnlyMemory<byte> foreign) => Memory = MemoryMarshal.AsMemory(foreign);

    internal Memory<byte> Memory { get; private set; }

    internal bool IsExclusive => (_array is not null || _native is not null) && Volatile.Read(ref _leases) == 1;

    /// <summary>Memory of its own; much of it is not the collector's if <paramref name="unmanaged"/>. The charge is disposed with it.</summary>
    internal static BufferBlock Rent(int length, bool unmanaged = false, IDisposable? charge = null)
    {
        BufferBlock block = length <= SpareBlocks.Largest ? Small(length)
            : unmanaged ? Native(length)
            : new BufferBlock(ArrayPool<byte>.Shared.Rent(length), isLarge: true);
        block._leases = 1;
        block.Memory = block._native is null ? block._array.AsMemory(0, length) : block._native.Memory[..length];
        block._charge = charge;
        return block;
    }

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
        IDisposable? charge = _charge;
        _charge = null;
        Memory = default;
        if (_native is not null)
        {
            NativeBlockCache.Return(_native);
            _native = null;
            Spares<BufferBlock>.Give(this);
        }
        else if (_isLarge) ArrayPool<byte>.Shared.Return(_array!);
        else if (_array is not null) SpareBlocks.Give(this, _array.Length);
        charge?.Dispose();
    }

    private static BufferBlock Small(int length) => SpareBlocks.Take(length)
        ?? new BufferBlock(GC.AllocateUninitializedArray<byte>(SpareBlocks.CapacityFor(length)), isLarge: false);

    private static BufferBlock Native(int length)
    {
        BufferBlock block = Spares<BufferBlock>.Take() ?? new BufferBlock();
        block._native = NativeBlockCache.Rent(length);
        return block;
    }
}
