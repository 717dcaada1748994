using System.Buffers.Binary;
using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf;

namespace Gateway.Schemas.Protobuf.Parsing.Options;

/// <summary>The wire form of single values, without tag and length. Null where a value is out of its type's range.</summary>
internal static class OptionScalars
{
    public static bool IsInteger(ProtoKind kind) =>
        kind is not (ProtoKind.Double or ProtoKind.Float or ProtoKind.Bool or ProtoKind.String or ProtoKind.Message or ProtoKind.Bytes or ProtoKind.Enum);

    /// <summary>An integer given as sign and magnitude.</summary>
    public static byte[]? Integer(ProtoKind kind, bool isNegative, ulong magnitude)
    {
        var (min, max) = Range(kind);
        if (magnitude > (isNegative ? min : max)) return null;
        var value = isNegative ? (long)(0 - magnitude) : (long)magnitude;
        return kind switch
        {
            ProtoKind.SInt32 => Varint((uint)((int)value << 1 ^ (int)value >> 31)),
            ProtoKind.SInt64 => Varint((ulong)(value << 1 ^ value >> 63)),
            ProtoKind.Fixed32 or ProtoKind.SFixed32 => Fixed32((uint)value),
            ProtoKind.Fixed64 or ProtoKind.SFixed64 => Fixed64((ulong)value),
            _ => Varint((ulong)value),
        };
    }

    public static byte[] Number(ProtoKind kind, double value) => kind == ProtoKind.Float
        ? Fixed32(BitConverter.SingleToUInt32Bits((float)value))
        : Fixed64(BitConverter.DoubleToUInt64Bits(value));

    public static byte[] Varint(ulong value)
    {
        var bytes = new byte[CodedOutputStream.ComputeUInt64Size(value)];
        for (var i = 0; i < bytes.Length; i++, value >>= 7) bytes[i] = (byte)(i < bytes.Length - 1 ? value | 0x80 : value);
        return bytes;
    }

    /// <summary>What integers the type takes, for messages.</summary>
    public static string RangeText(ProtoKind kind)
    {
        var (min, max) = Range(kind);
        return $"{(min == 0 ? "" : "-")}{min} to {max}";
    }

    private static (ulong Min, ulong Max) Range(ProtoKind kind) => kind switch
    {
        ProtoKind.Int32 or ProtoKind.SInt32 or ProtoKind.SFixed32 => (1UL << 31, int.MaxValue),
        ProtoKind.UInt32 or ProtoKind.Fixed32 => (0, uint.MaxValue),
        ProtoKind.UInt64 or ProtoKind.Fixed64 => (0, ulong.MaxValue),
        _ => (1UL << 63, long.MaxValue),
    };

    private static byte[] Fixed32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Fixed64(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }
}
