using System.Diagnostics;
using System.Globalization;
using Gateway.Schemas.Compatibility;
using Xunit.Abstractions;

namespace Gateway.Schemas.Tests.Json.Compatibility;

/// <summary>
/// Pairs made to be expensive. Each is to end within a second, with the right answer or word of the budget; the bound here allows for a
/// machine that does other things as well.
/// </summary>
public class HostileSchemaTests(ITestOutputHelper output)
{
    private static string Join(int count, Func<int, string> part) =>
        string.Join(',', Enumerable.Range(0, count).Select(part));

    private static string Property(int i, string schema) => string.Create(CultureInfo.InvariantCulture, $"\"p{i}\":{schema}");

    private static string AnyOf(int count, Func<int, string> branch) => $$"""{"anyOf":[{{Join(count, branch)}}]}""";

    /// <summary>An object like many others, told apart by a constant.</summary>
    private static string Kind(int kind, int properties, string type = "string") => $$$"""
        {"type":"object","properties":{"kind":{"const":{{{kind}}} },{{{Join(properties, i => Property(i, $$"""{"type":"{{type}}"}"""))}}} },"required":["kind"]}
        """;

    /// <summary>The verdict, or null when the budget ended it.</summary>
    private bool? Judge(string original, string update, CompatibilityPolicy policy = CompatibilityPolicy.Strict)
    {
        var (before, after) = (Compared.Node(original), Compared.Node(update));
        var clock = Stopwatch.StartNew();
        var cpu = Environment.CpuUsage.TotalTime;
        bool? verdict = null;
        try
        {
            verdict = Gateway.Schemas.Json.Compatibility.JsonSchemaComparison.Compare(after, before, policy, SchemaBudget.Default).Count == 0;
        }
        catch (SchemaBudgetException exceeded)
        {
            Assert.Contains("which is the limit", exceeded.Message, StringComparison.Ordinal);
        }
        output.WriteLine(
            $"{clock.ElapsedMilliseconds} ms, of the processor {(Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds:F0} ms: {verdict?.ToString() ?? "budget"}");
        Assert.True(clock.Elapsed < Patience.Bound, clock.Elapsed.ToString());
        return verdict;
    }

    [Fact]
    public void A_megabyte_of_properties()
    {
        var before = $$"""{"properties":{ {{Join(20_000, i => Property(i, """{"type":"integer","maximum":1000,"title":"a title"}"""))}} } }""";
        Assert.True(before.Length > 1_000_000);
        Assert.True(Judge(before, before));
        Assert.True(Judge(before, before.Replace("integer", "number", StringComparison.Ordinal)));
        Assert.False(Judge(before, before.Replace("1000", "999", StringComparison.Ordinal)));
        Assert.False(Judge(before, before.Replace("\"p19999\":{", "\"p19999\":{\"minimum\":1,", StringComparison.Ordinal)));
    }

    [Fact]
    public void As_deep_as_the_budget_allows_and_deeper()
    {
        static string Nested(int depth, string inner) =>
            string.Concat(Enumerable.Repeat("{\"not\":", depth)) + inner + new string('}', depth);
        static string Arrays(int depth, string inner) =>
            string.Concat(Enumerable.Repeat("{\"items\":", depth)) + inner + new string('}', depth);
        Assert.False(Judge(Arrays(490, """{"type":"number"}"""), Arrays(490, """{"type":"integer"}""")));
        Assert.True(Judge(Arrays(490, """{"type":"integer"}"""), Arrays(490, """{"type":"number"}""")));
        Assert.True(Judge(Nested(490, """{"type":"integer"}"""), Nested(490, """{"type":"number"}""")));
        Assert.False(Judge(Nested(491 - 2, """{"type":"integer"}"""), Nested(491 - 2, """{"type":"number"}""")));
        var small = SchemaBudget.Default with { MaxDepth = 100 };
        Assert.Contains("100", Assert.Throws<SchemaBudgetException>(() => Compared.All(Arrays(490, "true"), Arrays(490, "true"), budget: small)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wide_unions_with_few_changes()
    {
        Assert.True(Judge(AnyOf(500, i => Kind(i, 10)), AnyOf(500, i => Kind(i, 10))));
        Assert.True(Judge(AnyOf(500, i => Kind(i, 10)), AnyOf(501, i => Kind(i, 10))));
        Assert.False(Judge(AnyOf(500, i => Kind(i, 10)), AnyOf(500, i => Kind(i, 10, i == 250 ? "null" : "string"))));
        Assert.True(Judge(AnyOf(500, i => Kind(i, 10)), AnyOf(500, i => Kind(499 - i, 10))));
        Assert.True(Judge(AnyOf(5000, i => Kind(i, 2)), AnyOf(5001, i => Kind(i, 2))));
    }

    [Fact]
    public void Wide_unions_of_nothing_in_common()
    {
        Assert.False(Judge(AnyOf(500, i => Kind(i, 10)), AnyOf(500, i => Kind(i + 1000, 10, "null"))));
        Assert.False(Judge(AnyOf(500, i => $$"""{"const":{{i}}}"""), AnyOf(500, i => $$"""{"const":{{i + 1000}}}""")));
        Assert.NotEqual(true, Judge(AnyOf(5000, i => $$"""{"const":{{i}}}"""), AnyOf(5000, i => $$"""{"const":{{i + 10_000}}}""")));
    }

    [Fact]
    public void Wide_unions_where_all_goes_with_all()
    {
        Assert.True(Judge(AnyOf(500, i => $$"""{"maximum":{{i}}}"""), AnyOf(500, i => $$"""{"maximum":{{i + 1000}}}""")));
        // The last must push all others along.
        Assert.True(Judge(AnyOf(500, i => $$"""{"maximum":{{500 - i}}}"""), AnyOf(500, i => $$"""{"maximum":{{i + 1.5}}}""")));
        Assert.False(Judge(AnyOf(500, i => $$"""{"maximum":{{i}}}"""), AnyOf(500, i => $$"""{"maximum":{{i - 1}}}""")));
        Assert.NotEqual(false, Judge(AnyOf(3000, i => $$"""{"maximum":{{i}}}"""), AnyOf(3000, i => $$"""{"maximum":{{i + 5000}}}""")));
    }

    [Fact]
    public void Unions_in_unions()
    {
        string Union(int depth, string type) =>
            depth == 0 ? $$"""{"type":"{{type}}"}""" : AnyOf(4, i => $$"""{"title":"{{i}}","items":{{Union(depth - 1, type)}}}""");
        Assert.True(Judge(Union(6, "integer"), Union(6, "integer")));
        Assert.True(Judge(Union(6, "integer"), Union(6, "number")));
        Assert.NotEqual(true, Judge(Union(6, "number"), Union(6, "integer")));
    }

    [Fact]
    public void References_that_fan_out_without_end()
    {
        // Two ways from each definition to the next: 2^200 paths, 200 pairs.
        static string Fan(string last) =>
            $$"""{"$ref":"#/definitions/d0","definitions":{ {{Join(200, i => $$$"""
                "d{{{i}}}":{"properties":{"a":{"$ref":"#/definitions/d{{{i + 1}}}"},"b":{"$ref":"#/definitions/d{{{i + 1}}}"} } }
                """)}},"d200":{{last}} } }""";
        Assert.True(Judge(Fan("""{"type":"integer"}"""), Fan("""{"type":"number"}""")));
        Assert.False(Judge(Fan("""{"type":"number"}"""), Fan("""{"type":"integer"}""")));
        var found = Compared.Incompatible(Fan("""{"type":"number"}"""), Fan("""{"type":"integer"}"""));
        Assert.Equal(1000, found.Count);
        Assert.All(found, difference => Assert.Equal("TYPE_NARROWED", difference.Type));
    }

    [Fact]
    public void Every_definition_leads_to_every_other()
    {
        static string Web(int size, string last) =>
            $$"""{"$ref":"#/definitions/d0","definitions":{ {{Join(size, i => $$$"""
                "d{{{i}}}":{"oneOf":[{{{Join(size, j => $$"""{"properties":{"x{{j % 7}}":{"$ref":"#/definitions/d{{j}}"},"v":{{(i == size - 1 ? last : "true")}} } }""")}}}]}
                """)}} } }""";
        Assert.True(Judge(Web(20, "true"), Web(20, "true")));
        Assert.NotNull(Judge(Web(20, """{"type":"number"}"""), Web(20, """{"type":"integer"}""")));
        Judge(Web(100, """{"type":"number"}"""), Web(100, """{"type":"integer"}"""));
    }

    [Fact]
    public void Ten_thousand_references_in_a_row()
    {
        static string Row(string last) =>
            $$"""{"$ref":"#/definitions/d0","definitions":{ {{Join(10_000, i => $$$"""
                "d{{{i}}}":{"$ref":"#/definitions/d{{{i + 1}}}"}
                """)}},"d10000":{{last}} } }""";
        Assert.True(Judge(Row("""{"type":"integer"}"""), Row("""{"type":"number"}""")));
        Assert.False(Judge(Row("""{"type":"number"}"""), Row("""{"type":"integer"}""")));
    }

    [Fact]
    public void Patterns_that_take_ages()
    {
        const string bomb = "(a+)+$";
        var name = new string('a', 60) + "!";
        var before = $$"""{"properties":{"{{name}}":{"type":"null"} },"additionalProperties":false}""";
        var after = $$"""{"patternProperties":{"{{bomb}}":{"type":"string"} },"additionalProperties":false}""";
        Assert.NotEqual(true, Judge(before, after));
        Assert.NotEqual(true, Judge(before, after, CompatibilityPolicy.Exhaustive));
    }

    [Fact]
    public void Steps_run_out_with_a_word_about_it()
    {
        var budget = SchemaBudget.Default with { MaxSteps = 1000 };
        var fault = Assert.Throws<SchemaBudgetException>(() =>
            Compared.All(AnyOf(100, i => $$"""{"const":{{i}}}"""), AnyOf(100, i => $$"""{"const":{{i + 100}}}"""), budget: budget));
        Assert.Equal("more than 1000 steps are needed, which is the limit", fault.Message);
    }

    [Fact]
    public void Names_as_long_as_the_text()
    {
        var name = new string('n', 100_000);
        string Schema(string type) => $$"""{"properties":{"{{name}}":{"properties":{ {{Join(2000, i => Property(i, $$"""{"type":"{{type}}"}"""))}} } } } }""";
        Assert.False(Judge(Schema("number"), Schema("integer")));
    }
}
