namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>References between schemas (schema-registry 2.4, 2.5).</summary>
public class ReferenceTests
{
    private const string Inner = """{"type":"record","name":"n.Inner","fields":[{"name":"x","type":"int"}]}""";
    private const string Outer = """{"type":"record","name":"n.Outer","fields":[{"name":"i","type":"n.Inner"}]}""";
    private const string Reference = ""","references":[{"name":"n.Inner","subject":"inner","version":1}]""";

    private static async Task<RegistryServer> StartAsync()
    {
        var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("inner", Inner);
        await server.RegisterAsync("outer", Outer, Reference);
        return server;
    }

    [Fact]
    public async Task A_schema_with_a_reference_comes_back_with_it()
    {
        await using var server = await StartAsync();
        var version = (await server.GetAsync("/subjects/outer/versions/1")).Json;
        Assert.Equal("""[{"name":"n.Inner","subject":"inner","version":1}]""", version.GetProperty("references").GetRawText());
        Assert.Equal("""{"type":"record","name":"Outer","namespace":"n","fields":[{"name":"i","type":"Inner"}]}""", version.GetProperty("schema").GetString());
        (await server.GetAsync("/subjects/inner/versions/1/referencedby")).Is("[2]");
        (await server.GetAsync("/subjects/outer/versions/latest/referencedby")).Is("[]");
        const string resolved = """{"type":"record","name":"Outer","namespace":"n","fields":[{"name":"i","type":{"type":"record","name":"Inner","fields":[{"name":"x","type":"int"}]}}]}""";
        (await server.GetAsync("/subjects/outer/versions/1/schema?format=resolved")).Is(resolved);
        (await server.GetAsync("/schemas/ids/2/schema?format=resolved")).Is(resolved);
        Assert.Equal(resolved, (await server.GetAsync("/schemas/ids/2?format=resolved")).Json.GetProperty("schema").GetString());
    }

    [Fact]
    public async Task A_registration_answers_in_the_format_asked_for()
    {
        await using var server = await StartAsync();
        var answer = await server.PostAsync("/subjects/outer/versions?format=resolved", RegistryServer.Body(Outer, Reference));
        Assert.Equal((200, 2), (answer.Status, answer.Json.GetProperty("id").GetInt32()));
        Assert.Contains("\"name\":\"x\"", answer.Json.GetProperty("schema").GetString(), StringComparison.Ordinal);
        var stored = (await server.GetAsync("/subjects/outer/versions/1?format=no-such-format")).Json.GetProperty("schema").GetString();
        Assert.Equal(stored, (await server.GetAsync("/subjects/outer/versions/1?format=serialized")).Json.GetProperty("schema").GetString());
    }

    [Fact]
    public async Task The_guid_counts_references()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"bytes\"");
        // The vector is of the schema "string" with the reference (n, s, 1).
        var answer = await server.PostAsync("/subjects/t/versions", RegistryServer.Body("\"string\"", ""","references":[{"name":"n","subject":"s","version":1}]"""));
        Assert.Equal("a7e3fe32-9bf9-b5f9-9d90-f62f838b5c93", answer.Json.GetProperty("guid").GetString());
    }

    [Fact]
    public async Task The_version_minus_one_is_stored_as_what_it_meant()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("inner", Inner);
        await server.RegisterAsync("outer", Outer, Reference.Replace(":1}", ":-1}", StringComparison.Ordinal));
        Assert.Equal(1, (await server.GetAsync("/subjects/outer/versions/1")).Json.GetProperty("references")[0].GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task The_schema_written_out_finds_the_one_with_references()
    {
        await using var server = await StartAsync();
        const string whole = """{"type":"record","name":"n.Outer","fields":[{"name":"i","type":{"type":"record","name":"n.Inner","fields":[{"name":"x","type":"int"}]}}]}""";
        Assert.Equal(2, (await server.PostAsync("/subjects/outer", RegistryServer.Body(whole))).Json.GetProperty("id").GetInt32());
        Assert.Equal(2, await server.RegisterAsync("outer", whole));
    }

    [Fact]
    public async Task What_is_referred_to_cannot_be_deleted()
    {
        await using var server = await StartAsync();
        (await server.DeleteAsync("/subjects/inner/versions/1")).IsError(422, 42206, "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=inner,version=1}.");
        (await server.DeleteAsync("/subjects/inner")).IsError(422, 42206, "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=inner,version=1}.");
        (await server.DeleteAsync("/subjects/outer")).Is("[1]");
        (await server.GetAsync("/subjects/inner/versions/1/referencedby")).Is("[]");
        (await server.GetAsync("/subjects/inner/versions/1/referencedby?deleted=true")).Is("[2]");
        (await server.DeleteAsync("/subjects/inner")).Is("[1]");
        (await server.DeleteAsync("/subjects/inner?permanent=true")).IsError(422, 42206, "One or more references exist");
        (await server.DeleteAsync("/subjects/outer?permanent=true")).Is("[1]");
        (await server.DeleteAsync("/subjects/inner?permanent=true")).Is("[1]");
    }

    [Fact]
    public async Task Softly_deleted_targets_are_not_taken_for_new_schemas()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("inner", Inner);
        await server.DeleteAsync("/subjects/inner/versions/1");
        (await server.PostAsync("/subjects/outer/versions", RegistryServer.Body(Outer, Reference))).IsError(422, 42201, "No schema reference found for subject \"inner\" and version 1");
    }

    [Fact]
    public async Task References_of_references_are_followed()
    {
        await using var server = await StartAsync();
        const string third = """{"type":"record","name":"n.Third","fields":[{"name":"o","type":"n.Outer"}]}""";
        Assert.Equal(3, await server.RegisterAsync("third", third, ""","references":[{"name":"n.Outer","subject":"outer","version":1}]"""));
        Assert.Contains("\"name\":\"x\"", (await server.GetAsync("/schemas/ids/3/schema?format=resolved")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compatibility_looks_through_references()
    {
        await using var server = await StartAsync();
        await server.RegisterAsync("inner2", """{"type":"record","name":"n.Inner","fields":[{"name":"y","type":"int"}]}""");
        (await server.PostAsync("/subjects/outer/versions", RegistryServer.Body(Outer, Reference.Replace("\"inner\"", "\"inner2\"", StringComparison.Ordinal))))
            .IsError(409, 409, "Schema being registered is incompatible with an earlier schema for subject \"outer\", details: [{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'y' at path '/fields/0/type/fields/0'");
    }
}
