using System.Text.Json;

namespace Gateway.Schemas.Json.Model;

/// <summary>A keyword of a schema: its value, and the subschemas in it where it holds some.</summary>
internal sealed class SchemaKeyword(string name, JsonElement value)
{
    private Dictionary<string, SchemaNode>? _byName;

    /// <summary>The keyword.</summary>
    public string Name { get; } = name;

    /// <summary>Its value as written.</summary>
    public JsonElement Value { get; } = value;

    /// <summary>The one subschema (<c>not</c>, <c>additionalProperties</c>, <c>items</c> that is no array…), or null.</summary>
    public SchemaNode? Schema { get; init; }

    /// <summary>The subschemas of an array (<c>allOf</c>, <c>prefixItems</c>, <c>items</c> that is an array…), or null.</summary>
    public IReadOnlyList<SchemaNode>? List { get; init; }

    /// <summary>The subschemas by name (<c>properties</c>, <c>$defs</c>…), in the order written, or null.</summary>
    public IReadOnlyList<KeyValuePair<string, SchemaNode>>? Map { get; init; }

    /// <summary>All subschemas, whatever the shape.</summary>
    public IEnumerable<SchemaNode> Schemas =>
        Schema is not null ? [Schema] : List ?? Map?.Select(entry => entry.Value) ?? [];

    /// <summary>The subschema of that name in a map, or null.</summary>
    public SchemaNode? Named(string name)
    {
        if (Map is null) return null;
        var byName = _byName ??= Map.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        return byName.GetValueOrDefault(name);
    }
}
