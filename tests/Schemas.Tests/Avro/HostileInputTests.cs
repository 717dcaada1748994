using System.Text;

namespace Gateway.Schemas.Tests.Avro;

/// <summary>Limits given by the caller, and what is just below the usual ones. The rest of what is hostile: <see cref="HostileSetTests"/>.</summary>
public class HostileInputTests
{
    private const string List = """{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}""";

    private static string Nested(int levels)
    {
        var text = new StringBuilder();
        for (var i = 0; i < levels; i++) text.Append("{\"type\":\"array\",\"items\":");
        return text.Append("\"int\"").Append('}', levels).ToString();
    }

    [Fact]
    public void Four_hundred_nested_levels_parse_print_compare_and_convert()
    {
        var schema = Parsed.Schema(Nested(400));
        Assert.Equal(Nested(400), schema.CanonicalText);
        Assert.Empty(schema.CompareAsReaderOf(Parsed.Schema(Nested(400)), SchemaBudget.Default));
        var json = new string('[', 400) + "7" + new string(']', 400);
        Assert.Equal(json, schema.Decode(schema.Encode(json)));
    }

    [Fact]
    public void A_text_above_the_size_limit_is_refused() => Assert.Contains(
        "longer than 100 bytes", Parsed.Avro.Parse(new string(' ', 101) + "\"int\"", [], new SchemaParseOptions(true, new SchemaBudget(MaxTextBytes: 100))).Error!.Message, StringComparison.Ordinal);

    [Fact]
    public void Wide_unions_hit_the_step_limit_with_a_message()
    {
        static string Wide(string prefix) => "[" + string.Join(',', Enumerable.Range(0, 4000).Select(i => $$"""{"type":"fixed","name":"{{prefix}}{{i}}","size":1}""")) + "]";
        var budget = new SchemaBudget(MaxSteps: 1_000_000);
        Assert.Throws<SchemaBudgetException>(() => Parsed.Schema(Wide("A")).CompareAsReaderOf(Parsed.Schema(Wide("B")), budget));
    }

    [Fact]
    public void Data_nested_ten_thousand_deep_is_refused()
    {
        var schema = Parsed.Schema(List);
        Assert.Throws<SchemaBudgetException>(() => schema.Decode([.. Enumerable.Repeat((byte)2, 10_000), 0]));
        var json = string.Concat(Enumerable.Repeat("""{"next":{"L":""", 1000)) + """{"next":null}""" + new string('}', 2000);
        Assert.Throws<SchemaBudgetException>(() => schema.Encode(json));
    }
}
