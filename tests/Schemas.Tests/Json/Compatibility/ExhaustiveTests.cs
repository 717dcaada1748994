using Gateway.Schemas.Compatibility;

namespace Gateway.Schemas.Tests.Json.Compatibility;

/// <summary>What the registries' table passes over, each both ways; the same pairs are told apart by nothing under the other policies.</summary>
public class ExhaustiveTests
{
    private const string Modern = "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"";

    public static TheoryData<string, string, string, string> Rows() => new()
    {
        // format and content*
        { """{"type":"string"}""", """{"type":"string","format":"date"}""", "no FORMAT_ADDED #/format", "ok FORMAT_REMOVED #/format" },
        { """{"type":"string","format":"uri"}""", """{"type":"string","format":"date"}""", "no FORMAT_CHANGED #/format", "no FORMAT_CHANGED #/format" },
        { """{"type":"integer"}""", """{"type":"integer","format":"int32"}""", "no FORMAT_ADDED #/format", "ok FORMAT_REMOVED #/format" },
        { """{"type":["string","null"]}""", """{"type":["string","null"],"format":"date"}""", "no COMBINED_TYPE_SUBSCHEMAS_CHANGED #/", "ok FORMAT_REMOVED #/anyOf/0/format" },
        { """{"type":"string"}""", """{"format":"date"}""", "no FORMAT_ADDED #/format", "no TYPE_CHANGED #/" },
        { """{"type":"string"}""", """{"type":"string","contentEncoding":"base64"}""", "no CONTENT_ENCODING_ADDED #/contentEncoding", "ok CONTENT_ENCODING_REMOVED #/contentEncoding" },
        { """{"type":"string","contentMediaType":"a/b"}""", """{"type":"string","contentMediaType":"a/c"}""", "no CONTENT_MEDIA_TYPE_CHANGED #/contentMediaType", "no CONTENT_MEDIA_TYPE_CHANGED #/contentMediaType" },
        { """{"type":"string"}""", """{"type":"string","contentSchema":{"type":"null"}}""", "no CONTENT_SCHEMA_ADDED #/contentSchema", "ok CONTENT_SCHEMA_REMOVED #/contentSchema" },
        // keywords of a type with and without the type
        { """{"type":"string","maxLength":1}""", """{"maxLength":1}""", "ok TYPE_EXTENDED #/", "no TYPE_NARROWED #/" },
        { """{"type":"integer","maximum":1}""", """{"maximum":1}""", "ok TYPE_EXTENDED #/", "no TYPE_NARROWED #/" },
        { """{"type":"array","maxItems":1}""", """{"maxItems":1}""", "ok TYPE_EXTENDED #/", "no TYPE_NARROWED #/" },
        { """{"type":"object","maxProperties":1}""", """{"maxProperties":1}""", "ok TYPE_EXTENDED #/", "no TYPE_NARROWED #/" },
        // patternProperties
        { """{"patternProperties":{"^a":{"type":"integer"}}}""", """{"patternProperties":{"^a":{"type":"number"}}}""", "ok TYPE_EXTENDED #/patternProperties/^a", "no TYPE_NARROWED #/patternProperties/^a" },
        { """{"type":"object"}""", """{"type":"object","patternProperties":{"^a":{"type":"null"}}}""", "no PATTERN_PROPERTY_ADDED_TO_UNCLOSED_CONTENT_MODEL #/patternProperties/^a", "ok PATTERN_PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL #/patternProperties/^a" },
        { """{"additionalProperties":false}""", """{"additionalProperties":false,"patternProperties":{"^a":{"type":"null"},"b":false}}""", "ok PATTERN_PROPERTY_ADDED_TO_CLOSED_CONTENT_MODEL #/patternProperties/^a;ok PATTERN_PROPERTY_ADDED_TO_CLOSED_CONTENT_MODEL #/patternProperties/b", "no PATTERN_PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/patternProperties/^a;ok PATTERN_PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL #/patternProperties/b" },
        { """{"additionalProperties":{"type":"null"}}""", """{"additionalProperties":{"type":"null"},"patternProperties":{"a":{"type":"null"}}}""", "no PATTERN_PROPERTY_ADDED_TO_UNCLOSED_CONTENT_MODEL #/patternProperties/a", "ok PATTERN_PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/patternProperties/a" },
        { """{"additionalProperties":{"type":"null"},"patternProperties":{"a":{"type":"string"}}}""", """{"additionalProperties":{"type":"null"}}""", "no TYPE_CHANGED #/patternProperties/a;no PATTERN_PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/patternProperties/a", "no PATTERN_PROPERTY_ADDED_TO_UNCLOSED_CONTENT_MODEL #/patternProperties/a" },
        // propertyNames
        { """{"type":"object"}""", """{"type":"object","propertyNames":{"maxLength":2}}""", "no PROPERTY_NAMES_ADDED #/propertyNames", "ok PROPERTY_NAMES_REMOVED #/propertyNames" },
        { """{"propertyNames":{"maxLength":1}}""", """{"propertyNames":{"maxLength":2}}""", "ok MAX_LENGTH_INCREASED #/propertyNames/maxLength", "no MAX_LENGTH_DECREASED #/propertyNames/maxLength" },
        // required names without a property
        { """{"type":"object"}""", """{"type":"object","required":["a"]}""", "no REQUIRED_ATTRIBUTE_ADDED #/required/a", "" },
        { """{"properties":{"x":true}}""", """{"properties":{"x":true,"a":true},"required":["a"]}""", "ok PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a;no REQUIRED_ATTRIBUTE_ADDED #/required/a", "ok PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL #/properties/a" },
        // names no pattern matches are as open as the rest
        { """{"patternProperties":{"^s":true}}""", """{"patternProperties":{"^s":true},"properties":{"a":{"type":"null"}}}""", "no OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a", "ok PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL #/properties/a" },
        // every pattern counts that matches
        { """{"properties":{"ab":{"type":"string"}},"patternProperties":{"a":{"type":"string"},"b":{"type":"null"}}}""", """{"patternProperties":{"a":{"type":"string"},"b":{"type":"null"}}}""", "no PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/ab", "ok PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/ab;ok OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/ab" },
        // contains
        { """{"type":"array"}""", """{"type":"array","contains":{"type":"null"}}""", "no CONTAINS_ADDED #/contains", "ok CONTAINS_REMOVED #/contains" },
        { """{"contains":{"type":"integer"}}""", """{"contains":{"type":"number"}}""", "ok TYPE_EXTENDED #/contains", "no TYPE_NARROWED #/contains" },
        { """{"contains":{"type":"integer"},"maxContains":2}""", """{"contains":{"type":"number"},"maxContains":2}""", "ok TYPE_EXTENDED #/contains;no CONTAINS_EXTENDED #/contains", "no TYPE_NARROWED #/contains" },
        { """{"contains":true,"minContains":0}""", """{"contains":true}""", "ok MIN_CONTAINS_REMOVED #/minContains;no MIN_CONTAINS_INCREASED #/minContains", "no MIN_CONTAINS_ADDED #/minContains" },
        // if, then, else
        { """{"if":{"type":"null"},"then":{"maximum":1}}""", """{"if":{"type":"null"},"then":{"maximum":2}}""", "ok MAXIMUM_INCREASED #/then/maximum", "no MAXIMUM_DECREASED #/then/maximum" },
        { """{"if":{"type":"null"},"else":{"maximum":1}}""", """{"if":{"type":"null"},"then":false}""", "no SCHEMA_ADDED #/then;ok SCHEMA_REMOVED #/else", "ok SCHEMA_REMOVED #/then;no SCHEMA_ADDED #/else" },
        { """{"if":{"type":"integer"},"then":false}""", """{"if":{"type":"number"},"then":false}""", "no CONDITION_CHANGED #/if", "no CONDITION_CHANGED #/if" },
        { """{"then":false}""", """{"if":true,"then":false}""", "no SCHEMA_ADDED #/if", "" },
        // additionalItems without a tuple mean nothing
        { """{"items":true,"additionalItems":false}""", """{"items":true,"additionalItems":{"type":"null"}}""", "", "" },
        // what is referred to dynamically is not followed
        { $$"""{{{Modern}},"type":"array","items":{"title":"t"} }""", $$"""{{{Modern}},"type":"array","items":{"title":"t","$dynamicRef":"#x"},"$defs":{"x":{"$dynamicAnchor":"x"} } }""", "no DYNAMIC_REFERENCE_ADDED #/items/$dynamicRef", "ok DYNAMIC_REFERENCE_REMOVED #/items/$dynamicRef" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_row_both_ways(string original, string update, string forth, string back)
    {
        Compared.ExpectExhaustive(original, update, forth.Split(';', StringSplitOptions.RemoveEmptyEntries));
        Compared.ExpectExhaustive(update, original, back.Split(';', StringSplitOptions.RemoveEmptyEntries));
        Compared.ExpectExhaustive(original, original);
        Compared.ExpectExhaustive(update, update);
    }

    [Fact]
    public void What_the_table_finds_is_found_too()
    {
        foreach (var row in KeywordTableTests.Rows())
        {
            var (one, other) = ((string)row[0], (string)row[1]);
            foreach (var (original, update) in new[] { (one, other), (other, one) })
            {
                // A keyword without effect is the one thing only the usual table minds.
                if (Compared.IsCompatible(original, update) || original.StartsWith("""{"additionalItems":""", StringComparison.Ordinal)) continue;
                Assert.False(Compared.IsCompatible(original, update, CompatibilityPolicy.Exhaustive), $"{original} {update}");
            }
        }
    }
}
