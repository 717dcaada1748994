using Gateway.Schemas.Compatibility;

namespace Gateway.Schemas.Tests.Json.Compatibility;

/// <summary>Properties and items that come and go, by the content model they come into and go from.</summary>
public class ContentModelTests
{
    private static string Closed(string properties, string rest = "") => $$"""{"properties":{{properties}},"additionalProperties":false{{rest}}}""";

    private static string Open(string properties, string rest = "") => $$"""{"properties":{{properties}}{{rest}}}""";

    private static string Texts(string properties, string rest = "") =>
        $$"""{"additionalProperties":{"type":"string"},"properties":{{properties}}{{rest}}}""";

    private static string Patterns(string properties, string rest = "") =>
        $$"""{"properties":{{properties}},"patternProperties":{"^s":{"type":"string"},"^n":{"type":"number"},"s":{"type":"null"} },"additionalProperties":false{{rest}}}""";

    [Fact]
    public void A_property_removed_from_an_open_model() => Compared.Expect(
        Open("""{"a":{"type":"null"},"b":true}"""), Open("""{"b":true}"""), "ok PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL #/properties/a");

    [Fact]
    public void The_update_decides_about_what_is_removed() => Compared.Expect(
        Closed("""{"a":{"type":"null"}}"""), Open("{}"),
        "ok PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL #/properties/a", "ok ADDITIONAL_PROPERTIES_ADDED #/additionalProperties");

    [Fact]
    public void A_property_removed_from_a_closed_model()
    {
        Compared.Expect(Closed("""{"a":{"type":"null"}}"""), Closed("{}"), "L PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a");
        Compared.Expect(Closed("""{"a":false}"""), Closed("{}"), "ok PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a");
        Compared.Expect(
            """{"properties":{"a":{"$ref":"#/definitions/never"}},"additionalProperties":false,"definitions":{"never":false}}""", Closed("{}"),
            "ok PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a");
    }

    [Fact]
    public void A_property_removed_from_a_partially_open_model()
    {
        Compared.Expect(
            Texts("""{"a":{"type":"string","maxLength":3}}"""), Texts("{}"),
            "ok MAX_LENGTH_REMOVED #/properties/a/maxLength", "ok PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a");
        Compared.Expect(
            Texts("""{"a":{"type":"null"}}"""), Texts("{}"),
            "no TYPE_CHANGED #/properties/a", "L PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a");
        Compared.Expect(
            Texts("""{"a":{"properties":{"x":{"type":"null"}},"additionalProperties":false}}"""),
            """{"additionalProperties":{"additionalProperties":false}}""",
            "L PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a/properties/x",
            "L PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a",
            "no TYPE_CHANGED #/additionalProperties");
    }

    [Fact]
    public void Under_LENIENT_what_covers_a_property_is_judged_leniently_too() => Assert.Contains(
        "PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a",
        Compared.All(
            """{"properties":{"a":{"properties":{"x":{"type":"null"}},"additionalProperties":false}},"additionalProperties":{"type":"object"}}""",
            """{"additionalProperties":{"type":"object","additionalProperties":false}}""", CompatibilityPolicy.Lenient).Select(Compared.Told));

    [Fact]
    public void The_first_pattern_that_matches_covers()
    {
        Compared.Expect(
            Patterns("""{"s1":{"type":"string"},"n1":{"type":"integer"},"as":{"type":"null"}}"""), Patterns("{}"),
            "ok PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/s1",
            "ok TYPE_EXTENDED #/properties/n1", "ok PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/n1",
            "ok PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/as");
        Compared.Expect(
            Patterns("""{"s1":{"type":"number"},"other":{"type":"null"}}"""), Patterns("{}"),
            "no TYPE_CHANGED #/properties/s1", "L PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/s1",
            "L PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/other");
    }

    [Fact]
    public void Patterns_come_before_additionalProperties() => Compared.Expect(
        """{"properties":{"s1":{"type":"null"},"t":{"type":"null"}}}""",
        """{"patternProperties":{"^s":{"type":"string"}},"additionalProperties":{"type":"null"}}""",
        "no TYPE_CHANGED #/properties/s1", "L PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/s1",
        "ok PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/t",
        "L ADDITIONAL_PROPERTIES_NARROWED #/additionalProperties");

    [Fact]
    public void A_model_with_patterns_is_closed_to_other_names_even_where_it_takes_them()
    {
        Compared.Expect(
            """{"properties":{"a":{"type":"null"}}}""", """{"patternProperties":{"^s":{"type":"string"}}}""",
            "L PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a");
        Compared.Expect(
            """{"patternProperties":{"^s":{"type":"string"}}}""",
            """{"patternProperties":{"^s":{"type":"string"}},"properties":{"a":{"type":"null"}}}""",
            "ok OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a");
    }

    [Fact]
    public void A_property_added_to_an_open_model()
    {
        Compared.Expect(Open("{}"), Open("""{"a":{"type":"null"}}"""), "L OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a");
        Compared.Expect(
            Open("{}"), Open("""{"a":{"type":"null"}}""", ""","required":["a"]"""),
            "no REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a");
        Compared.Expect(
            Open("{}"), Open("""{"a":{"type":"null","default":null}}""", ""","required":["a"]"""),
            "L REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a");
        Compared.Expect(
            Open("{}"), Open("""{"a":true,"b":{},"c":{"title":"t"}}"""),
            "ok PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a",
            "ok PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL #/properties/b",
            "ok PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL #/properties/c");
    }

    [Fact]
    public void A_property_added_to_a_closed_model()
    {
        Compared.Expect(Closed("{}"), Closed("""{"a":{"type":"null"}}"""), "ok OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a");
        Compared.Expect(
            Closed("{}"), Closed("""{"a":true}""", ""","required":["a"]"""), "no REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a");
        Compared.Expect(
            Closed("{}"), Closed("""{"a":{"default":1}}""", ""","required":["a"]"""),
            "ok REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a");
        Compared.Expect(
            Closed("{}"), Open("""{"a":{"type":"null"}}"""),
            "ok OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a", "ok ADDITIONAL_PROPERTIES_ADDED #/additionalProperties");
    }

    [Fact]
    public void A_property_added_to_a_partially_open_model_is_told_twice()
    {
        Compared.Expect(
            Texts("{}"), Texts("""{"a":{"type":"string"}}"""),
            "ok PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a",
            "ok OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a");
        Compared.Expect(
            Texts("{}"), Texts("""{"a":{"type":"null"}}""", ""","required":["a"]"""),
            "no TYPE_CHANGED #/properties/a",
            "L PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a",
            "no REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a");
        Compared.Expect(
            Patterns("{}"), Patterns("""{"n1":{"type":"number","default":0}}""", ""","required":["n1"]"""),
            "ok DEFAULT_CHANGED #/properties/n1",
            "ok PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/n1",
            "ok REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/n1");
    }

    [Fact]
    public void The_default_of_a_reference_counts_where_it_stands() => Compared.Expect(
        """{"additionalProperties":false,"definitions":{"n":{"type":"number"}}}""",
        """{"properties":{"a":{"$ref":"#/definitions/n","default":1}},"required":["a"],"additionalProperties":false,"definitions":{"n":{"type":"number"}}}""",
        "ok REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a");

    private const string Modern = "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"";

    /// <summary>unevaluatedProperties: what it says, what changes to the second, what changes back.</summary>
    [Theory]
    [InlineData("false", "true", "ok UNEVALUATED_PROPERTIES_ADDED", "L UNEVALUATED_PROPERTIES_REMOVED")]
    [InlineData("false", """{"type":"null"}""", "ok UNEVALUATED_PROPERTIES_ADDED", "L UNEVALUATED_PROPERTIES_REMOVED")]
    [InlineData("""{"type":"null"}""", "true", "ok UNEVALUATED_PROPERTIES_EXTENDED", "L UNEVALUATED_PROPERTIES_NARROWED")]
    [InlineData("""{"type":"null"}""", "{}", "ok UNEVALUATED_PROPERTIES_EXTENDED", "L UNEVALUATED_PROPERTIES_NARROWED")]
    [InlineData("""{"type":"integer"}""", """{"type":"number"}""", "ok TYPE_EXTENDED", "no TYPE_NARROWED")]
    [InlineData("true", "{}", null, null)]
    public void Properties_nothing_else_covers(string original, string update, string? forth, string? back)
    {
        string Schema(string unevaluated) => $$"""{{{Modern}},"type":"object","unevaluatedProperties":{{unevaluated}}}""";
        Compared.Expect(Schema(original), Schema(update), forth is null ? [] : [$"{forth} #/unevaluatedProperties"]);
        Compared.Expect(Schema(update), Schema(original), back is null ? [] : [$"{back} #/unevaluatedProperties"]);
        if (original == "false" && update == "true")
        {
            Compared.Expect(Schema("false"), $$"""{{{Modern}},"type":"object"}""", "ok UNEVALUATED_PROPERTIES_ADDED #/unevaluatedProperties");
            Compared.Expect($$"""{{{Modern}},"type":"object"}""", Schema("false"), "L UNEVALUATED_PROPERTIES_REMOVED #/unevaluatedProperties");
        }
    }

    [Theory]
    [InlineData("false", "true", "ok UNEVALUATED_ITEMS_ADDED", "no UNEVALUATED_ITEMS_REMOVED")]
    [InlineData("false", """{"type":"null"}""", "ok UNEVALUATED_ITEMS_ADDED", "no UNEVALUATED_ITEMS_REMOVED")]
    [InlineData("""{"type":"null"}""", "true", "ok UNEVALUATED_ITEMS_EXTENDED", "no UNEVALUATED_ITEMS_NARROWED")]
    [InlineData("""{"type":"integer"}""", """{"type":"number"}""", "ok TYPE_EXTENDED", "no TYPE_NARROWED")]
    public void Items_nothing_else_covers(string original, string update, string forth, string back)
    {
        string Schema(string unevaluated) => $$"""{{{Modern}},"type":"array","unevaluatedItems":{{unevaluated}}}""";
        Compared.Expect(Schema(original), Schema(update), $"{forth} #/unevaluatedItems");
        Compared.Expect(Schema(update), Schema(original), $"{back} #/unevaluatedItems");
    }

    [Fact]
    public void Unevaluated_properties_make_a_model_partially_open_or_closed()
    {
        string Schema(string properties, string unevaluated) => $$"""{{{Modern}},"type":"object","properties":{{properties}},"unevaluatedProperties":{{unevaluated}}}""";
        Compared.Expect(
            Schema("""{"a":{"type":"null"}}""", """{"type":"null"}"""), Schema("{}", """{"type":"null"}"""),
            "ok PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a");
        Compared.Expect(
            Schema("{}", """{"type":"null"}"""), Schema("""{"a":{"type":"string"}}""", """{"type":"null"}"""),
            "no TYPE_CHANGED #/properties/a", "L PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a",
            "ok OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a");
        Compared.Expect(
            Schema("""{"a":{"type":"null"}}""", "false"), Schema("{}", "false"), "L PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a");
        Compared.Expect(
            Schema("{}", "false"), Schema("""{"a":{"type":"null"}}""", "false"), "ok OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a");
    }

    private static string Tuple(string items, string? additional = null) =>
        $$"""{"type":"array","items":{{items}}{{(additional is null ? "" : $",\"additionalItems\":{additional}")}}}""";

    [Fact]
    public void An_item_removed()
    {
        Compared.Expect(
            Tuple("""[{"type":"null"},{"type":"string"}]"""), Tuple("""[{"type":"null"}]"""), "ok ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL #/items/1");
        Compared.Expect(
            Tuple("""[{"type":"null"},{"type":"integer"}]""", """{"type":"number"}"""), Tuple("""[{"type":"null"}]""", """{"type":"number"}"""),
            "ok TYPE_EXTENDED #/items/1", "ok ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1");
        Compared.Expect(
            Tuple("""[{"type":"null"},{"type":"string"}]""", """{"type":"number"}"""), Tuple("""[{"type":"null"}]""", """{"type":"number"}"""),
            "no TYPE_CHANGED #/items/1", "no ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1");
        Compared.Expect(
            Tuple("""[{"type":"null"},{"type":"string"},false]""", "false"), Tuple("""[{"type":"null"}]""", "false"),
            "no ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/1", "ok ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/2");
    }

    [Fact]
    public void An_item_added()
    {
        Compared.Expect(
            Tuple("[true]"), Tuple("""[true,{"type":"null"},{}]"""),
            "no ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/1", "ok ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL #/items/2");
        Compared.Expect(
            Tuple("[true]", """{"type":"integer"}"""), Tuple("""[true,{"type":"number"}]""", """{"type":"integer"}"""),
            "ok TYPE_EXTENDED #/items/1", "ok ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1");
        Compared.Expect(
            Tuple("[true]", """{"type":"integer"}"""), Tuple("""[true,{"type":"null"}]""", """{"type":"integer"}"""),
            "no TYPE_CHANGED #/items/1", "no ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1");
        Compared.Expect(Tuple("[true]", "false"), Tuple("""[true,{"type":"null"}]""", "false"), "ok ITEM_ADDED_TO_CLOSED_CONTENT_MODEL #/items/1");
    }

    [Fact]
    public void Unevaluated_items_cover_what_a_tuple_does_not()
    {
        string Schema(string items, string unevaluated) => $$"""{{{Modern}},"prefixItems":{{items}},"unevaluatedItems":{{unevaluated}}}""";
        Compared.Expect(
            Schema("""[true,{"type":"null"}]""", """{"type":"null"}"""), Schema("[true]", """{"type":"null"}"""),
            "ok ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1");
        Compared.Expect(Schema("[true]", "false"), Schema("""[true,{"type":"null"}]""", "false"), "ok ITEM_ADDED_TO_CLOSED_CONTENT_MODEL #/items/1");
    }
}
