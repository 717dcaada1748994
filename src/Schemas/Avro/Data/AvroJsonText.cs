using System.Text;
using System.Text.Json;

namespace Gateway.Schemas.Avro.Data;

/// <summary>How Avro values that JSON has no form for are written in it.</summary>
internal static class AvroJsonText
{
    /// <summary>With a point: many readers take "-0" for an integer, and integers have no negative zero.</summary>
    private static ReadOnlySpan<byte> NegativeZero => "-0.0"u8;

    /// <summary>Bytes are text whose characters are the bytes.</summary>
    public static void WriteBytes(Utf8JsonWriter output, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= 256)
        {
            Span<char> characters = stackalloc char[bytes.Length];
            Encoding.Latin1.GetChars(bytes, characters);
            output.WriteStringValue(characters);
            return;
        }
        output.WriteStringValue(Encoding.Latin1.GetString(bytes));
    }

    public static bool TryReadBytes(JsonElement value, out byte[] bytes)
    {
        bytes = [];
        if (value.ValueKind != JsonValueKind.String) return false;
        var text = value.GetString()!;
        foreach (var character in text)
            if (character > 0xff) return false;
        bytes = Encoding.Latin1.GetBytes(text);
        return true;
    }

    public static void WriteDouble(Utf8JsonWriter output, double value)
    {
        if (value == 0 && double.IsNegative(value)) output.WriteRawValue(NegativeZero, skipInputValidation: true);
        else if (double.IsFinite(value)) output.WriteNumberValue(value);
        else output.WriteStringValue(NameOf(value));
    }

    public static void WriteFloat(Utf8JsonWriter output, float value)
    {
        if (value == 0 && float.IsNegative(value)) output.WriteRawValue(NegativeZero, skipInputValidation: true);
        else if (float.IsFinite(value)) output.WriteNumberValue(value);
        else output.WriteStringValue(NameOf(value));
    }

    public static bool TryReadDouble(JsonElement value, out double number)
    {
        number = 0;
        // What no double can hold is refused: stored as infinity it would be another value.
        if (value.ValueKind == JsonValueKind.Number) return value.TryGetDouble(out number) && double.IsFinite(number);
        if (value.ValueKind != JsonValueKind.String) return false;
        switch (value.GetString())
        {
            case "NaN": number = double.NaN; return true;
            case "Infinity": number = double.PositiveInfinity; return true;
            case "-Infinity": number = double.NegativeInfinity; return true;
            default: return false;
        }
    }

    public static bool TryReadFloat(JsonElement value, out float number)
    {
        var reads = TryReadDouble(value, out var wide);
        number = (float)wide;
        return reads && (float.IsFinite(number) || !double.IsFinite(wide));
    }

    private static string NameOf(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}
