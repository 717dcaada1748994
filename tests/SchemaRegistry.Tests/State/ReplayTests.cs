using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Tests.State;

/// <summary>A registry that starts on the topic another one left knows the same (D6).</summary>
public class ReplayTests
{
    private static readonly string[] Schemas =
    [
        "\"int\"", "\"long\"", "\"double\"", "\"string\"", "\"bytes\"", "[\"null\",\"int\"]", """{"type":"record","name":"R","fields":[]}""",
        """{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":1}]}""", """{"type":"map","values":"long"}""",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task The_state_is_the_same_after_replay_and_after_compaction(int seed)
    {
        await using var server = await RegistryServer.StartAsync();
        var random = new Random(seed);
        for (var step = 0; step < 250; step++) await DoSomethingAsync(server, random);
        var live = StateHash.Describe(server.Service.Image);
        Assert.Contains("version ", live, StringComparison.Ordinal);
        var records = server.Topic.Records;
        Assert.Equal(live, StateHash.Describe(Replay.Of(records)));
        Assert.Equal(live, StateHash.Describe(Replay.Of(Replay.Compact(records))));

        await using var restarted = await RegistryServer.StartAsync(MemorySchemaTopic.CopyOf(records));
        Assert.Equal(StateHash.Of(server.Service.Image), StateHash.Of(restarted.Service.Image));
        foreach (var path in new[] { "/subjects?deleted=true", "/schemas?deleted=true&subjectPrefix=:*:", "/config", "/mode", "/contexts" })
            Assert.Equal((await server.GetAsync(path)).Text, (await restarted.GetAsync(path)).Text);
    }

    [Fact]
    public void The_hash_tells_states_apart()
    {
        var one = Replay.Of((Replay.Key("s", 1), Replay.Schema("s", 1, 1)));
        var other = Replay.Of((Replay.Key("s", 1), Replay.Schema("s", 1, 1).Replace("false", "true", StringComparison.Ordinal)));
        Assert.NotEqual(StateHash.Of(one), StateHash.Of(other));
        Assert.Equal(StateHash.Of(one), StateHash.Of(Replay.Of((Replay.Key("s", 1), Replay.Schema("s", 1, 1)))));
    }

    [Fact]
    public async Task Of_several_ids_of_one_content_the_lowest_that_is_left_answers()
    {
        await using var server = await RegistryServer.StartAsync(MemorySchemaTopic.With(
            (Replay.Key("a", 1), Replay.Schema("a", 1, 9)), (Replay.Key("b", 1), Replay.Schema("b", 1, 5)), (Replay.Key("c", 1), Replay.Schema("c", 1, 7))));
        Assert.Equal(5, await server.RegisterAsync("d1", "\"int\""));
        foreach (var subject in new[] { "b", "d1" })
        {
            await server.DeleteAsync($"/subjects/{subject}");
            await server.DeleteAsync($"/subjects/{subject}?permanent=true");
        }
        Assert.Equal(7, await server.RegisterAsync("d2", "\"int\""));
        foreach (var subject in new[] { "a", "c", "d2" })
        {
            await server.DeleteAsync($"/subjects/{subject}");
            await server.DeleteAsync($"/subjects/{subject}?permanent=true");
            Assert.Equal(StateHash.Describe(server.Service.Image), StateHash.Describe(Replay.Of(Replay.Compact(server.Topic.Records))));
        }
        Assert.Empty(server.Service.Image.IdsByGuid);
        Assert.Equal(10, await server.RegisterAsync("d3", "\"int\""));
    }

    [Fact]
    public async Task An_id_deleted_for_good_never_comes_back()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"int\"");
        await server.DeleteAsync("/subjects/s");
        await server.DeleteAsync("/subjects/s?permanent=true");
        Assert.Contains("""{"keytype":"NOOP","magic":0} = {"highestIds":{".":1}}""", server.Topic.Texts);
        await using var restarted = await RegistryServer.StartAsync(MemorySchemaTopic.CopyOf(Replay.Compact(server.Topic.Records)));
        Assert.Equal(2, await restarted.RegisterAsync("s", "\"long\""));
    }

    [Fact]
    public void A_hundred_thousand_versions_are_read()
    {
        var topic = MemorySchemaTopic.With([.. Enumerable.Range(1, 100_000).Select(i =>
            (Replay.Key($"subject-{i / 4}", i % 4 + 1), (string?)Replay.Schema($"subject-{i / 4}", i % 4 + 1, i, $$"""{\"type\":\"fixed\",\"name\":\"F{{i}}\",\"size\":{{i}}}""")))]);
        var image = Replay.Of(topic.Records);
        Assert.Equal(100_000, image.Ids.Count);
    }

    private static async Task DoSomethingAsync(RegistryServer server, Random random)
    {
        var subject = random.Next(8) == 0 ? $":.c{random.Next(2)}:s{random.Next(2)}" : $"s{random.Next(5)}";
        var permanent = random.Next(2) == 0 ? "?permanent=true" : "";
        switch (random.Next(19))
        {
            case 12:
                await server.PostAsync("/associations", $$"""{"resourceName":"t{{random.Next(3)}}","resourceNamespace":"c","resourceId":"i{{random.Next(3)}}","associations":[{"subject":"{{subject}}"}]}""");
                break;
            case 13:
                await server.PostAsync("/associations", $$"""{"resourceName":"o{{random.Next(2)}}","resourceNamespace":"c1","resourceId":"j{{random.Next(2)}}","associations":[{"schema":{"schema":"\"int\""} }]}""");
                break;
            case 14:
                await server.DeleteAsync($"/associations/resources/{(random.Next(2) == 0 ? "i" : "j")}{random.Next(3)}?cascadeLifecycle=true");
                break;
            case 15:
                // Ids from elsewhere, in a context of their own, which goes again when it is empty.
                await server.PutAsync("/mode/:.in:?force=true", """{"mode":"IMPORT"}""");
                var id = random.Next(50);
                await server.PostAsync("/subjects/:.in:s/versions", RegistryServer.Body($"{{\"type\":\"fixed\",\"name\":\"F{id}\",\"size\":1}}", $",\"id\":{id}"));
                break;
            case 16:
                await server.PutAsync("/mode/:.in:", """{"mode":"READWRITE"}""");
                await server.DeleteAsync($"/subjects/:.in:s{permanent}");
                await server.DeleteAsync("/contexts/.in");
                break;
            case 17:
                await server.PutAsync($"/mode/{subject}", random.Next(2) == 0 ? """{"mode":"READONLY"}""" : """{"mode":null}""");
                break;
            case 18:
                await server.DeleteAsync($"/mode{(random.Next(2) == 0 ? "" : "/" + subject)}?recursive=true");
                break;
            case < 5:
                await server.PostAsync($"/subjects/{subject}/versions?force=true", RegistryServer.Body(Schemas[random.Next(Schemas.Length)]));
                break;
            case 5 when server.Service.Image.HasLive("s0"):
                var target = server.Service.Image.Latest("s0")!.Version;
                await server.PostAsync("/subjects/r/versions?force=true", RegistryServer.Body(
                    Schemas[random.Next(Schemas.Length)], $$""","references":[{"name":"n","subject":"s0","version":{{target}}}]"""));
                break;
            case 6 or 7:
                await server.DeleteAsync($"/subjects/{subject}/versions/{random.Next(1, 6)}{permanent}");
                break;
            case 8:
                await server.DeleteAsync($"/subjects/{subject}{permanent}");
                break;
            case 9:
                await server.PutAsync($"/config/{subject}", $$"""{"compatibility":"{{(random.Next(2) == 0 ? "FULL" : "NONE")}}","normalize":{{(random.Next(2) == 0 ? "true" : "null")}}}""");
                break;
            case 10:
                await server.PutAsync("/config", """{"compatibility":"FORWARD"}""");
                break;
            default:
                await server.DeleteAsync($"/config/{subject}");
                break;
        }
    }
}
