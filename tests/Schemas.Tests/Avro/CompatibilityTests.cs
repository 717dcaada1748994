using Gateway.Schemas.Compatibility;

namespace Gateway.Schemas.Tests.Avro;

/// <summary>Each row of the Avro table (schema-registry 4.1), with token, path and info.</summary>
public class CompatibilityTests
{
    private static string Record(string fields, string name = "R", string extra = "") => $$"""{"type":"record","name":"{{name}}"{{extra}},"fields":[{{fields}}]}""";

    private static string Of(string type) => Record($$"""{"name":"f","type":{{type}}}""");

    private static void Expect(string reader, string writer, params string[] typePathInfo)
    {
        var found = Parsed.Differences(reader, writer).Select(difference => $"{difference.Type} {difference.Path} {difference.AdditionalInfo}");
        Assert.Equal(typePathInfo, found);
    }

    [Fact]
    public void NAME_MISMATCH()
    {
        Expect(Record("", "A"), Record("", "B"), "NAME_MISMATCH /name expected: B");
        Expect(Record("", "x.A"), Record("", "y.A"));
        Expect(Record("", "A", ",\"aliases\":[\"n.B\"]"), Record("", "n.B"));
        Expect(Record("", "A", ",\"aliases\":[\"m.B\"]"), Record("", "n.B"), "NAME_MISMATCH /name expected: n.B");
        Expect(Of("""{"type":"enum","name":"E","symbols":["A"]}"""), Of("""{"type":"enum","name":"D","symbols":["A"]}"""), "NAME_MISMATCH /fields/0/type/name expected: D");
    }

    [Fact]
    public void FIXED_SIZE_MISMATCH_may_come_with_a_name()
    {
        Expect("""{"type":"fixed","name":"F","size":3}""", """{"type":"fixed","name":"F","size":4}""", "FIXED_SIZE_MISMATCH /size expected: 4, found: 3");
        Expect("""{"type":"fixed","name":"F","size":3}""", """{"type":"fixed","name":"G","size":4}""",
            "NAME_MISMATCH /name expected: G", "FIXED_SIZE_MISMATCH /size expected: 4, found: 3");
        Expect("""{"type":"fixed","name":"F","size":4}""", """{"type":"fixed","name":"F","size":4}""");
    }

    [Fact]
    public void MISSING_ENUM_SYMBOLS_unless_the_enum_has_a_default()
    {
        const string abc = """{"type":"enum","name":"E","symbols":["C","A","B"]}""";
        Expect("""{"type":"enum","name":"E","symbols":["A"]}""", abc, "MISSING_ENUM_SYMBOLS /symbols [B, C]");
        Expect("""{"type":"enum","name":"E","symbols":["A"],"default":"A"}""", abc);
        Expect(abc, """{"type":"enum","name":"E","symbols":["A"]}""");
    }

    [Fact]
    public void READER_FIELD_MISSING_DEFAULT_VALUE()
    {
        var one = Record("""{"name":"a","type":"int"}""");
        var two = Record("""{"name":"a","type":"int"},{"name":"b","type":"int"}""");
        Expect(two, one, "READER_FIELD_MISSING_DEFAULT_VALUE /fields/1 b");
        Expect(one, two);
        Expect(Record("""{"name":"a","type":"int"},{"name":"b","type":"int","default":1}"""), one);
        Expect(Record("""{"name":"b","type":"int","aliases":["a"]}"""), one);
    }

    [Fact]
    public void A_missing_enum_field_is_not_saved_by_the_enums_default() => Expect(
        Record("""{"name":"e","type":{"type":"enum","name":"E","symbols":["A"],"default":"A"}}"""), Record(""),
        "TYPE_MISMATCH /fields/0/type reader type: ENUM not compatible with writer type: RECORD");

    [Fact]
    public void Two_aliases_that_hit_two_fields_are_incompatible() => Assert.NotEmpty(Parsed.Differences(
        Record("""{"name":"c","type":"int","aliases":["a","b"]}"""), Record("""{"name":"a","type":"int"},{"name":"b","type":"int"}""")));

    [Theory]
    [InlineData("int", "long")]
    [InlineData("int", "float")]
    [InlineData("int", "double")]
    [InlineData("long", "float")]
    [InlineData("long", "double")]
    [InlineData("float", "double")]
    public void Numbers_widen_one_way(string narrow, string wide)
    {
        Expect(Of($"\"{wide}\""), Of($"\"{narrow}\""));
        Expect(Of($"\"{narrow}\""), Of($"\"{wide}\""),
            $"TYPE_MISMATCH /fields/0/type reader type: {narrow.ToUpperInvariant()} not compatible with writer type: {wide.ToUpperInvariant()}");
    }

    [Fact]
    public void Strings_and_bytes_go_both_ways()
    {
        Expect("\"string\"", "\"bytes\"");
        Expect("\"bytes\"", "\"string\"");
    }

    [Fact]
    public void Nothing_else_promotes()
    {
        string[] types = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
        var compatible = new HashSet<(string, string)>
        {
            ("int", "long"), ("int", "float"), ("int", "double"), ("long", "float"), ("long", "double"), ("float", "double"), ("string", "bytes"), ("bytes", "string"),
        };
        foreach (var writer in types)
            foreach (var reader in types)
                Assert.Equal(
                    writer == reader || compatible.Contains((writer, reader)), Parsed.Differences($"\"{reader}\"", $"\"{writer}\"").Count == 0);
    }

    [Fact]
    public void TYPE_MISMATCH_paths()
    {
        Expect("\"int\"", "\"string\"", "TYPE_MISMATCH / reader type: INT not compatible with writer type: STRING");
        Expect("""{"type":"array","items":"int"}""", """{"type":"array","items":"string"}""", "TYPE_MISMATCH /items reader type: INT not compatible with writer type: STRING");
        Expect("""{"type":"map","values":"int"}""", """{"type":"map","values":"string"}""", "TYPE_MISMATCH /values reader type: INT not compatible with writer type: STRING");
        Expect(Of("""{"type":"array","items":{"type":"map","values":"int"}}"""), Of("""{"type":"array","items":{"type":"map","values":"null"}}"""),
            "TYPE_MISMATCH /fields/0/type/items/values reader type: INT not compatible with writer type: NULL");
        Expect("""{"type":"array","items":"int"}""", """{"type":"map","values":"int"}""", "TYPE_MISMATCH / reader type: ARRAY not compatible with writer type: MAP");
    }

    [Fact]
    public void A_plain_reader_must_read_every_branch_of_a_writer_union()
    {
        Expect(Of("\"long\""), Of("""["int","long"]"""));
        Expect(Of("\"long\""), Of("""["null","long","string"]"""),
            "TYPE_MISMATCH /fields/0/type/0 reader type: LONG not compatible with writer type: NULL",
            "TYPE_MISMATCH /fields/0/type/2 reader type: LONG not compatible with writer type: STRING");
    }

    [Fact]
    public void Any_branch_of_a_reader_union_suffices_for_a_plain_writer()
    {
        Expect(Of("""["null","long"]"""), Of("\"int\""));
        Expect(Of("""["null","long"]"""), Of("\"string\""), "MISSING_UNION_BRANCH /fields/0/type reader union lacking writer type: STRING");
    }

    [Fact]
    public void Every_branch_of_a_writer_union_is_looked_for_in_a_reader_union()
    {
        Expect("""["null","string","int"]""", """["null","int"]""");
        Expect("""["null","int"]""", """["null","int","string","boolean"]""",
            "MISSING_UNION_BRANCH /2 reader union lacking writer type: STRING", "MISSING_UNION_BRANCH /3 reader union lacking writer type: BOOLEAN");
    }

    [Fact]
    public void What_does_not_count_does_not_count() => Expect(
        """{"type":"record","name":"b.R","doc":"x","p":1,"fields":[{"name":"f","type":{"type":"int","logicalType":"date"},"default":1,"order":"ignore","doc":"y"}]}""",
        """{"type":"record","name":"a.R","fields":[{"name":"f","type":"int","default":2}]}""");

    [Fact]
    public void Recursive_types_are_compared_once()
    {
        const string list = """{"type":"record","name":"L","fields":[{"name":"v","type":"VALUE"},{"name":"next","type":["null","L"]}]}""";
        Expect(list.Replace("VALUE", "long", StringComparison.Ordinal), list.Replace("VALUE", "int", StringComparison.Ordinal));
        Expect(list.Replace("VALUE", "int", StringComparison.Ordinal), list.Replace("VALUE", "long", StringComparison.Ordinal),
            "TYPE_MISMATCH /fields/0/type reader type: INT not compatible with writer type: LONG");
    }

    [Fact]
    public void The_framing_is_the_one_tools_look_for() => Assert.Equal(
        ["{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'a' at path '/fields/0' in the new schema has no default value and is missing in the old schema', additionalInfo:'a'}"],
        Parsed.Check(CompatibilityLevel.Backward, Record("""{"name":"a","type":"int"}"""), Record("")));

    [Fact]
    public void Forward_names_the_old_schema_as_the_reader() => Assert.Contains(
        "in the old schema has no default value and is missing in the new schema",
        Assert.Single(Parsed.Check(CompatibilityLevel.Forward, Record(""), Record("""{"name":"a","type":"int"}"""))), StringComparison.Ordinal);

    [Theory]
    // v1 {}, v2 {a optional}, v3 {a required}: v3 reads v2 but not v1.
    [InlineData(CompatibilityLevel.None, true)]
    [InlineData(CompatibilityLevel.Backward, true)]
    [InlineData(CompatibilityLevel.BackwardTransitive, false)]
    [InlineData(CompatibilityLevel.Forward, true)]
    [InlineData(CompatibilityLevel.ForwardTransitive, true)]
    [InlineData(CompatibilityLevel.Full, true)]
    [InlineData(CompatibilityLevel.FullTransitive, false)]
    public void Levels_look_as_far_back_as_they_say(CompatibilityLevel level, bool compatible)
    {
        var v1 = Record("");
        var v2 = Record("""{"name":"a","type":"int","default":0}""");
        var v3 = Record("""{"name":"a","type":"int"}""");
        Assert.Equal(compatible, Parsed.Check(level, v3, v2, v1).Count == 0);
    }

    [Theory]
    [InlineData(CompatibilityLevel.None, true, true)]
    [InlineData(CompatibilityLevel.Backward, true, false)]
    [InlineData(CompatibilityLevel.BackwardTransitive, true, false)]
    [InlineData(CompatibilityLevel.Forward, false, true)]
    [InlineData(CompatibilityLevel.ForwardTransitive, false, true)]
    [InlineData(CompatibilityLevel.Full, false, false)]
    [InlineData(CompatibilityLevel.FullTransitive, false, false)]
    public void Levels_look_the_way_they_say(CompatibilityLevel level, bool widening, bool narrowing)
    {
        Assert.Equal(widening, Parsed.Check(level, "\"long\"", "\"int\"").Count == 0);
        Assert.Equal(narrowing, Parsed.Check(level, "\"int\"", "\"long\"").Count == 0);
    }

    [Fact]
    public void Level_names_are_read_in_any_case_and_printed_in_capitals()
    {
        foreach (var level in Enum.GetValues<CompatibilityLevel>())
        {
            Assert.Equal(level, CompatibilityLevels.Parse(CompatibilityLevels.NameOf(level)));
            Assert.Equal(level, CompatibilityLevels.Parse(CompatibilityLevels.NameOf(level).ToLowerInvariant()));
        }
        Assert.Null(CompatibilityLevels.Parse("BACKWARDS"));
        Assert.Null(CompatibilityLevels.Parse(null));
    }
}
