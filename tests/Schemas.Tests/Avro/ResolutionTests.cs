namespace Gateway.Schemas.Tests.Avro;

/// <summary>The specification's schema resolution: data of one schema read as another.</summary>
public class ResolutionTests
{
    private static string Record(string fields, string extra = "") => $$"""{"type":"record","name":"R"{{extra}},"fields":[{{fields}}]}""";

    [Theory]
    [InlineData("\"long\"", "\"int\"", "5", "5")]
    [InlineData("\"float\"", "\"long\"", "5", "5")]
    [InlineData("\"double\"", "\"float\"", "1.5", "1.5")]
    [InlineData("\"string\"", "\"bytes\"", "\"abc\"", "\"abc\"")]
    [InlineData("\"bytes\"", "\"string\"", "\"é\"", "\"Ã©\"")]
    [InlineData("""["null","long"]""", "\"int\"", "5", """{"long":5}""")]
    [InlineData("\"long\"", """["null","int"]""", """{"int":5}""", "5")]
    [InlineData("""["string","long"]""", """["int","string"]""", """{"string":"x"}""", """{"string":"x"}""")]
    [InlineData("""["double","long"]""", "\"long\"", "5", """{"long":5}""")]
    [InlineData("""{"type":"array","items":"double"}""", """{"type":"array","items":"int"}""", "[1,2]", "[1,2]")]
    [InlineData("""{"type":"map","values":"double"}""", """{"type":"map","values":"int"}""", """{"a":1}""", """{"a":1}""")]
    [InlineData("""{"type":"enum","name":"E","symbols":["B"],"default":"B"}""", """{"type":"enum","name":"E","symbols":["A","B"]}""", "\"A\"", "\"B\"")]
    public void Values_become_what_the_reader_says(string reader, string writer, string json, string expected) =>
        Assert.Equal(expected, Parsed.Resolve(reader, writer, json));

    [Fact]
    public void Fields_are_matched_by_name_and_come_in_the_readers_order() => Assert.Equal(
        """{"c":"x","a":1}""",
        Parsed.Resolve(
            Record("""{"name":"c","type":"string"},{"name":"a","type":"long"}"""),
            Record("""{"name":"a","type":"int"},{"name":"b","type":{"type":"array","items":["null","double"]}},{"name":"c","type":"string"}"""),
            """{"a":1,"b":[null,{"double":2.5}],"c":"x"}"""));

    [Fact]
    public void Fields_are_matched_by_the_readers_aliases() =>
        Assert.Equal("""{"new":1}""", Parsed.Resolve(Record("""{"name":"new","type":"int","aliases":["old"]}"""), Record("""{"name":"old","type":"int"}"""), """{"old":1}"""));

    [Fact]
    public void A_name_tells_which_field_is_meant_where_an_alias_names_another()
    {
        string both = Record("""{"name":"a","type":"int"},{"name":"b","type":"int","aliases":["a"]}""");
        Assert.Equal("""{"a":1,"b":2}""", Parsed.Resolve(both, both, """{"a":1,"b":2}"""));
    }

    [Fact]
    public void Fields_the_writer_lacks_take_their_defaults() => Assert.Equal(
        """{"a":1,"u":{"string":"d"},"r":{"x":3},"n":null}""",
        Parsed.Resolve(
            Record("""{"name":"a","type":"int"},{"name":"u","type":["string","null"],"default":"d"},{"name":"r","type":{"type":"record","name":"I","fields":[{"name":"x","type":"int","default":3}]},"default":{}},{"name":"n","type":["null","int"],"default":null}"""),
            Record("""{"name":"a","type":"int"}"""),
            """{"a":1}"""));

    /// <summary>Registries have taken such defaults, so readers must get along with them.</summary>
    [Fact]
    public void Defaults_may_have_members_no_field_has_and_are_of_the_first_branch_they_fit() => Assert.Equal(
        """{"r":{"x":3},"u":{"float":0.1},"m":{"I":{"x":4}}}""",
        Parsed.Resolve(
            Record("""{"name":"r","type":{"type":"record","name":"I","fields":[{"name":"x","type":"int","default":3}]},"default":{"gone":1}},{"name":"u","type":["float","double"],"default":0.1},{"name":"m","type":["null","I"],"default":{"x":4,"gone":null}}"""),
            Record(""),
            "{}"));

    [Fact]
    public void What_cannot_be_resolved_is_refused_only_when_it_occurs()
    {
        Assert.Equal("1", Parsed.Resolve("\"int\"", """["int","string"]""", """{"int":1}"""));
        Assert.Throws<SchemaDataException>(() => Parsed.Resolve("\"int\"", """["int","string"]""", """{"string":"x"}"""));
        Assert.Throws<SchemaDataException>(() => Parsed.Resolve("""{"type":"enum","name":"E","symbols":["B"]}""", """{"type":"enum","name":"E","symbols":["A"]}""", "\"A\""));
        Assert.Throws<SchemaDataException>(() => Parsed.Resolve(Record("""{"name":"b","type":"int"}"""), Record(""), "{}"));
    }

    private const string Small = """{"type":"enum","name":"E","symbols":["A"]}""";
    private const string Large = """{"type":"enum","name":"E","symbols":["A","B"]}""";

    [Fact]
    public void A_branch_is_found_by_name_even_if_not_all_of_it_can_be_read()
    {
        var union = $"[\"null\",{Small}]";
        Assert.Equal("""{"E":"A"}""", Parsed.Resolve(union, Large, "\"A\""));
        Assert.Contains("no symbol B", Assert.Throws<SchemaDataException>(() => Parsed.Resolve(union, Large, "\"B\"")).Message, StringComparison.Ordinal);
    }

    [Theory]
    // The full name counts most, then the short one and aliases, then kinds that widen.
    [InlineData("""[{"type":"fixed","name":"a.F","size":1},{"type":"fixed","name":"b.F","size":1}]""", """{"type":"fixed","name":"b.F","size":1}""", "\"x\"", """{"b.F":"x"}""")]
    [InlineData("""[{"type":"fixed","name":"a.F","size":1},{"type":"fixed","name":"b.F","size":1}]""", """{"type":"fixed","name":"c.F","size":1}""", "\"x\"", """{"a.F":"x"}""")]
    [InlineData("""[{"type":"fixed","name":"a.F","size":2},{"type":"fixed","name":"b.F","size":1}]""", """{"type":"fixed","name":"c.F","size":1}""", "\"x\"", """{"b.F":"x"}""")]
    [InlineData("""["null",{"type":"fixed","name":"G","size":1,"aliases":["c.F"]}]""", """{"type":"fixed","name":"c.F","size":1}""", "\"x\"", """{"G":"x"}""")]
    [InlineData("""["double","float","long"]""", "\"int\"", "5", """{"double":5}""")]
    public void Among_branches_the_nearest_is_taken(string reader, string writer, string json, string expected) =>
        Assert.Equal(expected, Parsed.Resolve(reader, writer, json));

    [Fact]
    public void A_union_without_a_branch_for_the_writer_is_refused() => Assert.Contains(
        "no branch for string", Assert.Throws<SchemaDataException>(() => Parsed.Resolve("""["null","int"]""", "\"string\"", "\"x\"")).Message, StringComparison.Ordinal);
}
