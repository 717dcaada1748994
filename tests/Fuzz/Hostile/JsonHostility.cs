using System.Globalization;
using Gateway.Schemas;

namespace Gateway.Fuzz.Hostile;

/// <summary>JSON Schema against whoever means ill.</summary>
internal static class JsonHostility
{
    private const string TooDeep = "depth|levels deep|too deep";
    private const string TooMuch = "^too much: .*steps";

    public static IReadOnlyList<HostileCase> List { get; } =
    [
        Of("a megabyte of properties", "^parses$", () => Attempt.All(SchemaTypes.Json, Properties(20_000))),
        Of("a megabyte of properties, an instance with all of them", "^valid$", () => Attempt.Validate(
            SchemaTypes.Json, Properties(20_000), $"{{{string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"f{i}\":\"x\""))}}}")),
        Of("10,000 nested levels", $"^refused: .*({TooDeep})", () => Attempt.All(SchemaTypes.Json, Nested(10_000))),
        Of("a million opening brackets", $"^refused: .*({TooDeep})", () => Attempt.All(SchemaTypes.Json, "{\"enum\":" + new string('[', 1_000_000))),
        Of("200 nested levels", "^parses$", () => Attempt.All(SchemaTypes.Json, Nested(200))),
        Of("a reference to itself", "^(refused|too much|no data): ", () => Attempt.Validate(SchemaTypes.Json, """{"$ref":"#"}""", "1")),
        Of("references in a cycle", "^(refused|too much|no data): ", () => Attempt.Validate(SchemaTypes.Json, Cycle, "1")),
        Of("documents in a cycle", "^(refused|too much|no data): ", () => Documents(10)),
        Of("allOf of itself", "^(refused|too much|no data): ", () => Attempt.Validate(SchemaTypes.Json, """{"allOf":[{"$ref":"#"},{"$ref":"#"}]}""", "1")),
        Of("10,000 references to documents", "^(parses|refused: .*limit)", () => Attempt.All(
            SchemaTypes.Json, AllOf(Enumerable.Range(0, 10_000).Select(i => $"http://example.com/{i}.json")),
            [.. Enumerable.Range(0, 10_000).Select(i => Attempt.Reference($"http://example.com/{i}.json", """{"type":"integer"}"""))])),
        Of("10,000 references within", "^valid$", () => Attempt.Validate(SchemaTypes.Json, AllOf(Enumerable.Repeat("#/definitions/a", 10_000)), "1")),
        Of("10,000 definitions, each resting on the one before", $"^valid$|{TooDeep}", () => Attempt.Validate(SchemaTypes.Json, Chain(10_000), "1")),
        Of("a pair of schemas that hold each other", "^compatible$", () => Attempt.Compare(SchemaTypes.Json, Pair("number"), Pair("integer"))),
        Of("the same, not compatible", "differences$", () => Attempt.Compare(SchemaTypes.Json, Pair("integer"), Pair("number"))),
        Of("2^60 ways to a valid answer", "^(valid|too much)", () => Attempt.Validate(SchemaTypes.Json, Doubling("integer"), "1")),
        Of("2^60 ways to a fault", "^no data: .*not of type string", () => Attempt.Validate(SchemaTypes.Json, Doubling("string"), "1")),
        Of("2^60 ways, compared", "^(compatible|too much)", () => Attempt.Compare(SchemaTypes.Json, Doubling("integer"), Doubling("integer"))),
        Of("2^60 ways to differ", "differences$|^too much", () => Attempt.Compare(SchemaTypes.Json, Doubling("integer"), Doubling("string"))),
        Of("anyOf of 300 by 300 objects", "^(compatible|too much)", () => Attempt.Compare(SchemaTypes.Json, AnyOf(300), AnyOf(300))),
        Of("a pattern that backtracks, (a+)+$", "^(no data|too much): ", () => Pattern("^(a+)+$", new string('a', 200) + "!")),
        Of("a pattern that backtracks by references", "^(no data|too much|refused): ", () => Pattern("^(a|a)*\\\\1b$", new string('a', 5_000))),
        Of("a pattern with lookaheads", "^(no data|too much|valid)", () => Pattern("^(?=(a+))+(?!b)(a*)*c$", new string('a', 5_000))),
        Of("a pattern of 100,000 groups", "^(no data|too much|valid|refused)", () => Pattern(new string('(', 100_000) + "a" + new string(')', 100_000), "a")),
        Of("a pattern repeated 10^12 times", "^(no data|too much|valid|refused)", () => Pattern("((a{1000}){1000}){1000}", new string('a', 10_000))),
        Of("3,000 patterns, a text of 2,000 characters", "^(no data|too much): .*(steps|patterns)", () => Patterns(3_000, "(a|b{i})*c{i}")),
        Of("3,000 patterns of bounded repeats, the same text", "^too much: .*(patterns|takes more than)", () => Patterns(3_000, "(a|b{i}){1,300}c{i}")),
        Of("3,000 patterns that backtrack, the same text", "^too much: .*(patterns take|takes more than|steps)", () => Patterns(3_000, "\\\\b(a|a)*b{i}$")),
        Of("3,000 patterns for the names of 100 members", "^too much: ", () => Attempt.Validate(
            SchemaTypes.Json,
            $"{{\"patternProperties\":{{{string.Join(',', Enumerable.Range(0, 3_000).Select(i => $"\"(a|b{i})*c{i}\":true"))}}}}}",
            $"{{{string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"{new string('a', 500)}{i}\":1"))}}}")),
        Of("100 definitions that each refer to all", "^(compatible|too much)", () => Attempt.Compare(SchemaTypes.Json, Complete(100, "number"), Complete(100, "integer"))),
        Of("100 definitions whose members are all of them", "^(compatible|too much)", () => Attempt.Compare(SchemaTypes.Json, Members(100, "number"), Members(100, "integer"))),
        Of("those, all different", "differences$|^too much", () => Attempt.Compare(SchemaTypes.Json, Members(100, "string"), Members(100, "number"))),
        Of("patterns that have names in states nobody has met", "^(no data|too much)", () => Attempt.Validate(
            SchemaTypes.Json,
            $"{{\"anyOf\":[{string.Join(',', Enumerable.Range(0, 50).Select(i => $"{{\"pattern\":\"^(a|b)*a(a|b){{60}}c{i}\"}}"))}]}}",
            $"\"{Irregular(100_000)}\"")),
        Of("the same, all different", "differences$|^too much", () => Attempt.Compare(SchemaTypes.Json, Complete(100, "string"), Complete(100, "number"))),
        Of("unions in unions, all incompatible", "differences$|^too much", () => Attempt.Compare(SchemaTypes.Json, Unions(40, "string"), Unions(40, "number"))),
        Of("unions of 600 objects that differ far in", "differences$|^too much", () => Attempt.Compare(SchemaTypes.Json, FarIn(600, "string"), FarIn(600, "integer"))),
        Of("a pattern property against 10,000 names", "^(valid|no data|too much)", () => Attempt.Validate(
            SchemaTypes.Json, """{"patternProperties":{"^(a+)+$":true},"additionalProperties":true}""",
            $"{{{string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaa{i}\":1"))}}}")),
        Of("100,000 unique items", "^(valid|too much)", () => Attempt.Validate(
            SchemaTypes.Json, """{"uniqueItems":true}""", $"[{string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"{{\"a\":{i}}}"))}]")),
        Of("an instance 10,000 levels deep", TooDeep, () => Attempt.Validate(
            SchemaTypes.Json, """{"items":{"$ref":"#"}}""", new string('[', 10_000) + new string(']', 10_000))),
        Of("a number of 100,000 digits", "^(valid|no data|too much)", () => Attempt.Validate(
            SchemaTypes.Json, """{"multipleOf":0.0000001}""", new string('7', 100_000))),
        Of("a number with a great exponent", "^(valid|no data|too much)", () => Attempt.Validate(
            SchemaTypes.Json, """{"multipleOf":3,"maximum":1e999999999}""", "1e999999998")),
        Of("unevaluated properties over 2^20 branches", "^(valid|no data|too much)", () => Attempt.Validate(
            SchemaTypes.Json, Unevaluated(20), "{\"a\":1,\"z\":2}")),
    ];

    private const string Cycle = """{"$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}}}""";

    private static HostileCase Of(string name, string expected, Func<Func<string>> prepare) => new(SchemaTypes.Json, name, expected, prepare);

    private static string Properties(int count)
    {
        var properties = Enumerable.Range(0, count).Select(i => $"\"f{i}\":{{\"type\":[\"string\",\"null\"],\"maxLength\":100}}");
        return $"{{\"type\":\"object\",\"properties\":{{{string.Join(',', properties)}}}}}";
    }

    private static string Nested(int levels) =>
        string.Concat(Enumerable.Repeat("{\"items\":", levels)) + "true" + new string('}', levels);

    private static string AllOf(IEnumerable<string> references) =>
        $"{{\"definitions\":{{\"a\":true}},\"allOf\":[{string.Join(',', references.Select(reference => $"{{\"$ref\":\"{reference}\"}}"))}]}}";

    private static string Chain(int count)
    {
        var definitions = Enumerable.Range(0, count).Select(i => i == 0 ? "\"d0\":{\"type\":\"integer\"}" : $"\"d{i}\":{{\"$ref\":\"#/definitions/d{i - 1}\"}}");
        return $"{{\"$ref\":\"#/definitions/d{count - 1}\",\"definitions\":{{{string.Join(',', definitions)}}}}}";
    }

    private static string Pair(string leaf) => """
        {"$ref":"#/definitions/a","definitions":{
          "a":{"type":"object","properties":{"v":{"type":"LEAF"},"b":{"$ref":"#/definitions/b"}}},
          "b":{"type":"object","properties":{"a":{"$ref":"#/definitions/a"},"more":{"type":"array","items":{"$ref":"#/definitions/b"}}}}}}
        """.Replace("LEAF", leaf, StringComparison.Ordinal);

    /// <summary>Each of 60 definitions holds the next one twice, about the same value.</summary>
    private static string Doubling(string leaf)
    {
        var definitions = Enumerable.Range(0, 60).Select(i =>
            $"\"d{i}\":{{\"allOf\":[{{\"$ref\":\"#/definitions/d{i + 1}\"}},{{\"anyOf\":[{{\"$ref\":\"#/definitions/d{i + 1}\"}}]}}]}}");
        return $"{{\"$ref\":\"#/definitions/d0\",\"definitions\":{{{string.Join(',', definitions)},\"d60\":{{\"type\":\"{leaf}\"}}}}}}";
    }

    private static string AnyOf(int branches)
    {
        var texts = Enumerable.Range(0, branches).Select(i =>
            $"{{\"type\":\"object\",\"required\":[\"p{i}\"],\"properties\":{{\"p{i}\":{{\"type\":\"string\",\"maxLength\":{i}}}}}}}");
        return $"{{\"anyOf\":[{string.Join(',', texts)}]}}";
    }

    /// <summary>Definitions whose members are all of the definitions: as many pairs as there can be.</summary>
    private static string Complete(int count, string leaf)
    {
        var members = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"p{i}\":{{\"$ref\":\"#/definitions/d{i}\"}}"));
        var definitions = Enumerable.Range(0, count).Select(i =>
            $"\"d{i}\":{{\"anyOf\":[{string.Join(',', Enumerable.Range(0, count).Select(j => $"{{\"type\":\"object\",\"properties\":{{\"p\":{{\"$ref\":\"#/definitions/d{(i + j) % count}\"}},\"v\":{{\"type\":\"{leaf}\"}}}}}}"))}]}}");
        return $"{{\"type\":\"object\",\"properties\":{{{members}}},\"definitions\":{{{string.Join(',', definitions)}}}}}";
    }

    private static string Members(int count, string leaf)
    {
        var members = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"p{i}\":{{\"$ref\":\"#/definitions/d{i}\"}}"));
        var definitions = Enumerable.Range(0, count).Select(i =>
            $"\"d{i}\":{{\"type\":\"object\",\"properties\":{{{members},\"v\":{{\"type\":\"{leaf}\",\"title\":\"{i}\"}}}}}}");
        return $"{{\"anyOf\":[{string.Join(',', Enumerable.Range(0, count).Select(i => $"{{\"$ref\":\"#/definitions/d{i}\"}}"))}],\"definitions\":{{{string.Join(',', definitions)}}}}}";
    }

    private static string Irregular(int length)
    {
        var random = new Random(1);
        return string.Create(length, random, (text, from) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = from.Next(2) == 0 ? 'a' : 'b';
        });
    }

    /// <summary>Unions of unions of objects, none of which any of the other side suits.</summary>
    private static string Unions(int count, string leaf)
    {
        var outer = Enumerable.Range(0, count).Select(i =>
            $"{{\"anyOf\":[{string.Join(',', Enumerable.Range(0, count).Select(j => $"{{\"type\":\"object\",\"properties\":{{\"a\":{{\"type\":\"object\",\"properties\":{{\"v\":{{\"type\":\"{leaf}\",\"title\":\"{i} {j}\"}}}}}}}}}}"))}]}}");
        return $"{{\"anyOf\":[{string.Join(',', outer)}]}}";
    }

    /// <summary>Objects that only their second level tells apart.</summary>
    private static string FarIn(int count, string leaf)
    {
        var branches = Enumerable.Range(0, count).Select(i =>
            $"{{\"type\":\"object\",\"properties\":{{\"a\":{{\"type\":\"object\",\"properties\":{{\"v\":{{\"type\":\"{leaf}\",\"title\":\"{i}\"}}}}}}}}}}");
        return $"{{\"oneOf\":[{string.Join(',', branches)}]}}";
    }

    /// <summary>A text that all of many patterns are tried on.</summary>
    private static Func<string> Patterns(int count, string pattern) => Attempt.Validate(
        SchemaTypes.Json,
        $"{{\"anyOf\":[{string.Join(',', Enumerable.Range(0, count).Select(i => $"{{\"pattern\":\"{pattern.Replace("{i}", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)}\"}}"))}]}}",
        $"\"{new string('a', 2_000)}\"");

    private static Func<string> Pattern(string pattern, string text) =>
        Attempt.Validate(SchemaTypes.Json, $"{{\"pattern\":\"{pattern}\"}}", $"\"{text}\"");

    private static string Unevaluated(int levels)
    {
        var text = "{\"properties\":{\"a\":true}}";
        for (var i = 0; i < levels; i++) text = $"{{\"anyOf\":[{text},{{\"$ref\":\"#/$defs/x{i}\"}}]}}";
        var definitions = Enumerable.Range(0, levels).Select(i => $"\"x{i}\":{{\"anyOf\":[{{\"properties\":{{\"p{i}\":true}}}},{(i == 0 ? "true" : $"{{\"$ref\":\"#/$defs/x{i - 1}\"}}")}]}}");
        return $"{{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"allOf\":[{text}],\"unevaluatedProperties\":false,\"$defs\":{{{string.Join(',', definitions)}}}}}";
    }

    /// <summary>Documents that rest on each other, the last on the first.</summary>
    private static Func<string> Documents(int count) => Attempt.All(
        SchemaTypes.Json, """{"$ref":"http://example.com/0.json"}""",
        [.. Enumerable.Range(0, count).Select(i => Attempt.Reference($"http://example.com/{i}.json", $"{{\"$ref\":\"http://example.com/{(i + 1) % count}.json\"}}"))]);
}
