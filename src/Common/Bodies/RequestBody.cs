using System.Buffers;
using System.IO.Pipelines;

namespace Gateway.Common.Bodies;

/// <summary>A request's body in pooled memory, or, while it is small and came whole, where the server has it.</summary>
public sealed class RequestBody : IDisposable
{
    // Many bodies that were begun and do not get on should not hold much.
    private const int SmallestBuffer = 4096;

    // A larger step would hold more than has come, a smaller one copies more often.
    private const int Growth = 8;

    private readonly RequestBodies _owner;
    private ReadOnlySequence<byte> _lent;
    private PipeReader? _lender;
    private byte[] _bytes = [];
    private long _reserved;

    internal RequestBody(RequestBodies owner) => _owner = owner;

    /// <summary>How many bytes it has.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes; valid until it is disposed.</summary>
    public ReadOnlyMemory<byte> Memory => _lender is null ? _bytes.AsMemory(0, Length) : _lent.First;

    /// <inheritdoc/>
    public void Dispose()
    {
        GiveBackBytes();
        _owner.Return(_reserved);
        _reserved = 0;
    }

    /// <summary>
    /// Gives the bytes back, which are needed no longer; the body counts among those being read until it is disposed of, since what was made of it may be as
    /// large.
    /// </summary>
    public void GiveBackBytes()
    {
        PipeReader? lender = _lender;
        _lender = null;
        lender?.AdvanceTo(_lent.End);
        byte[] bytes = _bytes;
        (_bytes, Length) = ([], 0);
        if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
    }

    /// <summary>Uses what the server has read, which gets it back at the end.</summary>
    internal void Borrow(PipeReader lender, ReadOnlySequence<byte> lent)
    {
        (_lender, _lent, Length) = (lender, lent, (int)lent.Length);
        _owner.Take(Length, Length);
        _reserved = Length;
    }

    /// <summary>Adds bytes to a body of which not more than <paramref name="most"/> may come.</summary>
    internal void Append(ReadOnlySpan<byte> bytes, int most)
    {
        int length = Length + bytes.Length;
        MakeRoom(length, most);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length = length;
    }

    /// <summary>Takes memory for what is about to come, as far as what has come justifies it.</summary>
    /// <param name="bytes">How many bytes are about to come.</param>
    /// <param name="most">How many may come in all.</param>
    /// <returns>For how many of them there is room now.</returns>
    internal int Expect(int bytes, int most)
    {
        // Where the buffer is nearly full its rest is no step worth waking up for.
        MakeRoom(Length + Math.Min(bytes, Length), most);
        return Math.Min(bytes, _bytes.Length - Length);
    }

    /// <summary>Sees that there is room for <paramref name="length"/> bytes, and if there was none, for more of the <paramref name="most"/> that may come.</summary>
    private void MakeRoom(int length, int most)
    {
        if (length <= _bytes.Length) return;
        int capacity = Math.Max(length, (int)Math.Min(most, Math.Max(SmallestBuffer, (long)Growth * _bytes.Length)));
        if (capacity > _reserved)
        {
            _owner.Take(capacity - _reserved, capacity);
            _reserved = capacity;
        }
        byte[] larger = ArrayPool<byte>.Shared.Rent(capacity);
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
