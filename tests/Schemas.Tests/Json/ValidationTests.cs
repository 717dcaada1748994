namespace Gateway.Schemas.Tests.Json;

/// <summary>Corners of each keyword beyond the public test-suite's, which the conformance suite runs in full.</summary>
public class ValidationTests
{
    private const string D4 = JsonSchemas.Draft4;
    private const string D6 = JsonSchemas.Draft6;
    private const string D7 = JsonSchemas.Draft7;
    private const string D19 = JsonSchemas.Draft201909;
    private const string D20 = JsonSchemas.Draft202012;

    [Theory]
    // type: what an integer is changed with draft 6.
    [InlineData(D4, "\"type\":\"integer\"", "1.0", false)]
    [InlineData(D6, "\"type\":\"integer\"", "1.0", true)]
    [InlineData(D7, "\"type\":\"integer\"", "1e2", true)]
    [InlineData(D7, "\"type\":\"integer\"", "12.5e1", true)]
    [InlineData(D7, "\"type\":\"integer\"", "1e-1", false)]
    [InlineData(D7, "\"type\":\"integer\"", "0e-5", true)]
    [InlineData(D7, "\"type\":\"integer\"", "123456789012345678901234567890", true)]
    [InlineData(D7, "\"type\":\"integer\"", "1.00000000000000000000000000000000000000001", false)]
    [InlineData(D7, "\"type\":\"number\"", "1", true)]
    [InlineData(D7, "\"type\":[\"integer\",\"null\"]", "null", true)]
    [InlineData(D7, "\"type\":[\"integer\",\"null\"]", "1.5", false)]
    [InlineData(D7, "\"type\":\"object\"", "[]", false)]
    [InlineData(D7, "\"type\":\"boolean\"", "false", true)]
    // enum and const: equal by value.
    [InlineData(D7, "\"enum\":[1,\"a\",null,[1,{\"x\":2}]]", "1.0", true)]
    [InlineData(D7, "\"enum\":[1,\"a\",null,[1,{\"x\":2}]]", "[1.0,{\"x\":2e0}]", true)]
    [InlineData(D7, "\"enum\":[1,\"a\",null,[1,{\"x\":2}]]", "[{\"x\":2},1]", false)]
    [InlineData(D7, "\"enum\":[\"a\\u0062\"]", "\"\\u0061b\"", true)]
    [InlineData(D7, "\"enum\":[0]", "false", false)]
    [InlineData(D7, "\"const\":{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true)]
    [InlineData(D7, "\"const\":{\"a\":1}", "{\"a\":1,\"b\":2}", false)]
    [InlineData(D7, "\"const\":-0.0", "0", true)]
    [InlineData(D7, "\"const\":9007199254740993", "9007199254740992", false)]
    [InlineData(D7, "\"const\":100", "1e2", true)]
    [InlineData(D4, "\"const\":1", "2", true)]
    // Limits: exact, whatever the notation; draft 4 has booleans for the exclusive ones.
    [InlineData(D7, "\"maximum\":0.3", "0.30000000000000004", false)]
    [InlineData(D7, "\"maximum\":9007199254740992", "9007199254740993", false)]
    [InlineData(D7, "\"minimum\":-1e-400", "-1e-401", true)]
    [InlineData(D7, "\"minimum\":-1e-401", "-1e-400", false)]
    [InlineData(D7, "\"maximum\":1e400", "1e401", false)]
    [InlineData(D7, "\"maximum\":99999999999999999999999999999999", "99999999999999999999999999999998.5", true)]
    [InlineData(D7, "\"exclusiveMaximum\":3", "3.0", false)]
    [InlineData(D7, "\"exclusiveMinimum\":3", "3.0000000000000000000000000000001", true)]
    [InlineData(D4, "\"maximum\":3,\"exclusiveMaximum\":true", "3", false)]
    [InlineData(D4, "\"maximum\":3,\"exclusiveMaximum\":false", "3", true)]
    [InlineData(D4, "\"minimum\":3,\"exclusiveMinimum\":true", "3.0", false)]
    [InlineData(D7, "\"minimum\":3", "\"2\"", true)]
    // multipleOf: on decimals as written.
    [InlineData(D7, "\"multipleOf\":0.01", "0.07", true)]
    [InlineData(D7, "\"multipleOf\":0.01", "19.99", true)]
    [InlineData(D7, "\"multipleOf\":0.01", "19.999", false)]
    [InlineData(D7, "\"multipleOf\":0.1", "1e300", true)]
    [InlineData(D7, "\"multipleOf\":1e-8", "12391239123", true)]
    [InlineData(D7, "\"multipleOf\":3", "111111111111111111111111111111", true)]
    [InlineData(D7, "\"multipleOf\":7", "111111111111111111111111111111", true)]
    [InlineData(D7, "\"multipleOf\":7", "1111111111111111111111111111111", false)]
    [InlineData(D7, "\"multipleOf\":10", "25", false)]
    [InlineData(D7, "\"multipleOf\":2.5", "7.5", true)]
    [InlineData(D7, "\"multipleOf\":5", "0", true)]
    [InlineData(D7, "\"multipleOf\":5", "-15", true)]
    // Strings: code points, escaped or not.
    [InlineData(D7, "\"maxLength\":2", "\"\\ud83d\\ude00\\ud83d\\ude00\"", true)]
    [InlineData(D7, "\"maxLength\":2", "\"😀😀é\"", false)]
    [InlineData(D7, "\"minLength\":3", "\"日本語\"", true)]
    [InlineData(D7, "\"minLength\":2", "\"\\n\"", false)]
    [InlineData(D7, "\"maxLength\":2.0", "\"abc\"", false)]
    [InlineData(D7, "\"maxLength\":1", "[\"abc\",2]", true)]
    [InlineData(D7, "\"pattern\":\"^\\\\d+$\"", "\"12\\u0033\"", true)]
    // Arrays.
    [InlineData(D7, "\"items\":[{\"type\":\"string\"},true],\"additionalItems\":false", "[\"a\",1]", true)]
    [InlineData(D7, "\"items\":[{\"type\":\"string\"},true],\"additionalItems\":false", "[\"a\",1,2]", false)]
    [InlineData(D7, "\"items\":{\"type\":\"string\"},\"additionalItems\":false", "[\"a\",\"b\"]", true)]
    [InlineData(D20, "\"prefixItems\":[{\"type\":\"string\"}],\"items\":false", "[\"a\"]", true)]
    [InlineData(D20, "\"prefixItems\":[{\"type\":\"string\"}],\"items\":false", "[\"a\",1]", false)]
    [InlineData(D20, "\"prefixItems\":[{\"type\":\"string\"}]", "[]", true)]
    [InlineData(D19, "\"prefixItems\":[{\"type\":\"string\"}]", "[1]", true)]
    [InlineData(D20, "\"additionalItems\":false", "[1]", true)]
    [InlineData(D7, "\"contains\":{\"const\":1}", "[2,1]", true)]
    [InlineData(D7, "\"contains\":{\"const\":1}", "[]", false)]
    [InlineData(D7, "\"contains\":{\"const\":1},\"minContains\":2", "[1]", true)]
    [InlineData(D19, "\"contains\":{\"const\":1},\"minContains\":2", "[1,2,1.0]", true)]
    [InlineData(D19, "\"contains\":{\"const\":1},\"minContains\":2", "[1,2]", false)]
    [InlineData(D19, "\"contains\":{\"const\":1},\"minContains\":0", "[]", true)]
    [InlineData(D19, "\"contains\":{\"const\":1},\"maxContains\":1", "[1,1]", false)]
    [InlineData(D19, "\"maxContains\":1", "[1,1]", true)]
    [InlineData(D4, "\"contains\":{\"const\":1}", "[]", true)]
    [InlineData(D7, "\"uniqueItems\":true", "[1,true,\"1\",[1],{\"a\":1}]", true)]
    [InlineData(D7, "\"uniqueItems\":true", "[{\"a\":1,\"b\":2},{\"b\":2.0,\"a\":1}]", false)]
    [InlineData(D7, "\"uniqueItems\":true", "[0,1,2,3,4,5,6,7,10,1e1]", false)]
    [InlineData(D7, "\"uniqueItems\":true", "[0,false,1,true,[],{},\"\",null]", true)]
    [InlineData(D7, "\"minItems\":1,\"maxItems\":2", "[1,2,3]", false)]
    // Objects.
    [InlineData(D7, "\"properties\":{\"a\\u0062\":{\"type\":\"integer\"}}", "{\"\\u0061b\":\"x\"}", false)]
    [InlineData(D7, "\"properties\":{\"__proto__\":{\"type\":\"integer\"}}", "{\"__proto__\":\"x\"}", false)]
    [InlineData(D7, "\"patternProperties\":{\"^x-\":{\"type\":\"integer\"}},\"additionalProperties\":false", "{\"x-a\":1}", true)]
    [InlineData(D7, "\"patternProperties\":{\"^x-\":{\"type\":\"integer\"}},\"additionalProperties\":false", "{\"y\":1}", false)]
    [InlineData(D7, "\"patternProperties\":{\"^x-\":{\"type\":\"integer\"}},\"properties\":{\"x-a\":{\"minimum\":3}}", "{\"x-a\":2}", false)]
    [InlineData(D7, "\"required\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", "{\"e\":1,\"d\":1,\"c\":1,\"b\":1,\"a\":1}", true)]
    [InlineData(D7, "\"required\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", "{\"e\":1,\"d\":1,\"c\":1,\"b\":1}", false)]
    [InlineData(D7, "\"required\":[\"\"]", "{\"\":null}", true)]
    [InlineData(D7, "\"propertyNames\":{\"maxLength\":1}", "{\"a\":1,\"bc\":2}", false)]
    [InlineData(D7, "\"propertyNames\":{\"pattern\":\"^[a-z\\u0022]+$\"}", "{\"a\\\"\":1}", true)]
    [InlineData(D7, "\"minProperties\":1,\"maxProperties\":1", "{}", false)]
    [InlineData(D7, "\"dependencies\":{\"a\":[\"b\"],\"c\":{\"required\":[\"d\"]}}", "{\"a\":1,\"b\":1,\"c\":1}", false)]
    [InlineData(D7, "\"dependencies\":{\"a\":[\"b\"],\"c\":{\"required\":[\"d\"]}}", "{\"a\":1,\"b\":1,\"c\":1,\"d\":1}", true)]
    [InlineData(D7, "\"dependencies\":{\"a\":[\"b\"]}", "{\"a\":1}", false)]
    [InlineData(D19, "\"dependentRequired\":{\"a\":[\"b\"]}", "{\"a\":1}", false)]
    [InlineData(D19, "\"dependentSchemas\":{\"a\":false}", "{\"a\":1}", false)]
    [InlineData(D7, "\"dependentRequired\":{\"a\":[\"b\"]}", "{\"a\":1}", true)]
    // Combinations.
    [InlineData(D7, "\"oneOf\":[{\"type\":\"integer\"},{\"minimum\":2}]", "3", false)]
    [InlineData(D7, "\"oneOf\":[{\"type\":\"integer\"},{\"minimum\":2}]", "2.5", true)]
    [InlineData(D7, "\"not\":{\"not\":{\"type\":\"string\"}}", "\"a\"", true)]
    [InlineData(D7, "\"if\":{\"type\":\"string\"},\"then\":{\"minLength\":2},\"else\":{\"type\":\"null\"}", "\"a\"", false)]
    [InlineData(D7, "\"if\":{\"type\":\"string\"},\"then\":{\"minLength\":2},\"else\":{\"type\":\"null\"}", "null", true)]
    [InlineData(D7, "\"if\":{\"type\":\"string\"},\"then\":{\"minLength\":2},\"else\":{\"type\":\"null\"}", "1", false)]
    [InlineData(D7, "\"then\":false", "1", true)]
    [InlineData(D6, "\"if\":true,\"then\":false", "1", true)]
    // $ref: alone in the older drafts, one of many since.
    [InlineData(D7, "\"properties\":{\"a\":{\"$ref\":\"#/definitions/x\",\"minimum\":5}},\"definitions\":{\"x\":{\"type\":\"integer\"}}", "{\"a\":1}", true)]
    [InlineData(D19, "\"properties\":{\"a\":{\"$ref\":\"#/definitions/x\",\"minimum\":5}},\"definitions\":{\"x\":{\"type\":\"integer\"}}", "{\"a\":1}", false)]
    // What is left over.
    [InlineData(D19, "\"properties\":{\"a\":true},\"anyOf\":[{\"properties\":{\"b\":{\"type\":\"integer\"}}},true],\"unevaluatedProperties\":false", "{\"a\":1,\"b\":2}", true)]
    [InlineData(D19, "\"properties\":{\"a\":true},\"anyOf\":[{\"properties\":{\"b\":{\"type\":\"integer\"}}},true],\"unevaluatedProperties\":false", "{\"a\":1,\"b\":\"x\"}", false)]
    [InlineData(D19, "\"allOf\":[{\"unevaluatedProperties\":true}],\"unevaluatedProperties\":false", "{\"a\":1}", true)]
    [InlineData(D19, "\"not\":{\"not\":{\"properties\":{\"a\":true}}},\"unevaluatedProperties\":false", "{\"a\":1}", false)]
    [InlineData(D19, "\"if\":{\"required\":[\"k\"],\"properties\":{\"k\":true}},\"then\":{\"properties\":{\"a\":true}},\"unevaluatedProperties\":{\"type\":\"null\"}", "{\"k\":1,\"a\":1,\"b\":null}", true)]
    [InlineData(D19, "\"if\":{\"required\":[\"k\"],\"properties\":{\"k\":true}},\"then\":{\"properties\":{\"a\":true}},\"unevaluatedProperties\":{\"type\":\"null\"}", "{\"a\":1}", false)]
    [InlineData(D20, "\"contains\":{\"type\":\"string\"},\"unevaluatedItems\":{\"type\":\"integer\"}", "[\"a\",1]", true)]
    [InlineData(D19, "\"contains\":{\"type\":\"string\"},\"unevaluatedItems\":{\"type\":\"integer\"}", "[\"a\",1]", false)]
    [InlineData(D20, "\"oneOf\":[{\"prefixItems\":[{\"const\":1}]},{\"prefixItems\":[{\"const\":2},true]}],\"unevaluatedItems\":false", "[2,0]", true)]
    [InlineData(D20, "\"oneOf\":[{\"prefixItems\":[{\"const\":1}]},{\"prefixItems\":[{\"const\":2},true]}],\"unevaluatedItems\":false", "[1,0]", false)]
    [InlineData(D7, "\"unevaluatedProperties\":false", "{\"a\":1}", true)]
    // Annotations assert nothing.
    [InlineData(D7, "\"format\":\"ipv4\"", "\"nonsense\"", true)]
    [InlineData(D20, "\"format\":\"date\"", "\"nonsense\"", true)]
    [InlineData(D7, "\"contentMediaType\":\"application/json\",\"contentEncoding\":\"base64\"", "\"{:\"", true)]
    [InlineData(D7, "\"x-mine\":{\"type\":\"integer\"},\"readOnly\":true,\"default\":1", "\"a\"", true)]
    // The vocabulary of the day: a later draft's keyword says nothing.
    [InlineData(D4, "\"propertyNames\":{\"maxLength\":0}", "{\"a\":1}", true)]
    public void A_value_fits_or_not(string draft, string members, string value, bool fits) =>
        Assert.Equal(fits, JsonSchemas.Of(draft, members).Accepts(value));

    [Theory]
    [InlineData("""{"type":"integer"}""", "\"x\"", "at \"\": \"x\" is a string, not of type integer (schema #/type)")]
    [InlineData("""{"properties":{"a":{"minimum":3}}}""", """{"a":2}""", "at \"/a\": 2 is less than 3 (schema #/properties/a/minimum)")]
    [InlineData("""{"properties":{"a":{"exclusiveMaximum":3}}}""", """{"a":3}""", "at \"/a\": 3 is not less than 3 (schema #/properties/a/exclusiveMaximum)")]
    [InlineData("""{"items":{"maxLength":1}}""", """["a","bc"]""", "at \"/1\": \"bc\" has 2 characters, more than 1 (schema #/items/maxLength)")]
    [InlineData("""{"required":["a","b"]}""", """{"b":1}""", "at \"\": required \"a\" is missing (schema #/required)")]
    [InlineData("""{"additionalProperties":false}""", """{"a":1}""", "at \"/a\": \"a\" is not allowed here (schema #/additionalProperties)")]
    [InlineData("""{"properties":{"a/b~c":{"type":"null"}}}""", """{"a/b~c":1}""", "at \"/a~1b~0c\": 1 is a number, not of type null (schema #/properties/a~1b~0c/type)")]
    [InlineData("""{"definitions":{"x":{"const":1}},"items":{"$ref":"#/definitions/x"}}""", "[2]", "at \"/0\": 2 is not 1 (schema #/definitions/x/const)")]
    [InlineData("""{"$id":"http://h/s","multipleOf":2}""", "3", "at \"\": 3 is not a multiple of 2 (schema http://h/s#/multipleOf)")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"minimum":1}]}""", "3", "at \"\": 3 fits 2 schemas of oneOf (0, 1), not one (schema #/oneOf)")]
    [InlineData("""{"not":{}}""", "3", "at \"\": 3 fits the schema of not (schema #/not)")]
    [InlineData("""{"contains":{"const":1}}""", "[3]", "at \"\": 0 items fit the schema of contains, fewer than 1 (schema #/contains)")]
    [InlineData("""{"uniqueItems":true}""", "[3,3]", "at \"\": 3 is there twice (schema #/uniqueItems)")]
    [InlineData("""{"dependencies":{"a":["b","c"]}}""", """{"a":1}""", "at \"\": where there is \"a\", \"b\", \"c\" are missing (schema #/dependencies)")]
    [InlineData("""{"maxProperties":1}""", """{"a":1,"b":2}""", "at \"\": 2 members are more than 1 (schema #/maxProperties)")]
    [InlineData("""{"pattern":"^a"}""", "\"b\"", "at \"\": \"b\" does not match the pattern ^a (schema #/pattern)")]
    public void What_is_wrong_is_told_with_its_place_in_value_and_schema(string text, string value, string message) =>
        Assert.Equal(message, JsonSchemas.Schema(text).Fault(value));

    [Fact]
    public void Several_faults_are_told_together_up_to_five()
    {
        var schema = JsonSchemas.Schema("""{"additionalProperties":{"type":"integer"}}""");
        Assert.Equal(2, schema.Fault("""{"a":"x","b":1,"c":null}""").Split("; ").Length);
        Assert.EndsWith("; and more", schema.Fault("""{"a":"","b":"","c":"","d":"","e":"","f":"","g":""}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_choice_the_branch_that_was_meant_is_told()
    {
        var schema = JsonSchemas.Schema(
            """{"anyOf":[{"type":"null"},{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"integer"}}}}}]}""");
        Assert.StartsWith("at \"/a/b\": \"x\" is a string", schema.Fault("""{"a":{"b":"x"}}"""), StringComparison.Ordinal);
        Assert.Contains("fits none of the 2 schemas of anyOf [0: at \"\": 1 is a number", schema.Fault("1"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dynamic_reference_finds_the_extension_of_whoever_refers()
    {
        var tree = Parsed.Reference("tree", """
            {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"http://h/tree","$dynamicAnchor":"node","type":"object",
             "properties":{"data":true,"children":{"type":"array","items":{"$dynamicRef":"#node"}}}}
            """);
        var strict = JsonSchemas.Schema("""
            {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"http://h/strict","$dynamicAnchor":"node","$ref":"tree",
             "unevaluatedProperties":false}
            """, tree);
        Assert.True(strict.Accepts("""{"children":[{"data":1}]}"""));
        Assert.False(strict.Accepts("""{"children":[{"daat":1}]}"""));
    }

    [Fact]
    public void A_recursive_reference_finds_the_extension_of_whoever_refers()
    {
        var tree = Parsed.Reference("tree", """
            {"$schema":"https://json-schema.org/draft/2019-09/schema","$id":"http://h/tree","$recursiveAnchor":true,"type":"object",
             "properties":{"data":true,"children":{"type":"array","items":{"$recursiveRef":"#"}}}}
            """);
        var strict = JsonSchemas.Schema("""
            {"$schema":"https://json-schema.org/draft/2019-09/schema","$id":"http://h/strict","$recursiveAnchor":true,"$ref":"tree",
             "unevaluatedProperties":false}
            """, tree);
        Assert.True(strict.Accepts("""{"children":[{"data":1}]}"""));
        Assert.False(strict.Accepts("""{"children":[{"daat":1}]}"""));
    }

    [Fact]
    public void A_text_refers_to_one_of_another_draft_and_both_keep_their_meaning()
    {
        var four = Parsed.Reference("four", """{"$schema":"http://json-schema.org/draft-04/schema#","type":"integer","maximum":3,"exclusiveMaximum":true}""");
        var schema = JsonSchemas.Of(D20, "\"prefixItems\":[{\"$ref\":\"four\"},{\"type\":\"integer\"}]", four);
        Assert.True(schema.Accepts("[2,1.0]"));
        Assert.False(schema.Accepts("[3]"));
        Assert.False(schema.Accepts("[1.0]"));
    }

    [Fact]
    public void A_meta_schema_without_the_validation_vocabulary_leaves_its_keywords_without_effect()
    {
        var meta = Parsed.Reference("http://h/meta", """
            {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"http://h/meta",
             "$vocabulary":{"https://json-schema.org/draft/2020-12/vocab/core":true,"https://json-schema.org/draft/2020-12/vocab/applicator":true}}
            """);
        var schema = JsonSchemas.Schema("""{"$schema":"http://h/meta","properties":{"a":{"type":"string"},"b":false}}""", meta);
        Assert.True(schema.Accepts("""{"a":1}"""));
        Assert.False(schema.Accepts("""{"b":1}"""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"a\":1} x")]
    [InlineData("\"\\ud800\"")]
    [InlineData("nul")]
    public void What_is_no_JSON_is_no_data_of_any_schema(string payload) =>
        Assert.StartsWith("The payload is not JSON", JsonSchemas.Schema("true").Fault(payload), StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_text_are_no_data() => Assert.Contains("not UTF-8", Assert.Throws<SchemaDataException>(
        () => JsonSchemas.Schema("true").Validate([(byte)'"', 0xC3, (byte)'"'], SchemaBudget.Default)).Message, StringComparison.Ordinal);
}
