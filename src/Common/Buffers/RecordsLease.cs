using Gateway.Common.Errors;

namespace Gateway.Common.Buffers;

/// <summary>
/// Record bytes on their way through the process: one owner at a time, moved by a post, disposed by whoever wrote them
/// out (design D1). Slices share the memory and keep it alive on their own.
/// </summary>
public sealed class RecordsLease : IDisposable
{
    private readonly BufferBlock _block;
    private int _disposed;

    private RecordsLease(BufferBlock block, Memory<byte> memory)
    {
        _block = block;
        WritableMemory = memory;
    }

    /// <summary>The bytes. Only valid until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Memory => WritableMemory;

    /// <summary>The same bytes for the one owner who fills or patches them (base offset, leader epoch) before sharing.</summary>
    public Memory<byte> WritableMemory
    {
        get
        {
            Invariant.Check(Volatile.Read(ref _disposed) == 0);
            return field;
        }
    }

    /// <summary>The bytes as a span. Only valid until <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Span => Memory.Span;

    /// <summary>How many bytes.</summary>
    public int Length => WritableMemory.Length;

    /// <summary>
    /// True when nobody else has a lease on this memory, and nobody can get one but through this lease: only then may an owner
    /// write to bytes it did not fill. Memory that was wrapped is its maker's and never exclusive.
    /// </summary>
    public bool IsExclusive => _block.IsExclusive;

    /// <summary>Rents <paramref name="length"/> bytes from the pool; their content is undefined.</summary>
    public static RecordsLease Rent(int length)
    {
        var block = new BufferBlock(length);
        return new RecordsLease(block, block.Memory);
    }

    /// <summary>As <see cref="Rent(int)"/>; <paramref name="charge"/> is disposed when the last lease gives the memory up, whoever holds it.</summary>
    public static RecordsLease Rent(int length, IDisposable charge)
    {
        var block = new BufferBlock(length, charge);
        return new RecordsLease(block, block.Memory);
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
        return new RecordsLease(block, block.Memory);
    }

    /// <summary>A lease of its own on a part of the same memory.</summary>
    public RecordsLease Slice(int start, int length)
    {
        Memory<byte> part = WritableMemory.Slice(start, length);
        _block.Retain();
        return new RecordsLease(_block, part);
    }

    /// <summary>A second lease on all of the same memory.</summary>
    public RecordsLease Share() => Slice(0, Length);

    /// <summary>Gives the memory up. Idempotent; the last lease returns it to the pool.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _block.Release();
    }
}
