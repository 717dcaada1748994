using Gateway.Schemas.Json.Model;

namespace Gateway.Schemas.Tests.Json;

/// <summary>Where references lead: ids, anchors, pointers, other texts, meta-schemas.</summary>
public class ReferenceTests
{
    internal static (SchemaNode Root, SchemaSet Set) Read(string text, params ResolvedReference[] references)
    {
        var root = SchemaReader.Read(text, references, SchemaBudget.Default, out var set, out var error);
        Assert.True(root is not null, error?.ToString());
        return (root!, set);
    }

    private static SchemaNode? TargetOfA(string text, params ResolvedReference[] references) =>
        Read(text, references).Root.Find("properties")!.Named("a")!.Target;

    [Theory]
    [InlineData("http://a/b/c/d;p?q", "g", "http://a/b/c/g")]
    [InlineData("http://a/b/c/d;p?q", "./g", "http://a/b/c/g")]
    [InlineData("http://a/b/c/d;p?q", "g/", "http://a/b/c/g/")]
    [InlineData("http://a/b/c/d;p?q", "/g", "http://a/g")]
    [InlineData("http://a/b/c/d;p?q", "//g", "http://g")]
    [InlineData("http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y")]
    [InlineData("http://a/b/c/d;p?q", "g?y", "http://a/b/c/g?y")]
    [InlineData("http://a/b/c/d;p?q", "", "http://a/b/c/d;p?q")]
    [InlineData("http://a/b/c/d;p?q", ".", "http://a/b/c/")]
    [InlineData("http://a/b/c/d;p?q", "..", "http://a/b/")]
    [InlineData("http://a/b/c/d;p?q", "../g", "http://a/b/g")]
    [InlineData("http://a/b/c/d;p?q", "../../g", "http://a/g")]
    [InlineData("http://a/b/c/d;p?q", "../../../../g", "http://a/g")]
    [InlineData("http://a/b/c/d;p?q", "g;x=1/../y", "http://a/b/c/y")]
    [InlineData("http://a/b/c/d;p?q", "HTTP://Example/x", "http://example/x")]
    [InlineData("http://a", "b", "http://a/b")]
    [InlineData("urn:uuid:1", "", "urn:uuid:1")]
    [InlineData("mem://input/", "a b/c.json", "mem://input/a b/c.json")]
    public void References_resolve_as_RFC_3986_5_4_has_them(string start, string reference, string expected) =>
        Assert.Equal(expected, SchemaUri.Resolve(start, reference));

    [Theory]
    [InlineData("""{"properties":{"a":{"$ref":"#/definitions/b"}},"definitions":{"b":{"type":"string"}}}""", "/definitions/b")]
    [InlineData("""{"properties":{"a":{"$ref":"#/definitions/b~1c~0d%25"}},"definitions":{"b/c~d%":{}}}""", "/definitions/b~1c~0d%")]
    [InlineData("""{"properties":{"a":{"$ref":"#"}}}""", "")]
    [InlineData("""{"properties":{"a":{"$ref":"#b"}},"definitions":{"x":{"$id":"#b"}}}""", "/definitions/x")]
    [InlineData("""{"properties":{"a":{"$ref":"b.json"}},"definitions":{"x":{"$id":"b.json"}}}""", "/definitions/x")]
    [InlineData("""{"$id":"http://h/r/","properties":{"a":{"$ref":"http://h/r/b.json#/items"}},"definitions":{"x":{"$id":"b.json","items":{}}}}""", "/definitions/x/items")]
    [InlineData("""{"properties":{"a":{"$ref":"#/components/schemas/B"}},"components":{"schemas":{"B":{"type":"string"}}}}""", "/components/schemas/B")]
    [InlineData("""{"properties":{"a":{"$ref":"#/allOf/1"}},"allOf":[true,{"type":"object"}]}""", "/allOf/1")]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{"a":{"$ref":"#b"}},"$defs":{"x":{"$anchor":"b"}}}""", "/$defs/x")]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{"a":{"$dynamicRef":"#b"}},"$defs":{"x":{"$dynamicAnchor":"b"}}}""", "/$defs/x")]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2019-09/schema","properties":{"a":{"$recursiveRef":"#"}}}""", "")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-04/schema#","properties":{"a":{"$ref":"b"}},"definitions":{"x":{"id":"b"}}}""", "/definitions/x")]
    public void References_lead_to_places_in_the_text(string text, string pointer) => Assert.Equal(pointer, TargetOfA(text)?.Pointer);

    [Theory]
    // An id where no schema can be is data.
    [InlineData("""{"properties":{"a":{"$ref":"b.json"}},"enum":[{"$id":"b.json"}]}""")]
    [InlineData("""{"properties":{"a":{"$ref":"b.json"}},"unknown":{"$id":"b.json"}}""")]
    [InlineData("""{"properties":{"a":{"$ref":"b.json"}},"definitions":{"x":{"$ref":"#","$id":"b.json"}}}""")]
    [InlineData("""{"properties":{"a":{"$ref":"#/definitions/c"}},"definitions":{"b":{}}}""")]
    [InlineData("""{"properties":{"a":{"$ref":"#/definitions/b/title"}},"definitions":{"b":{"title":"t"}}}""")]
    [InlineData("""{"properties":{"a":{"$ref":"#b"}},"definitions":{"x":{"$anchor":"b"}}}""")]
    [InlineData("""{"properties":{"a":{"$ref":"http://elsewhere/x.json"}}}""")]
    public void References_that_lead_nowhere_are_listed(string text)
    {
        var (root, set) = Read(text);
        Assert.Null(root.Find("properties")!.Named("a")!.Target);
        Assert.Contains(set.Dangling, node => node.Pointer == "/properties/a");
    }

    [Theory]
    [InlineData("common.json", "common.json#/definitions/b", null)]
    [InlineData("common.json", "./common.json#/definitions/b", null)]
    [InlineData("http://h/common.json", "common.json#/definitions/b", "http://h/root.json")]
    [InlineData("common.json", "http://h/common.json#/definitions/b", "http://h/root.json")]
    [InlineData("Any name at all", "Any name at all#/definitions/b", "http://h/root.json")]
    [InlineData("urn:example:common", "urn:example:common#/definitions/b", null)]
    public void Registered_references_are_found_by_name_and_by_what_it_means_at_the_base(string name, string reference, string? id)
    {
        var start = id is null ? "{" : $$"""{"$id":"{{id}}",""";
        var target = TargetOfA(
            $$$"""{{{start}}}"properties":{"a":{"$ref":"{{{reference}}}"} } }""", Parsed.Reference(name, """{"definitions":{"b":{"type":"string"}}}"""));
        Assert.Equal("/definitions/b", target?.Pointer);
    }

    [Fact]
    public void A_reference_is_found_by_the_id_it_has_itself() => Assert.Equal(
        "", TargetOfA("""{"properties":{"a":{"$ref":"http://h/b.json"}}}""", Parsed.Reference("b", """{"$id":"http://h/b.json"}"""))?.Pointer);

    [Fact]
    public void A_reference_keeps_its_own_draft_and_takes_the_main_texts_where_it_says_nothing()
    {
        var (root, _) = Read(
            """{"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{"a":{"$ref":"four"},"b":{"$ref":"silent"}}}""",
            Parsed.Reference("four", """{"$schema":"http://json-schema.org/draft-04/schema#"}"""), Parsed.Reference("silent", "{}"));
        Assert.Equal(JsonSchemaDraft.Draft4, root.Find("properties")!.Named("a")!.Target!.Draft);
        Assert.Equal(JsonSchemaDraft.Draft202012, root.Find("properties")!.Named("b")!.Target!.Draft);
    }

    [Fact]
    public void An_embedded_resource_has_its_own_draft()
    {
        var (root, _) = Read(
            """{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{"x":{"$id":"x","$schema":"http://json-schema.org/draft-07/schema#","items":[{}]}}}""");
        var x = root.Find("$defs")!.Named("x")!;
        Assert.Equal(JsonSchemaDraft.Draft7, x.Draft);
        Assert.Single(x.Find("items")!.List!);
    }

    [Theory]
    [InlineData("http://json-schema.org/draft-04/schema#", JsonSchemaDraft.Draft4)]
    [InlineData("http://json-schema.org/draft-06/schema", JsonSchemaDraft.Draft6)]
    [InlineData("https://json-schema.org/draft-07/schema#", JsonSchemaDraft.Draft7)]
    [InlineData("https://json-schema.org/draft/2019-09/schema", JsonSchemaDraft.Draft201909)]
    [InlineData("https://json-schema.org/draft/2020-12/schema#", JsonSchemaDraft.Draft202012)]
    [InlineData("https://example.com/unheard-of", JsonSchemaDraft.Draft7)]
    public void The_draft_is_the_one_the_text_names_and_7_otherwise(string uri, object draft) =>
        Assert.Equal((JsonSchemaDraft)draft, Read($$"""{"$schema":"{{uri}}"}""").Root.Draft);

    [Fact]
    public void Meta_schemas_have_no_loose_ends() => Assert.Empty(MetaSchemas.Bundled.Dangling);

    [Theory]
    [InlineData("http://json-schema.org/draft-04/schema#")]
    [InlineData("http://json-schema.org/draft-06/schema#/definitions/nonNegativeInteger")]
    [InlineData("http://json-schema.org/draft-07/schema")]
    [InlineData("https://json-schema.org/draft/2019-09/meta/validation#/$defs/stringArray")]
    [InlineData("https://json-schema.org/draft/2020-12/meta/format-assertion")]
    [InlineData("https://json-schema.org/draft/2020-12/schema#meta")]
    public void Meta_schemas_can_be_referred_to(string uri) =>
        Assert.NotNull(TargetOfA($$$"""{"properties":{"a":{"$ref":"{{{uri}}}"} } }"""));
}
