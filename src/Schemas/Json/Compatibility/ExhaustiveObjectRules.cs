namespace Gateway.Schemas.Json.Compatibility;

/// <summary>Objects: patterns of names, names as such, and names that are required without being described.</summary>
internal static class ExhaustiveObjectRules
{
    public static void Compare(SchemaComparison comparison, ComparedObject original, ComparedObject update)
    {
        Required(comparison, original, update);
        Patterns(comparison, original, update);
        if (original.PropertyNames is null && update.PropertyNames is not null) comparison.Add("PROPERTY_NAMES_ADDED", "propertyNames");
        else if (original.PropertyNames is not null && update.PropertyNames is null) comparison.Add("PROPERTY_NAMES_REMOVED", "propertyNames");
        else comparison.CompareOptional("propertyNames", null, original.PropertyNames, update.PropertyNames);
    }

    /// <summary>Patterns that do not match a name leave it to the rest of the content model.</summary>
    public static bool IsOpenFor(SchemaComparison comparison, ComparedObject schema, string name) =>
        schema.PermitsAdditional && schema.Additional is null && schema.Unevaluated is null
        && !schema.Patterns.Exists(pattern => comparison.Names.IsMatch(pattern.Key, name));

    private static void Required(SchemaComparison comparison, ComparedObject original, ComparedObject update)
    {
        foreach (var name in update.Required)
        {
            if (original.Required.Contains(name)) continue;
            if (!update.Properties.TryGetValue(name, out var property)) comparison.Add("REQUIRED_ATTRIBUTE_ADDED", "required", name);
            else if (!original.Properties.ContainsKey(name) && ContentRules.IsEmpty(comparison, property)
                && IsOpenFor(comparison, original, name))
                comparison.Add(property.Default is null ? "REQUIRED_ATTRIBUTE_ADDED" : "REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED", "required", name);
        }
    }

    private static void Patterns(SchemaComparison comparison, ComparedObject original, ComparedObject update)
    {
        var before = ByPattern(original);
        var after = ByPattern(update);
        foreach (var (pattern, was) in before)
        {
            if (after.TryGetValue(pattern, out var isNow)) comparison.CompareOptional("patternProperties", pattern, was, isNow);
            else Removed(comparison, pattern, was, update);
        }
        foreach (var (pattern, isNow) in after)
            if (!before.ContainsKey(pattern)) Added(comparison, pattern, original, isNow);
    }

    /// <summary>
    /// Names the pattern matched fall to the rest of the update's content model. Other patterns and properties of the update stand beside
    /// those of the original and are compared with them.
    /// </summary>
    private static void Removed(SchemaComparison comparison, string pattern, ComparedSchema was, ComparedObject update)
    {
        var rest = update.PermitsAdditional ? update.Additional ?? update.Unevaluated : null;
        ContentModel.Patterns.Removed(
            comparison, pattern, was, update.PermitsAdditional && rest is null, rest is { Kind: not SchemaKind.False } covering ? [covering] : []);
    }

    /// <summary>A new pattern says more of names it matches; it does no harm where none of them could have been written otherwise.</summary>
    private static void Added(SchemaComparison comparison, string pattern, ComparedObject original, ComparedSchema isNow)
    {
        var isHarmless = ContentRules.IsEmpty(comparison, isNow) || (original is { PermitsAdditional: false, Patterns.Count: 0 }
            && original.Names.TrueForAll(name =>
                !comparison.Names.IsMatch(pattern, name) || !comparison.Below(original.Properties[name], isNow).IsIncompatible));
        comparison.Add(
            isHarmless ? "PATTERN_PROPERTY_ADDED_TO_CLOSED_CONTENT_MODEL" : "PATTERN_PROPERTY_ADDED_TO_UNCLOSED_CONTENT_MODEL",
            "patternProperties", pattern);
    }

    private static Dictionary<string, ComparedSchema> ByPattern(ComparedObject schema)
    {
        var patterns = new Dictionary<string, ComparedSchema>(StringComparer.Ordinal);
        foreach (var (pattern, property) in schema.Patterns) patterns[pattern] = property;
        return patterns;
    }
}
