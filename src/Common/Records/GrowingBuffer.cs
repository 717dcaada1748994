using System.Buffers;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;

namespace Gateway.Common.Records;

/// <summary>Pooled memory that is written from front to back and grows as needed, to end as a <see cref="RecordsLease"/>.</summary>
internal sealed class GrowingBuffer : IBufferWriter<byte>, IDisposable
{
    private RecordsLease? _lease;

    // The lease's, which asks each time whether it is still there.
    private Memory<byte> _memory;

    /// <summary>Starts with <paramref name="reserved"/> bytes that somebody fills in later.</summary>
    /// <param name="reserved">How many.</param>
    /// <param name="capacity">Room to begin with.</param>
    internal GrowingBuffer(int reserved, int capacity)
    {
        Take(RecordsLease.Rent(Math.Max(capacity, reserved)));
        Length = reserved;
    }

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => _memory.Span[..Length];

    private RecordsLease Lease
    {
        get
        {
            Invariant.Check(_lease is not null);
            return _lease;
        }
    }

    public void Advance(int count)
    {
        Invariant.Check(count >= 0 && count <= _memory.Length - Length);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _memory[Length..];
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _memory.Span[Length..];
    }

    public void Dispose()
    {
        _lease?.Dispose();
        _lease = null;
        _memory = default;
    }

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Takes back what was written behind the first <paramref name="length"/> bytes.</summary>
    internal void Truncate(int length)
    {
        Invariant.Check(length <= Length);
        Length = length;
    }

    /// <summary>Hands the written bytes over; the buffer is spent.</summary>
    internal RecordsLease Detach()
    {
        RecordsLease written = Lease.Slice(0, Length);
        Dispose();
        return written;
    }

    private void Reserve(int count)
    {
        if (_memory.Length - Length < count) Grow(count);
    }

    private void Grow(int count)
    {
        long doubled = Math.Min(Array.MaxLength, Lease.Length * 2L);
        int capacity = (int)Math.Max(doubled, checked(Length + count));
        RecordsLease larger = RecordsLease.Rent(capacity);
        Written.CopyTo(larger.WritableMemory.Span);
        Lease.Dispose();
        Take(larger);
    }

    private void Take(RecordsLease lease)
    {
        _lease = lease;
        _memory = lease.WritableMemory;
    }
}
