using System.Text.Json.Nodes;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Tests.Running;
using Gateway.HttpProxy.V3;

namespace Gateway.HttpProxy.Tests.V3;

/// <summary>Every route of the v3 dialect is asked for something that is there.</summary>
public sealed class RouteTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Setting = "log.retention.bytes";

    [Fact]
    public async Task Every_route_that_reads_answers_with_a_resource_or_a_list()
    {
        string topic = await proxy.NewTopicAsync();
        (string group, string consumer) = await JoinAsync(topic);
        // The cluster lists what was set for all brokers, and nothing else.
        Assert.Equal(204, (await SendAsync(HttpMethod.Put, $"/v3/clusters/{await ClusterAsync()}/broker-configs/{Setting}", """{"value":"1000000"}""")).Status);
        var asked = new Dictionary<string, string>
        {
            ["{cluster}"] = await ClusterAsync(),
            ["{broker}"] = "1",
            ["{topic}"] = topic,
            ["{partition}"] = "0",
            ["{group}"] = group,
            ["{consumer}"] = consumer,
        };
        var reads = V3Routes.All.Where(route => route.Method == "GET" && !route.Pattern.EndsWith("/acls", StringComparison.Ordinal)
            && !route.Pattern.EndsWith("/records", StringComparison.Ordinal) && !route.Pattern.EndsWith(":stream", StringComparison.Ordinal)).ToList();
        Assert.True(reads.Count > 25);
        foreach (ProxyRoute route in reads)
        {
            string path = asked.Aggregate(route.Pattern, (path, name) => path.Replace(name.Key, Uri.EscapeDataString(name.Value), StringComparison.Ordinal))
                .Replace("{name}", route.Pattern.Contains("/topics/", StringComparison.Ordinal) ? "retention.ms" : Setting, StringComparison.Ordinal);
            Answer answer = await proxy.Http.AskAsync(path);
            if (route.Pattern.EndsWith("{partition}/reassignment", StringComparison.Ordinal))
            {
                // Nothing is ever on the move.
                answer.Refused(404, 404);
                continue;
            }
            Assert.True(answer.Status == 200, $"{path}: {answer.Status} {answer.Text}");
            Assert.StartsWith("Kafka", (string?)answer.Json["kind"], StringComparison.Ordinal);
            bool isList = answer.Json["data"] is not null;
            Assert.Equal(isList, ((string)answer.Json["kind"]!).EndsWith("List", StringComparison.Ordinal));
            Assert.EndsWith(path.Split('/')[^1], Uri.UnescapeDataString((string)answer.Json["metadata"]!["self"]!), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/broker-configs")]
    [InlineData("/brokers/1/configs")]
    public async Task Settings_of_brokers_are_set_altered_and_taken_back(string scope)
    {
        string configs = $"/v3/clusters/{await ClusterAsync()}{scope}";
        Assert.Equal(204, (await SendAsync(HttpMethod.Put, $"{configs}/{Setting}", """{"value":"1000000"}""")).Status);
        Assert.Equal("1000000", (string?)(await proxy.Http.AskAsync($"{configs}/{Setting}")).Json["value"]);
        Assert.Equal(204, (await SendAsync(HttpMethod.Post, $"{configs}:alter", $$"""{"data":[{"name":"{{Setting}}","value":"2000000"}]}""")).Status);
        Assert.Equal("2000000", (string?)(await proxy.Http.AskAsync($"{configs}/{Setting}")).Json["value"]);
        Assert.Equal(204, (await SendAsync(HttpMethod.Delete, $"{configs}/{Setting}", null)).Status);
        Answer after = await proxy.Http.AskAsync($"{configs}/{Setting}");
        Assert.NotEqual("2000000", after.Status == 200 ? (string?)after.Json["value"] : null);
    }

    [Theory]
    [InlineData("GET", "acls")]
    [InlineData("POST", "acls")]
    [InlineData("POST", "acls:batch")]
    [InlineData("DELETE", "acls")]
    public async Task Access_lists_say_that_authorisation_is_off(string method, string path)
    {
        Answer answer = await SendAsync(new HttpMethod(method), $"/v3/clusters/{await ClusterAsync()}/{path}", method == "POST" ? "{}" : null);
        answer.Refused(400, 40002);
    }

    private async Task<(string Group, string Consumer)> JoinAsync(string topic)
    {
        string group = proxy.NewName("g");
        string instance = (string)(await proxy.Http.PostAsync($"/consumers/{group}", HttpCalls.V2, """{"auto.offset.reset":"earliest"}""")).Json["base_uri"]!;
        await proxy.Http.PostAsync($"{instance}/subscription", HttpCalls.V2, $$"""{"topics":["{{topic}}"]}""");
        // Whoever asks for the assignment waits until there is one.
        Assert.Single((await proxy.Http.AskAsync($"{instance}/assignments")).Json["partitions"]!.AsArray());
        Assert.Equal(204, (await proxy.Http.PostAsync($"{instance}/offsets", HttpCalls.V2, $$"""{"partitions":[{"topic":"{{topic}}","partition":0,"offset":0}]}""")).Status);
        JsonArray members = (await proxy.Http.AskAsync($"/v3/clusters/{await ClusterAsync()}/consumer-groups/{group}/consumers")).Json["data"]!.AsArray();
        return (group, (string)Assert.Single(members)!["consumer_id"]!);
    }

    private Task<Answer> SendAsync(HttpMethod method, string path, string? body) =>
        proxy.Http.SendAsync(method, path, "application/json", body is null ? null : System.Text.Encoding.UTF8.GetBytes(body), null);

    private async Task<string> ClusterAsync() => (string)(await proxy.Http.AskAsync("/v3/clusters")).Json["data"]![0]!["cluster_id"]!;
}
