using System.Globalization;
using System.Text.Json.Nodes;

namespace Gateway.SchemaRegistry.Tags;

/// <summary>
/// The objects of a JSON Schema and their properties, by the way to them: <c>object.lines.array.object.price</c>. Objects need no names, so each
/// step is named after what is there: <c>object</c>, <c>array</c>, <c>allof.0</c>, <c>not</c>, <c>conditional.then</c>, <c>definitions.Name</c>.
/// </summary>
internal static class JsonSchemaTags
{
    private static readonly (string Keyword, string Step)[] Lists = [("allOf", "allof"), ("anyOf", "anyof"), ("oneOf", "oneof")];

    private static readonly (string Keyword, string Step)[] Single =
        [("not", "not"), ("if", "conditional.if"), ("then", "conditional.then"), ("else", "conditional.else")];

    public static TaggableSchema Of(string canonicalText)
    {
        var root = JsonTaggable.Parse(canonicalText);
        var found = new List<Taggable>();
        Walk(root, "", null, found);
        return new TaggableSchema(found, () => JsonTaggable.Print(root));
    }

    /// <param name="node">A schema.</param>
    /// <param name="way">The steps to it, with a dot behind them.</param>
    /// <param name="field">Its own path, when it is a property.</param>
    /// <param name="found">What can have tags.</param>
    private static void Walk(JsonNode? node, string way, string? field, List<Taggable> found)
    {
        if (node is not JsonObject schema) return;
        if (field is not null) found.Add(new JsonTaggable(field, isField: true, schema));
        if (ObjectStep(schema) is { } step)
        {
            var path = way + step;
            found.Add(new JsonTaggable(path, isField: false, schema) { IsToldBefore = field is not null });
            if (schema["properties"] is JsonObject properties)
                foreach (var (name, property) in properties) Walk(property, $"{path}.{name}.", $"{path}.{name}", found);
        }
        if (schema["items"] is JsonArray tuple) WalkAll(tuple, way + "array.", found);
        else Walk(schema["items"], way + "array.", null, found);
        foreach (var (keyword, name) in Lists)
            if (schema[keyword] is JsonArray list) WalkAll(list, $"{way}{name}.", found);
        foreach (var (keyword, name) in Single) Walk(schema[keyword], $"{way}{name}.", null, found);
        foreach (var keyword in new[] { "definitions", "$defs" })
        {
            if (schema[keyword] is not JsonObject definitions) continue;
            foreach (var (name, definition) in definitions) Walk(definition, $"{way}definitions.{name}.", null, found);
        }
    }

    private static void WalkAll(JsonArray schemas, string way, List<Taggable> found)
    {
        for (var i = 0; i < schemas.Count; i++) Walk(schemas[i], string.Create(CultureInfo.InvariantCulture, $"{way}{i}."), null, found);
    }

    /// <summary>The step into an object; of several types it is one of these; null when it is no object.</summary>
    private static string? ObjectStep(JsonObject schema)
    {
        if (schema["type"] is JsonArray types)
        {
            for (var i = 0; i < types.Count; i++)
                if (IsObject(types[i])) return string.Create(CultureInfo.InvariantCulture, $"anyof.{i}.object");
            return null;
        }
        return IsObject(schema["type"]) || schema["properties"] is JsonObject ? "object" : null;
    }

    private static bool IsObject(JsonNode? type) => type is JsonValue value && value.TryGetValue<string>(out var name) && name == "object";
}
