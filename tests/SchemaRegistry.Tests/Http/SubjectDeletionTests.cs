namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>Deleting, softly and for good (schema-registry 2.1, 2.4).</summary>
public class SubjectDeletionTests
{
    private const string V1 = """{"type":"record","name":"R","fields":[]}""";
    private const string V2 = """{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":0}]}""";
    private const string V3 = """{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":0},{"name":"b","type":["null","string"],"default":null}]}""";

    [Fact]
    public async Task Versions_are_deleted_softly_then_for_good()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", V1);
        await server.RegisterAsync("s", V2);
        await server.RegisterAsync("s", V3);
        (await server.DeleteAsync("/subjects/s/versions/2?permanent=true")).IsError(404, 40407, "Subject 's' Version 2 was not deleted first before being permanently deleted");
        (await server.DeleteAsync("/subjects/s/versions/2")).Is("2");
        (await server.DeleteAsync("/subjects/s/versions/2")).IsError(404, 40406, "Subject 's' Version 2 was soft deleted.Set permanent=true to delete permanently");
        (await server.GetAsync("/subjects/s/versions")).Is("[1,3]");
        (await server.GetAsync("/subjects/s/versions?deleted=True")).Is("[1,2,3]");
        (await server.GetAsync("/subjects/s/versions?deletedOnly=true")).Is("[2]");
        (await server.GetAsync("/subjects/s/versions?deletedAsNegative=true")).Is("[1,-2,3]");
        (await server.GetAsync("/subjects/s/versions/2")).IsError(404, 40402, "Version 2 not found.");
        Assert.True((await server.GetAsync("/subjects/s/versions/2?deleted=true")).Json.GetProperty("deleted").GetBoolean());
        Assert.Equal(200, (await server.GetAsync("/schemas/ids/2")).Status);
        (await server.PostAsync("/subjects/s", RegistryServer.Body(V2))).IsError(404, 40403, "Schema not found");
        Assert.Equal(2, (await server.PostAsync("/subjects/s?deleted=true", RegistryServer.Body(V2))).Json.GetProperty("version").GetInt32());
        (await server.DeleteAsync("/subjects/s/versions/2?permanent=true")).Is("2");
        (await server.GetAsync("/schemas/ids/2")).IsError(404, 40403, "Schema 2 not found");
        (await server.GetAsync("/subjects/s/versions?deleted=true")).Is("[1,3]");
        (await server.DeleteAsync("/subjects/s/versions/latest")).Is("3");
    }

    [Fact]
    public async Task A_softly_deleted_schema_registered_again_is_a_new_version_with_the_old_id()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", V1);
        (await server.DeleteAsync("/subjects/s/versions/1")).Is("1");
        var again = await server.PostAsync("/subjects/s/versions", RegistryServer.Body(V1));
        Assert.Equal((1, 2), (again.Json.GetProperty("id").GetInt32(), again.Json.GetProperty("version").GetInt32()));
        (await server.GetAsync("/subjects/s/versions?deleted=true")).Is("[2]");
    }

    [Fact]
    public async Task Subjects_are_deleted_softly_then_for_good()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", V1);
        await server.RegisterAsync("s", V2);
        await server.PutAsync("/config/s", """{"compatibility":"NONE"}""");
        (await server.DeleteAsync("/subjects/s?permanent=true")).IsError(404, 40405, "Subject 's' was not deleted first before being permanently deleted");
        (await server.DeleteAsync("/subjects/s")).Is("[1,2]");
        (await server.DeleteAsync("/subjects/s")).IsError(404, 40404, "Subject 's' was soft deleted.Set permanent=true to delete permanently");
        (await server.GetAsync("/subjects")).Is("[]");
        (await server.GetAsync("/subjects?deleted=true")).Is("""["s"]""");
        (await server.GetAsync("/subjects?deletedOnly=true")).Is("""["s"]""");
        (await server.GetAsync("/config/s")).IsError(404, 40408, "Subject 's' does not have subject-level compatibility configured");
        (await server.DeleteAsync("/subjects/s?permanent=True")).Is("[1,2]");
        (await server.GetAsync("/subjects?deleted=true")).Is("[]");
        // Everything is gone: versions start again, ids do not.
        var again = await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"int\""));
        Assert.Equal((3, 1), (again.Json.GetProperty("id").GetInt32(), again.Json.GetProperty("version").GetInt32()));
    }
}
