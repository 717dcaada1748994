using System.Collections.Frozen;

namespace Gateway.Schemas.Json.Model;

/// <summary>Where subschemas stand in a keyword's value.</summary>
internal enum KeywordShape
{
    /// <summary>Nowhere: the value is data.</summary>
    Value,

    /// <summary>The value is one.</summary>
    Schema,

    /// <summary>An array of them.</summary>
    List,

    /// <summary>An object with one in each member; members that are arrays are data (<c>dependencies</c>).</summary>
    Map,

    /// <summary>One or an array of them (<c>items</c> before 2020-12).</summary>
    SchemaOrList,
}

/// <summary>The keywords of each draft that hold subschemas. What is not listed is data, and an id in there is no id.</summary>
internal static class KeywordShapes
{
    private static readonly FrozenDictionary<string, KeywordShape>[] ByDraft =
        [.. Enum.GetValues<JsonSchemaDraft>().Select(draft => Table(draft).ToFrozenDictionary(StringComparer.Ordinal))];

    /// <summary>The shape of a keyword in a draft.</summary>
    public static KeywordShape Of(JsonSchemaDraft draft, string keyword) => ByDraft[(int)draft].GetValueOrDefault(keyword);

    private static Dictionary<string, KeywordShape> Table(JsonSchemaDraft draft)
    {
        var table = new Dictionary<string, KeywordShape>(StringComparer.Ordinal)
        {
            ["definitions"] = KeywordShape.Map,
            // Of 2019-09 and later, and widely used before.
            ["$defs"] = KeywordShape.Map,
            ["properties"] = KeywordShape.Map,
            ["patternProperties"] = KeywordShape.Map,
            ["dependencies"] = KeywordShape.Map,
            ["additionalProperties"] = KeywordShape.Schema,
            ["items"] = draft == JsonSchemaDraft.Draft202012 ? KeywordShape.Schema : KeywordShape.SchemaOrList,
            ["allOf"] = KeywordShape.List,
            ["anyOf"] = KeywordShape.List,
            ["oneOf"] = KeywordShape.List,
            ["not"] = KeywordShape.Schema,
        };
        if (draft < JsonSchemaDraft.Draft202012) table["additionalItems"] = KeywordShape.Schema;
        else table["prefixItems"] = KeywordShape.List;
        if (draft >= JsonSchemaDraft.Draft6) Add(KeywordShape.Schema, "contains", "propertyNames");
        if (draft >= JsonSchemaDraft.Draft7) Add(KeywordShape.Schema, "if", "then", "else");
        if (draft >= JsonSchemaDraft.Draft201909)
        {
            Add(KeywordShape.Map, "dependentSchemas");
            Add(KeywordShape.Schema, "unevaluatedItems", "unevaluatedProperties", "contentSchema");
        }
        return table;

        void Add(KeywordShape shape, params ReadOnlySpan<string> keywords)
        {
            foreach (var keyword in keywords) table[keyword] = shape;
        }
    }
}
