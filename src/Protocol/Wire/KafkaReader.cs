using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Gateway.Common.Buffers;

namespace Gateway.Protocol.Wire;

/// <summary>
/// Reads values from the bytes of one frame. Every length and count is checked against what is left before anything is
/// allocated; whatever does not fit throws <see cref="ProtocolException"/>.
/// </summary>
/// <remarks>Invariant: position ≤ limit ≤ length. Record bytes are never copied: they become slices of the frame.</remarks>
public ref struct KafkaReader
{
    /// <summary>
    /// How many list elements of reference types one frame may hold. An element can be as small as one byte and costs some
    /// hundred as an object, so without a bound the memory granted for a frame would say nothing about its message.
    /// </summary>
    public const int MaxElements = 1 << 20;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly RecordsLease? _lease;
    private readonly StringCache? _strings;
    private int _position;
    private int _limit;
    private int _elements;

    /// <summary>Reads a leased frame; records fields become leases on the same memory.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="strings">Where strings are looked for before they are made; null makes them anew.</param>
    public KafkaReader(RecordsLease frame, StringCache? strings = null)
    {
        _lease = frame;
        _strings = strings;
        _bytes = frame.Span;
        _limit = _bytes.Length;
    }

    /// <summary>Reads memory that no pool owns; records fields wrap it.</summary>
    public KafkaReader(ReadOnlyMemory<byte> bytes)
    {
        _memory = bytes;
        _bytes = bytes.Span;
        _limit = bytes.Length;
    }

    /// <summary>How many bytes have been read.</summary>
    public readonly int Position => _position;

    /// <summary>How many bytes are left (inside the tagged field being read, if there is one).</summary>
    public readonly int Remaining => _limit - _position;

    /// <summary>Throws unless everything has been read (CON-2).</summary>
    public readonly void ExpectEnd()
    {
        if (Remaining != 0) throw new ProtocolException(ProtocolFault.TrailingBytes, $"{Remaining} bytes are left after the last field.");
    }

    /// <summary>One byte; anything but zero is true.</summary>
    public bool Bool() => Take(1)[0] != 0;

    /// <summary>int8.</summary>
    public sbyte Int8() => (sbyte)Take(1)[0];

    /// <summary>int16.</summary>
    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    /// <summary>uint16.</summary>
    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    /// <summary>int32.</summary>
    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    /// <summary>int64.</summary>
    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    /// <summary>float64, IEEE 754.</summary>
    public double Float64() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>uuid: 16 bytes, the more significant half first.</summary>
    public Guid Uuid() => new(Take(16), bigEndian: true);

    /// <summary>An unsigned variable-length number of up to 32 bits.</summary>
    public uint UnsignedVarint()
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte b = Take(1)[0];
            if (shift == 28 && b > 0x0F) break;
            value |= (uint)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        throw new ProtocolException(ProtocolFault.InvalidVarint, "A variable-length number does not fit 32 bits.");
    }

    /// <summary>A string that must not be null.</summary>
    public string String(bool flexible) => NullableString(flexible) ?? throw ProtocolException.NullNotAllowed("A string");

    /// <summary>A string or null.</summary>
    public string? NullableString(bool flexible)
    {
        int length = NotBelowNull(flexible ? CompactLength() : Int16());
        if (length > short.MaxValue) throw new ProtocolException(ProtocolFault.InvalidLength, $"A string of {length} bytes.");
        if (length < 0) return null;
        if (length == 0) return "";
        string value = _strings?.Get(Take(length)) ?? Encoding.UTF8.GetString(Take(length));
        // Bytes that are not UTF-8 become replacement characters of three bytes: what was read must always fit what is written.
        if (length > short.MaxValue / 3 && Encoding.UTF8.GetByteCount(value) > short.MaxValue)
            throw new ProtocolException(ProtocolFault.InvalidLength, $"A string of {length} bytes that are not UTF-8.");
        return value;
    }

    /// <summary>Bytes that must not be null, copied.</summary>
    public byte[] Bytes(bool flexible) => NullableBytes(flexible) ?? throw ProtocolException.NullNotAllowed("A byte array");

    /// <summary>Bytes or null, copied.</summary>
    public byte[]? NullableBytes(bool flexible)
    {
        int length = NotBelowNull(flexible ? CompactLength() : Int32());
        return length < 0 ? null : length == 0 ? [] : Take(length).ToArray();
    }

    /// <summary>Record bytes or null; a lease of its own on the frame's memory, for the message to own.</summary>
    public RecordsLease? NullableRecords(bool flexible)
    {
        int length = NotBelowNull(flexible ? CompactLength() : Int32());
        if (length < 0) return null;
        int start = _position;
        Take(length);
        return _lease is null ? RecordsLease.Wrap(_memory.Slice(start, length)) : _lease.Slice(start, length);
    }

    /// <summary>The number of elements of a list, or -1 for null. Throws when that many cannot follow.</summary>
    /// <param name="flexible">Whether the list is in the compact encoding.</param>
    /// <param name="smallestElement">The fewest bytes an element takes; at least 1.</param>
    /// <param name="objects">Whether each element becomes an object of its own, which counts against <see cref="MaxElements"/>.</param>
    public int Count(bool flexible, int smallestElement, bool objects)
    {
        int count = flexible ? CompactLength() : Int32();
        if (count < -1) throw new ProtocolException(ProtocolFault.InvalidCount, $"A list of {count} elements.");
        if (count > Remaining / smallestElement)
            throw new ProtocolException(ProtocolFault.InvalidCount, $"A list of {count} elements in {Remaining} bytes.");
        if (objects && count > 0 && (_elements += count) > MaxElements)
            throw new ProtocolException(ProtocolFault.InvalidCount, $"More than {MaxElements} list elements in one frame.");
        return count;
    }

    /// <summary>Whether a nullable struct follows (int8: -1 or 1).</summary>
    public bool StructPresent() => Int8() >= 0;

    /// <summary>Starts a tagged value of a nullable struct: 0 is null, 1 present.</summary>
    public bool TaggedStructPresent() => UnsignedVarint() != 0;

    /// <summary>The number of tagged fields that follow.</summary>
    public int TagCount()
    {
        uint count = UnsignedVarint();
        if (count > (uint)Remaining / 2)
            throw new ProtocolException(ProtocolFault.InvalidCount, $"{count} tagged fields in {Remaining} bytes.");
        return (int)count;
    }

    /// <summary>A tag; its size follows.</summary>
    public uint Tag() => UnsignedVarint();

    /// <summary>Reads the size of a tagged value and narrows the reader to it. The result goes to <see cref="EndTagged"/>.</summary>
    public int BeginTagged()
    {
        int size = TaggedSize();
        int outer = _limit;
        _limit = _position + size;
        return outer;
    }

    /// <summary>Ends a tagged value; it must have been used up.</summary>
    public void EndTagged(int outerLimit)
    {
        ExpectEnd();
        _limit = outerLimit;
    }

    /// <summary>Passes over a tagged value we have no field for (CON-7).</summary>
    public void SkipTagged() => Take(TaggedSize());

    /// <summary>Passes over a whole tag section.</summary>
    public void SkipTagSection()
    {
        for (int left = TagCount(); left > 0; left--)
        {
            Tag();
            SkipTagged();
        }
    }

    private int TaggedSize()
    {
        uint size = UnsignedVarint();
        if (size > (uint)Remaining) ThrowTruncated(size);
        return (int)size;
    }

    private int CompactLength()
    {
        uint lengthPlusOne = UnsignedVarint();
        if (lengthPlusOne > int.MaxValue) throw new ProtocolException(ProtocolFault.InvalidLength, $"A length of {lengthPlusOne - 1}.");
        return (int)lengthPlusOne - 1;
    }

    private static int NotBelowNull(int length)
    {
        if (length < -1) throw new ProtocolException(ProtocolFault.InvalidLength, $"A length of {length}.");
        return length;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > Remaining) ThrowTruncated((uint)length);
        ReadOnlySpan<byte> taken = _bytes.Slice(_position, length);
        _position += length;
        return taken;
    }

    [DoesNotReturn]
    private readonly void ThrowTruncated(uint wanted) =>
        throw new ProtocolException(ProtocolFault.Truncated, $"{wanted} bytes wanted at {_position}, {Remaining} left.");
}
