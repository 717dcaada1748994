using Gateway.Schemas;

namespace Gateway.Fuzz.Hostile;

/// <summary>Protobuf against whoever means ill.</summary>
internal static class ProtobufHostility
{
    private const string TooDeep = "depth|levels deep|too deep|levels";
    private const string Proto3 = "syntax = \"proto3\";\n";
    private const string Chain = Proto3 + "message L { L next = 1; int32 v = 2; }";

    public static IReadOnlyList<HostileCase> List { get; } =
    [
        Of("a megabyte of fields", "^parses$", () => Attempt.All(SchemaTypes.Protobuf, Fields(18_000))),
        Of("a megabyte of messages", "^parses$", () => Attempt.All(SchemaTypes.Protobuf, Messages(18_000))),
        Of("a megabyte of constants", "^parses$", () => Attempt.All(SchemaTypes.Protobuf, Constants(45_000))),
        Of("a megabyte of reserved numbers", "^(parses|refused)", () => Attempt.All(
            SchemaTypes.Protobuf, $"{Proto3}message M {{ reserved {string.Join(", ", Enumerable.Range(1, 150_000))}; }}")),
        Of("10,000 nested levels", $"^refused: .*({TooDeep})", () => Attempt.All(SchemaTypes.Protobuf, Nested(10_000))),
        Of("100,000 nested values of an option", "^refused: ", () => Attempt.All(
            SchemaTypes.Protobuf, $"{Proto3}option (o) = {string.Concat(Enumerable.Repeat("{ a: ", 100_000))}")),
        Of("100,000 nested groups", "^refused: ", () => Attempt.All(
            SchemaTypes.Protobuf, "syntax = \"proto2\"; message M { " + string.Concat(Enumerable.Repeat("optional group G = 1 { ", 100_000)))),
        Of("imports in a cycle", "^refused: ", () => Attempt.All(
            SchemaTypes.Protobuf, Proto3 + "import \"a.proto\"; message M { A a = 1; }",
            Attempt.Reference("a.proto", Proto3 + "import \"b.proto\"; message A { B b = 1; }"),
            Attempt.Reference("b.proto", Proto3 + "import \"a.proto\"; message B { A a = 1; }"))),
        Of("10,000 imports", "^parses$", () => Attempt.All(
            SchemaTypes.Protobuf, Proto3 + Imports(10_000) + "message M { M0 first = 1; M9999 last = 2; }",
            [.. Enumerable.Range(0, 10_000).Select(i => Attempt.Reference($"{i}.proto", $"{Proto3}message M{i} {{ }}"))])),
        Of("10,000 imports, each resting on the one before", $"^parses$|^refused: .*({TooDeep})", () => Attempt.All(
            SchemaTypes.Protobuf, Proto3 + "import \"9999.proto\"; message M { M9999 m = 1; }",
            [.. Enumerable.Range(0, 10_000).Select(i => Attempt.Reference($"{i}.proto", Link(i, isPublic: false)))])),
        Of("10,000 public imports, each resting on the one before", $"^parses$|^refused: .*({TooDeep}|limit)", () => Attempt.All(
            SchemaTypes.Protobuf, Proto3 + "import \"9999.proto\"; message M { M0 m = 1; }",
            [.. Enumerable.Range(0, 10_000).Select(i => Attempt.Reference($"{i}.proto", Link(i, isPublic: true)))])),
        Of("a pair of messages that hold each other", "^compatible$", () => Attempt.Compare(SchemaTypes.Protobuf, Pair("int64"), Pair("int32"))),
        Of("the same, not compatible", "differences$", () => Attempt.Compare(SchemaTypes.Protobuf, Pair("string"), Pair("int32"))),
        Of("2^60 ways through a schema", "^compatible$", () => Attempt.Compare(SchemaTypes.Protobuf, Doubling("int64"), Doubling("int32"))),
        Of("2^60 ways to the same fault", "differences$|^too much", () => Attempt.Compare(SchemaTypes.Protobuf, Doubling("int64"), Doubling("string"))),
        Of("10,000 messages in a chain, compared", $"^compatible$|{TooDeep}", () => Attempt.Compare(SchemaTypes.Protobuf, Row(10_000), Row(10_000))),
        Of("data 10,000 levels deep", TooDeep, () => Attempt.Decode(SchemaTypes.Protobuf, Chain, [0, .. Deep(10_000)])),
        Of("unknown groups 100,000 levels deep", $"{TooDeep}|^no data", () => Attempt.Decode(
            SchemaTypes.Protobuf, Chain, [0, .. Enumerable.Repeat((byte)0x2b, 100_000)])),
        Of("JSON 10,000 levels deep", TooDeep, () => Attempt.Encode(
            SchemaTypes.Protobuf, Chain, string.Concat(Enumerable.Repeat("{\"next\":", 10_000)) + "{}" + new string('}', 10_000))),
        Of("a length of 2^62", "^no data: ", () => Attempt.Decode(
            SchemaTypes.Protobuf, Chain, [0, 0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f])),
        Of("2^31 message indexes", "^no data: ", () => Attempt.Decode(SchemaTypes.Protobuf, Chain, [0xfe, 0xff, 0xff, 0xff, 0x0f, 0])),
        Of("a million empty messages", "^decodes to|^too much", () => Attempt.Decode(
            SchemaTypes.Protobuf, Proto3 + "message M { repeated N n = 1; } message N { }", [0, .. Enumerable.Repeat<byte[]>([0x0a, 0], 1_000_000).SelectMany(x => x)])),
        Of("a million merges of one field", "^decodes to|^too much", () => Attempt.Decode(
            SchemaTypes.Protobuf, Chain, [0, .. Enumerable.Repeat<byte[]>([0x0a, 2, 0x10, 1], 500_000).SelectMany(x => x)])),
        Of("an Any in an Any, 5,000 levels deep", $"{TooDeep}|^no data", () => Attempt.Encode(
            SchemaTypes.Protobuf, Proto3 + "import \"google/protobuf/any.proto\"; message M { google.protobuf.Any a = 1; }",
            "{\"a\":" + string.Concat(Enumerable.Repeat("{\"@type\":\"x/google.protobuf.Any\",\"value\":", 5_000)) + "{}" + new string('}', 5_001))),
        Of("a comment without end", "^refused: ", () => Attempt.All(SchemaTypes.Protobuf, Proto3 + "/*" + new string('*', 1_000_000))),
        Of("a megabyte of semicolons", "^(parses|refused)", () => Attempt.All(SchemaTypes.Protobuf, Proto3 + new string(';', 1_000_000))),
        Of("a name of a megabyte", "^(parses|refused)", () => Attempt.All(SchemaTypes.Protobuf, Proto3 + "message " + new string('a', 1_000_000) + " { }")),
        Of("a name of 100,000 parts", "^(parses|refused)", () => Attempt.All(
            SchemaTypes.Protobuf, Proto3 + "message M { " + string.Join('.', Enumerable.Repeat("a", 100_000)) + " f = 1; }")),
        Of("10,000 fields of names that are nowhere", "^refused: ", () => Attempt.All(
            SchemaTypes.Protobuf, Proto3 + "message M { " + string.Concat(Enumerable.Range(1, 10_000).Select(i => $"a.b.c.N{i} f{i} = {i}; ")) + "}")),
    ];

    private static HostileCase Of(string name, string expected, Func<Func<string>> prepare) => new(SchemaTypes.Protobuf, name, expected, prepare);

    private static string Fields(int count) =>
        $"{Proto3}message M {{\n{string.Concat(Enumerable.Range(1, count).Select(i => $"  optional string a_field_with_a_long_enough_name_{i} = {i};\n"))}}}\n";

    private static string Messages(int count) =>
        Proto3 + string.Concat(Enumerable.Range(1, count).Select(i => $"message M{i} {{ M{Math.Max(1, i - 1)} before = 1; string name = 2; }}\n"));

    private static string Constants(int count) =>
        $"{Proto3}enum E {{\n{string.Concat(Enumerable.Range(0, count).Select(i => $"  CONSTANT_{i} = {i};\n"))}}}\n";

    private static string Nested(int levels) =>
        Proto3 + string.Concat(Enumerable.Range(0, levels).Select(i => $"message M{i} {{ ")) + new string('}', levels);

    private static string Imports(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"import \"{i}.proto\";\n"));

    private static string Link(int i, bool isPublic) => i == 0
        ? Proto3 + "message M0 { }"
        : $"{Proto3}import {(isPublic ? "public " : "")}\"{i - 1}.proto\"; message M{i} {{ M{i - 1} before = 1; }}";

    private static string Pair(string leaf) =>
        $"{Proto3}message A {{ {leaf} v = 1; B b = 2; }} message B {{ A a = 1; repeated B more = 2; map<string, A> all = 3; }}";

    private static string Doubling(string leaf) =>
        Proto3 + string.Concat(Enumerable.Range(0, 60).Select(i => $"message M{i} {{ M{i + 1} a = 1; M{i + 1} b = 2; }} ")) + $"message M60 {{ {leaf} v = 1; }}";

    private static string Row(int count) =>
        Proto3 + string.Concat(Enumerable.Range(0, count).Select(i => $"message M{i} {{ M{i + 1} a = 1; }} ")) + $"message M{count} {{ int32 v = 1; }}";

    private static byte[] Deep(int levels)
    {
        // From the inside out, backwards: the length of a level is that of everything behind it.
        var reversed = new List<byte>();
        for (var i = 0; i < levels; i++)
        {
            var length = reversed.Count;
            var varint = new List<byte>();
            for (; length > 0x7f; length >>= 7) varint.Add((byte)(length | 0x80));
            varint.Add((byte)length);
            varint.Reverse();
            reversed.AddRange(varint);
            reversed.Add(0x0a);
        }
        reversed.Reverse();
        return [.. reversed];
    }
}
