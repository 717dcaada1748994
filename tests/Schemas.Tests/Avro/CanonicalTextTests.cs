using Gateway.Schemas.Text;

namespace Gateway.Schemas.Tests.Avro;

/// <summary>Byte-exact forms: GUIDs and deduplication hang on them (schema-registry 2.8).</summary>
public class CanonicalTextTests
{
    [Theory]
    [InlineData(""" "string" """, "\"string\"")]
    [InlineData("""{ "type" : "string" }""", "\"string\"")]
    [InlineData("""{"doc":"gone","type":"int","name":"x"}""", "\"int\"")]
    [InlineData("""{"logicalType":"date","type":"int"}""", """{"type":"int","logicalType":"date"}""")]
    [InlineData("""["null", {"type":"long"} ]""", """["null","long"]""")]
    [InlineData("[]", "[]")]
    [InlineData("""{"x":1,"items":"int","type":"array"}""", """{"type":"array","items":"int","x":1}""")]
    [InlineData("""{"values":["null","int"],"type":"map"}""", """{"type":"map","values":["null","int"]}""")]
    [InlineData("""{"size":4,"name":"a.F","type":"fixed","aliases":["G","b.H"],"p":true,"doc":"d"}""",
        """{"type":"fixed","name":"F","namespace":"a","doc":"d","size":4,"p":true,"aliases":["G","b.H"]}""")]
    [InlineData("""{"default":"A","symbols":["A","B"],"aliases":["X"],"name":"E","type":"enum","z":[1,{"b":2,"a":1}]}""",
        """{"type":"enum","name":"E","symbols":["A","B"],"default":"A","z":[1,{"b":2,"a":1}],"aliases":["X"]}""")]
    [InlineData("""{"type":"error","name":"Oops","fields":[]}""", """{"type":"error","name":"Oops","fields":[]}""")]
    public void Members_come_in_the_stored_order(string text, string canonical) => Assert.Equal(canonical, Parsed.Schema(text).CanonicalText);

    [Fact]
    public void A_record_prints_all_its_parts_in_order() => Assert.Equal(
        """{"type":"record","name":"R","namespace":"n","doc":"about","fields":[{"name":"f","type":"int","doc":"d","default":5,"order":"descending","aliases":["g"],"p":1},{"name":"h","type":"string"}],"q":{"y":1,"x":2},"aliases":["Old"]}""",
        Parsed.Schema("""
            {"aliases":["Old"],"q":{"y":1,"x":2},"fields":[
               {"p":1,"aliases":["g"],"order":"DESCENDING","default":5,"doc":"d","type":"int","name":"f"},
               {"name":"h","type":"string","order":"ascending"}],
             "doc":"about","name":"n.R","type":"record"}
            """).CanonicalText);

    [Fact]
    public void Namespaces_print_only_where_they_change()
    {
        var schema = Parsed.Schema("""
            {"type":"record","name":"Outer","namespace":"a.b","fields":[
              {"name":"same","type":{"type":"record","name":"Inner","fields":[]}},
              {"name":"other","type":{"type":"fixed","name":"F","namespace":"c","size":1}},
              {"name":"none","type":{"type":"enum","name":"E","namespace":"","symbols":["X"]}},
              {"name":"again","type":["null","Inner","c.F","E"]}]}
            """);
        Assert.Equal(
            """{"type":"record","name":"Outer","namespace":"a.b","fields":[{"name":"same","type":{"type":"record","name":"Inner","fields":[]}},{"name":"other","type":{"type":"fixed","name":"F","namespace":"c","size":1}},{"name":"none","type":{"type":"enum","name":"E","namespace":"","symbols":["X"]}},{"name":"again","type":["null","Inner","c.F","E"]}]}""",
            schema.CanonicalText);
    }

    [Fact]
    public void A_type_called_like_a_builtin_is_referred_to_in_full() => Assert.EndsWith(
        """{"name":"b","type":"n.array"}]}""",
        Parsed.Schema("""{"type":"record","name":"n.R","fields":[{"name":"a","type":{"type":"fixed","name":"array","size":1}},{"name":"b","type":"n.array"}]}""").CanonicalText,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("1.0", "1.0")]
    [InlineData("1e3", "1000.0")]
    [InlineData("10000000.0", "1.0E7")]
    [InlineData("9999999.0", "9999999.0")]
    [InlineData("0.001", "0.001")]
    [InlineData("0.00012", "1.2E-4")]
    [InlineData("123456789.125", "1.23456789125E8")]
    [InlineData("-1.5e300", "-1.5E300")]
    [InlineData("1", "1")]
    [InlineData("-0", "0")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    public void Numbers_print_as_java_prints_them(string written, string printed) =>
        Assert.Equal($$"""{"type":"int","p":{{printed}}}""", Parsed.Schema($$"""{"type":"int","p":{{written}}}""").CanonicalText);

    [Fact]
    public void Only_what_must_be_escaped_is() => Assert.Equal(
        "{\"type\":\"int\",\"p\":\"é\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001F<>&'\u007f\U0001F600\"}",
        Parsed.Schema("{\"type\":\"int\",\"p\":\"\\u00e9\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f<>&'\u007f\\uD83D\\uDE00\"}").CanonicalText);

    [Fact]
    public void A_number_given_as_text_becomes_the_number_it_names() => Assert.Contains(
        "\"default\":1.5}", Parsed.Schema("""{"type":"record","name":"R","fields":[{"name":"f","type":"double","default":"1.5"}]}""").CanonicalText, StringComparison.Ordinal);

    [Fact]
    public void Referenced_types_stay_names_and_are_written_out_when_resolved()
    {
        var reference = Parsed.Reference("n.A", """{"type":"record","name":"n.A","fields":[{"name":"x","type":{"type":"enum","name":"K","symbols":["S"]}}]}""");
        var schema = Parsed.Schema("""{"type":"record","name":"n.B","fields":[{"name":"a","type":"n.A"},{"name":"k","type":"K"}]}""", reference);
        Assert.Equal("""{"type":"record","name":"B","namespace":"n","fields":[{"name":"a","type":"A"},{"name":"k","type":"K"}]}""", schema.CanonicalText);
        Assert.Equal(
            """{"type":"record","name":"B","namespace":"n","fields":[{"name":"a","type":{"type":"record","name":"A","fields":[{"name":"x","type":{"type":"enum","name":"K","symbols":["S"]}}]}},{"name":"k","type":"K"}]}""",
            schema.ResolvedText);
        Assert.Equal(new SchemaReference("n.A", "n.A", 1), Assert.Single(schema.References));
    }

    [Fact]
    public void Normalising_orders_aliases_and_attributes_and_types_defaults()
    {
        const string normalized =
            """{"type":"record","name":"R","namespace":"n","fields":[{"name":"f","type":"double","default":1.0,"aliases":["a","b"],"x":1,"y":{"a":1,"b":2}},{"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2,"a":0}},{"name":"i","type":{"type":"int","a":1,"logicalType":"uuid"}}],"aliases":["A","z.B"]}""";
        var one = Parsed.Schema("""
            {"type":"record","name":"n.R","doc":"","aliases":["z.B","A"],"fields":[
              {"name":"f","type":"double","default":1,"aliases":["b","a"],"y":{"b":2,"a":1},"x":1},
              {"name":"d","type":{"type":"bytes","a":0,"scale":2,"precision":9,"logicalType":"decimal"}},
              {"name":"i","type":{"type":"int","logicalType":"uuid","a":1}}]}
            """);
        Assert.Equal(normalized, one.NormalizedText);
        Assert.Equal(normalized, Parsed.Schema(normalized).CanonicalText);
        Assert.Equal(normalized, Parsed.Schema(normalized).NormalizedText);
    }

    [Theory]
    [InlineData("""{"type":"record","name":"n.R","doc":"d","fields":[{"name":"a","type":{"type":"long","logicalType":"timestamp-millis"},"default":0},{"name":"b","type":["null","R"]}]}""",
        """{"name":"n.R","type":"record","fields":[{"name":"a","type":"long"},{"name":"b","type":["null","n.R"]}]}""")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"],"default":"A"}""", """{"name":"E","type":"enum","symbols":["A"]}""")]
    [InlineData("""{"type":"fixed","name":"x.F","size":16,"logicalType":"uuid"}""", """{"name":"x.F","type":"fixed","size":16}""")]
    [InlineData("""{"type":"array","items":{"type":"map","values":"bytes"}}""", """{"type":"array","items":{"type":"map","values":"bytes"}}""")]
    public void The_parsing_form_keeps_only_what_the_wire_shows(string text, string form) => Assert.Equal(form, Parsed.Schema(text).FingerprintText);

    [Fact]
    public void Java_doubles_read_back_equal()
    {
        var random = new Random(11);
        for (var i = 0; i < 20_000; i++)
        {
            var value = BitConverter.Int64BitsToDouble(random.NextInt64());
            if (!double.IsFinite(value)) continue;
            Assert.Equal(value, double.Parse(JavaNumbers.PrintDouble(value), System.Globalization.CultureInfo.InvariantCulture));
            var small = Math.Round(random.NextDouble() * 1000, random.Next(0, 8));
            Assert.Equal(small, double.Parse(JavaNumbers.PrintDouble(small), System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
