namespace Gateway.Schemas.Tests.Json.Compatibility;

/// <summary>allOf, anyOf and oneOf against each other and against single schemas.</summary>
public class CombinedTests
{
    private const string Text = """{"type":"string"}""";
    private const string Number = """{"type":"number"}""";
    private const string Integer = """{"type":"integer"}""";
    private const string Null = """{"type":"null"}""";

    private static string Of(string criterion, params string[] branches) => $$"""{"{{criterion}}":[{{string.Join(',', branches)}}]}""";

    [Theory]
    [InlineData("anyOf")]
    [InlineData("oneOf")]
    public void A_schema_that_becomes_one_of_several(string criterion)
    {
        Compared.Expect(Text, Of(criterion, Number, Text), "ok SUM_TYPE_EXTENDED #/");
        Compared.Expect(Integer, Of(criterion, Null, Number), "ok TYPE_EXTENDED #/", "ok SUM_TYPE_EXTENDED #/");
        Compared.Expect(Text, Of(criterion, Number, Null), "no TYPE_CHANGED #/");
        Compared.Expect(Of(criterion, Number, Text), Text, "no TYPE_CHANGED #/");
    }

    [Fact]
    public void A_schema_that_was_all_of_several()
    {
        Compared.Expect(Of("allOf", """{"maxLength":3}""", """{"enum":["a"]}"""), Text, "ok MAX_LENGTH_REMOVED #/maxLength", "ok PRODUCT_TYPE_NARROWED #/");
        Compared.Expect(Of("allOf", Number, """{"enum":["a"]}"""), Text, "no TYPE_CHANGED #/");
        Compared.Expect(Text, Of("allOf", Text, """{"enum":["a"]}"""), "no TYPE_CHANGED #/");
    }

    [Theory]
    [InlineData("allOf")]
    [InlineData("anyOf")]
    [InlineData("oneOf")]
    public void The_only_branch_is_as_good_as_the_schema_itself(string criterion)
    {
        Compared.Expect(Integer, Of(criterion, Number), "ok TYPE_EXTENDED #/");
        Compared.Expect(Of(criterion, Integer), Number, "ok TYPE_EXTENDED #/");
        Compared.Expect(Number, Of(criterion, Integer), "no TYPE_CHANGED #/");
        Compared.Expect(Of(criterion, Number), Integer, "no TYPE_CHANGED #/");
    }

    /// <summary>The criteria against each other: from, branches; to, branches; whether that is an extension.</summary>
    [Theory]
    [InlineData("allOf", 1, "anyOf", 1, true)]
    [InlineData("allOf", 2, "anyOf", 2, true)]
    [InlineData("oneOf", 1, "anyOf", 1, true)]
    [InlineData("oneOf", 2, "anyOf", 2, true)]
    [InlineData("allOf", 1, "oneOf", 1, true)]
    [InlineData("anyOf", 1, "oneOf", 1, true)]
    [InlineData("anyOf", 1, "allOf", 1, true)]
    [InlineData("oneOf", 1, "allOf", 1, true)]
    [InlineData("anyOf", 1, "oneOf", 2, true)]
    [InlineData("allOf", 1, "oneOf", 2, true)]
    [InlineData("allOf", 2, "oneOf", 1, true)]
    [InlineData("allOf", 2, "oneOf", 2, false)]
    [InlineData("anyOf", 2, "oneOf", 2, false)]
    [InlineData("anyOf", 2, "oneOf", 1, false)]
    [InlineData("anyOf", 2, "allOf", 2, false)]
    [InlineData("anyOf", 2, "allOf", 1, false)]
    [InlineData("oneOf", 2, "allOf", 2, false)]
    [InlineData("oneOf", 1, "allOf", 2, false)]
    [InlineData("oneOf", 2, "allOf", 1, false)]
    public void One_criterion_for_another(string from, int before, string to, int after, bool isExtension)
    {
        string[] branches = [Text, Number];
        var expected = new List<string> { isExtension ? "ok COMBINED_TYPE_EXTENDED #/" : "no COMBINED_TYPE_CHANGED #/" };
        if (isExtension && before < after) expected.Add("ok SUM_TYPE_EXTENDED #/");
        if (isExtension && before > after) expected.Add("ok PRODUCT_TYPE_NARROWED #/");
        Compared.Expect(Of(from, branches[..before]), Of(to, branches[..after]), [.. expected]);
    }

    [Fact]
    public void More_branches_and_fewer()
    {
        Compared.Expect(Of("allOf", Text), Of("allOf", Text, """{"enum":["a"]}"""), "no PRODUCT_TYPE_EXTENDED #/");
        Compared.Expect(Of("allOf", Text, """{"enum":["a"]}"""), Of("allOf", Text), "ok PRODUCT_TYPE_NARROWED #/");
        foreach (var sum in new[] { "anyOf", "oneOf" })
        {
            Compared.Expect(Of(sum, Text), Of(sum, Null, Text), "ok SUM_TYPE_EXTENDED #/");
            Compared.Expect(Of(sum, Null, Text), Of(sum, Text), "no SUM_TYPE_NARROWED #/");
            Compared.Expect(Of(sum, Text, Null), Of(sum, Number, Null, """{"type":"boolean"}"""), "ok SUM_TYPE_EXTENDED #/", "no COMBINED_TYPE_SUBSCHEMAS_CHANGED #/");
        }
        Compared.Expect(Of("oneOf", Text, Null), Of("anyOf", Text), "ok COMBINED_TYPE_EXTENDED #/", "no SUM_TYPE_NARROWED #/");
    }

    [Fact]
    public void Branches_may_change_places_and_change_compatibly()
    {
        Compared.Expect(Of("anyOf", Text, Null), Of("anyOf", Null, Text));
        Compared.Expect(Of("anyOf", Null, Integer), Of("anyOf", Number, Null), "ok TYPE_EXTENDED #/anyOf/1");
        Compared.Expect(Of("anyOf", Null, Number), Of("anyOf", Integer, Null), "no COMBINED_TYPE_SUBSCHEMAS_CHANGED #/");
        Compared.Expect(
            """{"properties":{"x":{"oneOf":[{"properties":{"a":{"maxLength":1}}}]}}}""",
            """{"properties":{"x":{"oneOf":[{"properties":{"a":{"maxLength":2}}}]}}}""",
            "ok MAX_LENGTH_INCREASED #/properties/x/oneOf/0/properties/a/maxLength");
    }

    [Fact]
    public void Branches_written_twice_count_once()
    {
        Compared.Expect(Of("anyOf", Text, Text, Null), Of("anyOf", Text, Null));
        Compared.Expect(Of("allOf", Text), Of("allOf", Text, Text));
        // Members in another order are the same schema; another title is another one.
        Compared.Expect(Of("allOf", """{"type":"string","maxLength":1}""", """{"maxLength":1,"type":"string"}"""), Of("allOf", """{"type":"string","maxLength":1}"""));
        Compared.Expect(
            Of("anyOf", """{"type":"null","title":"a"}""", """{"type":"null","title":"b"}"""), Of("anyOf", """{"type":"null","title":"a"}"""),
            "no SUM_TYPE_NARROWED #/");
        Compared.Expect(
            Of("anyOf", """{"type":"null","x":1}""", """{"type":"null","x":2}"""), Of("anyOf", """{"type":"null","x":1}"""), "no SUM_TYPE_NARROWED #/");
    }

    [Fact]
    public void As_many_branches_are_matched_as_can_be()
    {
        // Whoever takes the first fitting branch for the first schema leaves the second one without.
        string[] ranges = ["""{"maximum":1}""", """{"maximum":2}""", """{"maximum":3}"""];
        Compared.Expect(
            Of("anyOf", """{"maximum":0}""", """{"maximum":2.5}"""), Of("anyOf", """{"maximum":3}""", """{"maximum":0.5}"""),
            "ok MAXIMUM_INCREASED #/anyOf/0/maximum", "ok MAXIMUM_INCREASED #/anyOf/1/maximum");
        Compared.Expect(
            Of("anyOf", ranges), Of("anyOf", """{"maximum":5}""", """{"maximum":1.5}""", """{"maximum":2.5}"""),
            "ok MAXIMUM_INCREASED #/anyOf/0/maximum", "ok MAXIMUM_INCREASED #/anyOf/1/maximum", "ok MAXIMUM_INCREASED #/anyOf/2/maximum");
        Compared.Expect(
            Of("anyOf", ranges), Of("anyOf", """{"maximum":5}""", """{"maximum":1.5}""", """{"maximum":1.7}"""),
            "ok MAXIMUM_INCREASED #/anyOf/0/maximum", "ok MAXIMUM_INCREASED #/anyOf/1/maximum", "no COMBINED_TYPE_SUBSCHEMAS_CHANGED #/");
    }

    [Fact]
    public void Matching_agrees_with_trying_everything()
    {
        var random = new Random(20_251);
        for (var round = 0; round < 500; round++)
        {
            var before = Enumerable.Range(0, random.Next(1, 6)).Select(_ => (Low: random.Next(5), High: random.Next(5, 10))).Distinct().ToArray();
            var after = Enumerable.Range(0, random.Next(1, 6)).Select(_ => (Low: random.Next(5), High: random.Next(5, 10))).Distinct().ToArray();
            string Text((int Low, int High)[] ranges) =>
                Of("anyOf", [.. ranges.Select(range => $$"""{"minimum":{{range.Low}},"maximum":{{range.High}}}""")]);
            var isMatched = Best(before, after, 0, 0) == Math.Min(before.Length, after.Length);
            // A single branch is compared as such before any matching.
            var found = Compared.All(Text(before), Text(after)).Select(difference => difference.Type);
            Assert.Equal(isMatched, !found.Contains("COMBINED_TYPE_SUBSCHEMAS_CHANGED"));
        }

        static int Best((int Low, int High)[] before, (int Low, int High)[] after, int at, int taken)
        {
            if (at == before.Length) return 0;
            var best = Best(before, after, at + 1, taken);
            for (var j = 0; j < after.Length; j++)
            {
                if ((taken & (1 << j)) != 0 || after[j].Low > before[at].Low || after[j].High < before[at].High) continue;
                best = Math.Max(best, 1 + Best(before, after, at + 1, taken | (1 << j)));
            }
            return best;
        }
    }

    [Fact]
    public void Nothing_to_choose_from()
    {
        Compared.Expect(Text, Of("anyOf"), "no TYPE_CHANGED #/");
        Compared.Expect(Of("anyOf"), Of("anyOf", Text), "ok SUM_TYPE_EXTENDED #/");
        Compared.Expect(Of("anyOf", Text), "{}");
    }
}
