using Gateway.Common.Errors;

namespace Gateway.Common.Buffers;

/// <summary>
/// Record bytes on their way through the process: one owner at a time, moved by a post, disposed by whoever wrote them
/// out (design D1). Slices share the memory and keep it alive on their own.
/// </summary>
public sealed class RecordsLease : IDisposable
{
    private const int Live = 0;
    private const int Disposed = 1;
    private const int Spare = 2;
    private const int Eternal = 3;

    private BufferBlock _block;
    private Memory<byte> _memory;
    private bool _isLent;
    private int _state;

    private RecordsLease(BufferBlock block, Memory<byte> memory)
    {
        _block = block;
        _memory = memory;
    }

    /// <summary>No bytes at all: a lease anybody may have, dispose, and have again.</summary>
    public static RecordsLease Empty { get; } = new(new BufferBlock(default(ReadOnlyMemory<byte>)), default) { _state = Eternal };

    /// <summary>The bytes. Only valid until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Memory => WritableMemory;

    /// <summary>The same bytes for the one owner who fills or patches them (base offset, leader epoch) before sharing.</summary>
    public Memory<byte> WritableMemory
    {
        get
        {
            Invariant.Check(Volatile.Read(ref _state) is Live or Eternal);
            return _memory;
        }
    }

    /// <summary>The bytes as a span. Only valid until <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Span => Memory.Span;

    /// <summary>How many bytes.</summary>
    public int Length => WritableMemory.Length;

    /// <summary>
    /// True when nobody else has a lease on this memory, and nobody can get one but through this lease, or when whoever else has one has
    /// said so (<see cref="Lend"/>): only then may an owner write to bytes it did not fill. Memory that was wrapped is its maker's and never exclusive.
    /// </summary>
    public bool IsExclusive => _isLent || _block.IsExclusive;

    /// <summary>Rents <paramref name="length"/> bytes from the pool; their content is undefined.</summary>
    public static RecordsLease Rent(int length)
    {
        BufferBlock block = BufferBlock.Rent(length);
        return On(block, block.Memory);
    }

    /// <summary>As <see cref="Rent(int)"/>; <paramref name="charge"/> is disposed when the last lease gives the memory up, whoever holds it.</summary>
    public static RecordsLease Rent(int length, IDisposable charge)
    {
        try
        {
            BufferBlock block = BufferBlock.Rent(length, unmanaged: true, charge);
            return On(block, block.Memory);
        }
        catch (OutOfMemoryException)
        {
            charge.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="Rent(int)"/>, outside the collector's heap when it is much: for who disposes it without fail.</summary>
    public static RecordsLease RentUnmanaged(int length)
    {
        BufferBlock block = BufferBlock.Rent(length, unmanaged: true);
        return On(block, block.Memory);
    }

    /// <summary>
    /// Has <paramref name="charge"/> disposed when the last lease gives the memory up, whoever holds it. Once, by the only owner, before
    /// the memory is shared.
    /// </summary>
    public void Charge(IDisposable charge) => _block.Charge(charge);

    /// <summary>Rents and fills with a copy of <paramref name="bytes"/>.</summary>
    public static RecordsLease Copy(ReadOnlySpan<byte> bytes)
    {
        RecordsLease lease = Rent(bytes.Length);
        bytes.CopyTo(lease.WritableMemory.Span);
        return lease;
    }

    /// <summary>Leases memory that belongs to nobody's pool (a test's array, say).</summary>
    public static RecordsLease Wrap(ReadOnlyMemory<byte> bytes)
    {
        var block = new BufferBlock(bytes);
        return On(block, block.Memory);
    }

    /// <summary>A lease of its own on a part of the same memory.</summary>
    public RecordsLease Slice(int start, int length)
    {
        Memory<byte> part = WritableMemory.Slice(start, length);
        _block.Retain();
        return On(_block, part);
    }

    /// <summary>Leaves only the first <paramref name="length"/> bytes to this lease.</summary>
    public void Shorten(int length) => _memory = WritableMemory[..length];

    /// <summary>A second lease on all of the same memory.</summary>
    public RecordsLease Share() => Slice(0, Length);

    /// <summary>
    /// A second lease whose owner may write to the header of the batch that lies there, as the log does: this one's must have what it needs of the header
    /// elsewhere, and write nothing.
    /// </summary>
    public RecordsLease Lend()
    {
        RecordsLease lent = Share();
        lent._isLent = true;
        return lent;
    }

    /// <summary>Gives the memory up. Idempotent; the last lease returns it to the pool.</summary>
    public void Dispose()
    {
        if (Interlocked.CompareExchange(ref _state, Disposed, Live) == Live) _block.Release();
    }

    /// <summary>
    /// As <see cref="Dispose"/>, by an owner who knows that nobody else refers to this very object (leases of their own on the same memory
    /// are no matter): it becomes somebody else's lease. Debug builds do not use it again, so that a late user is caught.
    /// </summary>
    public void Recycle()
    {
        if (_state == Eternal) return;
        Dispose();
        Invariant.Check(Interlocked.Exchange(ref _state, Spare) == Disposed);
        // A spare may lie for long: it must not keep memory alive that the pools have let go.
        _block = Empty._block;
        _memory = default;
        _isLent = false;
#if !DEBUG
        Spares<RecordsLease>.Give(this);
#endif
    }

    private static RecordsLease On(BufferBlock block, Memory<byte> memory)
    {
        RecordsLease? lease = Spares<RecordsLease>.Take();
        if (lease is null) return new RecordsLease(block, memory);
        lease._block = block;
        lease._memory = memory;
        Volatile.Write(ref lease._state, Live);
        return lease;
    }
}
