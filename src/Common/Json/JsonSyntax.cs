using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gateway.Common.Json;

/// <summary>A fault of JSON's syntax in words of our own, which stay the same from one release of the framework to the next.</summary>
public static class JsonSyntax
{
    /// <summary>What stands where it may not, without its place; see <see cref="Line"/> and <see cref="Column"/> for that.</summary>
    /// <param name="fault">What the framework's reader threw.</param>
    /// <param name="json">The text it read.</param>
    public static string Describe(JsonException fault, ReadOnlySpan<byte> json)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (json.IsEmpty) return "there is no text";
        var rest = At(json, Line(fault), Column(fault));
        if (rest.IsEmpty) return "the text ends in the middle of a value";
        // The fault may be in the middle of a character, never told as half of one.
        return Rune.DecodeFromUtf8(rest, out var character, out _) == System.Buffers.OperationStatus.Done && !Rune.IsControl(character)
            ? $"'{character}' cannot stand here"
            : string.Create(CultureInfo.InvariantCulture, $"the byte 0x{rest[0]:X2} cannot stand here");
    }

    /// <summary>The same with its place, for a message that names none otherwise.</summary>
    public static string DescribeWithPlace(JsonException fault, ReadOnlySpan<byte> json) =>
        string.Create(CultureInfo.InvariantCulture, $"{Describe(fault, json)} (line {Line(fault)}, column {Column(fault)})");

    /// <summary>Line of the fault, counted from 1.</summary>
    public static int Line(JsonException fault) => (int)(fault?.LineNumber ?? 0) + 1;

    /// <summary>Column of the fault in UTF-8 bytes, counted from 1.</summary>
    public static int Column(JsonException fault) => (int)(fault?.BytePositionInLine ?? 0) + 1;

    private static ReadOnlySpan<byte> At(ReadOnlySpan<byte> json, int line, int column)
    {
        for (var i = 1; i < line; i++)
        {
            var end = json.IndexOf((byte)'\n');
            if (end < 0) return [];
            json = json[(end + 1)..];
        }
        return column > json.Length ? [] : json[(column - 1)..];
    }
}
