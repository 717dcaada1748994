using System.Runtime.InteropServices;
using System.Text.Json;
using Gateway.Schemas.Json.Model;
using Gateway.Schemas.Json.Patterns;

namespace Gateway.Schemas.Json.Validation;

/// <summary><c>minLength</c> and <c>maxLength</c>: characters as Unicode counts them, not UTF-16 units or bytes.</summary>
internal sealed class LengthCheck(SchemaNode node, string keyword, int limit, bool isUpper) : Check(node, keyword)
{
    public override ValueKinds AppliesTo => ValueKinds.String;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated)
    {
        var length = LengthOf(value);
        return isUpper ? length <= limit : length >= limit;
    }

    public override string Explain(in JsonElement value, ValidationRun run) =>
        $"{ValidationRun.Show(value)} has {LengthOf(value)} characters, {(isUpper ? "more" : "fewer")} than {limit}";

    private static int LengthOf(in JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        if (!raw.Contains((byte)'\\')) return Characters(raw);
        var length = 0;
        foreach (var _ in value.GetString()!.EnumerateRunes()) length++;
        return length;
    }

    private static int Characters(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        // Every byte but the continuation bytes (10xxxxxx) starts a character.
        foreach (var unit in utf8) count += (unit & 0xC0) != 0x80 ? 1 : 0;
        return count;
    }
}

/// <summary><c>pattern</c>.</summary>
internal sealed class PatternCheck(SchemaNode node, SchemaPattern pattern) : Check(node, "pattern")
{
    public override ValueKinds AppliesTo => ValueKinds.String;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated) => run.Matches(pattern, value.GetString()!);

    public override string Explain(in JsonElement value, ValidationRun run) =>
        $"{ValidationRun.Show(value)} does not match the pattern {pattern.Text}";
}

/// <summary>A pattern that is none, in a schema that was stored elsewhere and has to be readable still.</summary>
internal sealed class UnusablePatternCheck(SchemaNode node, string keyword, string text, ValueKinds appliesTo) : Check(node, keyword)
{
    public override ValueKinds AppliesTo => appliesTo;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated) => throw new SchemaDataException(
        $"The value cannot be validated: the schema's pattern {SchemaPattern.Shortened(text)} is no regular expression of ECMA-262 "
        + $"(at {Location})");

    public override string? Explain(in JsonElement value, ValidationRun run) => null;
}
