namespace Gateway.Fuzz.Targets;

/// <summary>Words of JSON Schema, all drafts.</summary>
internal static class JsonSchemaWords
{
    public static IReadOnlyList<string> List { get; } =
    [
        .. new[]
        {
            "$schema", "$id", "id", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor", "$defs", "definitions",
            "$vocabulary", "$comment", "title", "description", "default", "examples", "type", "enum", "const", "multipleOf", "maximum", "minimum",
            "exclusiveMaximum", "exclusiveMinimum", "maxLength", "minLength", "pattern", "format", "items", "prefixItems", "additionalItems",
            "unevaluatedItems", "contains", "minContains", "maxContains", "maxItems", "minItems", "uniqueItems", "properties", "patternProperties",
            "additionalProperties", "unevaluatedProperties", "propertyNames", "required", "dependencies", "dependentRequired", "dependentSchemas",
            "maxProperties", "minProperties", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "readOnly", "contentEncoding", "connect.type",
            "null", "boolean", "integer", "number", "string", "array", "object", "bytes", "a", "b", "x", "#", "#/", "#/definitions/a", "#/$defs/a", "#a",
            "#meta", "http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-06/schema#", "http://json-schema.org/draft-07/schema#",
            "https://json-schema.org/draft/2019-09/schema", "https://json-schema.org/draft/2020-12/schema", "http://example.com/a.json", "b.json",
            "^a+$", "(a+)+$", "\\\\p{L}", "[a-z", "(?<n>x)\\\\k<n>", "(?=a)", "^\\\\u{1F600}$", "date-time", "email", "uri", "uuid", "regex", "\\u0000",
        }.Select(word => $"\"{word}\""),
        "{", "}", "[", "]", ",", ":", "{}", "[]", "true", "false", "null", "0", "-1", "1.5", "1e400", "1e-400", "0.1", "2147483648",
        "9223372036854775808", "100000000000000000000000000000000", "{\"$ref\":\"#\"}", "{\"type\":\"object\"}", "{\"a\":1,\"a\":2}", "\"\\ud800\"",
    ];
}
