using System.Text;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;
using Gateway.SchemaRegistry.Transfer;

namespace Gateway.SchemaRegistry.Tests.State;

/// <summary>The highest id of each context, which outlives its schema (schema-registry 0.7): in a record of the context's own.</summary>
public class HighestIdTests
{
    private const string Key = """{"keytype":"CONTEXT","tenant":"default","context":".c","magic":0}""";

    private static async Task<RegistryServer> RestartedAsync(RegistryServer server)
    {
        var compacted = Replay.Compact(server.Topic.Records).ToList();
        Assert.Equal(StateHash.Describe(server.Service.Image), StateHash.Describe(Replay.Of(compacted)));
        return await RegistryServer.StartAsync(MemorySchemaTopic.CopyOf(compacted));
    }

    private static async Task RemoveAsync(RegistryServer server, string subject)
    {
        await server.DeleteAsync($"/subjects/{subject}");
        Assert.Equal(200, (await server.DeleteAsync($"/subjects/{subject}?permanent=true")).Status);
    }

    [Fact]
    public async Task It_stands_in_the_context_s_own_record()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("kept", "\"int\"");
        await server.RegisterAsync(":.c:s", "\"int\"");
        await RemoveAsync(server, ":.c:s");
        Assert.Contains(Key + """ = {"tenant":"default","context":".c","highestId":1}""", server.Topic.Texts);
        Assert.DoesNotContain(server.Topic.Texts, text => text.Contains("NOOP", StringComparison.Ordinal));
        await using var restarted = await RestartedAsync(server);
        (await restarted.GetAsync("/contexts")).Is("""[".",".c"]""");
        Assert.Equal(2, await restarted.RegisterAsync(":.c:s", "\"long\""));
    }

    [Fact]
    public async Task It_outlives_the_context()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync(":.c:s", "\"int\"");
        await RemoveAsync(server, ":.c:s");
        (await server.DeleteAsync("/contexts/.c")).IsNothing();
        (await server.DeleteAsync("/contexts/.c")).IsNothing();
        (await server.GetAsync("/contexts")).Is("""["."]""");
        await using var restarted = await RestartedAsync(server);
        (await restarted.GetAsync("/contexts")).Is("""["."]""");
        Assert.Equal(2, await restarted.RegisterAsync(":.c:s", "\"long\""));
        (await restarted.GetAsync("/contexts")).Is("""[".",".c"]""");
        await using var again = await RestartedAsync(restarted);
        Assert.Equal(2, again.Service.Image.HighestIds[".c"]);
    }

    [Fact]
    public async Task What_other_builds_wrote_into_one_record_stays_there()
    {
        var topic = MemorySchemaTopic.With(
            ("""{"keytype":"NOOP","magic":0}""", """{"highestIds":{".":3,".c":7,".gone":5}}"""), (Replay.Key("s", 1), Replay.Schema("s", 1, 4)));
        await using var server = await RegistryServer.StartAsync(topic);
        await RemoveAsync(server, "s");
        Assert.Contains("""{"keytype":"NOOP","magic":0} = {"highestIds":{".":4,".c":7,".gone":5}}""", server.Topic.Texts);
        await using var restarted = await RestartedAsync(server);
        Assert.Equal(8, await restarted.RegisterAsync(":.c:s", "\"long\""));
        Assert.Equal(6, await restarted.RegisterAsync(":.gone:s", "\"long\""));
        Assert.Equal(5, await restarted.RegisterAsync("s", "\"long\""));
    }

    [Fact]
    public async Task What_another_registry_writes_over_is_written_again()
    {
        var topic = MemorySchemaTopic.With(
            ("""{"keytype":"NOOP","magic":0}""", """{"highestIds":{".":7}}"""), (Replay.Key("s", 1), Replay.Schema("s", 1, 4)),
            ("""{"keytype":"NOOP","magic":0}""", null));
        await using var server = await RegistryServer.StartAsync(topic);
        await server.Service.Upkeep.RestoreHighestIdAsync(default);
        await using var restarted = await RestartedAsync(server);
        Assert.Equal(8, await restarted.RegisterAsync("t", "\"long\""));
        // While it runs as well; and nothing is written where nothing is lost.
        await RemoveAsync(restarted, "t");
        await restarted.Topic.AppendAsync([new TopicWrite(Encoding.UTF8.GetBytes("""{"keytype":"NOOP","magic":0}"""), null)], default);
        // Which has been read when what comes behind it has.
        await restarted.RegisterAsync("u", "\"int\"");
        await restarted.Service.Upkeep.RestoreHighestIdAsync(default);
        var count = restarted.Topic.Records.Count;
        await restarted.Service.Upkeep.RestoreHighestIdAsync(default);
        Assert.Equal(count, restarted.Topic.Records.Count);
        await using var again = await RestartedAsync(restarted);
        Assert.Equal(8, again.Service.Image.HighestIds["."]);
    }

    [Theory]
    [InlineData("s")]
    [InlineData(":.c:s")]
    public async Task It_outlives_a_version_that_is_written_over(string subject)
    {
        await using var server = await RegistryServer.StartAsync();
        await server.PutAsync($"/mode/{subject}", """{"mode":"IMPORT"}""");
        foreach (var (id, text) in new[] { (900, "int"), (5, "long") })
            Assert.Equal(200, (await server.PostAsync($"/subjects/{subject}/versions", $$"""{"schema":"\"{{text}}\"","id":{{id}},"version":1}""")).Status);
        await server.PutAsync($"/mode/{subject}", """{"mode":"READWRITE"}""");
        await using var restarted = await RestartedAsync(server);
        Assert.Equal(901, await restarted.RegisterAsync(subject + "-2", "\"string\""));
    }

    [Fact]
    public async Task No_request_leaves_a_context_without_ids()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.PutAsync("/mode/s", """{"mode":"IMPORT"}""");
        const string Body = """{"schema":"\"int\"","id":ID,"version":1}""";
        (await server.PostAsync("/subjects/s/versions", Body.Replace("ID", "2146483648", StringComparison.Ordinal))).IsError(422, 42205, "Id 2146483648 would leave");
        Assert.Equal(200, (await server.PostAsync("/subjects/s/versions", Body.Replace("ID", "2146483647", StringComparison.Ordinal))).Status);
        Assert.Equal(2146483648, await server.RegisterAsync("t", "\"long\""));
    }

    [Fact]
    public async Task No_record_grows_with_the_contexts_there_were()
    {
        await using var server = await RegistryServer.StartAsync();
        foreach (var i in Enumerable.Range(0, 30))
        {
            var context = $".{new string('c', 200)}{i:D3}";
            await server.RegisterAsync($":{context}:s", "\"int\"");
            await RemoveAsync(server, $":{context}:s");
            (await server.DeleteAsync($"/contexts/{context}")).IsNothing();
        }
        Assert.All(server.Topic.Records, record => Assert.InRange(record.Value?.Length ?? 0, 0, 500));
        await using var restarted = await RestartedAsync(server);
        Assert.Equal(30, restarted.Service.Image.HighestIds.Count);
    }

    [Fact]
    public async Task An_export_brings_it_along()
    {
        await using var server = await RegistryServer.StartAsync();
        foreach (var subject in new[] { "s", ":.c:s", ":.gone:s" })
        {
            await server.RegisterAsync(subject, "\"int\"");
            await RemoveAsync(server, subject);
        }
        await server.DeleteAsync("/contexts/.gone");
        var exported = ExportedRecords.Of(server.Service.Image, ExportProfile.Confluent8).ToList();
        Assert.Equal(
            [
                """{"keytype":"NOOP","magic":0} = {"highestIds":{".":1}}""",
                Key + """ = {"tenant":"default","context":".c","highestId":1}""",
                Key.Replace(".c", ".gone", StringComparison.Ordinal) + """ = {"tenant":"default","context":".gone","highestId":1,"deleted":true}""",
            ],
            exported.Select(write => $"{Encoding.UTF8.GetString(write.Key)} = {Encoding.UTF8.GetString(write.Value!)}"));
        var image = Replay.Of(exported.Select((write, offset) => new TopicRecord(offset, 0, write.Key, write.Value)));
        Assert.Equal(StateHash.Describe(server.Service.Image), StateHash.Describe(image));
    }

    [Theory]
    [InlineData(255, 4096, 200)]
    [InlineData(256, 4096, 422)]
    [InlineData(255, 4097, 422)]
    public async Task Names_are_of_a_length_that_goes_into_every_key(int context, int name, int status)
    {
        await using var server = await RegistryServer.StartAsync();
        var subject = $":.{new string('c', context - 1)}:{new string('s', name)}";
        var answer = await server.PostAsync($"/subjects/{subject}/versions", RegistryServer.Body("\"int\""));
        Assert.Equal(status, answer.Status);
        if (status != 200) answer.IsError(422, 42208, "The specified subject '");
        Assert.Equal(status, (await server.PutAsync($"/config/{subject}", """{"compatibility":"NONE"}""")).Status);
        Assert.Equal(status, (await server.PutAsync($"/mode/{subject}", """{"mode":"READONLY"}""")).Status);
    }

    [Fact]
    public async Task What_stands_for_all_contexts_is_no_subject()
    {
        await using var server = await RegistryServer.StartAsync();
        foreach (var name in new[] { ":*:", ":*:s", "%3A%2A%3A" })
        {
            (await server.PostAsync($"/subjects/{name}/versions", RegistryServer.Body("\"int\""))).IsError(422, 42208, "The specified subject ':*:");
            (await server.PutAsync($"/config/{name}", """{"compatibility":"NONE"}""")).IsError(422, 42208, "The specified subject ':*:");
        }
        Assert.Equal(1, await server.RegisterAsync(":.c::*:", "\"int\""));
    }

    [Fact]
    public async Task A_context_that_is_deleted_leaves_no_settings()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync(":.c:s", "\"int\"");
        await RemoveAsync(server, ":.c:s");
        await server.PutAsync("/config/:.c:", """{"compatibility":"NONE"}""");
        await server.PutAsync("/config/:.c:other", """{"alias":"s"}""");
        await server.PutAsync("/mode/:.c:", """{"mode":"IMPORT"}""");
        await server.PutAsync("/config/:.cc:", """{"compatibility":"FULL"}""");
        (await server.DeleteAsync("/contexts/c")).IsNothing();
        (await server.GetAsync("/config/:.c:")).IsError(404, 40408, "Subject ':.c:'");
        (await server.GetAsync("/config/:.c:other")).IsError(404, 40408, "Subject ':.c:other'");
        (await server.GetAsync("/mode/:.c:")).IsError(404, 40409, "Subject ':.c:'");
        (await server.GetAsync("/config/:.cc:")).Is("""{"compatibilityLevel":"FULL"}""");
        await using var restarted = await RestartedAsync(server);
        Assert.Equal(2, await restarted.RegisterAsync(":.c:s", "\"long\""));
    }
}
