using Gateway.Schemas.Avro.Model;

namespace Gateway.Schemas.Tests.Avro;

/// <summary>What is refused, with what words and where (schema-registry 4.1, Parsing).</summary>
public class ParsingTests
{
    private const string Field = """{"type":"record","name":"R","fields":[{"name":"f","type":TYPE,"default":VALUE}]}""";

    [Theory]
    [InlineData("""{"type":"nope"}""", "Type not supported: nope", "")]
    [InlineData("\"nope\"", "Undefined name: \"nope\"", "")]
    [InlineData("{}", "No type", "")]
    [InlineData("""{"type":{"type":"int"}}""", "No type", "")]
    [InlineData("42", "A schema is a name, an object or an array", "")]
    [InlineData("""{"type":"record","fields":[]}""", "No name in schema", "")]
    [InlineData("""{"type":"record","name":"R"}""", "Record has no fields", "")]
    [InlineData("""{"type":"record","name":"R","fields":7}""", "Record has no fields", "")]
    [InlineData("""{"type":"record","name":"R","fields":[7]}""", "A field is an object", "/fields/0")]
    [InlineData("""{"type":"record","name":"R","fields":[{"type":"int"}]}""", "No field name", "/fields/0")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a"}]}""", "No field type", "/fields/0")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}""", "Duplicate field a in record R", "/fields/1")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int","order":"up"}]}""", "Invalid order", "/fields/0")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int","order":3}]}""", "Invalid order", "/fields/0")]
    [InlineData("""{"type":"record","name":"R","aliases":"x","fields":[]}""", "aliases is not an array", "")]
    [InlineData("""{"type":"record","name":"R","aliases":[1],"fields":[]}""", "aliases holds 1", "")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int","aliases":["1x"]}]}""", "Invalid alias", "/fields/0")]
    [InlineData("""{"type":"enum","name":"E"}""", "Enum has no symbols", "")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A","A"]}""", "Duplicate enum symbol: A", "")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A-B"]}""", "Invalid enum symbol", "")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"],"default":"B"}""", "The enum default B is not among the symbols", "")]
    [InlineData("""{"type":"fixed","name":"F"}""", "Invalid or no size", "")]
    [InlineData("""{"type":"fixed","name":"F","size":"4"}""", "Invalid or no size", "")]
    [InlineData("""{"type":"fixed","name":"F","size":-1}""", "Invalid or no size", "")]
    [InlineData("""{"type":"fixed","name":"F","size":1.5}""", "Invalid or no size", "")]
    [InlineData("""{"type":"array"}""", "No items type", "")]
    [InlineData("""{"type":"map"}""", "No values type", "")]
    [InlineData("""["int",["null"]]""", "Nested union", "")]
    [InlineData("""["int","int"]""", "Duplicate in union: int", "")]
    [InlineData("""[{"type":"array","items":"int"},{"type":"array","items":"string"}]""", "Duplicate in union: array", "")]
    [InlineData("""[{"type":"fixed","name":"F","size":1},{"type":"fixed","name":"F","size":2}]""", "F is defined twice", "/1")]
    [InlineData("""{"type":"fixed","name":"string","size":2}""", "A type may not be called string", "")]
    [InlineData("""{"type":"fixed","name":"1F","size":1}""", "Invalid name", "")]
    [InlineData("""{"type":"fixed","name":"F","namespace":"a..b","size":1}""", "Invalid name", "")]
    [InlineData("""{"type":"fixed","name":"a-b.F","size":1}""", "Invalid name", "")]
    public void A_faulty_schema_is_refused_where_it_is_faulty(string text, string message, string path)
    {
        var error = Parsed.Error(text);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.Path);
        Assert.True(error.Line >= 1 && error.Column >= 1);
    }

    [Fact]
    public void The_position_is_that_of_the_fault()
    {
        var error = Parsed.Error("{\"type\":\"record\",\"name\":\"R\",\n \"fields\":[\n  {\"name\":\"a\",\"type\":\"int\"},\n  {\"name\":\"b\",\"type\":\"itn\"}]}");
        Assert.Equal(("/fields/1/type", 4, 22), (error.Path, error.Line, error.Column));
    }

    [Theory]
    [InlineData("{", 1)]
    [InlineData("{\"type\":\n\"int\",}", 2)]
    [InlineData("string", 1)]
    [InlineData("\"int\" \"int\"", 1)]
    [InlineData("", 1)]
    public void Text_that_is_not_json_is_refused_with_its_line(string text, int line)
    {
        var error = Parsed.Error(text);
        Assert.Equal(line, error.Line);
        Assert.NotEmpty(error.Message);
    }

    [Theory]
    [InlineData("\"int\"", "5", true)]
    [InlineData("\"int\"", "5.0", false)]
    [InlineData("\"int\"", "2147483648", false)]
    [InlineData("\"long\"", "2147483648", true)]
    [InlineData("\"long\"", "9223372036854775808", false)]
    [InlineData("\"int\"", "\"5\"", false)]
    [InlineData("\"double\"", "5", true)]
    [InlineData("\"double\"", "\"NaN\"", true)]
    [InlineData("\"float\"", "\"1.25\"", true)]
    [InlineData("\"float\"", "\"abc\"", false)]
    [InlineData("\"boolean\"", "true", true)]
    [InlineData("\"boolean\"", "\"true\"", false)]
    [InlineData("\"null\"", "null", true)]
    [InlineData("\"string\"", "null", false)]
    [InlineData("\"bytes\"", "\"\\u00ff\"", true)]
    [InlineData("\"bytes\"", "7", false)]
    [InlineData("""{"type":"fixed","name":"F","size":2}""", "\"xx\"", true)]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", "\"A\"", true)]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", "1", false)]
    [InlineData("""{"type":"array","items":"int"}""", "[1,2]", true)]
    [InlineData("""{"type":"array","items":"int"}""", "[1,\"2\"]", false)]
    [InlineData("""{"type":"array","items":"int"}""", "{}", false)]
    [InlineData("""{"type":"map","values":"int"}""", "{\"a\":1}", true)]
    [InlineData("""{"type":"map","values":"int"}""", "{\"a\":null}", false)]
    [InlineData("""["null","int"]""", "null", true)]
    [InlineData("""["null","int"]""", "5", true)]
    [InlineData("""["null","int"]""", "\"x\"", false)]
    [InlineData("""{"type":"record","name":"I","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":1}]}""", "{\"a\":1}", true)]
    [InlineData("""{"type":"record","name":"I","fields":[{"name":"a","type":"int"}]}""", "{}", false)]
    public void Defaults_are_held_against_their_types(string type, string value, bool accepted)
    {
        var text = Field.Replace("TYPE", type, StringComparison.Ordinal).Replace("VALUE", value, StringComparison.Ordinal);
        var result = Parsed.Avro.Parse(text, [], SchemaParseOptions.New);
        Assert.Equal(accepted, result.Schema is not null);
        if (!accepted) Assert.Equal("/fields/0/default", result.Error!.Path);
        Assert.NotNull(Parsed.Avro.Parse(text, [], SchemaParseOptions.Stored).Schema);
    }

    [Theory]
    [InlineData("""{"type":"fixed","name":"a-b","size":1}""")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A-B"]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a b","type":"int"}]}""")]
    public void Stored_schemas_stay_readable_whatever_their_names(string text)
    {
        Assert.NotNull(Parsed.Avro.Parse(text, [], SchemaParseOptions.Stored).Schema);
        Parsed.Error(text);
    }

    [Theory]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", "decimal")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":5}""", null)]
    [InlineData("""{"type":"bytes","logicalType":"decimal"}""", null)]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":0}""", null)]
    [InlineData("""{"type":"fixed","name":"F","size":2,"logicalType":"decimal","precision":4}""", "decimal")]
    [InlineData("""{"type":"fixed","name":"F","size":2,"logicalType":"decimal","precision":5}""", null)]
    [InlineData("""{"type":"string","logicalType":"uuid"}""", "uuid")]
    [InlineData("""{"type":"fixed","name":"F","size":16,"logicalType":"uuid"}""", "uuid")]
    [InlineData("""{"type":"int","logicalType":"uuid"}""", null)]
    [InlineData("""{"type":"fixed","name":"F","size":12,"logicalType":"duration"}""", "duration")]
    [InlineData("""{"type":"int","logicalType":"date"}""", "date")]
    [InlineData("""{"type":"long","logicalType":"date"}""", null)]
    [InlineData("""{"type":"int","logicalType":"time-millis"}""", "time-millis")]
    [InlineData("""{"type":"long","logicalType":"time-micros"}""", "time-micros")]
    [InlineData("""{"type":"long","logicalType":"timestamp-nanos"}""", "timestamp-nanos")]
    [InlineData("""{"type":"long","logicalType":"local-timestamp-micros"}""", "local-timestamp-micros")]
    [InlineData("""{"type":"bytes","logicalType":"big-decimal"}""", "big-decimal")]
    [InlineData("""{"type":"int","logicalType":"my-own"}""", null)]
    public void Invalid_logical_types_are_ignored_but_kept_in_the_text(string text, string? logicalType)
    {
        var schema = Parsed.Schema(text);
        Assert.Equal(logicalType, schema.Root.LogicalType?.Name);
        Assert.Contains("\"logicalType\":", schema.CanonicalText, StringComparison.Ordinal);
    }

    [Fact]
    public void Short_names_are_found_in_the_enclosing_namespace_then_in_none()
    {
        var schema = Parsed.Schema("""
            ["null",{"type":"fixed","name":"F","size":1},{"type":"record","name":"n.R","fields":[
               {"name":"outer","type":"F"},
               {"name":"g","type":{"type":"fixed","name":"G","size":2}},
               {"name":"inner","type":"G"},{"name":"self","type":["null","R"]}]}]
            """);
        var record = (AvroRecord)((AvroUnion)schema.Root).Branches[2];
        Assert.Equal("F", ((AvroNamed)record.Find("outer")!.Schema).Name.Full);
        Assert.Equal("n.G", ((AvroNamed)record.Find("inner")!.Schema).Name.Full);
        Assert.Same(record, ((AvroUnion)record.Find("self")!.Schema).Branches[1]);
    }

    [Fact]
    public void A_fault_in_a_reference_names_the_reference() =>
        Assert.StartsWith("In reference n.A: ", Parsed.Error("\"n.A\"", Parsed.Reference("n.A", "{")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_type_of_a_reference_cannot_be_defined_again() => Assert.Equal(
        "A is defined twice", Parsed.Error("""{"type":"fixed","name":"A","size":2}""", Parsed.Reference("A", """{"type":"fixed","name":"A","size":2}""")).Message);

    [Fact]
    public void Comments_are_passed_over() => Assert.Equal("\"int\"", Parsed.Schema("/* one */ \"int\" // two").CanonicalText);

    [Fact]
    public void Other_languages_say_they_are_not_supported()
    {
        var error = SchemaLanguages.All.Parse("XML", "{}", [], SchemaParseOptions.New).Error;
        Assert.True(error!.IsUnsupported);
        Assert.Contains("not supported", error.Message, StringComparison.Ordinal);
    }
}
