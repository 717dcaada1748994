using System.Buffers.Binary;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>Reads Protobuf's wire format. Every length is checked against what is left, and steps and depth against the budget.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes, SchemaBudget budget, int maxDepth)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly BudgetMeter _meter = (maxDepth == budget.MaxDepth ? budget : budget with { MaxDepth = maxDepth }).Start();

    /// <summary>Pays for names that are written.</summary>
    public NameAllowance Names = new(bytes.Length);

    /// <summary>Offset of the next byte.</summary>
    public int Position;

    /// <summary>Where the message or packed run now being read ends.</summary>
    public int End = bytes.Length;

    /// <summary>What is being read, for whoever has to be told that it is broken.</summary>
    public MessagePlan? Message;

    /// <summary>The field being read, when it is known.</summary>
    public FieldPlan? Field;

    public readonly ReadOnlySpan<byte> Bytes => _bytes;

    public readonly bool AtEnd => Position >= End;

    public readonly void Step(int count = 1) => _meter.Step(count);

    public readonly void Enter() => _meter.EnterOnStack();

    public readonly void Leave() => _meter.Leave();

    public ulong ReadVarint()
    {
        var position = Position;
        if (position < End)
        {
            var first = _bytes[position];
            if (first < 0x80)
            {
                Position = position + 1;
                return first;
            }
        }
        return ReadLongVarint();
    }

    /// <summary>The next tag, of any wire type but the end of a group: bodies are cut out before they are read, so none can come.</summary>
    public uint ReadTag()
    {
        var start = Position;
        var tag = ReadAnyTag();
        if ((tag & 7) == WireType.GroupEnd) throw Fault($"group {tag >> 3} ends here without having begun", start);
        return tag;
    }

    /// <summary>A length and that many bytes.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadLength();
        var taken = _bytes.Slice(Position, length);
        Position += length;
        return taken;
    }

    /// <summary>A length that is no more than what is left.</summary>
    public int ReadLength()
    {
        var start = Position;
        var length = ReadVarint();
        if (length > (ulong)(End - Position))
            throw Fault($"a length of {length} bytes is more than the {End - Position} that are left", start);
        return (int)length;
    }

    public uint ReadFixed32()
    {
        if (End - Position < 4) throw Fault("a value of 4 bytes is cut off", Position);
        var value = BinaryPrimitives.ReadUInt32LittleEndian(_bytes[Position..]);
        Position += 4;
        return value;
    }

    public ulong ReadFixed64()
    {
        if (End - Position < 8) throw Fault("a value of 8 bytes is cut off", Position);
        var value = BinaryPrimitives.ReadUInt64LittleEndian(_bytes[Position..]);
        Position += 8;
        return value;
    }

    /// <summary>Passes over the value that belongs to the tag just read.</summary>
    public void Skip(uint tag)
    {
        switch (tag & 7)
        {
            case WireType.Varint:
                ReadVarint();
                break;
            case WireType.Fixed64:
                ReadFixed64();
                break;
            case WireType.Length:
                var length = ReadLength();
                Position += length;
                break;
            case WireType.GroupStart:
                SkipGroup(tag >> 3);
                break;
            default:
                ReadFixed32();
                break;
        }
    }

    /// <summary>Passes over a group whose start was just read; gives the offset at which its contents end.</summary>
    public int SkipGroup(uint number)
    {
        var start = Position;
        Enter();
        while (!AtEnd)
        {
            var before = Position;
            Step();
            var tag = ReadAnyTag();
            if ((tag & 7) != WireType.GroupEnd)
            {
                Skip(tag);
                continue;
            }
            if (tag >> 3 != number) throw Fault($"group {number} ends as group {tag >> 3}", before);
            Leave();
            return before;
        }
        throw Fault($"group {number} does not end", start);
    }

    /// <summary>The complaint, with the field and offset it is about.</summary>
    public readonly SchemaDataException Fault(string message, int offset)
    {
        var where = Field is not null
            ? $" in field {Field.Field.FullName} ({Field.Number})"
            : Message is not null ? $" in message {Message.Message.FullName}" : "";
        return new SchemaDataException($"At byte {offset}{where}: {message}");
    }

    private uint ReadAnyTag()
    {
        var start = Position;
        var tag = ReadVarint();
        if (tag > uint.MaxValue || tag >> 3 == 0) throw Fault($"{tag >> 3} is no field number", start);
        if ((tag & 7) > WireType.Fixed32) throw Fault($"{tag & 7} is no wire type", start);
        return (uint)tag;
    }

    private ulong ReadLongVarint()
    {
        var start = Position;
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (Position >= End) throw Fault("a varint is cut off", start);
            var part = _bytes[Position++];
            // Of the tenth byte one bit counts; parsers drop the others.
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80) return value;
        }
        throw Fault("a varint is longer than ten bytes", start);
    }
}
