using Google.Protobuf;

namespace Gateway.Schemas.Protobuf.Parsing.Options;

/// <summary>Walks the fields of a message that this room wrote itself.</summary>
internal ref struct OptionReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public bool ReadTag(out int number, out WireFormat.WireType wireType)
    {
        number = 0;
        wireType = default;
        if (_at >= _bytes.Length) return false;
        var tag = (uint)ReadVarint();
        number = WireFormat.GetTagFieldNumber(tag);
        wireType = WireFormat.GetTagWireType(tag);
        return true;
    }

    /// <summary>The bytes of a value: without its length, and without its end tag.</summary>
    public ReadOnlySpan<byte> ReadValue(int number, WireFormat.WireType wireType)
    {
        var start = _at;
        switch (wireType)
        {
            case WireFormat.WireType.Varint:
                ReadVarint();
                return _bytes[start.._at];
            case WireFormat.WireType.Fixed32:
                return Take(4);
            case WireFormat.WireType.Fixed64:
                return Take(8);
            case WireFormat.WireType.LengthDelimited:
                return Take((int)ReadVarint());
            default:
                while (true)
                {
                    var end = _at;
                    if (!ReadTag(out var inner, out var innerType) || (inner == number && innerType == WireFormat.WireType.EndGroup))
                        return _bytes[start..end];
                    ReadValue(inner, innerType);
                }
        }
    }

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = _bytes[_at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80) return value;
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        var taken = _bytes.Slice(_at, length);
        _at += length;
        return taken;
    }
}
