using Gateway.Schemas;
using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Tests.State;

/// <summary>What one registration costs: each stored schema is compared once, all together within a bound, and nobody waits for it.</summary>
public class DeliberationTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static string Record(int fields, string type = "string") =>
        $$"""{"type":"record","name":"R","fields":[{{string.Join(",", Enumerable.Range(0, fields).Select(i => $$"""{"name":"f{{i}}","type":["null","{{type}}"],"default":null}"""))}}]}""";

    private static async Task<RegistryServer> StartAsync(int versions, RegistryOptions? options = null)
    {
        var server = await RegistryServer.StartAsync(options: options);
        await server.PutAsync("/config/s", """{"compatibility":"FULL_TRANSITIVE"}""");
        for (var i = 1; i <= versions; i++) await server.RegisterAsync("s", Record(i));
        return server;
    }

    private static (RegistryFault? Fault, long Cost) Decide(RegistryServer server, Deliberation deliberation, string schema, string more = "")
    {
        using var body = System.Text.Json.JsonDocument.Parse(RegistryServer.Body(schema, more));
        var service = server.Service;
        var before = deliberation.Taken;
        var outcome = new Registration(service.Matching, service.Compatibility, service.Options)
            .Decide(service.Image, QualifiedSubject.Parse("s"), RegisterRequest.Read(body.RootElement), deliberation);
        return (outcome.Fault, deliberation.Taken - before);
    }

    [Fact]
    public async Task A_decision_that_is_taken_again_looks_at_what_is_new_only()
    {
        await using var server = await StartAsync(20);
        var deliberation = server.Service.Deliberate();
        var first = Decide(server, deliberation, Record(30));
        Assert.Equal((null, 0), Decide(server, deliberation, Record(30)));
        await server.RegisterAsync("other", "\"int\"");
        Assert.Equal((null, 0), Decide(server, deliberation, Record(30)));

        await server.RegisterAsync("s", Record(21));
        var second = Decide(server, deliberation, Record(30));
        Assert.Null(second.Fault);
        Assert.InRange(second.Cost, 1, first.Cost / 5);
        // What stands in the way since is seen.
        await server.PutAsync("/config/s", """{"compatibility":"NONE"}""");
        await server.RegisterAsync("s", Record(1, "long"));
        Assert.Equal((null, 0), Decide(server, deliberation, Record(30)));
        await server.PutAsync("/config/s", """{"compatibility":"FULL_TRANSITIVE"}""");
        var (fault, cost) = Decide(server, deliberation, Record(30));
        Assert.Equal((409, true), (fault?.Status, cost > 0));
    }

    [Fact]
    public async Task Findings_about_schemas_with_references_hold_while_the_references_lead_to_the_same()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.PutAsync("/config", """{"compatibility":"NONE"}""");
        await server.RegisterAsync("inner", """{"type":"record","name":"I","fields":[]}""");
        const string reference = ""","references":[{"name":"I","subject":"inner","version":1}]""";
        await server.RegisterAsync("s", """{"type":"record","name":"R","fields":[{"name":"i","type":"I"}]}""", reference);
        await server.PutAsync("/config/s", """{"compatibility":"BACKWARD"}""");
        var deliberation = server.Service.Deliberate();
        const string other = """{"type":"record","name":"R","fields":[{"name":"i","type":{"type":"record","name":"I","fields":[]}},{"name":"n","type":"int","default":0}]}""";
        Assert.Null(Decide(server, deliberation, other).Fault);
        Assert.Equal((null, 0), Decide(server, deliberation, other));

        // Under the very name and version stands something else now, as an import may leave it.
        var offset = server.Topic.Write(
            """{"keytype":"SCHEMA","subject":"inner","version":1,"magic":1}""",
            """{"subject":"inner","version":1,"id":1,"schema":"{\"type\":\"record\",\"name\":\"I\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"}]}"}""");
        await server.Service.AppliedAsync(offset);
        // A reader without the field skips it, so the verdict stays; but it is found anew.
        var (fault, cost) = Decide(server, deliberation, other);
        Assert.Equal((null, true), (fault, cost > 0));
        Assert.Equal((null, 0), Decide(server, deliberation, other));
    }

    [Fact]
    public async Task All_comparisons_of_a_request_are_bounded_together()
    {
        await using var server = await StartAsync(10);
        // What one needs is known now; a registry that allows half of that refuses it, and serves on.
        var cost = Decide(server, server.Service.Deliberate(), Record(30)).Cost;
        await using var strict = await RegistryServer.StartAsync(MemorySchemaTopic.CopyOf(server.Topic.Records), new RegistryOptions { MaxRequestSteps = cost / 2 });
        foreach (var path in new[] { "/subjects/s/versions", "/compatibility/subjects/s/versions", "/compatibility/subjects/s/versions?verbose=true" })
        {
            (await strict.PostAsync(path, RegistryServer.Body(Record(30))))
                .IsError(422, 422, "To compare the schema with all it has to be compared with takes more than " + cost / 2);
        }
        Assert.Equal(10, (await strict.GetAsync("/subjects/s/versions")).Json.GetArrayLength());
        Assert.Equal(200, (await strict.PostAsync("/compatibility/subjects/s/versions/3", RegistryServer.Body(Record(30)))).Status);
        Assert.Equal(1, await strict.RegisterAsync("s", Record(1)));
        Assert.Equal(11, await strict.RegisterAsync("other", Record(30)));
        Assert.Equal(11, await server.RegisterAsync("s", Record(30)));
    }

    [Fact]
    public async Task Who_decides_at_length_keeps_nobody_from_writing()
    {
        await using var server = await RegistryServer.StartAsync();
        var deliberation = server.Service.Deliberate();
        var decisions = 0;
        var outcome = await Task.Run(() => server.Service.WriteAsync<int>(
            image =>
            {
                decisions++;
                // It takes so long that others register meanwhile, all the time.
                if (decisions < 3)
                {
                    deliberation.SpendOnText(SchemaTypes.Avro, 2 * Deliberation.CostlySteps);
                    Assert.True(Task.Run(() => server.RegisterAsync($"other{decisions}", "\"int\"")).Wait(Deadline));
                }
                return new Decision<int>(
                    [PlannedWrite.Of(Topic.RecordKey.Mode("s"), Topic.RecordValues.Mode("s", RegistryMode.ReadOnly))], after => after.Subjects.Count);
            }, default, deliberation).AsTask()).WaitAsync(Deadline);
        // The third decision is found to be cheap, and the fourth is taken in the turn.
        Assert.Equal((null, 2), (outcome.Fault, outcome.Value));
        Assert.Equal(4, decisions);
    }

    [Fact]
    public void Parsed_schemas_in_use_stay_however_many_others_pass_through()
    {
        var kept = new KeptSchemas(100);
        var schema = SchemaLanguages.All.Parse(SchemaTypes.Avro, "\"int\"", [], SchemaParseOptions.New).Schema!;
        kept.Keep("used", schema);
        kept.Keep("unused", schema);
        for (var i = 0; i < 100; i++)
        {
            kept.Keep($"other {i}", schema);
            Assert.NotNull(kept.Find("used"));
        }
        Assert.Null(kept.Find("unused"));
        Assert.Null(kept.Find("other 0"));
        Assert.NotNull(kept.Find("other 99"));
        kept.Keep(new string('x', 51), schema);
        Assert.Null(kept.Find(new string('x', 51)));
        Assert.NotNull(kept.Find("used"));
    }
}
