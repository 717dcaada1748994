using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf;

namespace Gateway.Schemas.Protobuf.Parsing.Options;

/// <summary>Options on the wire.</summary>
internal static class OptionWire
{
    /// <summary>A field around bytes that are its value's, length or end tag included.</summary>
    public static byte[] Field(ProtoField field, byte[] value)
    {
        var output = new List<byte>(value.Length + 10);
        Write(output, field, value);
        return [.. output];
    }

    public static void Write(List<byte> output, ProtoField field, byte[] value)
    {
        var wireType = WireType(field);
        WriteTag(output, field, wireType);
        if (wireType == WireFormat.WireType.LengthDelimited) output.AddRange(OptionScalars.Varint((ulong)value.Length));
        output.AddRange(value);
        if (wireType == WireFormat.WireType.StartGroup) WriteTag(output, field, WireFormat.WireType.EndGroup);
    }

    public static void WriteTag(List<byte> output, ProtoField field, WireFormat.WireType wireType) =>
        output.AddRange(OptionScalars.Varint(WireFormat.MakeTag(field.Number, wireType)));

    public static WireFormat.WireType WireType(ProtoField field) => field.Kind switch
    {
        ProtoKind.Double or ProtoKind.Fixed64 or ProtoKind.SFixed64 => WireFormat.WireType.Fixed64,
        ProtoKind.Float or ProtoKind.Fixed32 or ProtoKind.SFixed32 => WireFormat.WireType.Fixed32,
        ProtoKind.String or ProtoKind.Bytes => WireFormat.WireType.LengthDelimited,
        ProtoKind.Message => field.IsDelimited ? WireFormat.WireType.StartGroup : WireFormat.WireType.LengthDelimited,
        _ => WireFormat.WireType.Varint,
    };

    /// <summary>Whether the bytes of an options message hold something at that path.</summary>
    public static bool IsSet(ReadOnlySpan<byte> message, ReadOnlySpan<ProtoField> path, BudgetMeter meter)
    {
        var input = new OptionReader(message);
        while (input.ReadTag(out var number, out var wireType))
        {
            meter.Step();
            var value = input.ReadValue(number, wireType);
            if (number != path[0].Number) continue;
            if (path.Length == 1 || IsSet(value, path[1..], meter)) return true;
        }
        return false;
    }
}
