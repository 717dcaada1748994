using Gateway.Schemas.Compatibility;

namespace Gateway.Schemas.Tests.Json.Compatibility;

/// <summary>What registries answer: levels, directions, policies and the wording tools look for.</summary>
public class FramingTests
{
    private static ISchema Schema(string text)
    {
        var parsed = SchemaLanguages.All.Parse(SchemaTypes.Json, text, [], SchemaParseOptions.New);
        Assert.True(parsed.Schema is not null, parsed.Error?.ToString());
        return parsed.Schema!;
    }

    private static IReadOnlyList<string> Check(CompatibilityLevel level, CompatibilityPolicy policy, string candidate, string earlier) =>
        CompatibilityChecker.Check(level, policy, Schema(candidate), [Schema(earlier)], SchemaBudget.Default, out _);

    [Fact]
    public void The_framing_ends_in_a_stray_quote() => Assert.Equal(
        ["{errorType:\"MAX_LENGTH_DECREASED\", description:\"The value at path '#/properties/a/maxLength' is lower in the new schema than in the old schema\"'}"],
        Check(CompatibilityLevel.Backward, CompatibilityPolicy.Strict, """{"properties":{"a":{"maxLength":1}}}""", """{"properties":{"a":{"maxLength":2}}}"""));

    [Fact]
    public void Forward_asks_the_other_way_round()
    {
        const string narrow = """{"type":"integer"}""";
        const string wide = """{"type":"number"}""";
        Assert.Empty(Check(CompatibilityLevel.Backward, CompatibilityPolicy.Strict, wide, narrow));
        Assert.Contains("The old schema takes fewer types of values at path '#/' than the new schema",
            Assert.Single(Check(CompatibilityLevel.Forward, CompatibilityPolicy.Strict, wide, narrow)), StringComparison.Ordinal);
        Assert.Empty(Check(CompatibilityLevel.Forward, CompatibilityPolicy.Strict, narrow, wide));
        Assert.Single(Check(CompatibilityLevel.Full, CompatibilityPolicy.Strict, narrow, wide));
    }

    [Fact]
    public void The_policy_decides_about_content_models_and_gaps()
    {
        const string open = """{"properties":{"a":{"type":"string"}}}""";
        const string more = """{"properties":{"a":{"type":"string"},"b":{"type":"string"}}}""";
        Assert.Contains("OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
            Assert.Single(Check(CompatibilityLevel.Backward, CompatibilityPolicy.Strict, more, open)), StringComparison.Ordinal);
        Assert.Empty(Check(CompatibilityLevel.Full, CompatibilityPolicy.Lenient, more, open));
        Assert.Empty(Check(CompatibilityLevel.Backward, CompatibilityPolicy.Strict, """{"type":"string","format":"date"}""", """{"type":"string"}"""));
        Assert.Contains("FORMAT_ADDED", Assert.Single(Check(
            CompatibilityLevel.Backward, CompatibilityPolicy.Exhaustive, """{"type":"string","format":"date"}""", """{"type":"string"}""")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_costs_too_much_counts_as_incompatible()
    {
        static string Union(int from) => $$"""{"anyOf":[{{string.Join(',', Enumerable.Range(from, 100).Select(i => $$"""{"const":{{i}}}"""))}}]}""";
        var messages = CompatibilityChecker.Check(
            CompatibilityLevel.Backward, Schema(Union(0)), [Schema(Union(1000))], SchemaBudget.Default with { MaxSteps = 5000 }, out var failed);
        Assert.Equal(0, failed);
        Assert.Equal(["The schemas could not be compared: more than 5000 steps are needed, which is the limit"], messages);
    }

    [Fact]
    public void Every_difference_is_told_in_words()
    {
        foreach (var row in KeywordTableTests.Rows())
        {
            foreach (var difference in Compared.All((string)row[0], (string)row[1]).Concat(Compared.All((string)row[1], (string)row[0])))
            {
                Assert.Contains($"'{difference.Path}'", difference.Description, StringComparison.Ordinal);
                Assert.Null(difference.AdditionalInfo);
                Assert.Equal(SchemaTypes.Json, difference.SchemaType);
                var told = difference.Between("new", "old").Description;
                Assert.Contains("the ", told, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("reader", told, StringComparison.Ordinal);
                Assert.DoesNotContain("writer", told, StringComparison.Ordinal);
            }
        }
    }
}
