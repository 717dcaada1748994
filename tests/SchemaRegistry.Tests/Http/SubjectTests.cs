using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Tests.State;

namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>Registering, looking up and listing (schema-registry 1.2, 2.1, 2.4).</summary>
public class SubjectTests
{
    private const string V1 = """{"type":"record","name":"R","fields":[]}""";
    private const string V2 = """{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":0}]}""";
    private const string V3 = """{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":0},{"name":"b","type":["null","string"],"default":null}]}""";
    private const string Incompatible = """{"type":"record","name":"R","fields":[{"name":"z","type":"int"}]}""";

    [Fact]
    public async Task A_schema_is_registered_and_found_again()
    {
        await using var server = await RegistryServer.StartAsync();
        var answer = await server.PostAsync("/subjects/s/versions", RegistryServer.Body(" \"string\" "));
        answer.Is("""{"id":1,"version":1,"guid":"095d71cf-1255-6b9d-5e33-0ad575b3df5d","schemaType":"AVRO","schema":"\"string\"","ts":1700000000000,"deleted":false}""");
        Assert.Equal("application/vnd.schemaregistry.v1+json", answer.ContentType);
        const string version = """{"subject":"s","version":1,"id":1,"guid":"095d71cf-1255-6b9d-5e33-0ad575b3df5d","schemaType":"AVRO","schema":"\"string\"","ts":1700000000000,"deleted":false}""";
        (await server.GetAsync("/subjects/s/versions/1")).Is(version);
        (await server.GetAsync("/subjects/s/versions/latest")).Is(version);
        (await server.GetAsync("/subjects/s/versions/LATEST")).Is(version);
        (await server.GetAsync("/subjects/s/versions/-1")).Is(version);
        (await server.PostAsync("/subjects/s", RegistryServer.Body("\"string\""))).Is(version);
        (await server.GetAsync("/subjects/s/versions/1/schema")).Is("\"string\"");
    }

    [Fact]
    public async Task The_record_is_written_in_confluents_format()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"string\"");
        Assert.Equal(
            ["""{"keytype":"SCHEMA","subject":"s","version":1,"magic":1} = {"subject":"s","version":1,"id":1,"schemaType":"AVRO","schema":"\"string\"","deleted":false}"""],
            server.Topic.Texts);
    }

    [Fact]
    public async Task The_same_schema_gets_the_same_id_everywhere_and_no_second_record()
    {
        await using var server = await RegistryServer.StartAsync();
        Assert.Equal(1, await server.RegisterAsync("a", V1));
        Assert.Equal(1, await server.RegisterAsync("a", V1));
        Assert.Equal(1, await server.RegisterAsync("b", V1));
        Assert.Equal(2, await server.RegisterAsync("a", V2));
        Assert.Equal(1, await server.RegisterAsync("a", V1));
        Assert.Equal(3, server.Topic.Records.Count);
        (await server.GetAsync("/subjects/a/versions")).Is("[1,2]");
        (await server.GetAsync("/schemas/ids/1/versions")).Is("""[{"subject":"a","version":1},{"subject":"b","version":1}]""");
        (await server.GetAsync("/schemas/ids/1/subjects")).Is("""["a","b"]""");
        (await server.GetAsync("/schemas/ids/1/subjects?subject=b")).Is("""["b"]""");
    }

    [Fact]
    public async Task An_incompatible_schema_is_refused_with_409()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", V1);
        var answer = await server.PostAsync("/subjects/s/versions", RegistryServer.Body(Incompatible));
        answer.IsError(409, 409, "Schema being registered is incompatible with an earlier schema for subject \"s\", details: [{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', ");
        Assert.EndsWith(
            "additionalInfo:'z'}, {oldSchemaVersion: 1}, {oldSchema: '" + V1 + "'}, {validateFields: 'false', compatibility: 'BACKWARD'}]",
            answer.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
        (await server.GetAsync("/subjects/s/versions")).Is("[1]");
        Assert.Equal(200, (await server.PostAsync("/subjects/s/versions?force=true", RegistryServer.Body(Incompatible))).Status);
    }

    [Fact]
    public async Task The_code_of_newer_registries_can_be_chosen()
    {
        await using var server = await RegistryServer.StartAsync(options: new RegistryOptions { IncompatibleErrorCode = 40901 });
        await server.RegisterAsync("s", V1);
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body(Incompatible))).IsError(409, 40901, "Schema being registered is incompatible");
    }

    [Theory]
    [InlineData("{\"schema\":\"{\"}", 422, 42201, "Invalid schema")]
    [InlineData("{\"schema\":\"nonsense\"}", 422, 42201, "Invalid schema")]
    [InlineData("{\"schema\":\"\\\"nonsense\\\"\"}", 422, 42201, "Invalid schema: Undefined name")]
    [InlineData("{\"schema\":\"\"}", 422, 42201, "Empty schema")]
    [InlineData("{}", 422, 42201, "Empty schema")]
    [InlineData("{\"schema\":\"{}\",\"schemaType\":\"XML\"}", 422, 42201, "Invalid schema: schema type XML is not supported; there are AVRO, JSON, PROTOBUF")]
    [InlineData("{\"schema\":\"\\\"int\\\"\",\"version\":2}", 422, 42201, "Version is not one more than previous version")]
    [InlineData("{\"schema\":\"\\\"int\\\"\",\"references\":[{\"name\":\"n\",\"subject\":\"nope\",\"version\":3}]}", 422, 42201, "No schema reference found for subject \"nope\" and version 3")]
    [InlineData("{\"schema\":\"\\\"int\\\"\",\"id\":5}", 422, 42205, "Subject s in context . is not in import mode")]
    [InlineData("{\"schema\":\"\\\"int\\\"\",\"id\":0}", 422, 42205, "Subject s in context . is not in import mode")]
    [InlineData("{\"schema\":\"\\\"int\\\"\",\"ruleSet\":{\"domainRules\":[{\"name\":\"1x\"}]}}", 422, 42210, "Invalid rule set: rule name '1x'")]
    [InlineData("{\"schema\":\"\\\"int\\\"\",\"ruleSet\":{\"domainRules\":[{\"name\":\"x\"}]}}", 422, 42210, "Invalid rule set: rule x has no type")]
    [InlineData("{\"schema\":\"\\\"int\\\"\",\"ruleSet\":{\"domainRules\":[{\"name\":\"x\",\"type\":\"CEL\",\"mode\":\"UPGRADE\"}]}}", 422, 42210, "Invalid rule set: rule x has mode UPGRADE")]
    [InlineData("{\"schema\":\"\\\"int\\\"\",\"ruleSet\":{\"domainRules\":[{\"name\":\"x\",\"type\":\"CEL\"},{\"name\":\"x\",\"type\":\"CEL\"}]}}", 422, 42210, "Invalid rule set: rule x occurs twice")]
    [InlineData("{\"schema\":", 400, 400, "The request body is not JSON")]
    [InlineData("[]", 400, 400, "The request body is not a JSON object")]
    [InlineData("", 422, 422, "The request body is missing")]
    public async Task Faulty_registrations_get_their_codes(string body, int status, int code, string message)
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.PostAsync("/subjects/s/versions", body)).IsError(status, code, message);
        Assert.Empty(server.Topic.Records);
    }

    [Theory]
    [InlineData("%01")]
    [InlineData("__GLOBAL")]
    [InlineData("__EMPTY")]
    [InlineData(":.__GLOBAL:s")]
    public async Task Invalid_subjects_are_42208(string subject)
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.PostAsync($"/subjects/{subject}/versions", RegistryServer.Body("\"int\""))).IsError(422, 42208, "The specified subject '");
    }

    [Theory]
    [InlineData("", ".")]
    [InlineData(":.ctx:", ".ctx")]
    public async Task A_subjects_name_may_be_empty(string subject, string context)
    {
        await using var server = await RegistryServer.StartAsync();
        var scope = subject.Length == 0 ? "" : "/" + subject;
        await server.PutAsync($"/config{scope}", """{"compatibility":"NONE","alias":"other"}""");
        await server.PutAsync($"/mode{scope}", """{"mode":"READWRITE"}""");
        Assert.Equal(1, await server.RegisterAsync(subject, "\"int\""));
        Assert.Equal(2, await server.RegisterAsync(subject, "\"string\""));
        (await server.GetAsync("/subjects")).Is($"[\"{subject}\"]");
        (await server.GetAsync($"/subjects/{subject}/versions")).Is("[1,2]");
        Assert.Equal(subject, (await server.GetAsync($"/subjects/{subject}/versions/latest")).Json.GetProperty("subject").GetString());
        Assert.Equal(StateHash.Describe(server.Service.Image), StateHash.Describe(Replay.Of(server.Topic.Records)));
        (await server.DeleteAsync($"/subjects/{subject}")).Is("[1,2]");
        (await server.DeleteAsync($"/subjects/{subject}?permanent=true")).Is("[1,2]");
        (await server.GetAsync("/subjects?deleted=true")).Is("[]");
        // What is set for all of the context is not the subject's, and stays.
        (await server.GetAsync($"/config{scope}")).Is("""{"alias":"other","compatibilityLevel":"NONE"}""");
        (await server.GetAsync($"/mode{scope}")).Is("""{"mode":"READWRITE"}""");
        Assert.Contains(context, (await server.GetAsync("/contexts")).Text, StringComparison.Ordinal);
        Assert.Equal(StateHash.Describe(server.Service.Image), StateHash.Describe(Replay.Of(Replay.Compact(server.Topic.Records))));
    }

    [Fact]
    public async Task Schemas_above_the_limit_are_42209_and_bodies_413()
    {
        await using var server = await RegistryServer.StartAsync(options: new RegistryOptions { MaxSchemaBytes = 100, MaxBodyBytes = 1000 });
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"int\"" + new string(' ', 100)))).IsError(422, 42209, "The schema is longer than 100 bytes");
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"int\"" + new string(' ', 1000)))).IsError(413, 413, "The request is larger than 1000 bytes.");
    }

    [Fact]
    public async Task Null_members_equal_absent_ones()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"int\"", ",\"metadata\":null,\"ruleSet\":null,\"references\":null,\"schemaType\":null,\"unknown\":1");
        Assert.Equal(1, await server.RegisterAsync("s", "\"int\""));
    }

    [Fact]
    public async Task Normalizing_finds_the_equal_schema()
    {
        await using var server = await RegistryServer.StartAsync();
        const string one = """{"type":"record","name":"n.R","fields":[{"name":"f","type":"double","default":1.0,"aliases":["a","b"]}]}""";
        const string two = """{"name":"R","namespace":"n","type":"record","doc":"","fields":[{"aliases":["b","a"],"name":"f","type":{"type":"double"},"default":1,"order":"ascending"}]}""";
        Assert.Equal(1, (await server.PostAsync("/subjects/s/versions?normalize=true", RegistryServer.Body(one))).Json.GetProperty("id").GetInt32());
        Assert.Equal(1, (await server.PostAsync("/subjects/s/versions?normalize=True", RegistryServer.Body(two))).Json.GetProperty("id").GetInt32());
        Assert.Equal(2, (await server.PostAsync("/subjects/s/versions", RegistryServer.Body(two))).Json.GetProperty("id").GetInt32());
        (await server.PutAsync("/config/s", """{"normalize":true}""")).Is("""{"normalize":true}""");
        Assert.Equal(1, (await server.PostAsync("/subjects/s", RegistryServer.Body(two))).Json.GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task Misses_get_their_codes()
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.PostAsync("/subjects/s", RegistryServer.Body("\"int\""))).IsError(404, 40401, "Subject 's' not found.");
        (await server.GetAsync("/subjects/s/versions")).IsError(404, 40401, "Subject 's' not found.");
        (await server.GetAsync("/subjects/s/versions/1")).IsError(404, 40401, "Subject 's' not found.");
        (await server.GetAsync("/subjects/s/metadata")).IsError(404, 40401, "Subject 's' not found.");
        (await server.DeleteAsync("/subjects/s")).IsError(404, 40401, "Subject 's' not found.");
        (await server.DeleteAsync("/subjects/s/versions/1")).IsError(404, 40401, "Subject 's' not found.");
        await server.RegisterAsync("s", "\"string\"");
        (await server.PostAsync("/subjects/s", RegistryServer.Body("\"int\""))).IsError(404, 40403, "Schema not found");
        (await server.PostAsync("/subjects/s", RegistryServer.Body("\"nope\""))).IsError(422, 42201, "Invalid schema");
        (await server.GetAsync("/subjects/s/versions/2")).IsError(404, 40402, "Version 2 not found.");
        (await server.GetAsync("/subjects/s/versions/2/schema")).IsError(404, 40402, "Version 2 not found.");
        (await server.GetAsync("/subjects/s/versions/2/referencedby")).IsError(404, 40402, "Version 2 not found.");
        (await server.DeleteAsync("/subjects/s/versions/2")).IsError(404, 40402, "Version 2 not found.");
        foreach (var version in new[] { "0", "abc", "-2", "2147483648", "1.0" })
        {
            (await server.GetAsync($"/subjects/s/versions/{version}")).IsError(422, 42202, $"The specified version '{version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"");
            (await server.DeleteAsync($"/subjects/s/versions/{version}")).IsError(422, 42202, $"The specified version '{version}'");
        }
    }

    [Fact]
    public async Task Lists_are_sorted_filtered_and_paged()
    {
        await using var server = await RegistryServer.StartAsync();
        foreach (var subject in new[] { "b", "a", "ab", ":.x:c" }) await server.RegisterAsync(subject, "\"int\"");
        (await server.GetAsync("/subjects")).Is("""[":.x:c","a","ab","b"]""");
        (await server.GetAsync("/subjects?subjectPrefix=a")).Is("""["a","ab"]""");
        (await server.GetAsync("/subjects?subject=a")).Is("""["a","ab"]""");
        (await server.GetAsync("/subjects?subjectPrefix=:.x:")).Is("""[":.x:c"]""");
        (await server.GetAsync("/subjects?offset=1&limit=2")).Is("""["a","ab"]""");
        (await server.GetAsync("/subjects?offset=0&limit=-1")).Is("""[":.x:c","a","ab","b"]""");
        (await server.GetAsync("/subjects?limit=0&offset=3")).Is("""["b"]""");
        var schemas = (await server.GetAsync("/schemas")).Json;
        Assert.Equal(["a", "ab", "b"], schemas.EnumerateArray().Select(schema => schema.GetProperty("subject").GetString()));
        Assert.Equal(4, (await server.GetAsync("/schemas?subjectPrefix=:*:")).Json.GetArrayLength());
    }

    [Fact]
    public async Task Latest_only_lists_one_version_per_subject()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", V1);
        await server.RegisterAsync("s", V2);
        Assert.Equal(2, (await server.GetAsync("/schemas")).Json.GetArrayLength());
        Assert.Equal(2, Assert.Single((await server.GetAsync("/schemas?latestOnly=true")).Json.EnumerateArray()).GetProperty("version").GetInt32());
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a%252Fb", "a%2Fb")]
    [InlineData("a%3Ab", "a:b")]
    [InlineData("a.b-c_d", "a.b-c_d")]
    [InlineData("%C3%BC%20x", "ü x")]
    [InlineData("a%3Fb", "a?b")]
    public async Task Subjects_in_paths_are_decoded_once(string written, string subject)
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync(written, "\"int\"");
        Assert.Equal(subject, (await server.GetAsync("/subjects")).Json[0].GetString());
        Assert.Equal(subject, (await server.GetAsync($"/subjects/{written}/versions/1")).Json.GetProperty("subject").GetString());
    }

    [Fact]
    public async Task Aliases_lead_to_another_subject()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("real", "\"int\"");
        (await server.PutAsync("/config/nick", """{"alias":"real"}""")).Is("""{"alias":"real"}""");
        Assert.Equal("real", (await server.GetAsync("/subjects/nick/versions/latest")).Json.GetProperty("subject").GetString());
    }

    [Fact]
    public async Task Contexts_have_ids_of_their_own()
    {
        await using var server = await RegistryServer.StartAsync();
        Assert.Equal(1, await server.RegisterAsync("s", "\"int\""));
        Assert.Equal(1, await server.RegisterAsync(":.ctx:s", "\"string\""));
        Assert.Equal(1, await server.RegisterAsync(":.ctx:only", "\"string\""));
        (await server.GetAsync("/contexts")).Is("""[".",".ctx"]""");
        Assert.Equal("\"int\"", (await server.GetAsync("/schemas/ids/1")).Json.GetProperty("schema").GetString());
        Assert.Equal("\"string\"", (await server.GetAsync("/schemas/ids/1?subject=:.ctx:")).Json.GetProperty("schema").GetString());
        // A subject without a context is looked for in the others when the default one does not have it.
        Assert.Equal(":.ctx:only", (await server.GetAsync("/subjects/only/versions/1")).Json.GetProperty("subject").GetString());
        (await server.DeleteAsync("/contexts/.ctx")).IsError(422, 42211, "The context '.ctx' is not empty");
        Assert.Equal(204, (await server.DeleteAsync("/contexts/.none")).Status);
        Assert.Contains("""{"keytype":"CONTEXT","tenant":"default","context":".ctx","magic":0} = {"tenant":"default","context":".ctx"}""", server.Topic.Texts);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(int.MinValue)]
    public async Task A_version_below_the_next_one_is_refused(int version)
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"string\"", $",\"version\":{version}")))
            .IsError(422, 42201, "Version is not one more than previous version");
        (await server.GetAsync("/subjects")).Is("[]");
    }

    [Theory]
    [InlineData("WRITEREAD", "A,B", 200)]
    [InlineData("WRITEREAD", "A,B,C", 422)]
    [InlineData("WRITE", "A", 200)]
    [InlineData("WRITE", "A,B", 422)]
    public async Task A_rule_has_one_action_for_each_way_it_goes(string mode, string actions, int status)
    {
        await using var server = await RegistryServer.StartAsync();
        var rules = $$"""{"domainRules":[{"name":"r","type":"CEL","mode":"{{mode}}","onFailure":"{{actions}}"}]}""";
        var answer = await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"string\"", $",\"ruleSet\":{rules}"));
        Assert.Equal(status, answer.Status);
        if (status != 200) answer.IsError(422, 42210, "Invalid rule set: rule r has more failure actions than ways to go");
    }

    [Fact]
    public async Task A_property_that_is_null_is_absent()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"string\"", ""","metadata":{"properties":{"a":null,"b":"1"}}""");
        Assert.Equal("""{"properties":{"b":"1"}}""", (await server.GetAsync("/subjects/s/versions/1")).Json.GetProperty("metadata").GetRawText());
    }
}
