namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>Parameters that lists and lookups share: what is deleted, pages, formats, and the spellings clients have for them (schema-registry 1.1, 1.2).</summary>
public class ParameterTests
{
    private const string Inner = """{"type":"record","name":"n.Inner","fields":[]}""";
    private const string Outer = """{"type":"record","name":"Outer","fields":[{"name":"i","type":"n.Inner"}]}""";
    private const string Reference = ""","references":[{"name":"n.Inner","subject":"inner","version":1}],"metadata":{"properties":{"owner":"me"}}""";

    /// <summary>A schema that three subjects refer to, of which one is softly deleted.</summary>
    private static async Task<RegistryServer> StartAsync()
    {
        var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("inner", Inner);
        foreach (var subject in new[] { "a", "b", "c" })
            await server.RegisterAsync(subject, Outer.Replace("Outer", subject == "c" ? "Other" : "Outer", StringComparison.Ordinal), Reference);
        await server.RegisterAsync(":.one:s", "\"int\"");
        await server.RegisterAsync(":.two:s", "\"int\"");
        await server.DeleteAsync("/subjects/b");
        return server;
    }

    [Theory]
    [InlineData("/subjects", """[":.one:s",":.two:s","a","c","inner"]""")]
    [InlineData("/subjects?deleted=True", """[":.one:s",":.two:s","a","b","c","inner"]""")]
    [InlineData("/subjects?deleted_only=true", """["b"]""")]
    [InlineData("/subjects?subject_prefix=:*:&offset=2&limit=2", """["a","c"]""")]
    [InlineData("/subjects?subject=in&offset=0&limit=-1", """["inner"]""")]
    [InlineData("/subjects?offset=99999999999", "[]")]
    [InlineData("/subjects?offset=99999999999999999999999999999999999999999999", "[]")]
    [InlineData("/subjects?offset=-99999999999&limit=99999999999&subjectPrefix=in", """["inner"]""")]
    [InlineData("/subjects?offset=NaN&subjectPrefix=in", """["inner"]""")]
    [InlineData("/subjects/b/versions", null)]
    [InlineData("/subjects/b/versions?deleted=true", "[1]")]
    [InlineData("/subjects/b/versions?deletedOnly=true", "[1]")]
    [InlineData("/subjects/b/versions?deleted_as_negative=true", "[-1]")]
    [InlineData("/subjects/a/versions?deletedOnly=true", null)]
    [InlineData("/subjects/a/versions?offset=1", "[]")]
    [InlineData("/subjects/inner/versions/1/referencedby", "[2,3]")]
    [InlineData("/subjects/inner/versions/latest/referencedBy?deleted=true", "[2,3]")]
    [InlineData("/subjects/inner/versions/-1/referencedby?offset=1&limit=1", "[3]")]
    [InlineData("/schemas/ids/2/subjects", """["a"]""")]
    [InlineData("/schemas/ids/2/subjects?deleted=true", """["a","b"]""")]
    [InlineData("/schemas/ids/2/subjects?deleted=true&offset=1&limit=5", """["b"]""")]
    [InlineData("/schemas/ids/2/subjects?deleted=true&subject=b", """["b"]""")]
    [InlineData("/schemas/ids/2/versions", """[{"subject":"a","version":1}]""")]
    [InlineData("/schemas/ids/2/versions?deleted=true&limit=1&offset=1", """[{"subject":"b","version":1}]""")]
    [InlineData("/schemas/ids/2/versions?deleted=true&subject=b", """[{"subject":"b","version":1}]""")]
    [InlineData("/contexts", """[".",".one",".two"]""")]
    [InlineData("/contexts?offset=1&limit=1", """[".one"]""")]
    [InlineData("/contexts?context_prefix=.t", """[".two"]""")]
    public async Task Lists_show_what_is_asked_for(string path, string? list)
    {
        await using var server = await StartAsync();
        var answer = await server.GetAsync(path);
        if (list is null) answer.IsError(404, 40401, "Subject '");
        else answer.Is(list);
    }

    [Theory]
    [InlineData("/subjects/b/versions/1", 40401)]
    [InlineData("/subjects/b/versions/latest", 40401)]
    [InlineData("/subjects/b/versions/1/schema", 40401)]
    [InlineData("/subjects/b/metadata?key=owner&value=me", 40403)]
    public async Task What_is_softly_deleted_is_shown_when_asked_for(string path, int code)
    {
        await using var server = await StartAsync();
        Assert.Equal(code, (await server.GetAsync(path)).Json.GetProperty("error_code").GetInt32());
        var shown = await server.GetAsync(path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "deleted=true");
        Assert.Equal(200, shown.Status);
        Assert.Contains("Outer", shown.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lookup_finds_what_is_softly_deleted_when_asked_to()
    {
        await using var server = await StartAsync();
        (await server.PostAsync("/subjects/b", RegistryServer.Body(Outer, Reference))).IsError(404, 40401, "Subject 'b' not found.");
        var found = (await server.PostAsync("/subjects/b?deleted=true", RegistryServer.Body(Outer, Reference))).Json;
        Assert.Equal((1, true), (found.GetProperty("version").GetInt32(), found.GetProperty("deleted").GetBoolean()));
    }

    [Fact]
    public async Task The_list_of_all_is_of_the_default_context_and_has_pages()
    {
        await using var server = await StartAsync();
        async Task<IEnumerable<string?>> SubjectsAsync(string query) =>
            (await server.GetAsync("/schemas" + query)).Json.EnumerateArray().Select(schema => schema.GetProperty("subject").GetString());
        Assert.Equal(["a", "c", "inner"], await SubjectsAsync(""));
        Assert.Equal(["a", "b", "c", "inner"], await SubjectsAsync("?deleted=true"));
        Assert.Equal(["b", "c"], await SubjectsAsync("?deleted=TRUE&offset=1&limit=2"));
        Assert.Equal([":.one:s", ":.two:s", "a", "c", "inner"], await SubjectsAsync("?subjectPrefix=:*:"));
        Assert.Equal([":.two:s"], await SubjectsAsync("?subject_prefix=:.two:"));
    }

    [Fact]
    public async Task Every_way_to_a_schema_has_its_formats()
    {
        await using var server = await StartAsync();
        var guid = (await server.GetAsync("/schemas/ids/2")).Json.GetProperty("guid").GetString();
        const string Resolved = """{"type":"record","name":"Outer","fields":[{"name":"i","type":{"type":"record","name":"Inner","namespace":"n","fields":[]}}]}""";
        foreach (var path in new[]
        {
            "/subjects/a/versions/1?", "/subjects/a/metadata?key=owner&value=me&", "/schemas/ids/2?", "/schemas/ids/2?subject=a&", $"/schemas/guids/{guid}?",
        })
        {
            Assert.Equal(Outer, (await server.GetAsync(path + "format=nobody-knows")).Json.GetProperty("schema").GetString());
            Assert.Equal(Resolved, (await server.GetAsync(path + "format=resolved")).Json.GetProperty("schema").GetString());
        }
        foreach (var path in new[] { "/subjects/a?", "/subjects/a/versions?" })
            Assert.Equal(Resolved, (await server.PostAsync(path + "format=resolved", RegistryServer.Body(Outer, Reference))).Json.GetProperty("schema").GetString());
        foreach (var path in new[] { "/subjects/a/versions/1/schema?", "/schemas/ids/2/schema?subject=a&" })
            (await server.GetAsync(path + "format=resolved")).Is(Resolved);
    }

    [Fact]
    public async Task A_format_of_another_language_is_the_text_as_stored()
    {
        await using var server = await StartAsync();
        const string inner = """{"type":"string"}""";
        const string outer = """{"type":"object","properties":{"a":{"$ref":"inner.json"}}}""";
        await server.RegisterAsync("inner-json", inner, ""","schemaType":"JSON" """);
        await server.RegisterAsync("json", outer, ""","schemaType":"JSON","references":[{"name":"inner.json","subject":"inner-json","version":1}]""");
        foreach (var format in new[] { "resolved", "serialized", "ignore_extensions" })
            (await server.GetAsync($"/subjects/json/versions/1/schema?format={format}")).Is(outer);
        foreach (var format in new[] { "serialized", "ignore_extensions" })
            (await server.GetAsync($"/subjects/a/versions/1/schema?format={format}")).Is(Outer);
    }

    [Fact]
    public async Task A_check_takes_schemas_that_are_to_be_normalized()
    {
        await using var server = await StartAsync();
        foreach (var path in new[] { "/compatibility/subjects/a/versions?normalize=true", "/compatibility/subjects/a/versions/1?normalize=True" })
            (await server.PostAsync(path, RegistryServer.Body(Outer, Reference))).Is("""{"is_compatible":true}""");
    }

    [Fact]
    public async Task The_mode_of_a_subject_can_be_forced_over_what_is_there()
    {
        await using var server = await StartAsync();
        (await server.PutAsync("/mode/a", """{"mode":"IMPORT"}""")).IsError(422, 42205, "Cannot import since found existing subjects");
        (await server.PutAsync("/mode/a?force=true", """{"mode":"IMPORT"}""")).Is("""{"mode":"IMPORT"}""");
        (await server.GetAsync("/mode/a")).Is("""{"mode":"IMPORT"}""");
    }

    [Fact]
    public async Task Every_change_of_associations_can_be_tried_and_has_a_context()
    {
        await using var server = await StartAsync();
        await server.RegisterAsync(":.c:s", "\"int\"");
        const string resource = """ "resourceName":"t","resourceNamespace":"n","resourceId":"i" """;
        const string weak = $$"""{ {{resource}},"associations":[{"subject":"s"}]}""";
        Assert.Equal(200, (await server.PutAsync("/associations/resources/i?context=.c&dryRun=true", weak)).Status);
        Assert.Empty(server.Service.Image.Associations.All);
        const string batch = $$"""{"requests":[{ {{resource}},"associations":[{"opType":"CREATE","subject":"s"}]}]}""";
        Assert.StartsWith("""{"results":[{"result":""", (await server.PostAsync("/associations:batchMutate?context=.c&dryRun=true", batch)).Text, StringComparison.Ordinal);
        Assert.StartsWith("""{"results":[{"error":""", (await server.PostAsync("/associations:batchMutate?dryRun=true", batch)).Text, StringComparison.Ordinal);
        Assert.Empty(server.Service.Image.Associations.All);
        Assert.Equal(200, (await server.PutAsync("/associations/resources/i?context=.c", weak)).Status);
        Assert.Equal(":.c:s", Assert.Single(server.Service.Image.Associations.All).Key.Subject);
        Assert.Equal(204, (await server.DeleteAsync("/associations/resources/i")).Status);
        Assert.Equal(207, (await server.PostAsync("/associations:batchMutate?context=.c", batch)).Status);
        Assert.Equal(":.c:s", Assert.Single(server.Service.Image.Associations.All).Key.Subject);
    }
}
