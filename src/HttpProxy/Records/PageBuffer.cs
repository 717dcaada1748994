using System.Buffers;
using Gateway.Schemas;

namespace Gateway.HttpProxy.Records;

/// <summary>JSON in pooled memory until it is whole, so that a failure half way leaves nothing behind in the answer.</summary>
internal sealed class PageBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes = [];
    private int _limit = Array.MaxLength;

    internal int Length { get; private set; }

    internal ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Empties the buffer.</summary>
    /// <param name="limit">How much may be written from now on; whoever writes more gets a <see cref="SchemaBudgetException"/>.</param>
    internal void Reset(int limit) => (Length, _limit) = (0, limit);

    /// <summary>Takes back what was written behind the first <paramref name="length"/> bytes.</summary>
    internal void Truncate(int length) => Length = length;

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        int wanted = Math.Max(sizeHint, 1);
        if (wanted > _limit - Length) throw new SchemaBudgetException($"more than {_limit} bytes are to be written, which is the limit");
        if (wanted > _bytes.Length - Length) Grow(wanted);
        return _bytes.AsMemory(Length, Math.Min(_bytes.Length, _limit) - Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        byte[] bytes = _bytes;
        (_bytes, Length) = ([], 0);
        if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
    }

    private void Grow(int wanted)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(2L * _bytes.Length, Length + (long)wanted, Math.Max(Array.MaxLength, Length + (long)wanted)));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
