namespace Gateway.Fuzz.Targets;

/// <summary>Words of Avro schemas and of JSON.</summary>
internal static class AvroWords
{
    public static IReadOnlyList<string> List { get; } =
    [
        "{", "}", "[", "]", ",", ":", "null", "true", "false", "0", "-1", "1e400", "1.5", "\"\"", "\"a\"", "\"A\"", "\"R\"", "\"n.R\"", "\"1a\"",
        "\"null\"", "\"boolean\"", "\"int\"", "\"long\"", "\"float\"", "\"double\"", "\"bytes\"", "\"string\"", "\"record\"", "\"error\"", "\"enum\"",
        "\"fixed\"", "\"array\"", "\"map\"", "\"union\"", "\"type\"", "\"name\"", "\"namespace\"", "\"doc\"", "\"aliases\"", "\"fields\"",
        "\"symbols\"", "\"items\"", "\"values\"", "\"size\"", "\"default\"", "\"order\"", "\"ignore\"", "\"logicalType\"", "\"decimal\"",
        "\"precision\"", "\"scale\"", "\"uuid\"", "\"NaN\"", "\"Infinity\"", "2147483647", "2147483648", "-9223372036854775808",
        "9223372036854775808", "0.1", "-0.0", "\"\\ud800\"", "\"\\u0000\"", "\"\u00c3\u00bc\"", "// c\n", "{\"type\":\"array\",\"items\":",
        "{\"type\":\"int\"}", "[\"null\",\"int\"]", "{\"name\":\"x\",\"type\":\"R\",\"default\":{}}",
    ];
}
