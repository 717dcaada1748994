using System.Text;
using System.Text.Json;
using Gateway.Schemas.Fingerprints;

namespace Gateway.Schemas.Tests.Json;

/// <summary>What is taken and what is refused, the texts that are stored, and the door's other members.</summary>
public class ParsingTests
{
    [Theory]
    [InlineData("{", "not JSON", "", 1)]
    [InlineData("{\n  \"a\": nope }", "not JSON", "", 2)]
    [InlineData("1", "is an object, true or false, not a number", "", 1)]
    [InlineData("[]", "not an array", "", 1)]
    [InlineData("null", "not null", "", 1)]
    [InlineData("{} {}", "not JSON", "", 1)]
    [InlineData("{} // note", "not JSON", "", 1)]
    [InlineData("{\"a\":\"\\udc00\"}", "surrogate", "", 1)]
    [InlineData("{\n \"type\": \"strin\"\n}", "http://json-schema.org/draft-07/schema", "/type", 2)]
    [InlineData("{\"properties\":{\"a\":\n{\"type\":1}}}", "meta-schema", "/properties/a/type", 2)]
    [InlineData("{\"minLength\":-1}", "-1 is less than 0", "/minLength", 1)]
    [InlineData("{\"required\":true}", "not of type array", "/required", 1)]
    [InlineData("{\"items\":{\"maximum\":\"1\"}}", "not of type number", "/items/maximum", 1)]
    [InlineData("{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"exclusiveMaximum\":1,\"maximum\":1}", "draft-04", "/exclusiveMaximum", 1)]
    [InlineData("{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"required\":[]}", "fewer than 1", "/required", 1)]
    [InlineData("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"items\":[{}]}", "not of type boolean or object", "/items", 1)]
    [InlineData("{\"$schema\":\"https://json-schema.org/draft/2019-09/schema\",\"minContains\":1.5}", "integer", "/minContains", 1)]
    [InlineData("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$defs\":{\"a\":{\"$anchor\":\"#x\"}}}", "does not match", "/$defs/a/$anchor", 1)]
    [InlineData("{\"properties\":{\"a\":{\"pattern\":\"(\"}}}", "no regular expression of ECMA-262: a group is not closed", "/properties/a/pattern", 1)]
    [InlineData("{\"patternProperties\":{\"a/(\":true}}", "no regular expression", "/patternProperties/a~1(", 1)]
    [InlineData("{\"properties\":{\"a\":\n {\"$ref\":\"http://h/other.json\"}}}", "http://h/other.json, which is not here", "/properties/a/$ref", 2)]
    [InlineData("{\"definitions\":{\"a\":{\"$ref\":\"#/definitions/b\"}}}", "#/definitions/b, which is not here", "/definitions/a/$ref", 1)]
    public void Faults_are_told_with_their_place(string text, string message, string path, int line)
    {
        var error = JsonSchemas.Error(text);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.Path);
        Assert.Equal(line, error.Line);
        Assert.True(error.Column > 0);
    }

    [Fact]
    public void A_reference_that_leads_nowhere_says_what_to_do()
    {
        var error = JsonSchemas.Error("""{"$ref":"address.json#/definitions/x"}""");
        Assert.Contains("\"address.json#/definitions/x\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("register that schema and list it as a reference", error.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing is fetched", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_in_a_reference_names_it()
    {
        var error = JsonSchemas.Error("""{"$ref":"b.json"}""", Parsed.Reference("b.json", "{"));
        Assert.StartsWith("In reference b.json: The schema is not JSON", error.Message, StringComparison.Ordinal);
        error = JsonSchemas.Error("""{"$ref":"b.json"}""", Parsed.Reference("b.json", """{"$ref":"c.json"}"""));
        Assert.Contains("In reference mem://input/b.json", error.Message, StringComparison.Ordinal);
        Assert.Contains("c.json", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    // Unknown keywords and what is only unusual are kept.
    [InlineData("""{"x-anything":[1,{"$ref":"not a schema"}],"connect.type":"bytes"}""")]
    [InlineData("""{"properties":{"$ref":{"type":"string"},"$id":{"type":"string"}}}""")]
    [InlineData("""{"enum":[{"$ref":"nowhere"}],"const":{"$ref":"nowhere"},"default":{"$ref":"nowhere"},"examples":[{"$ref":"nowhere"}]}""")]
    [InlineData("""{"$schema":"https://example.com/unheard-of"}""")]
    [InlineData("true")]
    [InlineData("""{"required":[],"enum":[]}""")]
    [InlineData("""{"dependencies":{"a":["b"],"c":{}}}""")]
    // Parts of another draft answer to that draft's rules only.
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{"a":{"$id":"a","$schema":"http://json-schema.org/draft-07/schema#","items":[{}]}}}""")]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema","allOf":[{"$id":"a","$schema":"http://json-schema.org/draft-04/schema#","id":"a","maximum":1,"exclusiveMaximum":true}]}""")]
    public void What_keeps_the_rules_is_taken(string text) => Assert.Equal(text, JsonSchemas.Schema(text).CanonicalText);

    [Fact]
    public void Of_a_name_that_is_there_twice_the_last_one_counts_beside_parts_of_another_draft_too()
    {
        var schema = JsonSchemas.Schema(
            """{"$schema":"https://json-schema.org/draft/2020-12/schema","x":1,"x":2,"type":1,"type":"object","$defs":{"a":{"$id":"a","$schema":"http://json-schema.org/draft-07/schema#","items":[{}]}}}""");
        Assert.StartsWith("""{"$schema":"https://json-schema.org/draft/2020-12/schema","x":2,"type":"object",""", schema.CanonicalText, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_another_draft_breaks_that_drafts_rules()
    {
        var error = JsonSchemas.Error(
            """{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{"a":{"$id":"a","$schema":"http://json-schema.org/draft-07/schema#","items":[1]}}}""");
        Assert.Contains("draft-07", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("/$defs/a/items", error.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"strin","minLength":"x","required":true,"items":5}""", "1")]
    [InlineData("""{"properties":{"b":{"$ref":"nowhere"}}}""", """{"a":1}""")]
    [InlineData("""{"pattern":"("}""", "1")]
    public void What_is_stored_already_is_read_whatever_it_breaks(string text, string fits) => Assert.True(JsonSchemas.Stored(text).Accepts(fits));

    [Theory]
    [InlineData("""{"properties":{"b":{"$ref":"nowhere"}}}""", """{"b":1}""", "cannot be validated: $ref \"nowhere\"")]
    [InlineData("""{"pattern":"(?i)x"}""", "\"x\"", "the schema's pattern (?i)x is no regular expression")]
    public void And_says_why_where_it_cannot_be_applied(string text, string value, string message) =>
        Assert.Contains(message, JsonSchemas.Stored(text).Fault(value), StringComparison.Ordinal);

    [Theory]
    // Table 2.8: compact, member order kept.
    [InlineData(" { \"b\" : 1 , \"a\" : [ true , null ] } ", """{"b":1,"a":[true,null]}""", """{"a":[true,null],"b":1}""")]
    [InlineData("""{"title":"é\u00e9\/\"\\\b\f\n\r\t\u0001\u007f"}""", "{\"title\":\"éé/\\\"\\\\\\b\\f\\n\\r\\t\\u0001\u007f\"}", "{\"title\":\"éé/\\\"\\\\\\b\\f\\n\\r\\t\\u0001\u007f\"}")]
    [InlineData("""{"const":1.50,"maximum":1e5,"minimum":-0.0,"x":-0,"y":1E-7,"z":12.5e3}""",
        """{"const":1.50,"maximum":1E+5,"minimum":0.0,"x":0,"y":1E-7,"z":1.25E+4}""", """{"const":1.50,"maximum":1E+5,"minimum":0.0,"x":0,"y":1E-7,"z":1.25E+4}""")]
    [InlineData("""{"a":1,"b":{"d":1,"c":2},"a":3}""", """{"a":3,"b":{"d":1,"c":2}}""", """{"a":3,"b":{"c":2,"d":1}}""")]
    [InlineData("""{"enum":["b","a"],"required":["z","y"]}""", """{"enum":["b","a"],"required":["z","y"]}""", """{"enum":["b","a"],"required":["z","y"]}""")]
    [InlineData(" true ", "true", "true")]
    public void Canonical_text_is_compact_and_normalized_text_is_sorted(string text, string canonical, string normalized)
    {
        var schema = JsonSchemas.Schema(text);
        Assert.Equal(canonical, schema.CanonicalText);
        Assert.Equal(normalized, schema.NormalizedText);
    }

    [Theory]
    // Java's BigDecimal.toString, by its rules: plain while the exponent is at least -6 and the scale is not negative.
    [InlineData("1.0", "1.0")]
    [InlineData("100.00", "100.00")]
    [InlineData("1e0", "1")]
    [InlineData("1E2", "1E+2")]
    [InlineData("123e5", "1.23E+7")]
    [InlineData("1.23e2", "123")]
    [InlineData("1.23e1", "12.3")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("0.0000001", "1E-7")]
    [InlineData("0.00000012", "1.2E-7")]
    [InlineData("0.00", "0.00")]
    [InlineData("0e5", "0E+5")]
    [InlineData("0.0e-10", "0E-11")]
    [InlineData("-1.5e-3", "-0.0015")]
    [InlineData("3.14159265358979323846264338327950288", "3.14159265358979323846264338327950288")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("1e400", "1E+400")]
    [InlineData("-10e-1", "-1.0")]
    public void Numbers_print_exactly_as_JVM_registries_print_them(string written, string printed) =>
        Assert.Equal($$"""{"const":{{printed}}}""", JsonSchemas.Schema($$"""{"const":{{written}}}""").CanonicalText);

    [Theory]
    // MD5 of the canonical text, taken with another tool; it is what GUIDs are made of.
    [InlineData("""{ "type" : "object", "properties" : { "f1" : { "type" : "string" } } }""", "ccf134413273e73c3f100e723ce2f208")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#","title":"é","maximum":1.50}""", "b00e39179d76d36fbddf21b3883cadc2")]
    public void Fingerprints_are_those_of_the_canonical_text(string text, string md5) =>
        Assert.Equal(md5, Convert.ToHexStringLower(SchemaFingerprint.Md5(JsonSchemas.Schema(text))));

    [Fact]
    public void The_name_is_the_title()
    {
        Assert.Equal("Order", JsonSchemas.Schema("""{"title":"Order"}""").Name);
        Assert.Null(JsonSchemas.Schema("{}").Name);
        Assert.Null(JsonSchemas.Schema("true").Name);
    }

    [Fact]
    public void References_are_the_direct_ones_in_order()
    {
        var schema = JsonSchemas.Schema("""{"allOf":[{"$ref":"b.json"},{"$ref":"a.json"}]}""",
            Parsed.Reference("c.json", "{}") with { IsDirect = false }, Parsed.Reference("b.json", """{"$ref":"c.json"}"""), Parsed.Reference("a.json", "{}"));
        Assert.Equal(["b.json", "a.json"], schema.References.Select(reference => reference.Name));
    }

    [Fact]
    public void Resolved_text_needs_no_references_and_means_the_same()
    {
        var schema = JsonSchemas.Schema(
            """{"properties":{"home":{"$ref":"address.json"},"n":{"$ref":"Common types#/definitions/count"},"self":{"$ref":"#"}},"definitions":{"own":true}}""",
            Parsed.Reference("zip.json", """{"type":"string","pattern":"^[0-9]{5}$"}""") with { IsDirect = false },
            Parsed.Reference("address.json", """{"title":"Address","properties":{"zip":{"$ref":"zip.json"},"former":{"$ref":"#"}}}"""),
            Parsed.Reference("Common types", """{"$id":"http://h/common.json","definitions":{"count":{"type":"integer"}}}"""));
        var resolved = JsonSchemas.Schema(schema.ResolvedText);
        Assert.Empty(resolved.References);
        Assert.Contains("\"$ref\":\"http://h/common.json#/definitions/count\"", schema.ResolvedText, StringComparison.Ordinal);
        foreach (var each in new[] { schema, resolved })
        {
            Assert.True(each.Accepts("""{"home":{"zip":"12345","former":{"zip":"54321"}},"n":1,"self":{"n":2}}"""));
            Assert.False(each.Accepts("""{"home":{"zip":"1234"}}"""));
            Assert.False(each.Accepts("""{"home":{"former":{"zip":"1234"}}}"""));
            Assert.False(each.Accepts("""{"self":{"n":"x"}}"""));
        }
        var plain = JsonSchemas.Schema("""{"type":"string"}""");
        Assert.Equal(plain.CanonicalText, plain.ResolvedText);
    }

    [Fact]
    public void Resolved_text_keeps_each_draft()
    {
        var schema = JsonSchemas.Of(JsonSchemas.Draft202012, "\"prefixItems\":[{\"$ref\":\"four\"}]",
            Parsed.Reference("four", """{"$schema":"http://json-schema.org/draft-04/schema#","maximum":3,"exclusiveMaximum":true}"""));
        var resolved = JsonSchemas.Schema(schema.ResolvedText);
        Assert.True(resolved.Accepts("[2]"));
        Assert.False(resolved.Accepts("[3]"));
    }

    [Fact]
    public void Encoding_validates_and_writes_compact_JSON_with_its_letters_and_escapes_as_they_were()
    {
        var schema = JsonSchemas.Schema("""{"properties":{"a":{"type":"integer"}}}""");
        Assert.Equal("""{"b":"\u00e9<>&😀","a":1.0}""", Encoding.UTF8.GetString(schema.Encode("""{ "b" : "\u00e9<>&😀", "a" : 1.0 }""")));
        Assert.Throws<SchemaDataException>(() => schema.Encode("""{"a":"x"}"""));
    }

    [Fact]
    public void Decoding_parses_and_does_not_validate()
    {
        var schema = JsonSchemas.Schema("""{"type":"integer"}""");
        Assert.Equal("""{"a":[1.50,"é"]}""", schema.Decode(Encoding.UTF8.GetBytes("""{ "a" : [1.50, "é"] }""")));
        Assert.Throws<SchemaDataException>(() => schema.Decode(Encoding.UTF8.GetBytes("{")));
    }

    [Fact]
    public void Values_nested_deeper_than_the_budget_are_refused_both_ways()
    {
        var schema = JsonSchemas.Schema("true");
        var deep = new string('[', 600) + new string(']', 600);
        Assert.Throws<SchemaBudgetException>(() => schema.Encode(deep));
        Assert.Throws<SchemaDataException>(() => schema.Decode(Encoding.UTF8.GetBytes(deep)));
        using var fine = JsonDocument.Parse(new string('[', 400) + new string(']', 400), new JsonDocumentOptions { MaxDepth = 1000 });
        Assert.Equal(800, schema.Encode(fine.RootElement.GetRawText()).Length);
    }

    [Fact]
    public void The_language_is_among_those_served()
    {
        Assert.Contains(SchemaTypes.Json, SchemaLanguages.All.Supported);
        Assert.NotNull(SchemaLanguages.All.Parse(SchemaTypes.Json, "{}", [], SchemaParseOptions.New).Schema);
    }
}
