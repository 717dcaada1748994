namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>Contexts: their paths, their ids, and what is looked for across them (schema-registry 2.2).</summary>
public class ContextTests
{
    [Theory]
    [InlineData("/contexts/.ctx")]
    [InlineData("/contexts/ctx")]
    [InlineData("/contexts/:.ctx:")]
    [InlineData("/contexts/%3A.ctx%3A")]
    public async Task Every_path_may_start_with_a_context(string context)
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"string\"");
        await server.RegisterAsync("s", "\"bytes\"");
        var registered = await server.PostAsync($"{context}/subjects/s/versions", RegistryServer.Body("\"int\""));
        Assert.Equal(1, registered.Json.GetProperty("id").GetInt32());
        (await server.GetAsync("/subjects")).Is("""[":.ctx:s","s"]""");
        (await server.GetAsync($"{context}/subjects")).Is("""[":.ctx:s"]""");
        (await server.GetAsync($"{context}/subjects/s/versions")).Is("[1]");
        (await server.GetAsync($"{context}/subjects/s/versions/latest/schema")).Is("\"int\"");
        Assert.Equal(":.ctx:s", (await server.GetAsync($"{context}/subjects/s/versions/1")).Json.GetProperty("subject").GetString());
        Assert.Equal(200, (await server.PostAsync($"{context}/subjects/s", RegistryServer.Body("\"int\""))).Status);
        (await server.PostAsync($"{context}/compatibility/subjects/s/versions/latest", RegistryServer.Body("\"string\""))).Is("""{"is_compatible":false}""");
        (await server.GetAsync($"{context}/schemas/ids/1/schema")).Is("\"int\"");
        (await server.GetAsync("/schemas/ids/1/schema")).Is("\"string\"");
        (await server.GetAsync($"{context}/schemas/ids/2")).IsError(404, 40403, "Schema 2 not found");
        (await server.GetAsync($"{context}/schemas/ids/1/versions")).Is("""[{"subject":":.ctx:s","version":1}]""");
        Assert.Equal(1, (await server.GetAsync($"{context}/schemas/ids/1?subject=s")).Json.GetProperty("version").GetInt32());
        Assert.Equal(1, (await server.GetAsync($"{context}/schemas/ids/1?fetchMaxId=True")).Json.GetProperty("maxId").GetInt32());
        Assert.Equal(1, (await server.GetAsync($"{context}/schemas")).Json.GetArrayLength());
        (await server.DeleteAsync($"{context}/subjects/s/versions/1")).Is("1");
        (await server.GetAsync("/subjects")).Is("""["s"]""");
    }

    [Fact]
    public async Task A_config_or_mode_behind_a_context_is_the_contexts_or_the_subjects()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.PutAsync("/contexts/.ctx/config", """{"compatibility":"NONE"}""");
        await server.PutAsync("/contexts/.ctx/config/s", """{"compatibility":"FULL"}""");
        await server.PutAsync("/contexts/.ctx/mode", """{"mode":"READONLY"}""");
        (await server.GetAsync("/config/:.ctx:")).Is("""{"compatibilityLevel":"NONE"}""");
        (await server.GetAsync("/config/:.ctx:s")).Is("""{"compatibilityLevel":"FULL"}""");
        (await server.GetAsync("/contexts/.ctx/mode")).Is("""{"mode":"READONLY"}""");
        (await server.GetAsync("/config")).Is("""{"compatibilityLevel":"BACKWARD"}""");
        (await server.PutAsync("/contexts/:.:/config", """{"compatibility":"FORWARD"}""")).Is("""{"compatibility":"FORWARD"}""");
        (await server.GetAsync("/config")).Is("""{"compatibilityLevel":"FORWARD"}""");
        (await server.GetAsync("/contexts/.other/config")).IsError(404, 40408, "Subject ':.other:'");
    }

    [Fact]
    public async Task What_is_qualified_already_stays()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync(":.other:s", "\"int\"");
        (await server.GetAsync("/contexts/.ctx/subjects/:.other:s/versions")).Is("[1]");
        (await server.GetAsync("/contexts/.ctx/schemas/ids/1/schema?subject=:.other:s")).Is("\"int\"");
        (await server.GetAsync("/contexts/.ctx/subjects?subjectPrefix=:.other:")).Is("""[":.other:s"]""");
    }

    [Fact]
    public async Task Words_of_the_path_are_names_further_on()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync(":.ctx:subjects", "\"int\"");
        await server.RegisterAsync(":.ctx:config", "\"int\"");
        (await server.GetAsync("/contexts/.ctx/subjects/subjects/versions")).Is("[1]");
        (await server.GetAsync("/contexts/.ctx/subjects/config/versions")).Is("[1]");
        (await server.GetAsync("/contexts/.ctx/schemas/ids/1/subjects")).Is("""[":.ctx:config",":.ctx:subjects"]""");
    }

    [Theory]
    [InlineData("GET", "/contexts/a:b/subjects", 400, 400, "'a:b' is not the name of a context: it has a colon within")]
    [InlineData("DELETE", "/contexts/a:b", 400, 400, "'a:b' is not the name of a context: it has a colon within")]
    [InlineData("GET", "/contexts/.ctx/nonsense", 404, 404, "HTTP 404 Not Found")]
    [InlineData("GET", "/contexts/.ctx/contexts/.other/subjects", 404, 404, "HTTP 404 Not Found")]
    [InlineData("DELETE", "/contexts/.ctx/subjects", 405, 405, "HTTP 405 Method Not Allowed")]
    public async Task Faulty_context_paths_are_errors(string method, string path, int status, int code, string message)
    {
        await using var server = await RegistryServer.StartAsync();
        (await server.SendAsync(new HttpMethod(method), path)).IsError(status, code, message);
    }

    [Theory]
    [InlineData("/mode/:.ro:")]
    [InlineData("/mode/:.__GLOBAL:")]
    public async Task A_context_that_is_read_only_is_not_deleted(string mode)
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync(":.ro:s", "\"int\"");
        await server.DeleteAsync("/subjects/:.ro:s");
        await server.DeleteAsync("/subjects/:.ro:s?permanent=true");
        await server.PutAsync(mode, """{"mode":"READONLY"}""");
        (await server.DeleteAsync("/contexts/.ro")).IsError(422, 42205, "Subject  in context .ro is in read-only mode");
        (await server.GetAsync("/contexts")).Is("""[".",".ro"]""");
        await server.DeleteAsync(mode);
        (await server.DeleteAsync("/contexts/.ro")).IsNothing();
    }

    [Fact]
    public async Task Contexts_are_listed_and_go_when_they_are_empty()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync(":.b:s", "\"int\"");
        await server.RegisterAsync(":.a:s", "\"int\"");
        (await server.GetAsync("/contexts")).Is("""[".",".a",".b"]""");
        (await server.GetAsync("/contexts?contextPrefix=.b")).Is("""[".b"]""");
        (await server.GetAsync("/contexts?offset=1&limit=1")).Is("""[".a"]""");
        (await server.DeleteAsync("/contexts/.b")).IsError(422, 42211, "The context '.b' is not empty");
        await server.DeleteAsync("/subjects/:.b:s");
        (await server.DeleteAsync("/contexts/.b")).IsError(422, 42211, "The context '.b' is not empty");
        await server.DeleteAsync("/subjects/:.b:s?permanent=true");
        Assert.Equal(204, (await server.DeleteAsync("/contexts/.b")).Status);
        (await server.GetAsync("/contexts")).Is("""[".",".a"]""");
        Assert.Contains(
            """{"keytype":"CONTEXT","tenant":"default","context":".b","magic":0} = {"tenant":"default","context":".b","highestId":1,"deleted":true}""", server.Topic.Texts);
        // The ids given out there are not given out again, whatever became of the context (decision 7).
        Assert.Equal(2, await server.RegisterAsync(":.b:s", "\"long\""));
    }

    [Fact]
    public async Task Ids_count_per_context_and_the_guid_finds_them_all()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("t", "\"int\"");
        await server.RegisterAsync("s", "\"string\"");
        Assert.Equal(1, await server.RegisterAsync(":.ctx:s", "\"string\""));
        (await server.GetAsync("/schemas/guids/095d71cf-1255-6b9d-5e33-0ad575b3df5d/ids")).Is("""[{"context":".","id":2},{"context":".ctx","id":1}]""");
        (await server.GetAsync("/contexts/.ctx/schemas/guids/095d71cf-1255-6b9d-5e33-0ad575b3df5d/ids")).Is("""[{"context":".","id":2},{"context":".ctx","id":1}]""");
    }

    [Fact]
    public async Task An_unqualified_subject_is_looked_for_in_every_context()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync(":.ctx:s", "\"int\"");
        await server.RegisterAsync("t", "\"string\"");
        Assert.Equal(":.ctx:s", (await server.GetAsync("/subjects/s/versions/1")).Json.GetProperty("subject").GetString());
        Assert.Equal(":.ctx:s", (await server.PostAsync("/subjects/s", RegistryServer.Body("\"int\""))).Json.GetProperty("subject").GetString());
        (await server.GetAsync("/schemas/ids/1/schema?subject=s")).Is("\"int\"");
        // A deletion is meant as it is written.
        (await server.DeleteAsync("/subjects/s")).IsError(404, 40401, "Subject 's' not found.");
    }

    [Fact]
    public async Task References_name_their_context_when_asked_to()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync(":.ctx:r", """{"type":"record","name":"R","fields":[]}""");
        await server.RegisterAsync(":.ctx:s", """{"type":"record","name":"S","fields":[{"name":"r","type":"R"}]}""",
            ""","references":[{"name":"R","subject":"r","version":1}]""");
        static string Subject(Answer answer) => answer.Json.GetProperty("references")[0].GetProperty("subject").GetString()!;
        Assert.Equal("r", Subject(await server.GetAsync("/subjects/:.ctx:s/versions/1")));
        Assert.Equal(":.ctx:r", Subject(await server.GetAsync("/subjects/:.ctx:s/versions/1?referenceFormat=qualified")));
        Assert.Equal(":.ctx:r", Subject(await server.GetAsync("/contexts/.ctx/schemas/ids/2?reference_format=QUALIFIED")));
        (await server.GetAsync("/subjects/:.ctx:r/versions/1/referencedby")).Is("[2]");
    }

    [Fact]
    public async Task An_alias_answers_for_versions_and_ids_but_not_for_its_config()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("old", "\"int\"");
        await server.PutAsync("/config/new", """{"alias":"old"}""");
        Assert.Equal("old", (await server.GetAsync("/subjects/new/versions/1")).Json.GetProperty("subject").GetString());
        Assert.Equal("old", (await server.GetAsync("/schemas/ids/1?subject=new")).Json.GetProperty("subject").GetString());
        (await server.GetAsync("/schemas/ids/1/versions?subject=new")).Is("""[{"subject":"old","version":1}]""");
        (await server.GetAsync("/config/new")).Is("""{"alias":"old"}""");
        (await server.GetAsync("/config/old")).IsError(404, 40408, "Subject 'old'");
        await server.RegisterAsync("new", "\"long\"");
        (await server.GetAsync("/subjects")).Is("""["old"]""");
    }

    [Theory]
    [InlineData("/subjects")]
    [InlineData("/contexts/:.:/subjects")]
    [InlineData("/nonsense")]
    public async Task Head_is_get_without_its_body(string path)
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"int\"");
        var (get, head) = (await server.GetAsync(path), await server.SendAsync(HttpMethod.Head, path));
        Assert.Equal((get.Status, get.ContentType, ""), (head.Status, head.ContentType, head.Text));
    }
}
