using System.Diagnostics;
using System.Text;

namespace Gateway.Schemas.Tests.Avro;

/// <summary>Inputs made to cost too much: each ends soon, with a right answer or a clear error.</summary>
public class HostileInputTests
{
    private const string List = """{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}""";

    private static T WithinSeconds<T>(Func<T> work)
    {
        var watch = Stopwatch.StartNew();
        var result = work();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
        return result;
    }

    private static string Nested(int levels)
    {
        var text = new StringBuilder();
        for (var i = 0; i < levels; i++) text.Append("{\"type\":\"array\",\"items\":");
        return text.Append("\"int\"").Append('}', levels).ToString();
    }

    [Fact]
    public void Ten_thousand_nested_levels_are_refused()
    {
        var error = WithinSeconds(() => Parsed.Error(Nested(10_000)));
        Assert.Contains("depth", error.Message, StringComparison.OrdinalIgnoreCase);
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
    public void A_megabyte_of_fields_parses()
    {
        var fields = string.Join(',', Enumerable.Range(0, 25_000).Select(i => $$"""{"name":"f{{i}}","type":["null","string"],"default":null}"""));
        var schema = WithinSeconds(() => Parsed.Schema($$"""{"type":"record","name":"R","fields":[{{fields}}]}"""));
        Assert.True(schema.CanonicalText.Length > 1_000_000);
        Assert.Empty(WithinSeconds(() => schema.CompareAsReaderOf(Parsed.Schema(schema.CanonicalText), SchemaBudget.Default)));
    }

    [Fact]
    public void Ten_thousand_references_resolve()
    {
        var references = Enumerable.Range(0, 10_000).Select(i => Parsed.Reference("R" + i, $$"""{"type":"fixed","name":"R{{i}}","size":1}""")).ToArray();
        var schema = WithinSeconds(() => Parsed.Schema("""["R0","R9999"]""", references));
        Assert.Equal("""["R0","R9999"]""", schema.CanonicalText);
    }

    [Fact]
    public void A_text_above_the_size_limit_is_refused() => Assert.Contains(
        "longer than 100 bytes", Parsed.Avro.Parse(new string(' ', 101) + "\"int\"", [], new SchemaParseOptions(true, new SchemaBudget(MaxTextBytes: 100))).Error!.Message, StringComparison.Ordinal);

    [Fact]
    public void A_default_that_needs_itself_is_refused() => Assert.Contains(
        "levels deep", Parsed.Error("""{"type":"record","name":"A","fields":[{"name":"a","type":"A","default":{}}]}""").Message, StringComparison.Ordinal);

    [Fact]
    public void Types_that_double_at_each_level_compare_in_a_moment()
    {
        // 2^60 paths, 60 pairs.
        static string Doubling(string leaf)
        {
            var text = new StringBuilder();
            for (var i = 0; i < 60; i++) text.Append($$"""{"type":"record","name":"R{{i}}","fields":[{"name":"a","type":""");
            text.Append('"').Append(leaf).Append('"');
            for (var i = 59; i >= 0; i--) text.Append(i == 59 ? "}]}" : $$"""},{"name":"b","type":"R{{i + 1}}"}]}""");
            return text.ToString();
        }
        Assert.Empty(WithinSeconds(() => Parsed.Differences(Doubling("long"), Doubling("int"))));
        var found = WithinSeconds(() => Parsed.Differences(Doubling("int"), Doubling("long")));
        Assert.InRange(found.Count, 1, 1000);
    }

    [Fact]
    public void Mutually_recursive_types_compare() => Assert.Empty(Parsed.Differences(
        """{"type":"record","name":"A","fields":[{"name":"b","type":{"type":"record","name":"B","fields":[{"name":"a","type":["null","A"]}]}}]}""",
        """{"type":"record","name":"A","fields":[{"name":"b","type":{"type":"record","name":"B","fields":[{"name":"a","type":["null","A"]}]}}]}"""));

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

    [Fact]
    public void A_count_of_values_that_take_no_bytes_is_bounded() => Assert.Throws<SchemaBudgetException>(() => WithinSeconds(() =>
        Parsed.Schema("""{"type":"array","items":"null"}""").Decode([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])));

    [Fact]
    public void A_record_without_end_is_refused() => Assert.Throws<SchemaBudgetException>(() =>
        Parsed.Schema("""{"type":"record","name":"A","fields":[{"name":"a","type":"A"}]}""").Decode([]));
}
