using System.Buffers.Binary;
using System.Text;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;

namespace Gateway.Protocol.Wire;

/// <summary>
/// Writes values into pooled memory. Records are not copied: the writer takes a lease of its own on them and
/// <see cref="Finish"/> gives the segments in order.
/// </summary>
/// <remarks>
/// Invariant: <c>_cuts</c> ascend; the lease of a cut follows the first <c>cut.Position</c> bytes of the buffer.
/// Used by one thread; after Finish, ToArray or Dispose it may not be used again.
/// </remarks>
public sealed class KafkaWriter : IDisposable
{
    private const int MostCutsKept = 64;

    private byte[] _buffer = WriterBuffer.Rent();
    private int _position;
    private List<(int Position, RecordsLease Records)>? _cuts;
    private int _recordBytes;

    /// <summary>How many bytes have been written, records included.</summary>
    public int Length => _position + _recordBytes;

    /// <summary>One byte, 0 or 1.</summary>
    public void Bool(bool value) => Reserve(1)[0] = value ? (byte)1 : (byte)0;

    /// <summary>int8.</summary>
    public void Int8(sbyte value) => Reserve(1)[0] = (byte)value;

    /// <summary>int16.</summary>
    public void Int16(short value) => BinaryPrimitives.WriteInt16BigEndian(Reserve(2), value);

    /// <summary>uint16.</summary>
    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(2), value);

    /// <summary>int32.</summary>
    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Reserve(4), value);

    /// <summary>int64.</summary>
    public void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Reserve(8), value);

    /// <summary>float64, IEEE 754.</summary>
    public void Float64(double value) => BinaryPrimitives.WriteDoubleBigEndian(Reserve(8), value);

    /// <summary>uuid: 16 bytes, the more significant half first.</summary>
    public void Uuid(Guid value) => Invariant.Check(value.TryWriteBytes(Reserve(16), bigEndian: true, out _));

    /// <summary>An unsigned variable-length number.</summary>
    public void UnsignedVarint(uint value)
    {
        Span<byte> bytes = stackalloc byte[5];
        int length = PutVarint(bytes, value);
        bytes[..length].CopyTo(Reserve(length));
    }

    /// <summary>A string that must not be null.</summary>
    public void String(string? value, bool flexible) =>
        NullableString(value ?? throw ProtocolException.NullNotAllowed("A string"), flexible);

    /// <summary>A string or null.</summary>
    public void NullableString(string? value, bool flexible)
    {
        int length = value is null ? -1 : Encoding.UTF8.GetByteCount(value);
        if (length > short.MaxValue) throw new ProtocolException(ProtocolFault.InvalidLength, $"A string of {length} bytes.");
        if (flexible) UnsignedVarint((uint)(length + 1));
        else Int16((short)length);
        if (length > 0) Encoding.UTF8.GetBytes(value, Reserve(length));
    }

    /// <summary>Bytes that must not be null, copied.</summary>
    public void Bytes(byte[]? value, bool flexible) =>
        NullableBytes(value ?? throw ProtocolException.NullNotAllowed("A byte array"), flexible);

    /// <summary>Bytes or null, copied.</summary>
    public void NullableBytes(byte[]? value, bool flexible)
    {
        Count(value?.Length ?? -1, flexible);
        if (value is not null) Raw(value);
    }

    /// <summary>Records or null. The writer takes a lease of its own; the caller keeps hers.</summary>
    public void NullableRecords(RecordsLease? value, bool flexible)
    {
        Count(value?.Length ?? -1, flexible);
        if (value is null || value.Length == 0) return;
        (_cuts ??= []).Add((_position, value.Share()));
        _recordBytes = checked(_recordBytes + value.Length);
    }

    /// <summary>The number of elements of a list, or the length of bytes; -1 is null.</summary>
    public void Count(int count, bool flexible)
    {
        if (flexible) UnsignedVarint((uint)(count + 1));
        else Int32(count);
    }

    /// <summary>Bytes as they are, without a length.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>Starts a tagged value; the result goes to <see cref="EndTagged"/>.</summary>
    public int BeginTagged(uint tag)
    {
        UnsignedVarint(tag);
        return _position;
    }

    /// <summary>Ends a tagged value and puts its size in front of it. Tagged values hold no records.</summary>
    public void EndTagged(int start)
    {
        Invariant.Check(_cuts is null || _cuts.Count == 0 || _cuts[^1].Position <= start);
        int size = _position - start;
        Span<byte> prefix = stackalloc byte[5];
        int length = PutVarint(prefix, (uint)size);
        Reserve(length);
        _buffer.AsSpan(start, size).CopyTo(_buffer.AsSpan(start + length));
        prefix[..length].CopyTo(_buffer.AsSpan(start));
    }

    /// <summary>Overwrites four bytes written earlier (a frame's size).</summary>
    public void PatchInt32(int position, int value)
    {
        Invariant.Check(position >= 0 && position + 4 <= _position);
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(position), value);
    }

    /// <summary>A writer that was used before, or a new one; it goes back by <see cref="Recycle"/>.</summary>
    internal static KafkaWriter Take()
    {
        KafkaWriter? used = Spares<KafkaWriter>.Take();
        if (used is null) return new KafkaWriter();
        used._buffer = WriterBuffer.Rent();
        used._position = used._recordBytes = 0;
        return used;
    }

    /// <summary>Disposes, and leaves the object to the next who needs one: the caller has the only reference.</summary>
    internal void Recycle()
    {
        Dispose();
        if (_cuts is null or { Capacity: <= MostCutsKept }) Spares<KafkaWriter>.Give(this);
    }

    /// <summary>Hands the bytes over; the writer is done.</summary>
    public OutgoingFrame Finish()
    {
        byte[] buffer = Detach();
        OutgoingFrame frame = OutgoingFrame.Take(buffer);
        int from = 0;
        if (_cuts is not null)
        {
            foreach ((int position, RecordsLease records) in _cuts)
            {
                if (position > from) frame.Add(buffer.AsMemory(from, position - from));
                frame.Add(records);
                from = position;
            }
            _cuts.Clear();
        }
        if (_position > from) frame.Add(buffer.AsMemory(from, _position - from));
        return frame;
    }

    /// <summary>Copies everything into one array; the writer is done.</summary>
    public byte[] ToArray()
    {
        using OutgoingFrame frame = Finish();
        return frame.ToArray();
    }

    /// <summary>Gives the memory and the leases back when the bytes are not wanted after all.</summary>
    public void Dispose()
    {
        if (_buffer.Length == 0) return;
        WriterBuffer.Return(Detach());
        _cuts?.ForEach(static cut => cut.Records.Dispose());
        _cuts?.Clear();
    }

    private static int PutVarint(Span<byte> into, uint value)
    {
        int length = 0;
        for (; value >= 0x80; value >>= 7) into[length++] = (byte)(value | 0x80);
        into[length++] = (byte)value;
        return length;
    }

    private byte[] Detach()
    {
        Invariant.Check(_buffer.Length > 0);
        byte[] buffer = _buffer;
        _buffer = [];
        return buffer;
    }

    private Span<byte> Reserve(int length)
    {
        int start = _position;
        int end = checked(start + length);
        if (end > _buffer.Length) Grow(end);
        _position = end;
        return _buffer.AsSpan(start, length);
    }

    private void Grow(int needed)
    {
        Invariant.Check(_buffer.Length > 0);
        byte[] larger = WriterBuffer.Rent(Math.Max(needed, (int)Math.Min(2L * _buffer.Length, Array.MaxLength)));
        _buffer.AsSpan(0, _position).CopyTo(larger);
        WriterBuffer.Return(_buffer);
        _buffer = larger;
    }
}
