using System.Buffers.Binary;
using System.Text.Unicode;

namespace Gateway.Schemas.Avro.Data;

/// <summary>Reads Avro's binary primitives. Every length is checked against what is left before anything is done with it.</summary>
internal ref struct AvroBinaryReader(ReadOnlySpan<byte> bytes, BudgetMeter meter)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly int Remaining => _bytes.Length - Position;

    public readonly BudgetMeter Meter { get; } = meter;

    /// <summary>Pays for names, symbols and defaults that are written.</summary>
    public NameAllowance Names = new(bytes.Length);

    public long ReadLong()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (Position >= _bytes.Length) throw Truncated();
            var part = _bytes[Position++];
            // The tenth byte holds the 64th bit only.
            if (shift == 63 && part > 1) throw new SchemaDataException("A number is longer than 64 bits");
            value |= (ulong)(part & 0x7f) << shift;
            if ((part & 0x80) == 0) return (long)(value >> 1) ^ -(long)(value & 1);
        }
        throw new SchemaDataException("A number is longer than 64 bits");
    }

    public int ReadInt()
    {
        var value = ReadLong();
        return value is >= int.MinValue and <= int.MaxValue
            ? (int)value
            : throw new SchemaDataException($"{value} is out of range for an int");
    }

    public bool ReadBoolean()
    {
        var value = Take(1)[0];
        return value <= 1 ? value == 1 : throw new SchemaDataException($"The byte {value} is not a boolean");
    }

    public float ReadFloat() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public ReadOnlySpan<byte> ReadBytes() => Take(ReadLong());

    public ReadOnlySpan<byte> ReadUtf8()
    {
        var text = ReadBytes();
        return Utf8.IsValid(text) ? text : throw new SchemaDataException("A string is not valid UTF-8");
    }

    public ReadOnlySpan<byte> ReadFixed(int size) => Take(size);

    public int ReadBranch(int branches)
    {
        var index = ReadLong();
        return index >= 0 && index < branches
            ? (int)index
            : throw new SchemaDataException($"Union branch {index} does not exist, there are {branches}");
    }

    public int ReadSymbol(int symbols)
    {
        var index = ReadLong();
        return index >= 0 && index < symbols
            ? (int)index
            : throw new SchemaDataException($"Enum symbol {index} does not exist, there are {symbols}");
    }

    /// <summary>Count of the next block of an array or map; 0 ends it. A negative count is followed by the block's size in bytes.</summary>
    public long ReadBlockCount(out long sizeInBytes)
    {
        var count = ReadLong();
        sizeInBytes = -1;
        if (count >= 0) return count;
        if (count == long.MinValue) throw new SchemaDataException("A block count is out of range");
        sizeInBytes = ReadLong();
        if (sizeInBytes < 0 || sizeInBytes > Remaining)
            throw new SchemaDataException($"A block says that it is {sizeInBytes} bytes long, and {Remaining} are left");
        return -count;
    }

    public void Skip(long count) => Take(count);

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0) throw new SchemaDataException($"A length is negative: {count}");
        if (count > Remaining) throw Truncated();
        var taken = _bytes.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    private readonly SchemaDataException Truncated() => new($"The data ends too early, at byte {_bytes.Length}");
}
