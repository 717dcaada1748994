namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>What the door answers while the topic behind it is not read, can be read no more, or takes nothing.</summary>
public class ReadinessTests
{
    [Fact]
    public async Task Until_the_topic_is_read_requests_are_refused_with_503()
    {
        var gate = new TaskCompletionSource();
        var topic = MemorySchemaTopic.With(("""{"keytype":"SCHEMA","subject":"s","version":1,"magic":1}""", """{"subject":"s","version":1,"id":1,"schema":"\"int\"","deleted":false}"""));
        topic.ReadGate = gate.Task;
        await using var server = await RegistryServer.StartAsync(topic, waits: false);
        (await server.GetAsync("/subjects")).IsError(503, 503, "The registry is still reading its topic");
        (await server.GetAsync("/status/ready")).IsError(503, 503, "The registry is still reading its topic");
        (await server.GetAsync("/_health")).IsError(503, 503, "The registry is still reading its topic");
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"int\""))).IsError(503, 503, "The registry is still reading its topic");
        (await server.GetAsync("/status/live")).Is("{}");
        gate.SetResult();
        await server.Service.Ready;
        (await server.GetAsync("/subjects")).Is("""["s"]""");
    }

    [Fact]
    public async Task A_registry_that_can_read_its_topic_no_more_is_not_ready()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("s", "\"int\"");
        server.Topic.ReadFault = new InvalidOperationException("not foreseen");
        (await server.PostAsync("/subjects/t/versions", RegistryServer.Body("\"int\""))).IsError(500, 50001, "Error in the backend data store: The registry no longer");
        foreach (var path in new[] { "/status/ready", "/_health", "/subjects", "/schemas/ids/1?format=" })
            (await server.GetAsync(path)).IsError(503, 503, "The registry is still reading its topic, or can read it no more");
    }

    [Theory]
    [InlineData("""{"keytype":"CONTEXT","magic":0}""")]
    [InlineData("""{"keytype":"CONTEXT","tenant":"default","context":null,"magic":0}""")]
    [InlineData("""{"keytype":"CONTEXT","context":5,"magic":0}""")]
    public async Task A_record_that_names_nothing_is_passed_over(string key)
    {
        await using var server = await RegistryServer.StartAsync(MemorySchemaTopic.With((key, "{}")));
        server.Topic.Write(key, null);
        Assert.Equal(1, await server.RegisterAsync("s", "\"int\""));
        (await server.GetAsync("/contexts")).Is("""["."]""");
    }

    [Fact]
    public async Task A_store_that_fails_is_50001_and_one_that_hangs_50002()
    {
        await using var server = await RegistryServer.StartAsync();
        server.Topic.AppendFault = new Gateway.SchemaRegistry.Topic.SchemaTopicException("no leader");
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"int\""))).IsError(500, 50001, "Error in the backend data store: no leader");
        (await server.GetAsync("/v1/metadata/id")).IsError(500, 50001, "Error in the backend data store: no leader");
        server.Topic.AppendFault = new Gateway.SchemaRegistry.Topic.SchemaTopicException("big") { IsTooLarge = true, TakesAtMost = 7 };
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"int\""))).IsError(
            422, 42209, "The record that is to keep it is larger than the topic _schemas takes: its max.message.bytes is 7");
        server.Topic.AppendFault = new OperationCanceledException();
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"int\""))).IsError(500, 50002, "The write to the backend data store timed out");
        server.Topic.AppendFault = null;
        Assert.Equal(1, await server.RegisterAsync("s", "\"int\""));
    }
}
