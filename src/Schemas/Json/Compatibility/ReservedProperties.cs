using Gateway.Schemas.Json.Model;

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>
/// Names a subject keeps from being used for properties, which stand in its metadata. They must stay reserved, and no property of the root
/// may take one.
/// </summary>
public static class ReservedProperties
{
    /// <summary>The names in a metadata property, where they are separated by commas.</summary>
    public static IReadOnlySet<string> Parse(string? list) =>
        (list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);

    /// <summary>What is wrong with the names, given what was reserved before.</summary>
    /// <param name="original">Names reserved by the earlier version.</param>
    /// <param name="update">Names reserved by the new one.</param>
    /// <param name="schema">The new schema; of another language than JSON Schema, it has no properties here.</param>
    public static IReadOnlyList<SchemaDifference> Check(IReadOnlySet<string> original, IReadOnlySet<string> update, ISchema schema)
    {
        ArgumentNullException.ThrowIfNull(original);
        ArgumentNullException.ThrowIfNull(update);
        ArgumentNullException.ThrowIfNull(schema);
        var found = new List<SchemaDifference>();
        foreach (var name in original.Where(name => !update.Contains(name)).Order(StringComparer.Ordinal))
            found.Add(Difference("RESERVED_PROPERTY_REMOVED", name));
        if (schema is not JsonSchemaDocument document) return found;
        foreach (var (name, _) in PropertiesOf(document.Root))
            if (update.Contains(name)) found.Add(Difference("RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY", $"#/properties/{name}"));
        return found;
    }

    private static IEnumerable<KeyValuePair<string, SchemaNode>> PropertiesOf(SchemaNode root) => root.Find("properties")?.Map ?? [];

    private static SchemaDifference Difference(string token, string path) =>
        new(token, path, JsonChangeTexts.Describe(token, path), null, SchemaTypes.Json);
}
