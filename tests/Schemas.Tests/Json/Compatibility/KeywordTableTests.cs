namespace Gateway.Schemas.Tests.Json.Compatibility;

/// <summary>The rows of the compatibility table for JSON Schema that belong to one keyword, each both ways.</summary>
public class KeywordTableTests
{
    /// <summary>Rows: a schema, another one, what changes from the first to the second, what changes back.</summary>
    public static TheoryData<string, string, string, string> Rows() => new()
    {
        // annotations
        { """{"$id":"http://a/x"}""", """{"$id":"http://a/y"}""", "ok ID_CHANGED #/", "ok ID_CHANGED #/" },
        { """{"title":"a"}""", """{"title":"b"}""", "ok TITLE_CHANGED #/", "ok TITLE_CHANGED #/" },
        { """{"type":"string","description":"a"}""", """{"type":"string"}""", "ok DESCRIPTION_CHANGED #/", "ok DESCRIPTION_CHANGED #/" },
        { """{"type":"number","default":1}""", """{"type":"number","default":2}""", "ok DEFAULT_CHANGED #/", "ok DEFAULT_CHANGED #/" },
        { """{"type":"number","default":1}""", """{"type":"number","default":1.0}""", "", "" },
        { """{"default":{"a":1,"b":[2]}}""", """{"default":{"b":[2],"a":1}}""", "", "" },
        // subschema present
        { """{"type":"array"}""", """{"type":"array","items":{"type":"null"}}""", "no SCHEMA_ADDED #/items", "ok SCHEMA_REMOVED #/items" },
        // type
        { """{"type":"integer"}""", """{"type":"number"}""", "ok TYPE_EXTENDED #/", "no TYPE_NARROWED #/" },
        { """{"type":"string"}""", """{"type":"boolean"}""", "no TYPE_CHANGED #/", "no TYPE_CHANGED #/" },
        { """{"type":"object"}""", """{"type":"null"}""", "no TYPE_CHANGED #/", "no TYPE_CHANGED #/" },
        { "true", """{"type":"null"}""", "no TYPE_CHANGED #/", "" },
        { """{"title":"t"}""", """{"type":"array","title":"u"}""", "no TYPE_CHANGED #/", "" },
        { "false", """{"type":"array"}""", "", "no TYPE_CHANGED #/" },
        { "false", "true", "", "no TYPE_CHANGED #/" },
        { "{}", "true", "", "" },
        { """{"type":"string","connect.type":"bytes"}""", """{"type":"number","connect.type":"bytes"}""", "", "" },
        { """{"type":"string","connect.type":"bytes"}""", """{"type":"number"}""", "no TYPE_CHANGED #/", "no TYPE_CHANGED #/" },
        // limits above
        { """{"maxLength":1}""", """{"maxLength":2}""", "ok MAX_LENGTH_INCREASED #/maxLength", "no MAX_LENGTH_DECREASED #/maxLength" },
        { """{"type":"string","maxLength":1}""", """{"type":"string"}""", "ok MAX_LENGTH_REMOVED #/maxLength", "no MAX_LENGTH_ADDED #/maxLength" },
        { """{"maximum":1}""", """{"maximum":1.5}""", "ok MAXIMUM_INCREASED #/maximum", "no MAXIMUM_DECREASED #/maximum" },
        { """{"type":"number","maximum":1}""", """{"type":"number"}""", "ok MAXIMUM_REMOVED #/maximum", "no MAXIMUM_ADDED #/maximum" },
        { """{"exclusiveMaximum":10}""", """{"exclusiveMaximum":11}""", "ok EXCLUSIVE_MAXIMUM_INCREASED #/exclusiveMaximum", "no EXCLUSIVE_MAXIMUM_DECREASED #/exclusiveMaximum" },
        { """{"type":"number","exclusiveMaximum":10}""", """{"type":"number"}""", "ok EXCLUSIVE_MAXIMUM_REMOVED #/exclusiveMaximum", "no EXCLUSIVE_MAXIMUM_ADDED #/exclusiveMaximum" },
        // Where registries on the JVM look at maximum instead: they miss it, or fall over when there is none.
        { """{"exclusiveMaximum":10,"maximum":5}""", """{"exclusiveMaximum":9,"maximum":20}""", "ok MAXIMUM_INCREASED #/maximum;no EXCLUSIVE_MAXIMUM_DECREASED #/exclusiveMaximum", "no MAXIMUM_DECREASED #/maximum;ok EXCLUSIVE_MAXIMUM_INCREASED #/exclusiveMaximum" },
        { """{"maxProperties":1}""", """{"maxProperties":2}""", "ok MAX_PROPERTIES_INCREASED #/maxProperties", "no MAX_PROPERTIES_DECREASED #/maxProperties" },
        { """{"type":"object","maxProperties":1}""", """{"type":"object"}""", "ok MAX_PROPERTIES_REMOVED #/maxProperties", "no MAX_PROPERTIES_ADDED #/maxProperties" },
        { """{"maxItems":1}""", """{"maxItems":2}""", "ok MAX_ITEMS_INCREASED #/maxItems", "no MAX_ITEMS_DECREASED #/maxItems" },
        { """{"type":"array","maxItems":1}""", """{"type":"array"}""", "ok MAX_ITEMS_REMOVED #/maxItems", "no MAX_ITEMS_ADDED #/maxItems" },
        { """{"contains":true,"maxContains":1}""", """{"contains":true,"maxContains":2}""", "ok MAX_CONTAINS_INCREASED #/maxContains", "no MAX_CONTAINS_DECREASED #/maxContains" },
        { """{"contains":true,"maxContains":1}""", """{"contains":true}""", "ok MAX_CONTAINS_REMOVED #/maxContains", "no MAX_CONTAINS_ADDED #/maxContains" },
        // limits below
        { """{"minLength":2}""", """{"minLength":1}""", "ok MIN_LENGTH_DECREASED #/minLength", "no MIN_LENGTH_INCREASED #/minLength" },
        { """{"type":"string","minLength":1}""", """{"type":"string"}""", "ok MIN_LENGTH_REMOVED #/minLength", "no MIN_LENGTH_ADDED #/minLength" },
        { """{"minimum":-1}""", """{"minimum":-1.5}""", "ok MINIMUM_DECREASED #/minimum", "no MINIMUM_INCREASED #/minimum" },
        { """{"type":"integer","minimum":1}""", """{"type":"integer"}""", "ok MINIMUM_REMOVED #/minimum", "no MINIMUM_ADDED #/minimum" },
        { """{"exclusiveMinimum":11}""", """{"exclusiveMinimum":10}""", "ok EXCLUSIVE_MINIMUM_DECREASED #/exclusiveMinimum", "no EXCLUSIVE_MINIMUM_INCREASED #/exclusiveMinimum" },
        { """{"type":"number","exclusiveMinimum":10}""", """{"type":"number"}""", "ok EXCLUSIVE_MINIMUM_REMOVED #/exclusiveMinimum", "no EXCLUSIVE_MINIMUM_ADDED #/exclusiveMinimum" },
        { """{"minProperties":2}""", """{"minProperties":1}""", "ok MIN_PROPERTIES_DECREASED #/minProperties", "no MIN_PROPERTIES_INCREASED #/minProperties" },
        { """{"type":"object","minProperties":1}""", """{"type":"object"}""", "ok MIN_PROPERTIES_REMOVED #/minProperties", "no MIN_PROPERTIES_ADDED #/minProperties" },
        { """{"minItems":2}""", """{"minItems":1}""", "ok MIN_ITEMS_DECREASED #/minItems", "no MIN_ITEMS_INCREASED #/minItems" },
        { """{"type":"array","minItems":1}""", """{"type":"array"}""", "ok MIN_ITEMS_REMOVED #/minItems", "no MIN_ITEMS_ADDED #/minItems" },
        { """{"contains":true,"minContains":2}""", """{"contains":true,"minContains":1}""", "ok MIN_CONTAINS_DECREASED #/minContains", "no MIN_CONTAINS_INCREASED #/minContains" },
        { """{"contains":true,"minContains":2}""", """{"contains":true}""", "ok MIN_CONTAINS_REMOVED #/minContains", "no MIN_CONTAINS_ADDED #/minContains" },
        // equal numbers, differently spelt, and numbers no double tells apart
        { """{"maximum":1}""", """{"maximum":1.00}""", "", "" },
        { """{"maximum":100}""", """{"maximum":1e2}""", "", "" },
        { """{"maximum":9007199254740992}""", """{"maximum":9007199254740993}""", "ok MAXIMUM_INCREASED #/maximum", "no MAXIMUM_DECREASED #/maximum" },
        { """{"maximum":1e308}""", """{"maximum":1e400}""", "ok MAXIMUM_INCREASED #/maximum", "no MAXIMUM_DECREASED #/maximum" },
        // pattern
        { """{"type":"string","pattern":"a"}""", """{"type":"string"}""", "ok PATTERN_REMOVED #/pattern", "no PATTERN_ADDED #/pattern" },
        { """{"pattern":"a"}""", """{"pattern":"b"}""", "no PATTERN_CHANGED #/pattern", "no PATTERN_CHANGED #/pattern" },
        // multipleOf
        { """{"type":"number","multipleOf":2}""", """{"type":"number"}""", "ok MULTIPLE_OF_REMOVED #/multipleOf", "no MULTIPLE_OF_ADDED #/multipleOf" },
        { """{"multipleOf":6}""", """{"multipleOf":3}""", "ok MULTIPLE_OF_REDUCED #/multipleOf", "no MULTIPLE_OF_EXPANDED #/multipleOf" },
        { """{"multipleOf":0.5}""", """{"multipleOf":0.1}""", "ok MULTIPLE_OF_REDUCED #/multipleOf", "no MULTIPLE_OF_EXPANDED #/multipleOf" },
        { """{"multipleOf":6}""", """{"multipleOf":4}""", "no MULTIPLE_OF_CHANGED #/multipleOf", "no MULTIPLE_OF_CHANGED #/multipleOf" },
        { """{"multipleOf":0.5}""", """{"multipleOf":0.50}""", "", "" },
        // uniqueItems
        { """{"uniqueItems":true}""", """{"uniqueItems":false}""", "ok UNIQUE_ITEMS_REMOVED #/uniqueItems", "no UNIQUE_ITEMS_ADDED #/uniqueItems" },
        // enum, const
        { """{"enum":["a",1]}""", """{"enum":[1.0,"b","a"]}""", "ok ENUM_ARRAY_EXTENDED #/enum", "no ENUM_ARRAY_NARROWED #/enum" },
        { """{"enum":[{"a":1,"b":2}]}""", """{"enum":[{"b":2,"a":1}]}""", "", "" },
        { """{"enum":["a"]}""", """{"enum":["b"]}""", "no ENUM_ARRAY_CHANGED #/enum", "no ENUM_ARRAY_CHANGED #/enum" },
        { """{"const":"a"}""", """{"const":"b"}""", "no ENUM_ARRAY_CHANGED #/const", "no ENUM_ARRAY_CHANGED #/const" },
        { """{"const":null}""", """{"const":null}""", "", "" },
        { """{"const":"a"}""", """{"enum":["a"]}""", "no TYPE_CHANGED #/", "no TYPE_CHANGED #/" },
        // required, of properties on both sides
        { """{"properties":{"x":true}}""", """{"properties":{"x":true},"required":["x"]}""", "no REQUIRED_ATTRIBUTE_ADDED #/required/x", "ok REQUIRED_ATTRIBUTE_REMOVED #/required/x" },
        { """{"properties":{"x":{"default":1}}}""", """{"properties":{"x":{"default":1}},"required":["x"]}""", "ok REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED #/required/x", "ok REQUIRED_ATTRIBUTE_REMOVED #/required/x" },
        // names without a property are passed over
        { """{"required":["x"]}""", """{"required":["y"]}""", "", "" },
        // dependencies
        { """{"dependencies":{"x":["a"]}}""", """{"dependencies":{}}""", "ok DEPENDENCY_ARRAY_REMOVED #/dependencies/x", "no DEPENDENCY_ARRAY_ADDED #/dependencies/x" },
        { """{"dependencies":{"x":["a","b"]}}""", """{"dependencies":{"x":["b"]}}""", "ok DEPENDENCY_ARRAY_NARROWED #/dependencies/x", "no DEPENDENCY_ARRAY_EXTENDED #/dependencies/x" },
        { """{"dependencies":{"x":["a"]}}""", """{"dependencies":{"x":["b"]}}""", "no DEPENDENCY_ARRAY_CHANGED #/dependencies/x", "no DEPENDENCY_ARRAY_CHANGED #/dependencies/x" },
        { """{"dependencies":{"x":{"minProperties":2}}}""", """{"dependencies":{}}""", "ok DEPENDENCY_SCHEMA_REMOVED #/dependencies/x", "no DEPENDENCY_SCHEMA_ADDED #/dependencies/x" },
        { """{"dependencies":{"x":{"minProperties":2}}}""", """{"dependencies":{"x":{"minProperties":1}}}""", "ok MIN_PROPERTIES_DECREASED #/dependencies/x/minProperties", "no MIN_PROPERTIES_INCREASED #/dependencies/x/minProperties" },
        { """{"dependencies":{"x":{"minProperties":2}}}""", """{"dependencies":{"x":["a"]}}""", "no DEPENDENCY_ARRAY_ADDED #/dependencies/x;ok DEPENDENCY_SCHEMA_REMOVED #/dependencies/x", "ok DEPENDENCY_ARRAY_REMOVED #/dependencies/x;no DEPENDENCY_SCHEMA_ADDED #/dependencies/x" },
        // additionalProperties, additionalItems
        { """{"additionalProperties":false}""", """{"additionalProperties":true}""", "ok ADDITIONAL_PROPERTIES_ADDED #/additionalProperties", "L ADDITIONAL_PROPERTIES_REMOVED #/additionalProperties" },
        { """{"additionalProperties":false}""", """{"additionalProperties":{"type":"null"}}""", "ok ADDITIONAL_PROPERTIES_ADDED #/additionalProperties", "L ADDITIONAL_PROPERTIES_REMOVED #/additionalProperties" },
        { """{"additionalProperties":{"type":"null"}}""", """{"additionalProperties":true}""", "ok ADDITIONAL_PROPERTIES_EXTENDED #/additionalProperties", "L ADDITIONAL_PROPERTIES_NARROWED #/additionalProperties" },
        { """{"additionalProperties":{"type":"integer"}}""", """{"additionalProperties":{"type":"number"}}""", "ok TYPE_EXTENDED #/additionalProperties", "no TYPE_NARROWED #/additionalProperties" },
        { """{"items":[],"additionalItems":false}""", """{"items":[],"additionalItems":true}""", "ok ADDITIONAL_ITEMS_ADDED #/additionalItems", "no ADDITIONAL_ITEMS_REMOVED #/additionalItems" },
        { """{"items":[],"additionalItems":{"type":"null"}}""", """{"items":[]}""", "ok ADDITIONAL_ITEMS_EXTENDED #/additionalItems", "no ADDITIONAL_ITEMS_NARROWED #/additionalItems" },
        { """{"additionalItems":{"maxLength":1}}""", """{"additionalItems":{"maxLength":2}}""", "ok MAX_LENGTH_INCREASED #/additionalItems/maxLength", "no MAX_LENGTH_DECREASED #/additionalItems/maxLength" },
        // not
        { """{"not":{"type":"number"}}""", """{"not":{"type":"integer"}}""", "ok NOT_TYPE_NARROWED #/not", "no NOT_TYPE_EXTENDED #/not" },
        { """{"not":{"type":"number","title":"a"}}""", """{"not":{"type":"number","title":"b"}}""", "", "" },
        { """{"not":{"type":"number"}}""", """{"not":{"type":"string"}}""", "no NOT_TYPE_EXTENDED #/not", "no NOT_TYPE_EXTENDED #/not" },
        // deeper down
        { """{"properties":{"x":{"items":{"type":"integer"}}}}""", """{"properties":{"x":{"items":{"type":"number"}}}}""", "ok TYPE_EXTENDED #/properties/x/items", "no TYPE_NARROWED #/properties/x/items" },
        { """{"items":[true,{"maxLength":1}]}""", """{"items":[true,{"maxLength":2}]}""", "ok MAX_LENGTH_INCREASED #/items/1/maxLength", "no MAX_LENGTH_DECREASED #/items/1/maxLength" },
        { """{"properties":{"x":{"properties":{"y":true}}}}""", """{"properties":{"x":{"properties":{"y":true},"required":["y"]}}}""", "no REQUIRED_ATTRIBUTE_ADDED #/properties/x/required/y", "ok REQUIRED_ATTRIBUTE_REMOVED #/properties/x/required/y" },
        { """{"properties":{"a/b~c":{"type":"integer"}}}""", """{"properties":{"a/b~c":{"type":"number"}}}""", "ok TYPE_EXTENDED #/properties/a/b~c", "no TYPE_NARROWED #/properties/a/b~c" },
        // what is not compared
        { """{"type":"array","contains":{"type":"string"}}""", """{"type":"array","contains":{"type":"null"}}""", "", "" },
        { """{"propertyNames":{"maxLength":2}}""", """{"propertyNames":{"maxLength":1}}""", "", "" },
        { """{"patternProperties":{"a":{"type":"null"}}}""", """{"patternProperties":{"a":{"type":"string"}}}""", "", "" },
        { """{"type":"string","format":"date"}""", """{"type":"string","format":"uri"}""", "", "" },
        { """{"type":"string","contentEncoding":"base64"}""", """{"type":"string"}""", "", "" },
        { """{"if":{"type":"null"},"then":{"const":1}}""", """{"if":{"type":"string"},"then":{"const":2}}""", "", "" },
        { """{"maxLength":1}""", """{"type":"string","maxLength":1}""", "", "" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_row_both_ways(string original, string update, string forth, string back)
    {
        Compared.Expect(original, update, Lines(forth));
        Compared.Expect(update, original, Lines(back));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_row_against_itself(string original, string update, string forth, string back)
    {
        _ = (forth, back);
        Compared.Expect(original, original);
        Compared.Expect(update, update);
        Compared.ExpectExhaustive(original, original);
        Compared.ExpectExhaustive(update, update);
    }

    private static string[] Lines(string expected) => expected.Split(';', StringSplitOptions.RemoveEmptyEntries);
}
