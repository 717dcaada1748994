namespace Gateway.Schemas.Json.Compatibility;

/// <summary>
/// What becomes of an item, a property or a pattern of properties that only one of two versions describes: the content model of the other decides,
/// which is open (takes anything), closed (takes nothing) or partially open (takes what suits the schemas that cover it).
/// </summary>
/// <param name="Part">What is described, as tokens begin.</param>
/// <param name="Keyword">Where it is described.</param>
internal sealed record ContentModel(string Part, string Keyword)
{
    /// <summary>The items of a tuple, by index.</summary>
    public static ContentModel Items { get; } = new("ITEM", "items");

    /// <summary>Properties by name.</summary>
    public static ContentModel Properties { get; } = new("PROPERTY", "properties");

    /// <summary>Properties by patterns of their names.</summary>
    public static ContentModel Patterns { get; } = new("PATTERN_PROPERTY", "patternProperties");

    /// <summary>The update describes a part no more, so its content model decides where it goes.</summary>
    /// <param name="comparison">The comparison that learns of it.</param>
    /// <param name="name">The part's name or index.</param>
    /// <param name="was">What the original says of it.</param>
    /// <param name="isOpen">Whether the update's content model is open to it.</param>
    /// <param name="covering">
    /// The schemas of the update that cover it: all must suit what the original said, the first is the one told about. None in a closed one.
    /// </param>
    public void Removed(SchemaComparison comparison, string name, ComparedSchema was, bool isOpen, IEnumerable<ComparedSchema> covering)
    {
        if (isOpen)
        {
            comparison.Add($"{Part}_REMOVED_FROM_OPEN_CONTENT_MODEL", Keyword, name);
            return;
        }
        PairResult? first = null;
        var isCovered = true;
        foreach (var schema in covering)
        {
            var below = comparison.Below(was, schema);
            if (first is null) comparison.AddPair(Keyword, name, first = below);
            isCovered = !below.IsIncompatible;
            if (!isCovered) break;
        }
        if (first is not null)
            comparison.Add($"{Part}_REMOVED_{(isCovered ? "IS" : "NOT")}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", Keyword, name);
        else if (comparison.Resolve(was).Kind == SchemaKind.False)
            comparison.Add($"{Part}_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL", Keyword, name);
        else
            comparison.Add($"{Part}_REMOVED_FROM_CLOSED_CONTENT_MODEL", Keyword, name);
    }

    /// <summary>The update describes a part of which the original's content model, being open, took anything.</summary>
    public void AddedToOpen(SchemaComparison comparison, string name, ComparedSchema isNow, string token) => comparison.Add(
        ContentRules.IsEmpty(comparison, isNow) ? $"{Part}_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL" : token, Keyword, name);

    /// <summary>The update describes a part that a schema of the original's content model covered.</summary>
    public void AddedToPartiallyOpen(SchemaComparison comparison, string name, ComparedSchema covering, ComparedSchema isNow)
    {
        var below = comparison.Below(covering, isNow);
        comparison.AddPair(Keyword, name, below);
        comparison.Add(
            $"{Part}_ADDED_{(below.IsIncompatible ? "NOT" : "IS")}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", Keyword, name);
    }
}
