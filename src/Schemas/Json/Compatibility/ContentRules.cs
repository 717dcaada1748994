namespace Gateway.Schemas.Json.Compatibility;

/// <summary>What objects and arrays take beyond what they describe.</summary>
internal static class ContentRules
{
    /// <summary><c>additionalProperties</c> and <c>additionalItems</c>.</summary>
    public static void Additional(
        SchemaComparison comparison, string keyword, string token,
        (bool Permits, ComparedSchema? Schema) original, (bool Permits, ComparedSchema? Schema) update)
    {
        if (original.Permits != update.Permits) comparison.Add($"{token}_{(update.Permits ? "ADDED" : "REMOVED")}", keyword);
        else if (original.Schema is null && update.Schema is not null) comparison.Add($"{token}_NARROWED", keyword);
        else if (original.Schema is not null && update.Schema is null) comparison.Add($"{token}_EXTENDED", keyword);
        else comparison.CompareOptional(keyword, null, original.Schema, update.Schema);
    }

    /// <summary><c>unevaluatedProperties</c> and <c>unevaluatedItems</c>, where null takes everything.</summary>
    public static void Unevaluated(
        SchemaComparison comparison, string keyword, string token, ComparedSchema? original, ComparedSchema? update)
    {
        var (was, isNow) = (ExtentOf(comparison, original), ExtentOf(comparison, update));
        if (was == isNow)
        {
            if (was == Extent.Some) comparison.CompareOptional(keyword, null, original, update);
            return;
        }
        var change = (was, isNow) switch
        {
            (Extent.Nothing, _) => "ADDED",
            (_, Extent.Nothing) => "REMOVED",
            (Extent.Everything, _) => "NARROWED",
            _ => "EXTENDED",
        };
        comparison.Add($"{token}_{change}", keyword);
    }

    /// <summary>Whether a schema takes everything.</summary>
    public static bool IsEmpty(SchemaComparison comparison, ComparedSchema schema) =>
        comparison.Resolve(schema) is { Kind: SchemaKind.Empty } empty && !(comparison.IsExhaustive && empty.Unchecked.Count > 0);

    private static Extent ExtentOf(SchemaComparison comparison, ComparedSchema? schema) =>
        schema is null || IsEmpty(comparison, schema) ? Extent.Everything
        : comparison.Resolve(schema).Kind == SchemaKind.False ? Extent.Nothing : Extent.Some;

    private enum Extent
    {
        Nothing,
        Some,
        Everything,
    }
}
