using System.Text.Json.Nodes;

namespace Gateway.Schemas.Tests.Json.Compatibility;

/// <summary>Values that have a fair chance to suit a schema, or to miss it by little.</summary>
internal sealed class ValueSamples(Random random, JsonObject root)
{
    public JsonNode? For(JsonNode? schema, int depth = 4)
    {
        if (schema is not JsonObject rules || depth == 0) return Plain(depth);
        if (rules["$ref"] is { } reference) return For(root["definitions"]![((string)reference!)[14..]], depth - 1);
        if (rules["enum"] is JsonArray { Count: > 0 } values) return values[random.Next(values.Count)]?.DeepClone();
        if (rules.ContainsKey("const")) return rules["const"]?.DeepClone();
        if ((rules["anyOf"] ?? rules["allOf"]) is JsonArray { Count: > 0 } branches && random.Next(4) > 0) return For(branches[random.Next(branches.Count)], depth);
        if ((rules["then"] ?? rules["else"]) is { } branch && random.Next(2) == 0) return For(branch, depth - 1);
        var type = rules["type"] is JsonArray types ? (string)types[random.Next(types.Count)]!
            : rules["type"] is { } one ? (string)one!
            : rules.ContainsKey("properties") || rules.ContainsKey("patternProperties") ? "object"
            : rules.ContainsKey("items") ? "array" : "";
        return type switch
        {
            "string" => Text(),
            "integer" => JsonValue.Create(random.Next(-4, 9)),
            "number" => JsonValue.Create(random.Next(-8, 18) * 0.5),
            "boolean" => JsonValue.Create(random.Next(2) == 0),
            "null" => null,
            "object" => Object(rules, depth),
            "array" => Array(rules, depth),
            _ => Plain(depth),
        };
    }

    private JsonObject Object(JsonObject rules, int depth)
    {
        var value = new JsonObject();
        var required = (rules["required"] as JsonArray)?.Select(name => (string)name!).ToArray() ?? [];
        foreach (var name in SchemaEdits.Names)
        {
            if (!required.Contains(name) && random.Next(3) > 0) continue;
            var schema = rules["properties"]?[name];
            if (schema is null && rules["patternProperties"] is JsonObject { Count: > 0 } patterns) schema = patterns.First().Value;
            value[name] = For(schema ?? rules["additionalProperties"], depth - 1);
        }
        return value;
    }

    private JsonArray Array(JsonObject rules, int depth)
    {
        var value = new JsonArray();
        for (var i = random.Next(4); i > 0; i--)
        {
            var schema = rules["items"] is JsonArray tuple
                ? value.Count < tuple.Count ? tuple[value.Count] : rules["additionalItems"]
                : rules["items"];
            value.Add(For(schema, depth - 1));
        }
        return value;
    }

    private JsonNode? Plain(int depth) => random.Next(depth > 0 ? 8 : 6) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(2) == 0),
        2 => JsonValue.Create(random.Next(-3, 8)),
        3 => JsonValue.Create(random.Next(-6, 16) * 0.5),
        4 or 5 => Text(),
        6 => new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(_ => Plain(depth - 1))]),
        _ => new JsonObject(SchemaEdits.Names.Where(_ => random.Next(2) == 0).Select(name => KeyValuePair.Create(name, Plain(depth - 1)))),
    };

    private JsonValue Text() => JsonValue.Create(string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => "abc"[random.Next(3)])))!;
}
