using System.Text.Json;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Tests.State;

namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>Tags written into schemas, and found again (schema-registry 1.3, 2.10).</summary>
public class TagTests
{
    private const string Plain = """{"type":"record","name":"R","fields":[{"name":"f","type":"string"}]}""";
    private const string Evolved = """{"type":"record","name":"R","fields":[{"name":"f","type":"string"},{"name":"g","type":"string","default":"hi"}]}""";

    private static string Tag(string path, string type, params string[] tags) =>
        $$"""{"schemaEntity":{"entityPath":"{{path}}","entityType":"{{type}}"},"tags":[{{string.Join(',', tags.Select(tag => $"\"{tag}\""))}}]}""";

    private static async Task<Answer> RegisterAsync(RegistryServer server, string schema, string more)
    {
        var answer = await server.PostAsync("/subjects/s/versions", RegistryServer.Body(schema, more));
        Assert.True(answer.Status == 200, answer.Text);
        return answer;
    }

    private static async Task<string> FoundAsync(RegistryServer server, string query, string path = "/subjects/s/versions/latest")
    {
        var answer = await server.GetAsync(path + query);
        return answer.Json.TryGetProperty("schemaTags", out var tags) ? tags.GetRawText() : "";
    }

    [Fact]
    public async Task Registered_with_tags_to_add_and_to_remove_a_schema_becomes_another_version()
    {
        await using var server = await RegistryServer.StartAsync();
        await RegisterAsync(server, Plain, "");
        var added = await RegisterAsync(server, Plain, $$""","version":2,"schemaTagsToAdd":[{{Tag("R", "sr_record", "TAG1", "TAG2")}},{{Tag(".R.f", "sr_field", "PII")}}]""");
        const string tagged = """{"type":"record","name":"R","fields":[{"name":"f","type":"string","confluent:tags":["PII"]}],"confluent:tags":["TAG1","TAG2"]}""";
        Assert.Equal((2, 2, tagged), (added.Json.GetProperty("id").GetInt32(), added.Json.GetProperty("version").GetInt32(), added.Json.GetProperty("schema").GetString()));
        Assert.Equal("2", added.Json.GetProperty("metadata").GetProperty("properties").GetProperty("confluent:version").GetString());

        // Without a version it is the next one, and says so.
        var removed = await RegisterAsync(server, tagged, $$""","schemaTagsToRemove":[{{Tag("R", "sr_record", "TAG2", "NONE")}}]""");
        Assert.Equal(tagged.Replace(",\"TAG2\"", "", StringComparison.Ordinal), removed.Json.GetProperty("schema").GetString());
        Assert.Equal("3", removed.Json.GetProperty("metadata").GetProperty("properties").GetProperty("confluent:version").GetString());
        var emptied = await RegisterAsync(server, tagged, $$""","schemaTagsToRemove":[{{Tag("R", "sr_record", "TAG1", "TAG2")}},{{Tag("R.f", "sr_field", "PII")}}]""");
        Assert.Equal(Plain, emptied.Json.GetProperty("schema").GetString());
        Assert.Equal(StateHash.Describe(server.Service.Image), StateHash.Describe(Replay.Of(server.Topic.Records)));
    }

    [Fact]
    public async Task Tags_are_found_where_they_are_asked_for()
    {
        await using var server = await RegistryServer.StartAsync();
        await RegisterAsync(server, Plain, $$""","schemaTagsToAdd":[{{Tag("R", "sr_record", "TAG1", "TAG2")}},{{Tag("R.f", "sr_field", "PII")}}]""");
        var record = Tag("R", "sr_record", "TAG1", "TAG2");
        var field = Tag("R.f", "sr_field", "PII");
        foreach (var path in new[] { "/subjects/s/versions/latest", "/schemas/ids/1", "/subjects/s/metadata" })
        {
            Assert.Equal("", await FoundAsync(server, "", path));
            Assert.Equal($"[{record},{field}]", await FoundAsync(server, "?findTags=*", path));
            Assert.Equal($"[{record}]", await FoundAsync(server, "?findTags=TAG2&findTags=OTHER", path));
            Assert.Equal($"[{field}]", await FoundAsync(server, "?find_tags=PII", path));
            Assert.Equal("", await FoundAsync(server, "?findTags=OTHER", path));
        }
        var members = (await server.GetAsync("/subjects/s/versions/1?findTags=*")).Json.EnumerateObject().Select(member => member.Name);
        Assert.Equal(["schema", "schemaTags", "ts", "deleted"], members.TakeLast(4));
        members = (await server.GetAsync("/schemas/ids/1?findTags=*&fetchMaxId=true")).Json.EnumerateObject().Select(member => member.Name);
        Assert.Equal(["guid", "schemaType", "schema", "metadata", "schemaTags", "maxId"], members);
    }

    [Fact]
    public async Task The_tags_of_the_version_before_are_carried_over_when_asked_for()
    {
        await using var server = await RegistryServer.StartAsync();
        await RegisterAsync(server, Plain, $$""","schemaTagsToAdd":[{{Tag("R", "sr_record", "TAG1")}},{{Tag("R.f", "sr_field", "PII")}}]""");
        Assert.Equal(Evolved, (await RegisterAsync(server, Evolved, ",\"propagateSchemaTags\":false")).Json.GetProperty("schema").GetString());
        await server.DeleteAsync("/subjects/s/versions/2");
        var carried = await RegisterAsync(server, Evolved.Replace("\"default\":\"hi\"", "\"default\":\"hi\",\"confluent:tags\":[\"OWN\"]", StringComparison.Ordinal), ",\"propagateSchemaTags\":true");
        Assert.Equal(
            """{"type":"record","name":"R","fields":[{"name":"f","type":"string","confluent:tags":["PII"]},{"name":"g","type":"string","default":"hi","confluent:tags":["OWN"]}],"confluent:tags":["TAG1"]}""",
            carried.Json.GetProperty("schema").GetString());
        // Again it is the same version; a field that went takes its tags along.
        Assert.Equal(carried.Json.GetProperty("version").GetInt32(), (await RegisterAsync(server, Evolved.Replace("\"hi\"", "\"hi\",\"confluent:tags\":[\"OWN\"]", StringComparison.Ordinal), ",\"propagateSchemaTags\":true")).Json.GetProperty("version").GetInt32());
        var without = await RegisterAsync(server, """{"type":"record","name":"R","fields":[{"name":"g","type":"string","default":"hi"}]}""", ",\"propagateSchemaTags\":true");
        Assert.Equal($"[{Tag("R", "sr_record", "TAG1")},{Tag("R.g", "sr_field", "OWN")}]", await FoundAsync(server, "?findTags=*"));
        Assert.DoesNotContain("PII", without.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Places_in_avro_go_by_full_names()
    {
        const string nested = """
            {"type":"record","name":"a.b.Outer","fields":[
              {"name":"x","type":["null",{"type":"array","items":{"type":"record","name":"Inner","fields":[{"name":"y","type":{"type":"map","values":{"type":"record","name":"Free","namespace":"","fields":[{"name":"z","type":"int"}]}}}]}}]},
              {"name":"w","type":"Inner"}]}
            """;
        await using var server = await RegistryServer.StartAsync();
        await RegisterAsync(server, nested, $$""","schemaTagsToAdd":[{{Tag("a.b.Inner.y", "sr_field", "T")}},{{Tag("Free", "sr_record", "T")}},{{Tag("Free.z", "sr_field", "T")}},{{Tag("a.b.Outer.w", "sr_field", "T")}}]""");
        Assert.Equal(
            $"[{Tag("a.b.Inner.y", "sr_field", "T")},{Tag("Free", "sr_record", "T")},{Tag("Free.z", "sr_field", "T")},{Tag("a.b.Outer.w", "sr_field", "T")}]",
            await FoundAsync(server, "?findTags=T"));
    }

    [Fact]
    public async Task Places_in_a_json_schema_go_by_the_way_to_them()
    {
        const string schema = """
            {"title":"R","type":"object","properties":{"a":{"type":"array","items":{"type":"object","properties":{"b":{"type":"string"}}}},
             "c":{"allOf":[{"type":"string"},{"type":"object","properties":{"d":{"type":"number"}}}]},"e":{"not":{"type":"object","properties":{"f":{"type":"string"}}}},
             "g":{"type":["null","object"],"properties":{"h":{}}}},"definitions":{"D":{"type":"object","properties":{"i":{"enum":[1]}}}}}
            """;
        string[] fields = ["object.a.array.object.b", "object.c.allof.1.object.d", "object.e.not.object.f", "object.g.anyof.1.object.h", "definitions.D.object.i", "object.a"];
        await using var server = await RegistryServer.StartAsync();
        await RegisterAsync(server, schema, $$""","schemaType":"JSON","schemaTagsToAdd":[{{string.Join(',', fields.Select(path => Tag(path, "sr_field", "PII")))}},{{Tag("object.a.array.object", "sr_record", "REC")}}]""");
        var found = (await server.GetAsync("/subjects/s/versions/1?findTags=PII")).Json.GetProperty("schemaTags").EnumerateArray()
            .Select(tag => tag.GetProperty("schemaEntity").GetProperty("entityPath").GetString());
        Assert.Equal(fields.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Equal($"[{Tag("object.a.array.object", "sr_record", "REC")}]", await FoundAsync(server, "?findTags=REC"));
        using var text = JsonDocument.Parse((await server.GetAsync("/subjects/s/versions/1/schema")).Text);
        Assert.Equal("PII", text.RootElement.GetProperty("properties").GetProperty("e").GetProperty("not").GetProperty("properties").GetProperty("f").GetProperty("confluent:tags")[0].GetString());
    }

    [Fact]
    public async Task Places_in_a_proto_file_go_by_names_within_the_package()
    {
        const string proto = "syntax = \"proto3\";\npackage shop;\n\nmessage Order {\n  string id = 1;\n  map<string, int32> counts = 2;\n  message Line {\n    string sku = 1 [deprecated = true];\n  }\n}\n";
        await using var server = await RegistryServer.StartAsync();
        await RegisterAsync(server, proto, ",\"schemaType\":\"PROTOBUF\"");
        var tagged = await RegisterAsync(server, proto, $$""","schemaType":"PROTOBUF","schemaTagsToAdd":[{{Tag(".Order.Line.sku", "sr_field", "TAG1")}},{{Tag("shop.Order.Line.sku", "sr_field", "TAG2")}},{{Tag("Order", "sr_record", "REC")}}]""");
        var text = tagged.Json.GetProperty("schema").GetString()!;
        Assert.Contains("import \"confluent/meta.proto\";", text, StringComparison.Ordinal);
        Assert.Contains("(confluent.message_meta)", text, StringComparison.Ordinal);
        Assert.Contains("deprecated = true", text, StringComparison.Ordinal);
        Assert.Equal($"[{Tag("Order", "sr_record", "REC")},{Tag("Order.Line.sku", "sr_field", "TAG1", "TAG2")}]", await FoundAsync(server, "?findTags=*"));
        var removed = await RegisterAsync(server, text, $$""","schemaType":"PROTOBUF","schemaTagsToRemove":[{{Tag("Order.Line.sku", "sr_field", "TAG1", "TAG2")}}]""");
        Assert.Equal($"[{Tag("Order", "sr_record", "REC")}]", await FoundAsync(server, "?findTags=*"));
        Assert.Contains("deprecated = true", removed.Json.GetProperty("schema").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("does.not.exist", "sr_field")]
    [InlineData("R", "sr_field")]
    [InlineData("R.f", "sr_record")]
    public async Task A_place_that_is_not_there_is_42201(string path, string type)
    {
        await using var server = await RegistryServer.StartAsync();
        await RegisterAsync(server, Plain, "");
        foreach (var member in new[] { "schemaTagsToAdd", "schemaTagsToRemove" })
            (await server.PostAsync("/subjects/s/versions", RegistryServer.Body(Plain, $",\"{member}\":[{Tag(path, type, "T")}]"))).IsError(422, 42201, "Invalid schema: there is no ");
        (await server.PostAsync("/subjects/s/versions/latest/tags", $$"""{"tagsToAdd":[{{Tag(path, type, "T")}}]}""")).IsError(422, 42201, "Invalid schema: there is no ");
        (await server.GetAsync("/subjects/s/versions")).Is("[1]");
    }

    [Theory]
    [InlineData("5")]
    [InlineData("[5]")]
    [InlineData("[{}]")]
    [InlineData("""[{"schemaEntity":{"entityPath":"","entityType":"sr_field"},"tags":[]}]""")]
    [InlineData("""[{"schemaEntity":{"entityPath":"R","entityType":"record"},"tags":[]}]""")]
    [InlineData("""[{"schemaEntity":{"entityPath":"R","entityType":"sr_record"}}]""")]
    [InlineData("""[{"schemaEntity":{"entityPath":"R","entityType":"sr_record"},"tags":[""]}]""")]
    public async Task Lists_of_something_else_are_400(string list)
    {
        await using var server = await RegistryServer.StartAsync();
        await RegisterAsync(server, Plain, "");
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body(Plain, $",\"schemaTagsToAdd\":{list}"))).IsError(400, 400, "The member schemaTagsToAdd");
        (await server.PostAsync("/subjects/s/versions/1/tags", $$"""{"tagsToRemove":{{list}}}""")).IsError(400, 400, "The member tagsToRemove");
        (await server.PostAsync("/subjects/s/versions/1/tags", """{"newVersion":"2"}""")).IsError(400, 400, "The member newVersion");
        (await server.PostAsync("/subjects/s/versions/1/tags", """{"rulesToRemove":[1]}""")).IsError(400, 400, "The member rulesToRemove");
    }

    [Fact]
    public async Task A_version_is_registered_again_with_other_tags_and_rules()
    {
        await using var server = await RegistryServer.StartAsync();
        await RegisterAsync(server, Plain, ""","ruleSet":{"domainRules":[{"name":"one","type":"CEL"},{"name":"two","type":"CEL"}]}""");
        var tagged = (await server.PostAsync("/subjects/s/versions/latest/tags", $$$"""
            {"newVersion":2,"tagsToAdd":[{{{Tag("R", "sr_record", "TAG1")}}}],"rulesToRemove":["one"],
             "rulesToMerge":{"domainRules":[{"name":"two","type":"JSONATA"},{"name":"three","type":"CEL"}]},"metadata":{"properties":{"owner":"me"} } }
            """)).Json;
        Assert.Equal((2, 2), (tagged.GetProperty("id").GetInt32(), tagged.GetProperty("version").GetInt32()));
        Assert.Equal(Plain[..^1] + ",\"confluent:tags\":[\"TAG1\"]}", tagged.GetProperty("schema").GetString());
        Assert.Equal("""{"confluent:version":"2","owner":"me"}""", tagged.GetProperty("metadata").GetProperty("properties").GetRawText());
        Assert.Equal(
            ["two JSONATA", "three CEL"],
            tagged.GetProperty("ruleSet").GetProperty("domainRules").EnumerateArray().Select(rule => $"{rule.GetProperty("name").GetString()} {rule.GetProperty("type").GetString()}"));

        // The schema of the version named, the rules with it.
        tagged = (await server.PostAsync("/subjects/s/versions/1/tags", $$"""{"tagsToAdd":[{{Tag("R.f", "sr_field", "PII")}}]}""")).Json;
        Assert.Equal(3, tagged.GetProperty("version").GetInt32());
        Assert.Equal(2, tagged.GetProperty("ruleSet").GetProperty("domainRules").GetArrayLength());
        Assert.Equal("""{"confluent:version":"3"}""", tagged.GetProperty("metadata").GetProperty("properties").GetRawText());
        Assert.DoesNotContain("TAG1", tagged.GetProperty("schema").GetString(), StringComparison.Ordinal);

        (await server.PostAsync("/subjects/s/versions/latest/tags", """{"newVersion":9}""")).IsError(422, 42201, "Version is not one more than previous version");
        (await server.PostAsync("/subjects/s/versions/9/tags", "{}")).IsError(404, 40402, "Version 9 not found.");
        (await server.PostAsync("/subjects/none/versions/1/tags", "{}")).IsError(404, 40401, "Subject 'none' not found.");
        (await server.PostAsync("/subjects/s/versions/x/tags", "{}")).IsError(422, 42202, "The specified version 'x'");
        await server.PutAsync("/mode/s", """{"mode":"READONLY"}""");
        (await server.PostAsync("/subjects/s/versions/1/tags", "{}")).IsError(422, 42205, "Subject s in context . is in read-only mode");
    }
}
