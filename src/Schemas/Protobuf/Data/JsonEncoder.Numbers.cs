using System.Text;
using System.Text.Json;
using System.Runtime.InteropServices;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>Everything that is a number on the wire.</summary>
internal ref partial struct JsonEncoder
{
    /// <summary>The value as its field's wire type holds it: 0 is what fields without presence leave out.</summary>
    private ulong NumberOf(FieldPlan field, JsonElement value) => field.Kind switch
    {
        ProtoKind.Bool => value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.ValueKind == JsonValueKind.True ? 1UL : 0
            : throw Mismatch(value, "true or false"),
        ProtoKind.Enum => (ulong)EnumOf(field.Enum!, value),
        ProtoKind.Float => BitConverter.SingleToUInt32Bits(SingleOf(value)),
        ProtoKind.Double => BitConverter.DoubleToUInt64Bits(DoubleOf(value)),
        _ => IntegerOf(field.Kind, value),
    };

    private ulong IntegerOf(ProtoKind kind, JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String)
            || !TryInteger(kind, NumberText(value), out var number))
        {
            throw Mismatch(value, NameOf(kind));
        }
        return number;
    }

    /// <summary>A whole number in the kind's range, as the wire has it: sign extended, zigzagged, or as it is.</summary>
    private static bool TryInteger(ProtoKind kind, ReadOnlySpan<byte> text, out ulong number)
    {
        number = 0;
        if (!JsonNumbers.TryReadInteger(text, out var isNegative, out var magnitude)) return false;
        ulong most = kind switch
        {
            ProtoKind.UInt32 or ProtoKind.Fixed32 => uint.MaxValue,
            ProtoKind.UInt64 or ProtoKind.Fixed64 => ulong.MaxValue,
            ProtoKind.Int32 or ProtoKind.SInt32 or ProtoKind.SFixed32 => int.MaxValue,
            _ => long.MaxValue,
        };
        var isUnsigned = kind is ProtoKind.UInt32 or ProtoKind.Fixed32 or ProtoKind.UInt64 or ProtoKind.Fixed64;
        // Two's complement reaches one further down than up.
        if (magnitude > (isNegative ? isUnsigned ? 0 : most + 1 : most)) return false;
        number = isNegative ? 0UL - magnitude : magnitude;
        if (kind is ProtoKind.SInt32 or ProtoKind.SInt64) number = (number << 1) ^ (ulong)((long)number >> 63);
        return true;
    }

    private double DoubleOf(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Number or JsonValueKind.String)
        {
            var text = NumberText(value);
            if (JsonNumbers.TryReadDouble(text, out var number)) return number;
            if (value.ValueKind == JsonValueKind.String && TryNamed(text, out number)) return number;
        }
        throw Mismatch(value, "a double");
    }

    private float SingleOf(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Number or JsonValueKind.String)
        {
            var text = NumberText(value);
            if (JsonNumbers.TryReadSingle(text, out var number)) return number;
            if (value.ValueKind == JsonValueKind.String && TryNamed(text, out var named)) return (float)named;
        }
        throw Mismatch(value, "a float");
    }

    private static bool TryNamed(ReadOnlySpan<byte> text, out double number)
    {
        number = text.SequenceEqual("NaN"u8) ? double.NaN
            : text.SequenceEqual("Infinity"u8) ? double.PositiveInfinity
            : text.SequenceEqual("-Infinity"u8) ? double.NegativeInfinity : 0;
        return !double.IsFinite(number);
    }

    private long EnumOf(EnumPlan @enum, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null when @enum.IsNull:
                return 0;
            case JsonValueKind.String:
                var name = _text.ValueOf(value);
                if (JsonText.IsValid(name) && @enum.NumberOf(Encoding.UTF8.GetString(name)) is { } known) return known;
                break;
            case JsonValueKind.Number:
                if (!TryInteger(ProtoKind.Int32, NumberText(value), out var number)) break;
                // NullValue is written as null whatever its number, so another number would be lost.
                if ((@enum.IsClosed || @enum.IsNull) && !@enum.Knows((int)number)) break;
                return (int)number;
        }
        throw Mismatch(value, $"a value of enum {@enum.Name}");
    }

    /// <summary>The text of a number, or of the string it is in.</summary>
    private ReadOnlySpan<byte> NumberText(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? JsonMarshal.GetRawUtf8Value(value) : _text.ValueOf(value);

    private static string NameOf(ProtoKind kind) => kind switch
    {
        ProtoKind.Int32 or ProtoKind.SInt32 or ProtoKind.SFixed32 => "a 32-bit integer",
        ProtoKind.UInt32 or ProtoKind.Fixed32 => "an unsigned 32-bit integer",
        ProtoKind.UInt64 or ProtoKind.Fixed64 => "an unsigned 64-bit integer",
        _ => "a 64-bit integer",
    };
}
