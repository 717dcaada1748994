namespace Gateway.Schemas.Tests.Json.Compatibility;

/// <summary>How texts of every draft become the one model that is compared.</summary>
public class ModelTests
{
    private static string In(string draft, string members) => $$"""{"$schema":"{{draft}}",{{members}}}""";

    private const string Draft4 = "http://json-schema.org/draft-04/schema#";
    private const string Draft6 = "http://json-schema.org/draft-06/schema#";
    private const string Draft7 = "http://json-schema.org/draft-07/schema#";
    private const string Draft201909 = "https://json-schema.org/draft/2019-09/schema";
    private const string Draft202012 = "https://json-schema.org/draft/2020-12/schema";

    private static readonly string[] Drafts = [Draft4, Draft6, Draft7, Draft201909, Draft202012];

    [Fact]
    public void What_every_draft_has_is_the_same_in_all_of_them()
    {
        const string before = """
            "type":"object","properties":{"a":{"type":["string","null"],"maxLength":3},"b":{"type":"array","items":{"type":"integer"}}},"required":["a"]
            """;
        const string after = """
            "type":"object","properties":{"a":{"type":["string","null"],"maxLength":4},"b":{"type":"array","items":{"type":"number"}}}
            """;
        foreach (var draft in Drafts)
            foreach (var other in Drafts)
                Compared.Expect(
                    In(draft, before), In(other, after),
                    "ok REQUIRED_ATTRIBUTE_REMOVED #/required/a",
                    "ok MAX_LENGTH_INCREASED #/properties/a/anyOf/0/maxLength",
                    "ok TYPE_EXTENDED #/properties/b/items");
    }

    [Fact]
    public void A_list_of_types_is_an_anyOf()
    {
        Compared.Expect("""{"type":"string"}""", """{"type":["string","null"]}""", "ok SUM_TYPE_EXTENDED #/");
        Compared.Expect("""{"type":["string","null"]}""", """{"type":"string"}""", "no TYPE_CHANGED #/");
        Compared.Expect("""{"type":["string","null"]}""", """{"type":["null","string","number"]}""", "ok SUM_TYPE_EXTENDED #/");
        Compared.Expect("""{"type":["string","null"]}""", """{"type":["null"]}""", "no SUM_TYPE_NARROWED #/");
        Compared.Expect("""{"type":["string"]}""", """{"type":"string"}""");
        Compared.Expect("""{"anyOf":[{"type":"string"},{"type":"null"}]}""", """{"type":["string","null"]}""");
        Compared.Expect("""{"oneOf":[{"type":"string"},{"type":"null"}]}""", """{"type":["string","null"]}""", "ok COMBINED_TYPE_EXTENDED #/");
        Compared.Expect("""{"type":["string","null"]}""", """{"oneOf":[{"type":"string"},{"type":"null"}]}""", "no COMBINED_TYPE_CHANGED #/");
    }

    [Fact]
    public void Keywords_go_to_the_type_they_speak_of() => Compared.Expect(
        """{"type":["string","number","array"],"maxLength":1,"minimum":1,"items":{"type":"null"}}""",
        """{"anyOf":[{"type":"string","maxLength":2},{"type":"number"},{"type":"array","items":{"type":"null"}}]}""",
        "ok MAX_LENGTH_INCREASED #/anyOf/0/maxLength", "ok MINIMUM_REMOVED #/anyOf/1/minimum");

    [Fact]
    public void A_mix_of_keywords_is_an_allOf()
    {
        Compared.Expect("""{"type":"string","enum":["a"]}""", """{"type":"string"}""", "ok PRODUCT_TYPE_NARROWED #/");
        Compared.Expect("""{"type":"string"}""", """{"type":"string","enum":["a"]}""", "no TYPE_CHANGED #/");
        Compared.Expect("""{"type":"string","enum":["a"]}""", """{"type":"string","enum":["a","b"]}""", "ok ENUM_ARRAY_EXTENDED #/allOf/0/enum");
        Compared.Expect("""{"type":"string","enum":["a"]}""", """{"type":"string","enum":["b"]}""", "no COMBINED_TYPE_SUBSCHEMAS_CHANGED #/");
        Compared.Expect("""{"type":"string","enum":["a"]}""", """{"allOf":[{"enum":["a"]},{"type":"string"}]}""");
        Compared.Expect("""{"type":"string","const":"a"}""", """{"type":"string","not":{"const":"a"}}""", "no COMBINED_TYPE_SUBSCHEMAS_CHANGED #/");
        Compared.Expect(
            """{"type":"object","anyOf":[{"required":["a"]},{"required":["b"]}]}""",
            """{"type":"object","anyOf":[{"required":["a"]},{"required":["b"]},{"required":["c"]}]}""", "ok SUM_TYPE_EXTENDED #/allOf/0");
        // Keywords of a type that is not asked for stand beside it.
        Compared.Expect("""{"type":"integer","maxLength":1}""", """{"type":"integer"}""", "ok PRODUCT_TYPE_NARROWED #/");
        Compared.Expect("""{"maximum":1,"maxLength":1}""", """{"maxLength":1,"maximum":2}""", "ok MAXIMUM_INCREASED #/allOf/0/maximum");
        Compared.Expect("""{"title":"a","maximum":1,"maxLength":1}""", """{"title":"b","maxLength":1,"maximum":1}""", "ok TITLE_CHANGED #/");
        Compared.Expect("""{"if":{"type":"null"},"then":false,"type":"object"}""", """{"type":"object"}""", "ok PRODUCT_TYPE_NARROWED #/");
    }

    [Fact]
    public void A_format_speaks_of_strings_up_to_draft_7()
    {
        Compared.Expect(In(Draft7, """ "type":"integer","format":"int32" """), In(Draft7, """ "type":"integer" """), "ok PRODUCT_TYPE_NARROWED #/");
        Compared.Expect(In(Draft202012, """ "type":"integer","format":"int32" """), In(Draft202012, """ "type":"integer" """));
    }

    [Fact]
    public void Draft_4_flags_exclusive_limits()
    {
        string Number(string members) => In(Draft4, $""" "type":"number",{members} """);
        var flagged = Number(""" "maximum":10,"exclusiveMaximum":true,"minimum":1,"exclusiveMinimum":true """);
        Compared.Expect(flagged, Number(""" "maximum":11,"exclusiveMaximum":true,"minimum":0,"exclusiveMinimum":true """),
            "ok MAXIMUM_INCREASED #/maximum", "ok MINIMUM_DECREASED #/minimum");
        Compared.Expect(flagged, Number(""" "maximum":10,"minimum":1,"exclusiveMinimum":false """),
            "ok EXCLUSIVE_MAXIMUM_REMOVED #/exclusiveMaximum", "ok EXCLUSIVE_MINIMUM_REMOVED #/exclusiveMinimum");
        Compared.Expect(Number(""" "maximum":10,"minimum":1 """), flagged,
            "no EXCLUSIVE_MAXIMUM_ADDED #/exclusiveMaximum", "no EXCLUSIVE_MINIMUM_ADDED #/exclusiveMinimum");
        // A flag stands for the number later drafts write.
        var numbers = In(Draft7, """ "type":"number","exclusiveMaximum":10,"exclusiveMinimum":0 """);
        Compared.Expect(flagged, numbers, "ok EXCLUSIVE_MINIMUM_DECREASED #/exclusiveMinimum");
        Compared.Expect(numbers, flagged, "no EXCLUSIVE_MINIMUM_INCREASED #/exclusiveMinimum");
        // Without a limit there is nothing to exclude.
        Compared.Expect(Number(""" "exclusiveMaximum":true """), Number(""" "title":"t" """), "ok TITLE_CHANGED #/");
    }

    [Fact]
    public void Keywords_later_drafts_brought_mean_nothing_before()
    {
        Compared.Expect(In(Draft4, """ "const":1 """), In(Draft4, """ "const":2 """));
        Compared.Expect(In(Draft6, """ "if":true,"then":{"const":2} """), In(Draft6, """ "title":"t" """), "ok TITLE_CHANGED #/");
        Compared.Expect(
            In(Draft7, """ "type":"object","unevaluatedProperties":false,"dependentRequired":{"a":["b"]} """), In(Draft7, """ "type":"object" """));
        Compared.Expect(In(Draft202012, """ "additionalItems":false """), In(Draft202012, """ "title":"t" """), "ok TITLE_CHANGED #/");
    }

    [Fact]
    public void Tuples_are_written_in_two_ways()
    {
        var items = In(Draft201909, """ "type":"array","items":[{"type":"integer"},{"type":"null"}],"additionalItems":{"type":"null"} """);
        var prefix = In(Draft202012, """ "type":"array","prefixItems":[{"type":"number"}],"items":{"type":"null"} """);
        Compared.Expect(items, prefix,
            "ok TYPE_EXTENDED #/items/0", "ok ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1");
        Compared.Expect(prefix, items,
            "no TYPE_NARROWED #/items/0", "ok ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1");
        Compared.Expect(
            In(Draft202012, """ "prefixItems":[true],"items":false """), In(Draft7, """ "items":[true],"additionalItems":true """),
            "ok ADDITIONAL_ITEMS_ADDED #/additionalItems");
        Compared.Expect(In(Draft202012, """ "type":"array","items":false """), In(Draft202012, """ "type":"array" """), "ok ADDITIONAL_ITEMS_ADDED #/additionalItems");
        Compared.Expect(In(Draft202012, """ "type":"array","items":true """), In(Draft202012, """ "type":"array" """));
        Compared.Expect(In(Draft7, """ "type":"array","items":true """), In(Draft7, """ "type":"array" """), "ok SCHEMA_REMOVED #/items");
    }

    [Fact]
    public void Dependencies_are_written_in_two_ways()
    {
        var old = In(Draft7, """ "dependencies":{"x":["a","b"],"y":{"minProperties":2}} """);
        var now = In(Draft201909, """ "dependentRequired":{"x":["a"]},"dependentSchemas":{"y":{"minProperties":1}} """);
        Compared.Expect(old, now, "ok DEPENDENCY_ARRAY_NARROWED #/dependencies/x", "ok MIN_PROPERTIES_DECREASED #/dependencies/y/minProperties");
        Compared.Expect(now, old, "no DEPENDENCY_ARRAY_EXTENDED #/dependencies/x", "no MIN_PROPERTIES_INCREASED #/dependencies/y/minProperties");
    }

    [Fact]
    public void An_empty_map_of_properties_makes_an_object_up_to_draft_7()
    {
        Compared.Expect(In(Draft7, """ "properties":{},"maxProperties":1 """), In(Draft7, """ "properties":{} """), "ok MAX_PROPERTIES_REMOVED #/maxProperties");
        Compared.Expect(In(Draft202012, """ "properties":{},"maxProperties":1 """), In(Draft202012, """ "properties":{} """));
        Compared.Expect(In(Draft7, """ "title":"t" """), In(Draft7, """ "properties":{},"title":"t" """), "no TYPE_CHANGED #/");
        Compared.Expect(In(Draft202012, """ "title":"t" """), In(Draft202012, """ "properties":{},"title":"t" """));
    }

    [Fact]
    public void A_reference_stands_for_what_it_leads_to()
    {
        const string defined = """{"properties":{"a":{"$ref":"#/definitions/b"}},"definitions":{"b":{"$ref":"#/definitions/c"},"c":{"type":"integer"}}}""";
        Compared.Expect("""{"properties":{"a":{"type":"integer"}}}""", defined);
        Compared.Expect(defined, """{"properties":{"a":{"type":"number"}}}""", "ok TYPE_EXTENDED #/properties/a");
        Compared.Expect(defined, """{"properties":{"a":{"type":"string"}}}""", "no TYPE_CHANGED #/properties/a");
        // What a reference says beside itself is not looked at, up to draft 7.
        Compared.Expect(
            """{"$ref":"#/definitions/a","title":"t","maxLength":3,"definitions":{"a":{"type":"string"}}}""",
            """{"$ref":"#/definitions/a","title":"u","definitions":{"a":{"type":"string"}}}""");
    }

    [Fact]
    public void Beside_a_reference_there_may_be_more_from_2019_on()
    {
        var plain = In(Draft202012, """ "$ref":"#/$defs/a","title":"t","$defs":{"a":{"type":"string"}} """);
        var both = In(Draft202012, """ "$ref":"#/$defs/a","maxLength":3,"$defs":{"a":{"type":"string"}} """);
        Compared.Expect(plain, In(Draft202012, """ "type":"string" """));
        Compared.Expect(both, plain, "ok PRODUCT_TYPE_NARROWED #/");
        Compared.Expect(plain, both, "no TYPE_CHANGED #/");
        Compared.Expect(
            both, In(Draft202012, """ "$ref":"#/$defs/b","maxLength":4,"$defs":{"b":{"type":"string"}} """),
            "ok MAX_LENGTH_INCREASED #/allOf/1/maxLength");
    }

    [Fact]
    public void A_reference_that_leads_only_to_itself_is_nothing_but_itself()
    {
        const string cycle = """{"properties":{"a":{"$ref":"#/definitions/b"}},"definitions":{"b":{"$ref":"#/definitions/c"},"c":{"$ref":"#/definitions/b"}}}""";
        Compared.Expect(cycle, cycle);
        Compared.Expect(cycle, """{"properties":{"a":{"type":"string"}}}""", "no TYPE_CHANGED #/properties/a");
        Compared.Expect(cycle, """{"properties":{"a":true}}""");
    }

    [Fact]
    public void Odd_values_of_keywords_harm_nobody()
    {
        string[] odd =
        [
            """{"type":7,"enum":3,"allOf":{},"properties":[],"items":5,"required":"x","maximum":"a","dependencies":{"a":1},"minLength":null}""",
            """{"type":["string",4,"never"],"required":[1,"a"],"additionalProperties":"no","pattern":5,"multipleOf":0,"not":[],"const":[]}""",
            """{"type":"never","anyOf":[1,"a",null],"patternProperties":{"(":{"type":"null"}},"uniqueItems":"yes","exclusiveMaximum":true}""",
            """{"$ref":5,"title":5,"$id":7,"default":[],"if":1,"then":2,"else":{},"format":1,"multipleOf":0,"maxItems":-1e500}""",
        ];
        foreach (var one in odd)
        {
            Compared.Expect(one, one);
            foreach (var other in odd) _ = Compared.All(one, other).Count + Compared.All(other, one).Count;
        }
    }
}
