namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>The compatibility check and the levels (schema-registry 2.6, 2.7).</summary>
public class CompatibilityTests
{
    private const string Empty = """{"type":"record","name":"R","fields":[]}""";
    private const string Optional = """{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":0}]}""";
    private const string Required = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""";

    [Fact]
    public async Task The_check_answers_without_registering()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", Empty);
        (await server.PostAsync("/compatibility/subjects/s/versions/latest", RegistryServer.Body(Optional))).Is("""{"is_compatible":true}""");
        (await server.PostAsync("/compatibility/subjects/s/versions/1?verbose=true", RegistryServer.Body(Optional))).Is("""{"is_compatible":true}""");
        (await server.PostAsync("/compatibility/subjects/s/versions/1", RegistryServer.Body(Required))).Is("""{"is_compatible":false}""");
        (await server.PostAsync("/compatibility/subjects/s/versions", RegistryServer.Body(Required))).Is("""{"is_compatible":false}""");
        (await server.GetAsync("/subjects/s/versions")).Is("[1]");
    }

    [Fact]
    public async Task Verbose_tells_why()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", Empty);
        var messages = (await server.PostAsync("/compatibility/subjects/s/versions/latest?verbose=True", RegistryServer.Body(Required)))
            .Json.GetProperty("messages").EnumerateArray().Select(message => message.GetString()!).ToList();
        Assert.Equal(4, messages.Count);
        Assert.StartsWith("{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'a' at path '/fields/0' in the new schema", messages[0], StringComparison.Ordinal);
        Assert.EndsWith("additionalInfo:'a'}", messages[0], StringComparison.Ordinal);
        Assert.Equal("{oldSchemaVersion: 1}", messages[1]);
        Assert.Equal($"{{oldSchema: '{Empty}'}}", messages[2]);
        Assert.Equal("{validateFields: 'false', compatibility: 'BACKWARD'}", messages[3]);
    }

    [Fact]
    public async Task Missing_subjects_are_compatible_and_missing_numbers_are_not_found()
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.PostAsync("/compatibility/subjects/s/versions/latest", RegistryServer.Body(Required))).Is("""{"is_compatible":true}""");
        (await server.PostAsync("/compatibility/subjects/s/versions", RegistryServer.Body(Required))).Is("""{"is_compatible":true}""");
        (await server.PostAsync("/compatibility/subjects/s/versions/3", RegistryServer.Body(Required))).IsError(404, 40402, "Version 3 not found.");
        (await server.PostAsync("/compatibility/subjects/s/versions/x", RegistryServer.Body(Required))).IsError(422, 42202, "The specified version 'x'");
    }

    [Fact]
    public async Task A_bad_schema_is_an_error_or_a_verdict()
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.PostAsync("/compatibility/subjects/s/versions/latest", RegistryServer.Body("{"))).IsError(422, 42201, "Invalid schema");
        var verdict = (await server.PostAsync("/compatibility/subjects/s/versions/latest?verbose=true", RegistryServer.Body("{"))).Json;
        Assert.False(verdict.GetProperty("is_compatible").GetBoolean());
        Assert.StartsWith("Invalid schema", verdict.GetProperty("messages")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NONE", true, true)]
    [InlineData("BACKWARD", true, false)]
    [InlineData("BACKWARD_TRANSITIVE", false, false)]
    [InlineData("FORWARD", true, true)]
    [InlineData("FORWARD_TRANSITIVE", true, true)]
    [InlineData("FULL", true, false)]
    [InlineData("FULL_TRANSITIVE", false, false)]
    public async Task Every_level_is_held_at_registration(string level, bool requiredAfterOptional, bool requiredAfterEmpty)
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.PutAsync("/config", $$"""{"compatibility":"{{level}}"}""")).Is($$"""{"compatibility":"{{level}}"}""");
        await server.RegisterAsync("s", Empty);
        await server.RegisterAsync("s", Optional);
        await server.RegisterAsync("t", Empty);
        Assert.Equal(requiredAfterOptional ? 200 : 409, (await server.PostAsync("/subjects/s/versions", RegistryServer.Body(Required))).Status);
        Assert.Equal(requiredAfterEmpty ? 200 : 409, (await server.PostAsync("/subjects/t/versions", RegistryServer.Body(Required))).Status);
    }

    [Fact]
    public async Task One_version_is_compared_with_that_version_only()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.PutAsync("/config", """{"compatibility":"BACKWARD_TRANSITIVE"}""");
        await server.RegisterAsync("s", Empty);
        await server.RegisterAsync("s", Optional);
        (await server.PostAsync("/compatibility/subjects/s/versions/2", RegistryServer.Body(Required))).Is("""{"is_compatible":true}""");
        (await server.PostAsync("/compatibility/subjects/s/versions", RegistryServer.Body(Required))).Is("""{"is_compatible":false}""");
    }

    [Fact]
    public async Task One_version_stands_for_all_before_it_when_asked_to()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.PutAsync("/config/s", """{"compatibility":"BACKWARD_TRANSITIVE"}""");
        await server.RegisterAsync("s", Empty);
        await server.RegisterAsync("s", Optional);
        const string path = "/compatibility/subjects/s/versions/latest?transitive=";
        (await server.PostAsync(path + "true", RegistryServer.Body(Required))).Is("""{"is_compatible":false}""");
        (await server.PostAsync(path + "false", RegistryServer.Body(Required))).Is("""{"is_compatible":true}""");
        (await server.PostAsync("/compatibility/subjects/s/versions/9?transitive=true", RegistryServer.Body(Required))).IsError(404, 40402, "Version 9 not found.");
        // Where the level looks at the newest version only, there is nothing to add.
        await server.PutAsync("/config/s", """{"compatibility":"BACKWARD"}""");
        (await server.PostAsync(path + "true", RegistryServer.Body(Required))).Is("""{"is_compatible":true}""");
    }

    [Fact]
    public async Task Groups_are_compared_among_themselves()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.PutAsync("/config/s", """{"compatibilityGroup":"major"}""");
        await server.RegisterAsync("s", Empty, ""","metadata":{"properties":{"major":"1"}}""");
        await server.RegisterAsync("s", Required, ""","metadata":{"properties":{"major":"2"}}""");
        Assert.Equal(409, (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"int\"", ""","metadata":{"properties":{"major":"2"}}"""))).Status);
    }

    [Fact]
    public async Task Deleted_versions_are_not_compared_with()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", Empty);
        await server.DeleteAsync("/subjects/s/versions/1");
        Assert.Equal(200, (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"int\""))).Status);
    }

    [Theory]
    [InlineData("AVRO", """{"type":"record","name":"R","fields":[{"name":"owner","type":"int","default":0}]}""")]
    [InlineData("JSON", """{"type":"object","properties":{"owner":{"type":"integer"}}}""")]
    public async Task Reserved_names_become_no_fields_where_fields_are_validated(string type, string schema)
    {
        await using var server = await RegistryServer.StartAsync();
        var body = RegistryServer.Body(schema, $$$""","schemaType":"{{{type}}}","metadata":{"properties":{"confluent:reserved":"team, owner"}}""");
        await server.PutAsync("/config/s", """{"validateFields":true,"compatibility":"NONE"}""");
        var refused = await server.PostAsync("/subjects/s/versions", body);
        refused.IsError(409, 409, "Schema being registered is incompatible");
        Assert.Contains("{errorType:'RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY'", refused.Text, StringComparison.Ordinal);
        Assert.Contains("additionalInfo:'owner'}, {validateFields: 'true', compatibility: 'NONE'}]", refused.Text, StringComparison.Ordinal);
        await server.PutAsync("/config/s", """{"validateFields":false}""");
        Assert.Equal(200, (await server.PostAsync("/subjects/s/versions", body)).Status);
    }

    [Fact]
    public async Task A_reserved_name_stays_reserved()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.PutAsync("/config/s", """{"validateFields":true}""");
        await server.RegisterAsync("s", Empty, ""","metadata":{"properties":{"confluent:reserved":"x,y"}}""");
        var verdict = await server.PostAsync(
            "/compatibility/subjects/s/versions/latest?verbose=true", RegistryServer.Body(Optional, ""","metadata":{"properties":{"confluent:reserved":"y"}}"""));
        Assert.StartsWith("{errorType:'RESERVED_PROPERTY_REMOVED'", verdict.Json.GetProperty("messages")[0].GetString(), StringComparison.Ordinal);
        // What is not said is inherited.
        await server.RegisterAsync("s", Optional);
    }

    [Fact]
    public async Task An_alias_is_compared_with_what_it_stands_for()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("real", "\"double\"");
        await server.PutAsync("/config/al", """{"alias":"real"}""");
        foreach (var path in new[] { "/compatibility/subjects/al/versions/latest", "/compatibility/subjects/al/versions" })
            (await server.PostAsync(path, RegistryServer.Body("\"string\""))).Is("""{"is_compatible":false}""");
    }
}
