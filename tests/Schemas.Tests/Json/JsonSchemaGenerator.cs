using System.Text.Json.Nodes;

namespace Gateway.Schemas.Tests.Json;

/// <summary>
/// A random schema, and values that fit it. Each part of a schema is made together with the recipe for its values, so that whether they fit
/// is known without a validator.
/// </summary>
internal sealed class JsonSchemaGenerator(int seed)
{
    private static readonly string[] Drafts =
        [JsonSchemas.Draft4, JsonSchemas.Draft6, JsonSchemas.Draft7, JsonSchemas.Draft201909, JsonSchemas.Draft202012];

    private readonly Random _random = new(seed);
    private readonly JsonObject _definitions = [];
    private readonly List<(string Name, Func<JsonNode?> Value)> _defined = [];
    private int _draft;

    /// <summary>The schema's text, and what makes values of it.</summary>
    public (string Text, Func<JsonNode?> Value) Schema()
    {
        _draft = _random.Next(Drafts.Length);
        for (var i = _random.Next(3); i > 0; i--)
        {
            var (schema, value) = Part(2);
            _definitions.Add($"d~/%{_defined.Count}", schema);
            _defined.Add(($"d~/%{_defined.Count}", value));
        }
        var (root, rootValue) = Part(4);
        // Beside a $ref nothing counts in the older drafts, so the reference goes one level down.
        var whole = new JsonObject { ["$schema"] = Drafts[_draft], ["allOf"] = new JsonArray(root) };
        if (_random.Next(2) == 0) whole["title"] = "T" + seed;
        if (_random.Next(2) == 0) whole["x-note"] = new JsonArray(1.50, -0.0, 1e-9, 12345678901234567890UL, "é\"\\\n", null);
        if (_definitions.Count > 0) whole[_draft >= 3 ? "$defs" : "definitions"] = _definitions;
        return (whole.ToJsonString(), rootValue);
    }

    /// <summary>The same members in another order, everywhere.</summary>
    public JsonNode? Shuffled(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                var copy = new JsonObject();
                foreach (var (name, value) in members.OrderBy(_ => _random.Next())) copy.Add(name, Shuffled(value));
                return copy;
            case JsonArray items:
                return new JsonArray([.. items.Select(Shuffled)]);
            default:
                return node?.DeepClone();
        }
    }

    private (JsonNode Schema, Func<JsonNode?> Value) Part(int depth)
    {
        if (_defined.Count > 0 && _random.Next(5) == 0)
        {
            var (name, value) = _defined[_random.Next(_defined.Count)];
            var pointer = $"#/{(_draft >= 3 ? "$defs" : "definitions")}/{name.Replace("~", "~0").Replace("/", "~1").Replace("%", "%25")}";
            return (new JsonObject { ["$ref"] = pointer }, value);
        }
        return _random.Next(depth > 0 ? 11 : 6) switch
        {
            0 => Number(),
            1 => Text(),
            2 => (Typed("boolean"), () => _random.Next(2) == 0),
            3 => (Typed("null"), () => null),
            4 => Choice(),
            5 => (_draft == 0 ? new JsonObject() : JsonValue.Create(true), () => new JsonArray(1, "any", null)),
            6 => Array(depth),
            7 => Tuple(depth),
            8 => Object(depth),
            9 => AnyOf(depth),
            _ => Condition(depth),
        };
    }

    private (JsonNode, Func<JsonNode?>) Number()
    {
        var (least, step) = (_random.Next(-50, 50), _random.Next(1, 9));
        var schema = Typed(_random.Next(2) == 0 ? "integer" : "number");
        schema["minimum"] = least;
        schema["maximum"] = least + 100;
        schema["multipleOf"] = step;
        return (schema, () => (int)Math.Ceiling(least / (double)step) * step + (_random.Next(2) * step));
    }

    private (JsonNode, Func<JsonNode?>) Text()
    {
        var (least, most) = (_random.Next(3), _random.Next(3, 8));
        var schema = Typed("string");
        schema["minLength"] = least;
        schema["maxLength"] = most;
        schema["pattern"] = "^[a-z\u00e9\\u{1F409}]*$";
        string[] letters = ["a", "z", "\u00e9", "\U0001F409"];
        return (schema, () => string.Concat(Enumerable.Range(0, _random.Next(least, most + 1)).Select(_ => letters[_random.Next(4)])));
    }

    private (JsonNode, Func<JsonNode?>) Choice()
    {
        string[] values = ["1.0", "\"a\"", "null", "[1,{\"x\":2}]", "{\"y\":[]}", "true"];
        var chosen = values.Take(_random.Next(1, values.Length + 1)).ToArray();
        return (new JsonObject { ["enum"] = JsonNode.Parse($"[{string.Join(',', chosen)}]") }, () => JsonNode.Parse(chosen[_random.Next(chosen.Length)]));
    }

    private (JsonNode, Func<JsonNode?>) Array(int depth)
    {
        var (items, value) = Part(depth - 1);
        var (least, most) = (_random.Next(2), _random.Next(2, 5));
        var schema = Typed("array");
        schema["items"] = items;
        schema["minItems"] = least;
        schema["maxItems"] = most;
        return (schema, () => new JsonArray([.. Enumerable.Range(0, _random.Next(least, most + 1)).Select(_ => value())]));
    }

    private (JsonNode, Func<JsonNode?>) Tuple(int depth)
    {
        var parts = Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Part(depth - 1)).ToList();
        var schema = Typed("array");
        schema[_draft == 4 ? "prefixItems" : "items"] = new JsonArray([.. parts.Select(part => part.Schema)]);
        schema[_draft == 4 ? "items" : "additionalItems"] = _draft >= 3 && _random.Next(2) == 0 ? true : false;
        if (_draft >= 3 && schema[_draft == 4 ? "items" : "additionalItems"]!.GetValue<bool>()) schema["unevaluatedItems"] = false;
        return (schema, () => new JsonArray([.. parts.Take(_random.Next(parts.Count + 1)).Select(part => part.Value())]));
    }

    private (JsonNode, Func<JsonNode?>) Object(int depth)
    {
        string[] names = ["a", "b/c", "d~e", "\u00e9\"", "f"];
        var parts = names.Take(_random.Next(names.Length + 1)).Select(name => (Name: name, Part: Part(depth - 1), Required: _random.Next(2) == 0)).ToList();
        var schema = Typed("object");
        var properties = new JsonObject();
        foreach (var (name, part, _) in parts) properties.Add(name, part.Schema);
        schema["properties"] = properties;
        if (parts.Any(part => part.Required))
            schema["required"] = new JsonArray([.. parts.Where(part => part.Required).Select(part => JsonValue.Create(part.Name))]);
        schema["patternProperties"] = new JsonObject { ["^x-[0-9]+$"] = Typed("integer") };
        schema[_draft >= 3 ? "unevaluatedProperties" : "additionalProperties"] = false;
        return (schema, () =>
        {
            var value = new JsonObject();
            foreach (var (name, part, required) in parts)
            {
                if (required || _random.Next(2) == 0) value.Add(name, part.Value());
            }
            if (_random.Next(3) == 0) value.Add("x-7", 7);
            return value;
        }
        );
    }

    private (JsonNode, Func<JsonNode?>) AnyOf(int depth)
    {
        var parts = Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Part(depth - 1)).ToList();
        return (new JsonObject { ["anyOf"] = new JsonArray([.. parts.Select(part => part.Schema)]) }, () => parts[_random.Next(parts.Count)].Value());
    }

    private (JsonNode, Func<JsonNode?>) Condition(int depth)
    {
        var (otherwise, value) = Part(depth - 1);
        if (_draft < 2) return (new JsonObject { ["allOf"] = new JsonArray(otherwise) }, value);
        var schema = new JsonObject
        {
            ["if"] = new JsonObject { ["const"] = "the \"condition\"" },
            ["then"] = new JsonObject { ["not"] = new JsonObject { ["maxLength"] = 3 } },
            ["else"] = otherwise,
        };
        return (schema, () => _random.Next(3) == 0 ? "the \"condition\"" : value());
    }

    private static JsonObject Typed(string type) => new() { ["type"] = type };
}
