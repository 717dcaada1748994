using System.Buffers;
using Gateway.Common.Buffers;
using Gateway.Schemas;

namespace Gateway.HttpProxy.Records;

/// <summary>
/// JSON in pooled memory until it is whole, so that a failure half way leaves nothing behind in the answer. What is large lies outside the collector's heap,
/// and is granted.
/// </summary>
/// <param name="memory">Has to grant what is large; null where something else bounds it.</param>
internal sealed class PageBuffer(IMemoryGrants? memory = null) : IBufferWriter<byte>, IDisposable
{
    // Up to this size a page is had without asking, and kept when it is emptied.
    internal const int Ungranted = 64 * 1024;

    private RecordsLease? _lease;
    private Memory<byte> _bytes;
    private int _limit = Array.MaxLength;

    internal int Length { get; private set; }

    internal ReadOnlyMemory<byte> Written => _bytes[..Length];

    /// <summary>Empties the buffer.</summary>
    /// <param name="limit">How much may be written from now on; whoever writes more gets a <see cref="SchemaBudgetException"/>.</param>
    internal void Reset(int limit)
    {
        (Length, _limit) = (0, limit);
        if (_bytes.Length > Ungranted) Dispose();
    }

    /// <summary>Takes back what was written behind the first <paramref name="length"/> bytes, and the memory that it took: whoever waits for more holds nothing.</summary>
    internal void Truncate(int length)
    {
        Length = length;
        if (_bytes.Length <= Ungranted || length > Ungranted) return;
        RecordsLease small = RecordsLease.Rent(Ungranted);
        Written.CopyTo(small.WritableMemory);
        _lease!.Dispose();
        (_lease, _bytes) = (small, small.WritableMemory);
    }

    public void Advance(int count) => Length += count;

    /// <exception cref="MemoryRefusedException">There is no memory for it.</exception>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        int wanted = Math.Max(sizeHint, 1);
        if (wanted > _limit - Length) throw new SchemaBudgetException($"more than {_limit} bytes are to be written, which is the limit");
        if (wanted > _bytes.Length - Length) Grow(wanted);
        return _bytes[Length..Math.Min(_bytes.Length, _limit)];
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        (RecordsLease? lease, _lease, _bytes, Length) = (_lease, null, default, 0);
        lease?.Dispose();
    }

    private void Grow(int wanted)
    {
        long needed = Length + (long)wanted;
        // What is large is a value that was asked for as a whole, and little follows: twice as much would be too much for what just fits.
        if (needed > Ungranted) needed = Math.Min(needed + Ungranted, Array.MaxLength);
        long grown = _bytes.Length <= Ungranted ? 2L * _bytes.Length : _bytes.Length + (_bytes.Length / 4L);
        int size = (int)Math.Clamp(grown, needed, Math.Max(Array.MaxLength, needed));
        RecordsLease larger = memory is null || size <= Ungranted ? RecordsLease.Rent(size) : RecordsLease.Rent(size, memory.Take(size));
        Written.CopyTo(larger.WritableMemory);
        _lease?.Dispose();
        (_lease, _bytes) = (larger, larger.WritableMemory);
    }
}
