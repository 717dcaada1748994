using System.Text;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Tests.State;

/// <summary>Several writers on one topic: who was first wins, the others decide again (D6).</summary>
public class RaceTests
{
    private const string Target = """{"type":"record","name":"A","fields":[]}""";
    private const string ToTarget = ""","references":[{"name":"A","subject":"target","version":1}]""";

    /// <summary>Lets another registry write once, between our decision and our record.</summary>
    private static void Once(MemorySchemaTopic topic, Action write) => topic.BeforeAppend = () =>
    {
        topic.BeforeAppend = null;
        write();
    };

    private static string? Last(MemorySchemaTopic topic, string key) =>
        topic.Records.Last(record => Encoding.UTF8.GetString(record.Key!) == key).Value is { } value ? Encoding.UTF8.GetString(value) : null;

    /// <summary>
    /// The whole image but its highest id: an id that was written by who came second, taken back and never
    /// answered with is nobody's, and goes with the compaction of what was taken back.
    /// </summary>
    private static IEnumerable<string> Facts(RegistryImage image) =>
        StateHash.Describe(image).Split('\n').Where(line => !line.StartsWith("highest id", StringComparison.Ordinal));

    [Fact]
    public async Task A_version_that_was_taken_meanwhile_is_given_back_and_the_next_one_taken()
    {
        await using var server = await RegistryServer.StartAsync();
        Once(server.Topic, () => server.Topic.Write(Replay.Key("s", 1), Replay.Schema("s", 1, 1)));
        var answer = await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"long\""));
        Assert.Equal((2, 2), (answer.Json.GetProperty("id").GetInt32(), answer.Json.GetProperty("version").GetInt32()));
        Assert.Equal("\"int\"", (await server.GetAsync("/schemas/ids/1")).Json.GetProperty("schema").GetString());
        Assert.Contains("\\\"int\\\"", Last(server.Topic, Replay.Key("s", 1)), StringComparison.Ordinal);
        Assert.Equal(StateHash.Describe(server.Service.Image), StateHash.Describe(Replay.Of(Replay.Compact(server.Topic.Records))));
    }

    [Fact]
    public async Task What_the_winner_wrote_counts_for_the_second_decision()
    {
        await using var server = await RegistryServer.StartAsync();
        Once(server.Topic, () => server.Topic.Write(Replay.Key("s", 1), Replay.Schema("s", 1, 1)));
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"string\""))).IsError(409, 409, "Schema being registered is incompatible");
        (await server.GetAsync("/subjects/s/versions")).Is("[1]");
        Assert.Equal(StateHash.Describe(server.Service.Image), StateHash.Describe(Replay.Of(Replay.Compact(server.Topic.Records))));
    }

    [Fact]
    public async Task An_id_that_was_taken_meanwhile_is_not_shared()
    {
        await using var server = await RegistryServer.StartAsync();
        Once(server.Topic, () => server.Topic.Write(Replay.Key("t", 1), Replay.Schema("t", 1, 1)));
        Assert.Equal(2, await server.RegisterAsync("s", "\"long\""));
        Assert.Equal("\"int\"", (await server.GetAsync("/schemas/ids/1")).Json.GetProperty("schema").GetString());
        Assert.Equal("\"long\"", (await server.GetAsync("/schemas/ids/2")).Json.GetProperty("schema").GetString());
        Assert.Equal(StateHash.Describe(server.Service.Image), StateHash.Describe(Replay.Of(Replay.Compact(server.Topic.Records))));
    }

    [Fact]
    public async Task The_same_schema_written_by_both_is_one_version()
    {
        await using var server = await RegistryServer.StartAsync();
        Once(server.Topic, () => server.Topic.Write(Replay.Key("s", 1), Replay.Schema("s", 1, 1)));
        Assert.Equal(1, await server.RegisterAsync("s", "\"int\""));
        (await server.GetAsync("/subjects/s/versions")).Is("[1]");
    }

    [Fact]
    public async Task A_version_deleted_for_good_meanwhile_does_not_come_back()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"int\"");
        Once(server.Topic, () => server.Topic.Write(Replay.Key("s", 1), null));
        (await server.DeleteAsync("/subjects/s/versions/1")).IsError(404, 40401, "Subject 's' not found.");
        (await server.GetAsync("/subjects?deleted=true")).Is("[]");
        Assert.Null(Last(server.Topic, Replay.Key("s", 1)));
    }

    [Fact]
    public async Task A_reference_deleted_for_good_meanwhile_is_not_referred_to()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("target", Target);
        Once(server.Topic, () => server.Topic.Write(Replay.Key("target", 1), null));
        (await server.PostAsync("/subjects/r/versions", RegistryServer.Body("\"A\"", ToTarget))).IsError(422, 42201, "No schema reference found for subject \"target\" and version 1");
        (await server.GetAsync("/subjects?deleted=true")).Is("[]");
        Assert.Null(Last(server.Topic, Replay.Key("r", 1)));
    }

    [Fact]
    public async Task What_is_referred_to_meanwhile_is_not_deleted_for_good()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("target", Target);
        var before = (await server.GetAsync("/subjects/target/versions/1")).Json;
        await server.DeleteAsync("/subjects/target/versions/1");
        Once(server.Topic, () => server.Topic.Write(
            Replay.Key("r", 1), Replay.Schema("r", 1, 2, "\\\"A\\\"", ",\"references\":[{\"name\":\"A\",\"subject\":\"target\",\"version\":1}]")));
        (await server.DeleteAsync("/subjects/target/versions/1?permanent=true")).IsError(422, 42206, "One or more references exist");
        var after = (await server.GetAsync("/subjects/target/versions/1?deleted=true")).Json;
        Assert.Equal((before.GetProperty("id").GetInt32(), true), (after.GetProperty("id").GetInt32(), after.GetProperty("deleted").GetBoolean()));
        Assert.Equal(StateHash.Describe(server.Service.Image), StateHash.Describe(Replay.Of(Replay.Compact(server.Topic.Records))));
    }

    /// <summary>Whichever is first, no version is left whose reference is gone; in one registry, and between two on one topic.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Registrations_while_their_reference_is_being_deleted_leave_nothing_broken(bool byTwo)
    {
        await using var one = await RegistryServer.StartAsync();
        await using var two = byTwo ? await RegistryServer.StartAsync(one.Topic) : null;
        for (var round = 0; round < 20; round++)
        {
            var target = $"target{round}";
            await one.RegisterAsync(target, Target);
            if (two is not null) await two.Service.AppliedAsync(await one.Topic.EndOffsetAsync(default) - 1);
            var registering = (two ?? one).PostAsync($"/subjects/r{round}/versions", RegistryServer.Body("\"A\"", ToTarget.Replace("target", target, StringComparison.Ordinal)));
            var soft = await one.DeleteAsync($"/subjects/{target}/versions/1");
            var hard = await one.DeleteAsync($"/subjects/{target}/versions/1?permanent=true");
            var registered = await registering;
            Assert.Contains(registered.Status, new[] { 200, 422 });
            var end = await one.Topic.EndOffsetAsync(default) - 1;
            await one.Service.AppliedAsync(end);
            var image = one.Service.Image;
            if (image.HasLive($"r{round}")) Assert.NotNull(image.Find(target, 1));
            Assert.Equal(registered.Status == 200, image.HasLive($"r{round}"));
            Assert.Equal(hard.Status == 200, image.Find(target, 1) is null);
            Assert.True(soft.Status is 200 or 422, soft.Text);
        }
        Assert.Equal(Facts(one.Service.Image), Facts(Replay.Of(Replay.Compact(one.Topic.Records))));
    }

    /// <summary>Each in turn would be taken; of two that do not go together, one is.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_schemas_that_do_not_go_together_registered_at_once_one_is_taken(bool byTwo)
    {
        await using var one = await RegistryServer.StartAsync();
        await using var two = byTwo ? await RegistryServer.StartAsync(one.Topic) : null;
        for (var round = 0; round < 20; round++)
        {
            var path = $"/subjects/s{round}/versions";
            var answers = await Task.WhenAll(one.PostAsync(path, RegistryServer.Body("\"int\"")), (two ?? one).PostAsync(path, RegistryServer.Body("\"string\"")));
            Assert.Equal([200, 409], answers.Select(answer => answer.Status).Order());
            await one.Service.AppliedAsync(await one.Topic.EndOffsetAsync(default) - 1);
            var kept = Assert.Single(one.Service.Image.VersionsOf($"s{round}"));
            Assert.Equal(answers.Single(answer => answer.Status == 200).Json.GetProperty("id").GetInt32(), kept.Id);
        }
        Assert.Equal(Facts(one.Service.Image), Facts(Replay.Of(Replay.Compact(one.Topic.Records))));
    }

    [Fact]
    public async Task Who_always_loses_is_told_so()
    {
        await using var server = await RegistryServer.StartAsync();
        var id = 0;
        server.Topic.BeforeAppend = () =>
        {
            var next = server.Service.Image.VersionsOf("s") is [.., var last] ? last.Version + 1 : 1;
            server.Topic.Write(Replay.Key("s", next), Replay.Schema("s", next, ++id + 1000, $$"""{\"type\":\"fixed\",\"name\":\"F\",\"size\":{{id}}}"""));
        };
        (await server.PostAsync("/subjects/s/versions?force=true", RegistryServer.Body("\"int\""))).IsError(500, 50001, "Error in the backend data store: other registries kept writing");
        server.Topic.BeforeAppend = null;
        Assert.Equal(200, (await server.PostAsync("/subjects/s/versions?force=true", RegistryServer.Body("\"int\""))).Status);
    }

    [Fact]
    public async Task Registrations_at_once_get_consistent_ids()
    {
        await using var server = await RegistryServer.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var size = i % 40;
            return (size, id: await server.RegisterAsync($"s{i % 7}-{size}", $$"""{"type":"fixed","name":"F","size":{{size}}}"""));
        }));
        var idsBySize = answers.GroupBy(answer => answer.size).ToDictionary(group => group.Key, group => group.Select(answer => answer.id).Distinct().ToList());
        Assert.All(idsBySize.Values, ids => Assert.Single(ids));
        Assert.Equal(Enumerable.Range(1, 40), idsBySize.Values.Select(ids => ids[0]).Order());
    }

    [Fact]
    public async Task Two_registries_on_one_topic_see_each_others_schemas()
    {
        await using var one = await RegistryServer.StartAsync();
        await using var two = await RegistryServer.StartAsync(one.Topic);
        var ids = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => (i % 2 == 0 ? one : two).RegisterAsync($"s{i}", $$"""{"type":"fixed","name":"F","size":{{i}}}""")));
        Assert.Equal(60, ids.Distinct().Count());
        var end = await one.Topic.EndOffsetAsync(default);
        await Task.WhenAll(one.Service.AppliedAsync(end - 1), two.Service.AppliedAsync(end - 1));
        Assert.Equal(StateHash.Describe(one.Service.Image), StateHash.Describe(two.Service.Image));
        Assert.Equal(StateHash.Describe(one.Service.Image), StateHash.Describe(Replay.Of(Replay.Compact(one.Topic.Records))));
    }
}
