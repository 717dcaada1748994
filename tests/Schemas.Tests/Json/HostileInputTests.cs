using System.Diagnostics;
using System.Text;
using Gateway.Schemas.Json.Patterns;

namespace Gateway.Schemas.Tests.Json;

/// <summary>Inputs made to cost too much: each ends soon, with a right answer or a clear error.</summary>
public class HostileInputTests
{
    private static T Within<T>(Func<T> work)
    {
        var watch = Stopwatch.StartNew();
        var result = work();
        Assert.True(watch.Elapsed < Patience.Bound, $"took {watch.Elapsed}");
        return result;
    }

    private static bool Within(Action work) => Within(() =>
    {
        work();
        return true;
    });

    private static string Nested(string open, string leaf, string close, int levels) =>
        new StringBuilder().Insert(0, open, levels).Append(leaf).Insert(open.Length * levels + leaf.Length, close, levels).ToString();

    [Fact]
    public void A_megabyte_of_properties_parses_and_validates()
    {
        var properties = string.Join(',', Enumerable.Range(0, 16_000).Select(i => $"\"f{i}\":{{\"type\":[\"string\",\"null\"],\"maxLength\":{i + 1}}}"));
        var text = $$"""{"type":"object","additionalProperties":false,"properties":{{{properties}}} }""";
        Assert.True(text.Length > 700_000);
        var schema = Within(() => JsonSchemas.Schema(text));
        var value = "{" + string.Join(',', Enumerable.Range(0, 16_000).Select(i => $"\"f{i}\":\"x\"")) + "}";
        Within(() => schema.Validate(value));
        Assert.Contains("\"g\" is not allowed here", Within(() => schema.Fault("""{"g":1}""")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"not\":", "true", "}")]
    [InlineData("{\"properties\":{\"a\":", "{}", "}}")]
    [InlineData("{\"enum\":[", "1", "]}")]
    public void Ten_thousand_nested_levels_are_refused(string open, string leaf, string close)
    {
        var error = Within(() => JsonSchemas.Error(Nested(open, leaf, close, 10_000)));
        Assert.Contains("levels deep", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, error.Line);
    }

    [Fact]
    public void Two_hundred_nested_levels_parse_print_and_validate()
    {
        var text = Nested("{\"properties\":{\"a\":", "{\"type\":\"integer\"}", "}}", 200);
        var schema = JsonSchemas.Schema(text);
        Assert.Equal(text, schema.CanonicalText);
        Assert.True(schema.Accepts(Nested("{\"a\":", "1", "}", 200)));
        Assert.Contains(Nested("/a", "", "", 200), schema.Fault(Nested("{\"a\":", "\"x\"", "}", 200)), StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_references_resolve()
    {
        var references = Enumerable.Range(0, 10_000).Select(i => Parsed.Reference($"r{i}.json", $$"""{"type":"integer","minimum":{{i}}}""")).ToArray();
        var properties = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"p{i}\":{{\"$ref\":\"r{i}.json\"}}"));
        var schema = Within(() => JsonSchemas.Schema($"{{\"properties\":{{{properties}}}}}", references));
        Assert.True(schema.Accepts("""{"p9999":9999}"""));
        Assert.False(schema.Accepts("""{"p9999":9998}"""));
    }

    [Theory]
    [InlineData("definitions")]
    // Not a place for schemas, so they are found by looking.
    [InlineData("components")]
    public void Ten_thousand_pointers_resolve(string container)
    {
        var places = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"d{i}\":{{\"const\":{i}}}"));
        var properties = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"p{i}\":{{\"$ref\":\"#/{container}/d{i}\"}}"));
        var schema = Within(() => JsonSchemas.Schema($"{{\"properties\":{{{properties}}},\"{container}\":{{{places}}}}}"));
        Assert.True(schema.Accepts("""{"p1234":1234}"""));
        Assert.False(schema.Accepts("""{"p1234":4321}"""));
    }

    [Fact]
    public void A_chain_of_ten_thousand_references_is_followed()
    {
        var links = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"d{i}\":{{\"$ref\":\"#/definitions/d{i + 1}\"}}"));
        var schema = Within(() => JsonSchemas.Schema($$"""{"$ref":"#/definitions/d0","definitions":{{{links}},"d10000":{"type":"integer"} } }"""));
        Assert.True(schema.Accepts("1"));
        Assert.False(schema.Accepts("\"1\""));
    }

    [Fact]
    public void A_circle_of_ten_thousand_references_is_refused()
    {
        var links = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"d{i}\":{{\"$ref\":\"#/definitions/d{(i + 1) % 10_000}\"}}"));
        var error = Within(() => JsonSchemas.Error($$"""{"$ref":"#/definitions/d0","definitions":{{{links}}} }"""));
        Assert.Contains("never ends", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"$ref":"#"}""", "")]
    [InlineData("""{"allOf":[{"$ref":"#"}]}""", "")]
    [InlineData("""{"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}},"$ref":"#/definitions/a"}""", "/definitions/")]
    [InlineData("""{"if":{"required":["x"]},"then":{"$ref":"#"}}""", "")]
    [InlineData("""{"properties":{"a":{"anyOf":[{"type":"string"},{"not":{"$ref":"#/properties/a"}}]}}}""", "/properties/a")]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema","dependentSchemas":{"x":{"$ref":"#"}}}""", "")]
    public void A_schema_that_leads_back_to_itself_for_the_same_value_is_refused(string text, string place)
    {
        var error = JsonSchemas.Error(text);
        Assert.Contains("leads back to itself for the same value", error.Message, StringComparison.Ordinal);
        Assert.StartsWith(place, error.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Stored_elsewhere_such_a_schema_parses_and_its_values_are_refused_with_the_reason()
    {
        var schema = JsonSchemas.Stored("""{"properties":{"a":{"$ref":"#/properties/a"}}}""");
        var error = Assert.Throws<SchemaBudgetException>(() => Within(() => schema.Validate("""{"a":1}""")));
        Assert.Contains("never ends", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dynamic_reference_without_end_is_refused_when_it_is_met()
    {
        var schema = JsonSchemas.Of(JsonSchemas.Draft202012, """ "$dynamicAnchor":"a","allOf":[{"$dynamicRef":"#a"}] """);
        Assert.Contains("never ends", Assert.Throws<SchemaBudgetException>(() => schema.Validate("1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recursive_schema_goes_as_deep_as_the_data_may()
    {
        var schema = JsonSchemas.Schema("""{"type":"object","properties":{"next":{"anyOf":[{"type":"null"},{"$ref":"#"}]}},"required":["next"]}""");
        Assert.True(Within(() => schema.Accepts(Nested("{\"next\":", "null", "}", 490))));
        Assert.False(Within(() => schema.Accepts(Nested("{\"next\":", "{}", "}", 490))));
        Assert.Contains("levels deep", schema.Fault(Nested("{\"next\":", "null", "}", 10_000)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_recursive_pair_validates()
    {
        var schema = JsonSchemas.Schema(
            """{"$ref":"#/definitions/a","definitions":{"a":{"properties":{"b":{"$ref":"#/definitions/b"}}},"b":{"type":"array","items":{"$ref":"#/definitions/a"}}}}""");
        Assert.True(schema.Accepts("""{"b":[{"b":[{"b":[]}]}]}"""));
        Assert.False(schema.Accepts("""{"b":[{"b":[{"b":{}}]}]}"""));
    }

    [Fact]
    public void Schemas_that_double_at_each_level_end()
    {
        var definitions = string.Join(',', Enumerable.Range(0, 60).Select(i =>
            $"\"d{i}\":{{\"allOf\":[{{\"$ref\":\"#/definitions/d{i + 1}\"}},{{\"$ref\":\"#/definitions/d{i + 1}\"}}]}}"));
        var schema = JsonSchemas.Schema($$"""{"$ref":"#/definitions/d0","definitions":{{{definitions}},"d60":{"type":"integer"} } }""");
        var error = Assert.Throws<SchemaBudgetException>(() => Within(() => schema.Validate("1")));
        Assert.Contains("steps", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reasons_of_nested_choices_are_found_in_time()
    {
        var text = Nested("{\"anyOf\":[{\"type\":\"string\"},", "{\"type\":\"null\"}", "]}", 200);
        Assert.Contains("anyOf", Within(() => JsonSchemas.Schema(text).Fault("1")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(a|a)*$")]
    [InlineData("^(a|aa)+$")]
    [InlineData("^([a-zA-Z]+)*$")]
    [InlineData("(.*)*(.*)*(.*)*$b")]
    [InlineData("^(a?){40}a{40}$")]
    [InlineData("(x+x+)+y")]
    [InlineData("a*a*a*a*a*a*a*b")]
    public void Patterns_that_would_backtrack_forever_answer(string pattern)
    {
        var schema = JsonSchemas.Schema($$"""{"pattern":"{{pattern}}"}""");
        Assert.False(Within(() => schema.Accepts($"\"{new string('a', 40_000)}{new string('x', 40_000)}!\"")));
    }

    [Theory]
    [InlineData("^(?=(a|aa)+$)")]
    [InlineData("^(a|aa)+\\\\1$")]
    [InlineData("\\\\b(a|aa)+\\\\b!")]
    [InlineData("^(\\\\p{L}|\\\\p{L}\\\\p{L})+$")]
    public void Patterns_that_need_backtracking_are_stopped(string pattern)
    {
        var schema = JsonSchemas.Schema($$"""{"pattern":"{{pattern}}"}""");
        var error = Assert.Throws<SchemaBudgetException>(() => Within(() => schema.Validate($"\"{new string('a', 40)}.\"")));
        Assert.Contains("ms for one", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("((a{1000}){1000}){1000}")]
    [InlineData("(((((a{99}){99}){99}){99}){99}){99}")]
    [InlineData("a{1,999999999}")]
    [InlineData("a{999999999999999999999999}")]
    [InlineData("(\\\\p{L}{1000}){1000}")]
    public void Counts_as_high_as_one_likes_are_taken_or_refused(string pattern) => Within(() =>
    {
        var result = JsonSchemas.Parse($$"""{"pattern":"{{pattern}}"}""", SchemaParseOptions.New);
        try
        {
            result.Schema?.Validate($"\"{new string('a', 2000)}\"");
        }
        catch (Exception refused) when (refused is SchemaDataException or SchemaBudgetException)
        {
        }
    });

    [Fact]
    public void Patterns_have_a_greatest_length_and_depth()
    {
        Assert.Throws<PatternFault>(() => EcmaPattern.Translate(new string('a', 20_001)));
        Assert.Throws<PatternFault>(() => EcmaPattern.Translate(new string('(', 5_000) + new string(')', 5_000)));
        Assert.True(SchemaPattern.Parse(new string('(', 99) + "a" + new string(')', 99)).IsMatch("a"));
    }

    [Fact]
    public void Many_slow_patterns_share_one_time_limit()
    {
        var patterns = string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"^(?=(a|aa)+{i}$)\":true"));
        var schema = JsonSchemas.Schema($$"""{"patternProperties":{{{patterns}}} }""");
        Assert.Throws<SchemaBudgetException>(() => Within(() => schema.Validate($"{{\"{new string('a', 22)}\":1}}")));
    }

    [Theory]
    [InlineData("""{"multipleOf":0.0000001}""", "1e308", true)]
    [InlineData("""{"multipleOf":3}""", "1e999999999", false)]
    [InlineData("""{"maximum":1e999999999}""", "1e999999998", true)]
    [InlineData("""{"const":1e100000}""", "10e99999", true)]
    public void Exponents_cost_nothing(string text, string value, bool fits) =>
        Assert.Equal(fits, Within(() => JsonSchemas.Schema(text).Accepts(value)));

    [Theory]
    [InlineData("1e99999999999999999999")]
    [InlineData("-1e-99999999999")]
    public void Exponents_beyond_reason_are_refused(string value) =>
        Assert.Throws<SchemaBudgetException>(() => JsonSchemas.Schema("""{"multipleOf":2}""").Validate(value));

    [Fact]
    public void A_number_of_a_hundred_thousand_digits_is_refused() => Assert.Throws<SchemaBudgetException>(
        () => JsonSchemas.Schema("""{"maximum":2}""").Validate("1" + new string('3', 100_000)));

    [Fact]
    public void Unique_items_are_found_among_many()
    {
        var schema = JsonSchemas.Schema("""{"uniqueItems":true}""");
        var items = string.Join(',', Enumerable.Range(0, 100_000));
        Within(() => schema.Validate($"[{items}]"));
        Assert.Contains("99999 is there twice", Within(() => schema.Fault($"[{items},99999]")), StringComparison.Ordinal);
    }

    [Fact]
    public void Unique_items_that_nest_are_paid_for_at_every_level()
    {
        var schema = JsonSchemas.Schema("""{"uniqueItems":true,"items":{"$ref":"#"}}""");
        string item = "\"" + new string('x', 1_000_000) + "\"";
        Within(() => Assert.Throws<SchemaBudgetException>(() => schema.Validate(new string('[', 200) + item + new string(']', 200))));
    }

    [Fact]
    public void Many_required_names_and_many_members_go_together()
    {
        var names = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"n{i}\""));
        var schema = JsonSchemas.Schema($$"""{"required":[{{names}}]}""");
        var members = string.Join(',', Enumerable.Range(0, 9_999).Select(i => $"\"n{i}\":0"));
        Assert.Contains("\"n9999\" is missing", Within(() => schema.Fault($"{{{members}}}")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_above_the_size_limit_is_refused() => Assert.Contains("longer than 100 bytes", JsonSchemas.Parse(
        new string(' ', 101) + "true", new SchemaParseOptions(true, new SchemaBudget(MaxTextBytes: 100))).Error!.Message, StringComparison.Ordinal);

    [Fact]
    public void A_schema_of_more_parts_than_the_budget_has_steps_is_refused() => Assert.Contains("steps", JsonSchemas.Parse(
        """{"allOf":[{},{},{},{},{},{},{},{}]}""", new SchemaParseOptions(false, new SchemaBudget(MaxSteps: 5))).Error!.Message, StringComparison.Ordinal);
}
