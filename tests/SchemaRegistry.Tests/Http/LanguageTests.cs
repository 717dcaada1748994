using System.Text.Json;

namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>The three languages at the registry's door (schema-registry 1.2, 2.5 to 2.8).</summary>
public class LanguageTests
{
    private const string Proto = "syntax = \"proto3\";\npackage shop;\n\nmessage Order {\n  string id = 1;\n  int32 count = 2;\n}\n";
    private const string ProtoLaidOut = "// Orders.\nsyntax=\"proto3\"; package shop;\nmessage Order{string id=1;/* how many */ int32 count=2;}";
    private const string Json = """{"type":"object","properties":{"id":{"type":"string"},"count":{"type":"integer"}},"required":["id"]}""";
    private const string JsonLaidOut = "{ \"type\" : \"object\",\n \"properties\": {\"id\": {\"type\":\"string\"}, \"count\": {\"type\":\"integer\"}},\n \"required\" : [ \"id\" ] }";

    private static string Type(string schemaType, string more = "") => $$""","schemaType":"{{schemaType}}"{{more}}""";

    private static Task<int> RegisterAsync(RegistryServer server, string subject, string schemaType, string text, string more = "") =>
        server.RegisterAsync(subject, text, Type(schemaType, more));

    private static Task<Answer> PostAsync(RegistryServer server, string path, string schemaType, string text, string more = "") =>
        server.PostAsync(path, RegistryServer.Body(text, Type(schemaType, more)));

    [Fact]
    public async Task All_three_are_listed()
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.GetAsync("/schemas/types")).Is("""["AVRO","JSON","PROTOBUF"]""");
    }

    [Theory]
    [InlineData("PROTOBUF", Proto, ProtoLaidOut)]
    [InlineData("JSON", Json, JsonLaidOut)]
    public async Task A_text_is_stored_as_its_canonical_one_and_found_by_any_layout(string schemaType, string canonical, string laidOut)
    {
        await using var server = await RegistryServer.StartAsync();
        var registered = (await PostAsync(server, "/subjects/s/versions", schemaType, laidOut)).Json;
        Assert.Equal((1, schemaType, canonical), (registered.GetProperty("id").GetInt32(), registered.GetProperty("schemaType").GetString(), registered.GetProperty("schema").GetString()));
        Assert.Equal(1, await RegisterAsync(server, "s", schemaType, canonical));
        foreach (var text in new[] { laidOut, canonical })
            Assert.Equal(1, (await PostAsync(server, "/subjects/s", schemaType, text)).Json.GetProperty("version").GetInt32());
        (await server.GetAsync("/subjects/s/versions")).Is("[1]");
        (await server.PostAsync("/subjects/s", RegistryServer.Body("\"string\""))).IsError(404, 40403, "Schema not found");
    }

    [Fact]
    public async Task A_protobuf_schema_comes_and_goes_as_a_descriptor_too()
    {
        await using var server = await RegistryServer.StartAsync();
        Assert.Equal(1, await RegisterAsync(server, "s", "PROTOBUF", Proto));
        string? serialized = null;
        foreach (var path in new[] { "/subjects/s/versions/1", "/schemas/ids/1", "/schemas/ids/1?subject=s" })
        {
            var answer = (await server.GetAsync(path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "format=serialized")).Json;
            var text = answer.GetProperty("schema").GetString();
            Assert.Equal(serialized ??= text, text);
        }
        Assert.NotEmpty(Convert.FromBase64String(serialized!));
        Assert.Equal(serialized, (await server.GetAsync("/subjects/s/versions/1/schema?format=serialized")).Text);
        Assert.Equal(serialized, (await PostAsync(server, "/subjects/s?format=serialized", "PROTOBUF", Proto)).Json.GetProperty("schema").GetString());
        // What a serialiser sends: the descriptor in place of the text.
        Assert.Equal(1, (await PostAsync(server, "/subjects/s", "PROTOBUF", serialized!)).Json.GetProperty("id").GetInt32());
        Assert.Equal(1, await RegisterAsync(server, "t", "PROTOBUF", serialized!));
        Assert.Equal(Proto, (await server.GetAsync("/subjects/t/versions/1")).Json.GetProperty("schema").GetString());
    }

    [Theory]
    [InlineData("package a.b; import \"google/protobuf/timestamp.proto\"; message M { google.protobuf.Timestamp at = 1; oneof o { int32 x = 2; string y = 3; } }")]
    [InlineData("option java_package = \"x.y\"; message M { map<string, int64> m = 1; repeated int32 r = 2 [packed = false]; reserved 5, 9 to 11; reserved \"old\"; }")]
    [InlineData("enum E { option allow_alias = true; A = 0; B = 1; C = 1; } message M { message N { E e = 1; } N n = 1; optional string s = 2 [deprecated = true]; }")]
    [InlineData("message A { string s = 1; } message B { A a = 1; } service S { rpc Get (A) returns (stream B); }")]
    [InlineData("message M { string snake_case = 1 [json_name = \"other\"]; bytes b = 1000; }")]
    public async Task A_descriptor_that_came_out_goes_in_under_the_same_id(string text)
    {
        await using var server = await RegistryServer.StartAsync();
        Assert.Equal(1, await RegisterAsync(server, "s", "PROTOBUF", "syntax = \"proto3\"; " + text));
        var serialized = (await server.GetAsync("/schemas/ids/1/schema?format=serialized")).Text;
        Assert.Equal(1, await RegisterAsync(server, "s", "PROTOBUF", serialized));
        Assert.Equal(1, (await PostAsync(server, "/subjects/s", "PROTOBUF", serialized)).Json.GetProperty("id").GetInt32());
        (await server.GetAsync("/subjects/s/versions")).Is("[1]");
    }

    [Fact]
    public async Task A_protobuf_schema_can_be_had_without_extensions()
    {
        await using var server = await RegistryServer.StartAsync();
        await RegisterAsync(server, "s", "PROTOBUF", "syntax = \"proto2\"; message M { optional int32 a = 1; extensions 100 to 199; } extend M { optional int32 b = 100; }");
        Assert.Contains("extend M", (await server.GetAsync("/schemas/ids/1/schema")).Text, StringComparison.Ordinal);
        var without = (await server.GetAsync("/schemas/ids/1?format=ignore_extensions")).Json.GetProperty("schema").GetString();
        Assert.Contains("a = 1;", without, StringComparison.Ordinal);
        Assert.DoesNotContain("exten", without, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AVRO", "{\"type\":\"record\",\"name\":\"R\",\n\"fields\":[{\"name\":\"a\",\"type\":\"nope\"}]}", "(line 2, column ")]
    [InlineData("PROTOBUF", "syntax = \"proto3\";\nmessage M {\n  strin id = 1;\n}\n", "(line 3, column ")]
    [InlineData("PROTOBUF", "syntax = \"proto3\";\nmessage M {\n  string id = ;\n}\n", "(line 3, column ")]
    [InlineData("PROTOBUF", "syntax = \"proto3\";\nimport \"missing.proto\";\n", "missing.proto")]
    [InlineData("JSON", "{\"type\":\n \"nonsense\"}", "(line 2, column ")]
    [InlineData("JSON", "{\"type\":", "(line 1, column ")]
    public async Task A_faulty_text_is_42201_with_the_place(string schemaType, string text, string place)
    {
        await using var server = await RegistryServer.StartAsync();
        var answer = await PostAsync(server, "/subjects/s/versions", schemaType, text);
        answer.IsError(422, 42201, "Invalid schema");
        Assert.Contains(place, answer.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
        (await PostAsync(server, "/compatibility/subjects/s/versions/latest", schemaType, text)).IsError(422, 42201, "Invalid schema");
    }

    [Fact]
    public async Task Protobuf_imports_are_references_followed_to_the_end()
    {
        await using var server = await RegistryServer.StartAsync();
        await RegisterAsync(server, "shop%2Fsku.proto", "PROTOBUF", "syntax = \"proto3\"; package shop; message Sku { string code = 1; }");
        await RegisterAsync(server, "line", "PROTOBUF",
            "syntax = \"proto3\"; package shop; import \"shop/sku.proto\"; message Line { Sku sku = 1; }",
            ""","references":[{"name":"shop/sku.proto","subject":"shop/sku.proto","version":1}]""");
        const string order = "syntax = \"proto3\"; package shop; import \"line.proto\"; import \"google/protobuf/timestamp.proto\";"
            + " message Order { repeated Line lines = 1; google.protobuf.Timestamp placed = 2; }";
        const string toLine = ""","references":[{"name":"line.proto","subject":"line","version":-1}]""";
        Assert.Equal(3, await RegisterAsync(server, "order", "PROTOBUF", order, toLine));
        (await server.GetAsync("/subjects/line/versions/1/referencedby")).Is("[3]");
        (await server.GetAsync("/subjects/shop%2Fsku.proto/versions/1/referencedby")).Is("[2]");
        var stored = (await server.GetAsync("/subjects/order/versions/1")).Json;
        Assert.Equal("""[{"name":"line.proto","subject":"line","version":1}]""", stored.GetProperty("references").GetRawText());
        Assert.Contains("import \"line.proto\";", stored.GetProperty("schema").GetString(), StringComparison.Ordinal);
        (await server.DeleteAsync("/subjects/line/versions/1")).IsError(422, 42206, "One or more references exist");
        (await PostAsync(server, "/subjects/other/versions", "PROTOBUF", order)).IsError(422, 42201, "Invalid schema");
        (await PostAsync(server, "/compatibility/subjects/order/versions?verbose=true", "PROTOBUF", order, toLine)).Is("""{"is_compatible":true}""");
    }

    [Fact]
    public async Task The_same_text_over_another_import_is_another_schema()
    {
        await using var server = await RegistryServer.StartAsync();
        const string line = "syntax = \"proto3\"; message Line { string sku = 1; }";
        const string order = "syntax = \"proto3\"; import \"line.proto\"; message Order { Line line = 1; }";
        static string To(string subject, int version) => $$""","references":[{"name":"line.proto","subject":"{{subject}}","version":{{version}}}]""";
        await RegisterAsync(server, "line", "PROTOBUF", line);
        await RegisterAsync(server, "line", "PROTOBUF", line.Replace("sku = 1;", "sku = 1; int32 n = 2;", StringComparison.Ordinal));
        await RegisterAsync(server, "same-line", "PROTOBUF", line);
        var first = await RegisterAsync(server, "order", "PROTOBUF", order, To("line", 1));
        Assert.Equal(first, await RegisterAsync(server, "order", "PROTOBUF", order, To("same-line", 1)));
        Assert.NotEqual(first, await RegisterAsync(server, "order", "PROTOBUF", order, To("line", 2)));
        (await server.GetAsync("/subjects/order/versions")).Is("[1,2]");
    }

    [Fact]
    public async Task Json_references_are_by_uri_and_followed_to_the_end()
    {
        await using var server = await RegistryServer.StartAsync();
        await RegisterAsync(server, "sku", "JSON", """{"$id":"https://shop.test/sku.json","type":"string"}""");
        await RegisterAsync(server, "line", "JSON",
            """{"$id":"https://shop.test/line.json","type":"object","properties":{"sku":{"$ref":"sku.json"}}}""",
            ""","references":[{"name":"https://shop.test/sku.json","subject":"sku","version":1}]""");
        const string order = """{"type":"object","properties":{"lines":{"type":"array","items":{"$ref":"https://shop.test/line.json"}}}}""";
        const string toLine = ""","references":[{"name":"https://shop.test/line.json","subject":"line","version":1}]""";
        Assert.Equal(3, await RegisterAsync(server, "order", "JSON", order, toLine));
        Assert.Equal(3, (await PostAsync(server, "/subjects/order", "JSON", order, toLine)).Json.GetProperty("id").GetInt32());
        (await server.GetAsync("/subjects/line/versions/1/referencedby")).Is("[3]");
        var deeper = order.Replace("array", "string", StringComparison.Ordinal);
        Assert.Equal(409, (await PostAsync(server, "/subjects/order/versions", "JSON", deeper, toLine)).Status);
    }

    [Fact]
    public async Task A_language_cannot_follow_another_except_where_nothing_is_checked()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"string\"");
        foreach (var (schemaType, text) in new[] { ("PROTOBUF", Proto), ("JSON", Json) })
        {
            (await PostAsync(server, "/subjects/s/versions", schemaType, text)).IsError(
                409, 409, "Schema being registered is incompatible with an earlier schema for subject \"s\", details: [Incompatible because of different schema type, {oldSchemaVersion: 1}");
            var verdict = (await PostAsync(server, "/compatibility/subjects/s/versions/latest?verbose=true", schemaType, text)).Json;
            Assert.Equal("Incompatible because of different schema type", verdict.GetProperty("messages")[0].GetString());
        }
        await server.PutAsync("/config/s", """{"compatibility":"NONE"}""");
        Assert.Equal(2, await RegisterAsync(server, "s", "PROTOBUF", Proto));
        Assert.Equal(3, await RegisterAsync(server, "s", "JSON", Json));
    }

    // Protobuf: the second version has another type for a field. JSON: it asks for one more property than the first.
    [Theory]
    [InlineData("PROTOBUF", "NONE", true)]
    [InlineData("PROTOBUF", "BACKWARD", false)]
    [InlineData("PROTOBUF", "FORWARD", false)]
    [InlineData("PROTOBUF", "FULL", false)]
    [InlineData("PROTOBUF", "FULL_TRANSITIVE", false)]
    [InlineData("JSON", "NONE", true)]
    [InlineData("JSON", "BACKWARD", false)]
    [InlineData("JSON", "BACKWARD_TRANSITIVE", false)]
    [InlineData("JSON", "FORWARD", true)]
    [InlineData("JSON", "FORWARD_TRANSITIVE", true)]
    [InlineData("JSON", "FULL", false)]
    public async Task Every_level_is_held(string schemaType, string level, bool isTaken)
    {
        await using var server = await RegistryServer.StartAsync();
        await server.PutAsync("/config", $$"""{"compatibility":"{{level}}"}""");
        var (first, second) = schemaType == "PROTOBUF"
            ? (Proto, Proto.Replace("int32 count", "string count", StringComparison.Ordinal))
            : (Json, Json.Replace("[\"id\"]", "[\"id\",\"count\"]", StringComparison.Ordinal));
        await RegisterAsync(server, "s", schemaType, first);
        Assert.Equal(isTaken ? 200 : 409, (await PostAsync(server, "/subjects/s/versions", schemaType, second)).Status);
    }

    [Theory]
    [InlineData("PROTOBUF", Proto, "int32 count", "string count", "{errorType:\"FIELD_SCALAR_KIND_CHANGED\", description:\"", "#/Order/2", "\"}")]
    [InlineData("JSON", Json, "[\"id\"]", "[\"id\",\"count\"]", "{errorType:\"REQUIRED_ATTRIBUTE_ADDED\", description:\"", "#/required/count", "\"'}")]
    public async Task Verbose_messages_have_each_languages_framing(
        string schemaType, string first, string what, string by, string start, string path, string end)
    {
        await using var server = await RegistryServer.StartAsync();
        await RegisterAsync(server, "s", schemaType, first);
        var messages = (await PostAsync(
            server, "/compatibility/subjects/s/versions/1?verbose=true", schemaType, first.Replace(what, by, StringComparison.Ordinal)))
            .Json.GetProperty("messages").EnumerateArray().Select(message => message.GetString()!).ToList();
        Assert.StartsWith(start, messages[0], StringComparison.Ordinal);
        Assert.Contains(path, messages[0], StringComparison.Ordinal);
        Assert.EndsWith(end, messages[0], StringComparison.Ordinal);
        Assert.Equal(["{oldSchemaVersion: 1}", $"{{oldSchema: '{first}'}}", "{validateFields: 'false', compatibility: 'BACKWARD'}"], messages[^3..]);
    }

    [Fact]
    public async Task A_policy_of_the_subject_or_of_all_lets_json_schemas_change_more()
    {
        await using var server = await RegistryServer.StartAsync();
        const string more = """{"type":"object","properties":{"id":{"type":"string"},"count":{"type":"integer"},"note":{"type":"string"}},"required":["id"]}""";
        foreach (var subject in new[] { "s", "t" }) await RegisterAsync(server, subject, "JSON", Json);
        var refused = await PostAsync(server, "/subjects/s/versions", "JSON", more);
        Assert.Contains("OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", refused.Text, StringComparison.Ordinal);
        await server.PutAsync("/config/s", """{"compatibilityPolicy":"LENIENT"}""");
        Assert.Equal(200, (await PostAsync(server, "/subjects/s/versions", "JSON", more)).Status);
        Assert.Equal(409, (await PostAsync(server, "/subjects/t/versions", "JSON", more)).Status);
        await server.PutAsync("/config", """{"compatibilityPolicy":"LENIENT"}""");
        Assert.Equal(200, (await PostAsync(server, "/subjects/t/versions", "JSON", more)).Status);
    }

    [Theory]
    [InlineData("PROTOBUF", Proto, "syntax = \"proto3\"; package shop; message Order { int32 count = 2; string id = 1; }")]
    [InlineData("JSON", Json, """{"required":["id"],"properties":{"count":{"type":"integer"},"id":{"type":"string"}},"type":"object"}""")]
    public async Task Normalised_texts_in_another_order_are_the_same(string schemaType, string first, string reordered)
    {
        await using var server = await RegistryServer.StartAsync();
        var normalized = (await PostAsync(server, "/subjects/s/versions?normalize=true", schemaType, first)).Json;
        var again = (await PostAsync(server, "/subjects/s/versions?normalize=true", schemaType, reordered)).Json;
        Assert.Equal(normalized.GetProperty("id").GetInt32(), again.GetProperty("id").GetInt32());
        Assert.Equal(normalized.GetProperty("guid").GetString(), again.GetProperty("guid").GetString());
        Assert.Equal(1, (await PostAsync(server, "/subjects/s?normalize=true", schemaType, reordered)).Json.GetProperty("version").GetInt32());
        (await PostAsync(server, "/subjects/s", schemaType, reordered)).IsError(404, 40403, "Schema not found");
    }

    [Fact]
    public async Task What_was_registered_is_there_after_a_restart()
    {
        var topic = new MemorySchemaTopic();
        await using (var server = await RegistryServer.StartAsync(topic))
        {
            await RegisterAsync(server, "p", "PROTOBUF", Proto);
            await RegisterAsync(server, "j", "JSON", Json);
        }
        await using var restarted = await RegistryServer.StartAsync(MemorySchemaTopic.CopyOf(topic.Records));
        foreach (var (subject, schemaType, text) in new[] { ("p", "PROTOBUF", Proto), ("j", "JSON", Json) })
        {
            JsonElement version = (await restarted.GetAsync($"/subjects/{subject}/versions/latest")).Json;
            Assert.Equal((schemaType, text), (version.GetProperty("schemaType").GetString(), version.GetProperty("schema").GetString()));
        }
    }
}
