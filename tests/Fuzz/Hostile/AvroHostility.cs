using System.Text;
using Gateway.Schemas;

namespace Gateway.Fuzz.Hostile;

/// <summary>Avro against whoever means ill.</summary>
internal static class AvroHostility
{
    private const string TooDeep = "depth|levels deep";
    private const string TooMuch = "^too much: .*steps are needed";

    public static IReadOnlyList<HostileCase> List { get; } =
    [
        Of("a megabyte of fields", "^parses$", () => Attempt.All(SchemaTypes.Avro, Fields(25_000))),
        Of("a record with 100,000 fields", "^parses$", () => Attempt.All(SchemaTypes.Avro, Fields(100_000))),
        Of("10,000 nested levels", $"^refused: .*({TooDeep})", () => Attempt.All(SchemaTypes.Avro, Nested(10_000))),
        Of("a million opening brackets", $"^refused: .*({TooDeep})", () => Attempt.All(SchemaTypes.Avro, new string('[', 1_000_000))),
        Of("400 nested levels", "^parses$", () => Attempt.All(SchemaTypes.Avro, Nested(400))),
        Of("references in a cycle", "^refused: In reference A: Undefined name: \"B\"", () => Attempt.All(
            SchemaTypes.Avro, "\"A\"", Attempt.Reference("A", Holder("A", "B")), Attempt.Reference("B", Holder("B", "A")))),
        Of("10,000 references", "^parses$", () => Attempt.All(SchemaTypes.Avro, """["R0","R9999"]""",
            [.. Enumerable.Range(0, 10_000).Select(i => Attempt.Reference("R" + i, $$"""{"type":"fixed","name":"R{{i}}","size":1}"""))])),
        Of("10,000 references, each resting on the one before", $"^refused: With its references in place.*({TooDeep})", () => Attempt.All(SchemaTypes.Avro, "\"R9999\"",
            [.. Enumerable.Range(0, 10_000).Select(i => Attempt.Reference("R" + i, Holder("R" + i, i == 0 ? "int" : "R" + (i - 1))))])),
        Of("100,000 aliases", "^parses$", () => Attempt.All(SchemaTypes.Avro, Aliases(100_000))),
        Of("a million records of no bytes that get 1,000 defaults each", TooMuch, () => Attempt.Read(
            SchemaTypes.Avro, Defaults(1_000), """{"type":"array","items":{"type":"record","name":"R","fields":[]}}""",
            [0x80, 0x89, 0x7a, 0])),
        Of("a pair of records that hold each other", "^compatible$", () => Attempt.Compare(SchemaTypes.Avro, Pair("long"), Pair("int"))),
        Of("the same, not compatible", "^1 differences$", () => Attempt.Compare(SchemaTypes.Avro, Pair("int"), Pair("long"))),
        Of("a record that needs itself", TooDeep, () => Attempt.Decode(SchemaTypes.Avro, Holder("A", "A"), [])),
        Of("a default that needs itself", $"^refused: .*({TooDeep})", () => Attempt.All(
            SchemaTypes.Avro, """{"type":"record","name":"A","fields":[{"name":"a","type":"A","default":{}}]}""")),
        Of("2^60 ways through a schema", "^compatible$", () => Attempt.Compare(SchemaTypes.Avro, Doubling("long"), Doubling("int"))),
        Of("2^60 ways to the same fault", "^[0-9]+ differences$", () => Attempt.Compare(SchemaTypes.Avro, Doubling("int"), Doubling("long"))),
        Of("unions of 4,000 branches each", TooMuch, () => Attempt.Compare(SchemaTypes.Avro, Wide("A"), Wide("B"))),
        Of("2^62 values of no bytes", TooMuch, () => Attempt.Decode(
            SchemaTypes.Avro, """{"type":"array","items":"null"}""", [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])),
        Of("a string of 2^62 bytes", "^no data: ", () => Attempt.Decode(
            SchemaTypes.Avro, "\"string\"", [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])),
        Of("data 100,000 levels deep", TooDeep, () => Attempt.Decode(SchemaTypes.Avro, Chain, [.. Enumerable.Repeat((byte)2, 100_000), 0])),
        Of("JSON 10,000 levels deep", TooDeep, () => Attempt.Encode(
            SchemaTypes.Avro, Chain, string.Concat(Enumerable.Repeat("""{"next":{"L":""", 5_000)) + "null" + new string('}', 10_000))),
        Of("plain JSON that could be any of 2^40 branches", "^(encodes|no data|too much)", () => Attempt.Encode(
            SchemaTypes.Avro, Choices(40), string.Concat(Enumerable.Repeat("""{"a":""", 40)) + "true" + new string('}', 40), JsonForm.Plain)),
    ];

    private const string Chain = """{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}""";

    private static HostileCase Of(string name, string expected, Func<Func<string>> prepare) => new(SchemaTypes.Avro, name, expected, prepare);

    private static string Fields(int count)
    {
        var fields = Enumerable.Range(0, count).Select(i => $$"""{"name":"f{{i}}","type":["null","string"],"default":null}""");
        return $$"""{"type":"record","name":"R","fields":[{{string.Join(',', fields)}}]}""";
    }

    private static string Aliases(int count)
    {
        var aliases = Enumerable.Range(0, count).Select(i => $"\"a{i}\"");
        return $$"""{"type":"record","name":"R","fields":[{"name":"f","type":"int","aliases":[{{string.Join(',', aliases)}}]}]}""";
    }

    private static string Defaults(int count)
    {
        var fields = Enumerable.Range(0, count).Select(i => $$"""{"name":"f{{i}}","type":["null","string"],"default":null}""");
        return $$"""{"type":"array","items":{"type":"record","name":"R","fields":[{{string.Join(',', fields)}}] } }""";
    }

    private static string Nested(int levels) =>
        string.Concat(Enumerable.Repeat("""{"type":"array","items":""", levels)) + "\"int\"" + new string('}', levels);

    private static string Holder(string name, string type) => $$"""{"type":"record","name":"{{name}}","fields":[{"name":"f","type":"{{type}}"}]}""";

    private static string Pair(string leaf) => $$"""
        {"type":"record","name":"A","fields":[{"name":"v","type":"{{leaf}}"},{"name":"b","type":
          {"type":"record","name":"B","fields":[{"name":"a","type":["null","A"]},{"name":"more","type":{"type":"array","items":"B"} }] } }] }
        """;

    /// <summary>Each of 60 records holds the next one twice.</summary>
    private static string Doubling(string leaf)
    {
        var text = new StringBuilder();
        for (var i = 0; i < 60; i++) text.Append($$"""{"type":"record","name":"R{{i}}","fields":[{"name":"a","type":""");
        text.Append('"').Append(leaf).Append('"');
        for (var i = 59; i >= 0; i--) text.Append(i == 59 ? "}]}" : $"}},{{\"name\":\"b\",\"type\":\"R{i + 1}\"}}]}}");
        return text.ToString();
    }

    private static string Wide(string prefix) =>
        $"[{string.Join(',', Enumerable.Range(0, 4000).Select(i => $"{{\"type\":\"fixed\",\"name\":\"{prefix}{i}\",\"size\":1}}"))}]";

    /// <summary>At each level two records of the same shape, and an int that is wanted in the end.</summary>
    private static string Choices(int levels)
    {
        var text = "\"int\"";
        for (var i = 0; i < levels; i++)
        {
            var inner = i == 0 ? text : $"[\"X{i - 1}\",\"Y{i - 1}\"]";
            text = i == 0
                ? $"[{Choice("X", 0, inner)},{Choice("Y", 0, inner)}]"
                : $"[{Choice("X", i, text)},{Choice("Y", i, inner)}]";
        }
        return text;
    }

    private static string Choice(string name, int level, string type) =>
        $$"""{"type":"record","name":"{{name}}{{level}}","fields":[{"name":"a","type":{{type}} }]}""";
}
