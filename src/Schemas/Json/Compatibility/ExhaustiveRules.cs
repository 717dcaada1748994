using Gateway.Schemas.Json.Validation;

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>What the registries' own comparison passes over although readers may trip over it. Without effect under the other policies.</summary>
internal static class ExhaustiveRules
{
    private static readonly (string Keyword, string Token)[] Keywords =
    [
        ("format", "FORMAT"), ("contentEncoding", "CONTENT_ENCODING"), ("contentMediaType", "CONTENT_MEDIA_TYPE"),
        ("contentSchema", "CONTENT_SCHEMA"), ("$dynamicRef", "DYNAMIC_REFERENCE"), ("$recursiveRef", "DYNAMIC_REFERENCE"),
    ];

    /// <summary>Keywords whose meaning is not looked into: they must stay as they are, or go.</summary>
    public static void Unchecked(
        SchemaComparison comparison, IReadOnlyDictionary<string, string> original, IReadOnlyDictionary<string, string> update)
    {
        if (!comparison.IsExhaustive || (original.Count == 0 && update.Count == 0)) return;
        foreach (var (keyword, token) in Keywords)
        {
            var (was, isNow) = (original.GetValueOrDefault(keyword), update.GetValueOrDefault(keyword));
            if (was != isNow) comparison.Add($"{token}_{(was is null ? "ADDED" : isNow is null ? "REMOVED" : "CHANGED")}", keyword);
        }
    }

    /// <summary>Keywords of one type without <c>type</c> let other types pass.</summary>
    public static void RequiredType(SchemaComparison comparison, bool original, bool update)
    {
        if (comparison.IsExhaustive && original != update) comparison.Add(update ? "TYPE_NARROWED" : "TYPE_EXTENDED");
    }

    /// <summary>
    /// The same values must choose <c>then</c> as before, hence the conditions must agree both ways; what follows from them may only widen.
    /// </summary>
    public static void Conditions(SchemaComparison comparison, ComparedConditional original, ComparedConditional update)
    {
        if (!comparison.IsExhaustive) return;
        if (original.If is null || update.If is null)
        {
            // then and else mean nothing without a condition.
            if (update.If is not null && (update.Then ?? update.Else) is not null) comparison.Add("SCHEMA_ADDED", "if");
            return;
        }
        if (comparison.Below(original.If, update.If).IsIncompatible || comparison.Below(update.If, original.If).IsIncompatible)
        {
            comparison.Add("CONDITION_CHANGED", "if");
            return;
        }
        comparison.CompareOptional("then", null, original.Then, update.Then);
        comparison.CompareOptional("else", null, original.Else, update.Else);
    }

    public static void Contains(SchemaComparison comparison, ComparedArray original, ComparedArray update)
    {
        if (!comparison.IsExhaustive) return;
        if (update.Contains is not { } isNow)
        {
            if (original.Contains is not null) comparison.Add("CONTAINS_REMOVED", "contains");
            return;
        }
        if (original.Contains is not { } was)
        {
            comparison.Add("CONTAINS_ADDED", "contains");
            return;
        }
        comparison.CompareOptional("contains", null, was, isNow);
        // What counts towards an upper limit may not become more.
        if (update.MaxContains is not null && comparison.Below(isNow, was).IsIncompatible) comparison.Add("CONTAINS_EXTENDED", "contains");
        // Without minContains one item is needed, so taking a zero away asks for more.
        if (original.MinContains is { } least && update.MinContains is null && least.CompareTo(JsonDecimal.Parse("1"u8)) < 0)
            comparison.Add("MIN_CONTAINS_INCREASED", "minContains");
    }
}
