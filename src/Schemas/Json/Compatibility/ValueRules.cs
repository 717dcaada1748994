using Gateway.Schemas.Json.Validation;

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>Strings, numbers, enumerations and constants; and limits wherever they stand.</summary>
internal static class ValueRules
{
    public static void Compare(SchemaComparison comparison, ComparedString original, ComparedString update)
    {
        Limit(comparison, "maxLength", "MAX_LENGTH", original.MaxLength, update.MaxLength);
        Limit(comparison, "minLength", "MIN_LENGTH", original.MinLength, update.MinLength);
        if (original.Pattern != update.Pattern)
        {
            comparison.Add(
                original.Pattern is null ? "PATTERN_ADDED" : update.Pattern is null ? "PATTERN_REMOVED" : "PATTERN_CHANGED", "pattern");
        }
        ExhaustiveRules.RequiredType(comparison, original.IsRequired, update.IsRequired);
    }

    public static void Compare(SchemaComparison comparison, ComparedNumber original, ComparedNumber update)
    {
        Bounds(comparison, "maximum", "exclusiveMaximum", "MAXIMUM",
            (original.Maximum, original.ExclusiveMaximum), (update.Maximum, update.ExclusiveMaximum));
        Bounds(comparison, "minimum", "exclusiveMinimum", "MINIMUM",
            (original.Minimum, original.ExclusiveMinimum), (update.Minimum, update.ExclusiveMinimum));
        MultipleOf(comparison, original.MultipleOf, update.MultipleOf);
        if (original.IsInteger != update.IsInteger) comparison.Add(original.IsInteger ? "TYPE_EXTENDED" : "TYPE_NARROWED");
        else ExhaustiveRules.RequiredType(comparison, original.IsRequired, update.IsRequired);
    }

    public static void Compare(SchemaComparison comparison, ComparedValues original, ComparedValues update)
    {
        if (original.Values.SetEquals(update.Values)) return;
        if (original.Kind == SchemaKind.Const) comparison.Add("ENUM_ARRAY_CHANGED", "const");
        else if (update.Values.IsSupersetOf(original.Values)) comparison.Add("ENUM_ARRAY_EXTENDED", "enum");
        else if (update.Values.IsSubsetOf(original.Values)) comparison.Add("ENUM_ARRAY_NARROWED", "enum");
        else comparison.Add("ENUM_ARRAY_CHANGED", "enum");
    }

    /// <summary>A limit that is there or not, and higher or lower. Which of it matters is told by the token.</summary>
    public static void Limit(SchemaComparison comparison, string keyword, string token, JsonDecimal? original, JsonDecimal? update)
    {
        var change = (original, update) switch
        {
            (null, null) => null,
            (null, _) => "ADDED",
            (_, null) => "REMOVED",
            ({ } a, { } b) => a.CompareTo(b) switch { < 0 => "INCREASED", > 0 => "DECREASED", _ => null },
        };
        if (change is not null) comparison.Add($"{token}_{change}", keyword);
    }

    /// <summary>
    /// A limit and the exclusive one beside it. Draft 4 writes the exclusive limit as a flag: as long as both do, the limit tells by how much
    /// it moved, and the flag only whether the limit itself is in. Against a number it stands for that number.
    /// </summary>
    private static void Bounds(
        SchemaComparison comparison, string keyword, string exclusiveKeyword, string token,
        (JsonDecimal? Limit, ExclusiveLimit? Exclusive) original, (JsonDecimal? Limit, ExclusiveLimit? Exclusive) update)
    {
        if (original.Exclusive is { IsFlag: true } && update.Exclusive is { IsFlag: false }) original.Limit = null;
        if (update.Exclusive is { IsFlag: true } && original.Exclusive is { IsFlag: false }) update.Limit = null;
        Limit(comparison, keyword, token, original.Limit, update.Limit);
        if (original.Exclusive is { IsFlag: true } && update.Exclusive is { IsFlag: true }) return;
        Limit(comparison, exclusiveKeyword, $"EXCLUSIVE_{token}", original.Exclusive?.Value, update.Exclusive?.Value);
    }

    private static void MultipleOf(SchemaComparison comparison, JsonDecimal? original, JsonDecimal? update)
    {
        var change = (original, update) switch
        {
            (null, null) => null,
            (null, _) => "ADDED",
            (_, null) => "REMOVED",
            ({ } a, { } b) when a.Equals(b) => null,
            ({ } a, { } b) when a.Sign != 0 && b.IsMultipleOf(a) => "EXPANDED",
            ({ } a, { } b) when b.Sign != 0 && a.IsMultipleOf(b) => "REDUCED",
            _ => "CHANGED",
        };
        if (change is not null) comparison.Add($"MULTIPLE_OF_{change}", "multipleOf");
    }
}
