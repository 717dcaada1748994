using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests;

/// <summary>What the v2 dialect does for clients of one peer, where the peers contradict each other (http-proxy §1.2, §3.3, §10).</summary>
public sealed class ProfileTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Fact]
    public async Task Redpandas_clients_hear_of_each_partition_once()
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions { Profile = "redpanda", AllowTopicCreation = false }, proxy.Schemas);
        string topic = await proxy.NewTopicAsync(3);
        const string Records = """{"records":[{"value":1,"partition":2},{"value":2,"partition":0},{"value":3,"partition":2}]}""";
        Assert.Equal("""{"offsets":[{"partition":2,"offset":0},{"partition":0,"offset":0}]}""", (await http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, Records)).Text);
        Assert.Equal("""{"offsets":[{"partition":2,"offset":2},{"partition":0,"offset":1}]}""", (await http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, Records)).Text);
        Assert.Equal(
            """{"offsets":[{"partition":1,"offset":0},{"partition":9,"error_code":3,"offset":-1}]}""",
            (await http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1,"partition":1},{"value":1,"partition":9},{"value":1,"partition":9}]}""")).Text);
        Answer unknown = await http.PostAsync("/topics/no-such", HttpCalls.V2Json, """{"records":[{"value":1},{"value":2}]}""");
        Assert.Equal((200, """{"offsets":[{"partition":-1,"error_code":3,"offset":-1}]}"""), (unknown.Status, unknown.Text));
        // Every way of writing is answered alike; what a client waits for is not.
        Assert.Equal("""{"offsets":[{"partition":1,"offset":1}]}""", (await http.RequestAsync($"/topics/{topic}/raw?partition=1", [1])).Text);
        Assert.Equal(204, (await http.PostAsync($"/topics/{topic}?async=true", HttpCalls.V2Json, Records)).Status);
        // The other dialect has one contract.
        string cluster = await http.ClusterIdAsync();
        Assert.Contains("\"error_code\":200", (await http.PostAsync($"/v3/clusters/{cluster}/topics/{topic}/records", "application/json", "{}")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 40401)]
    [InlineData("redpanda", 40402)]
    [InlineData("confluent", 40403)]
    public async Task An_unknown_topic_has_the_code_of_the_profile(string profile, int code)
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions { Profile = profile, AllowTopicCreation = false });
        (await http.AskAsync("/topics/no-such")).Refused(404, code);
        (await http.AskAsync("/topics/no-such/partitions")).Refused(404, code);
        (await http.AskAsync("/topics/no-such/records")).Refused(404, code);
        (await http.AskAsync("/topics/no-such/partitions/0/records")).Refused(404, 40402);
        (await http.AskAsync($"/topics/{await proxy.NewTopicAsync()}/partitions/7")).Refused(404, 40402);
        (await http.AskAsync("/consumers/g/instances/no-such/subscription")).Refused(404, 40403);
        string cluster = await http.ClusterIdAsync();
        (await http.AskAsync($"/v3/clusters/{cluster}/topics/no-such")).Refused(404, 40403);
        if (profile != "redpanda") (await http.PostAsync("/topics/no-such", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Refused(404, code);
    }
}
