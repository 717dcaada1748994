using System.Text.Json.Nodes;

namespace Gateway.Schemas.Tests.Json.Compatibility;

/// <summary>Random schemas over a small world of names and values, and random changes to them.</summary>
internal sealed class SchemaEdits(Random random)
{
    public static readonly string[] Names = ["a", "b", "ab", "c"];
    private static readonly string[] Patterns = ["^a", "b", "^c$", "(a|b)+"];

    /// <summary>A schema with a few definitions that may lead to each other.</summary>
    public JsonObject Schema()
    {
        var root = Some(3);
        var definitions = new JsonObject();
        foreach (var name in Names.Take(random.Next(3))) definitions[name] = Some(2);
        if (root["$ref"] is null && definitions.Count > 0) root["definitions"] = definitions;
        else if (root["$ref"] is not null) root = new JsonObject { ["items"] = root, ["definitions"] = definitions };
        foreach (var name in Names)
            if (definitions[name] is null) definitions[name] = Any(1);
        if (root["definitions"] is null) root["definitions"] = definitions;
        return root;
    }

    /// <summary>The schema changed in a few places.</summary>
    public JsonObject Edited(JsonObject schema)
    {
        var copy = schema.DeepClone().AsObject();
        for (var edits = random.Next(1, 3); edits > 0 || JsonNode.DeepEquals(copy, schema); edits--)
        {
            var places = new List<JsonObject>();
            Collect(copy, places, withDefinitions: random.Next(3) == 0);
            var place = places[random.Next(places.Count)];
            Edit(place, ReferenceEquals(place, copy));
        }
        return copy;
    }

    private JsonNode Any(int depth) => random.Next(12) switch { 0 => JsonValue.Create(true), 1 => JsonValue.Create(false), _ => Some(depth) };

    private JsonObject Some(int depth)
    {
        var schema = new JsonObject();
        switch (random.Next(depth > 0 ? 16 : 7))
        {
            case 0:
            case 1:
                schema["type"] = "string";
                Strings(schema);
                break;
            case 2:
            case 3:
                schema["type"] = random.Next(2) == 0 ? "integer" : "number";
                Numbers(schema);
                break;
            case 4:
                schema["enum"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Value())]);
                break;
            case 5:
                schema["type"] = random.Next(2) == 0 ? "null" : "boolean";
                break;
            case 6:
                schema["const"] = Value();
                break;
            case 7:
            case 8:
            case 9:
                if (random.Next(4) > 0) schema["type"] = "object";
                Objects(schema, depth);
                break;
            case 10:
            case 11:
                if (random.Next(4) > 0) schema["type"] = "array";
                Arrays(schema, depth);
                break;
            case 12:
                schema[random.Next(2) == 0 ? "anyOf" : "allOf"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Any(depth - 1))]);
                if (random.Next(3) == 0) Strings(schema);
                break;
            case 13:
                schema["type"] = new JsonArray("string", "integer", random.Next(2) == 0 ? "null" : "object");
                Strings(schema);
                Numbers(schema);
                break;
            case 14:
                schema["$ref"] = $"#/definitions/{Names[random.Next(Names.Length)]}";
                break;
            default:
                if (random.Next(2) == 0) schema["not"] = Any(depth - 1);
                else
                {
                    schema["if"] = Any(depth - 1);
                    schema["then"] = Any(depth - 1);
                    if (random.Next(2) == 0) schema["else"] = Any(depth - 1);
                }
                break;
        }
        return schema;
    }

    private void Strings(JsonObject schema)
    {
        if (random.Next(3) == 0) schema["maxLength"] = random.Next(5);
        if (random.Next(4) == 0) schema["minLength"] = random.Next(3);
        if (random.Next(8) == 0) schema["pattern"] = Patterns[random.Next(Patterns.Length)];
    }

    private void Numbers(JsonObject schema)
    {
        if (random.Next(3) == 0) schema["maximum"] = random.Next(6) + (random.Next(3) * 0.5);
        if (random.Next(4) == 0) schema["minimum"] = random.Next(-3, 3);
        if (random.Next(6) == 0) schema["exclusiveMaximum"] = random.Next(6);
        if (random.Next(6) == 0) schema["exclusiveMinimum"] = random.Next(-3, 3);
        if (random.Next(6) == 0) schema["multipleOf"] = random.Next(4) switch { 0 => 0.5, 1 => 1, 2 => 2, _ => 4 };
    }

    private void Objects(JsonObject schema, int depth)
    {
        if (random.Next(5) > 0) schema["properties"] = Map(Names, depth);
        if (random.Next(3) == 0) schema["required"] = new JsonArray([.. Names.Where(_ => random.Next(3) == 0).Select(name => JsonValue.Create(name))]);
        if (random.Next(2) == 0) schema["additionalProperties"] = random.Next(3) == 0 ? Any(depth - 1) : JsonValue.Create(false);
        if (random.Next(4) == 0) schema["patternProperties"] = Map(Patterns, depth);
        if (random.Next(8) == 0) schema["propertyNames"] = new JsonObject { ["maxLength"] = random.Next(3) };
        if (random.Next(6) == 0) schema["maxProperties"] = random.Next(5);
        if (random.Next(8) == 0) schema["minProperties"] = random.Next(3);
        if (random.Next(8) == 0)
            schema["dependencies"] = new JsonObject { [Names[random.Next(4)]] = random.Next(2) == 0 ? new JsonArray(Names[random.Next(4)]) : Any(depth - 1) };
    }

    private void Arrays(JsonObject schema, int depth)
    {
        if (random.Next(4) > 0)
            schema["items"] = random.Next(2) == 0 ? Any(depth - 1) : new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(_ => Any(depth - 1))]);
        if (random.Next(3) == 0) schema["additionalItems"] = random.Next(2) == 0 ? Any(depth - 1) : JsonValue.Create(false);
        if (random.Next(4) == 0) schema["maxItems"] = random.Next(4);
        if (random.Next(6) == 0) schema["minItems"] = random.Next(3);
        if (random.Next(6) == 0) schema["uniqueItems"] = random.Next(2) == 0;
        if (random.Next(6) == 0) schema["contains"] = Any(depth - 1);
    }

    private JsonObject Map(string[] names, int depth)
    {
        var map = new JsonObject();
        foreach (var name in names.Where(_ => random.Next(2) == 0)) map[name] = Any(depth - 1);
        return map;
    }

    private JsonValue? Value() => random.Next(7) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(2) == 0),
        2 or 3 => JsonValue.Create(random.Next(-2, 6)),
        4 => JsonValue.Create(random.Next(6) * 0.5),
        _ => JsonValue.Create(new[] { "", "a", "ab", "abc" }[random.Next(4)]),
    };

    /// <summary>Every schema that is an object, the root first.</summary>
    private static void Collect(JsonNode? node, List<JsonObject> places, bool withDefinitions)
    {
        if (node is not JsonObject schema) return;
        places.Add(schema);
        foreach (var (name, value) in schema)
        {
            switch (name)
            {
                case "definitions" when !withDefinitions:
                    break;
                case "properties" or "patternProperties" or "definitions" or "dependencies":
                    foreach (var (_, below) in value!.AsObject()) Collect(below, places, withDefinitions);
                    break;
                case "items" or "allOf" or "anyOf" when value is JsonArray list:
                    foreach (var below in list) Collect(below, places, withDefinitions);
                    break;
                case "items" or "additionalProperties" or "additionalItems" or "not" or "if" or "then" or "else" or "contains" or "propertyNames":
                    Collect(value, places, withDefinitions);
                    break;
            }
        }
    }

    private void Edit(JsonObject place, bool isRoot)
    {
        var members = place.Select(member => member.Key).Where(name => name != "definitions").ToArray();
        switch (random.Next(8))
        {
            case 0 when members.Length > 0:
                place.Remove(members[random.Next(members.Length)]);
                break;
            case 1 when !isRoot:
                var other = Some(2);
                foreach (var name in members) place.Remove(name);
                foreach (var (name, value) in other) place[name] = value?.DeepClone();
                break;
            case 2:
                Strings(place);
                break;
            case 3:
                Numbers(place);
                break;
            case 4 when place["properties"] is JsonObject properties:
                properties[Names[random.Next(Names.Length)]] = Any(1);
                break;
            case 5 when place["properties"] is JsonObject { Count: > 0 } properties:
                properties.Remove(properties.First().Key);
                break;
            case 6 when (place["anyOf"] ?? place["allOf"] ?? place["items"]) is JsonArray branches:
                if (random.Next(2) == 0 || branches.Count == 0) branches.Insert(random.Next(branches.Count + 1), Any(1));
                else branches.RemoveAt(random.Next(branches.Count));
                break;
            default:
                Loosen(place);
                break;
        }
    }

    /// <summary>A change that mostly widens, so that not all edits break something.</summary>
    private static void Loosen(JsonObject place)
    {
        foreach (var name in place.Select(member => member.Key).ToArray())
        {
            if (name.StartsWith("max", StringComparison.Ordinal)) place[name] = 7;
            else if (name is "minimum" or "minLength" or "minItems" or "minProperties") place[name] = name == "minimum" ? -5 : 0;
            else if (name == "type" && place[name] is JsonValue type && type.TryGetValue<string>(out var text) && text == "integer") place[name] = "number";
            else if (name is "required" or "pattern" or "multipleOf") place.Remove(name);
        }
    }
}
