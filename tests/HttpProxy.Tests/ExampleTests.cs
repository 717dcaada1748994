using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests;

/// <summary>
/// Every example of openapi/http-proxy.yaml, sent as it stands: whoever opens Swagger UI and presses the button is answered. That the answers are
/// those documented is held against the document as with all tests.
/// </summary>
public sealed class ExampleTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Topic = "quickstart", Made = "made", Orders = "orders";
    private const string Group = "/consumers/my-group", Instance = Group + "/instances/my-instance";

    // What cannot succeed yet, or not by a plain request.
    private static readonly Dictionary<string, int> s_refused = new()
    {
        ["GET /ws/topics/{topic}"] = 426,
        // The cursor is none of a topic that was made this moment.
        ["POST /topics/{topic}/records:commit"] = 400,
        ["POST /v3/clusters/{cluster}/topics/{topic}/records:commit"] = 400,
        ["GET /v3/clusters/{cluster}/topics/{topic}/partitions/{partition}/reassignment"] = 404,
        ["GET /v3/clusters/{cluster}/acls"] = 400,
        ["POST /v3/clusters/{cluster}/acls"] = 400,
        ["POST /v3/clusters/{cluster}/acls:batch"] = 400,
        ["DELETE /v3/clusters/{cluster}/acls"] = 400,
    };

    public static TheoryData<string> Requests => [.. OpenApiDocument.Instance.Requests().Select(static request => request.ToString())];

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Every_example_can_be_sent_as_it_stands(string name)
    {
        ExampleRequest request = OpenApiDocument.Instance.Requests().Single(request => request.ToString() == name);
        Dictionary<string, string> names = await PrepareAsync(request);
        foreach ((string parameter, string value) in request.Names) names[parameter] = value;
        string path = names.Aggregate(request.Template, static (path, name) => path.Replace($"{{{name.Key}}}", Uri.EscapeDataString(name.Value), StringComparison.Ordinal));
        Assert.DoesNotContain('{', path);
        // Any type will do where any will.
        string? type = request.ContentType == "*/*" ? "text/plain" : request.ContentType;
        Answer answer = await proxy.Http.SendAsync(new HttpMethod(request.Method), path + request.Query, type, request.Body, null);
        if (s_refused.TryGetValue($"{request.Method} {request.Template}", out int status)) Assert.Equal(status, answer.Status);
        else Assert.True(answer.Status is >= 200 and < 300, $"{name}: {answer.Status} {answer.Text}");
        // A record that fails has an error in an answer that is 200.
        if (answer.Status == 200 && answer.Text.Contains("\"offsets\":[{\"partition\"", StringComparison.Ordinal))
            Assert.All(answer.Json["offsets"]!.AsArray(), static offset => Assert.Null(offset!["error_code"]));
        if (answer.Status == 207) Assert.Empty(answer.Json["failures"]!.AsArray());
    }

    [Fact]
    public void Every_example_is_what_the_schema_beside_it_says() => Assert.Empty(OpenApiDocument.Instance.FaultyExamples());

    [Fact]
    public void Every_body_has_an_example()
    {
        string[] shown = [.. OpenApiDocument.Instance.Requests().Where(static request => request.Body is not null).Select(static r => $"{r.Method} {r.Template}").Distinct()];
        string[] wanted = ["POST /topics/{topic}", "POST /consumers/{group}", "POST /v3/clusters/{cluster}/topics/{topic}/records", "PATCH /v3/clusters/{cluster}/topics/{topic}"];
        Assert.Superset(wanted.ToHashSet(), shown.ToHashSet());
        Assert.InRange(OpenApiDocument.Instance.Requests().Count(), 85, 500);
    }

    /// <summary>Makes what the example speaks of, and gives the names that only the server knows.</summary>
    private async Task<Dictionary<string, string>> PrepareAsync(ExampleRequest request)
    {
        string cluster = await proxy.Http.ClusterIdAsync();
        var names = new Dictionary<string, string> { ["cluster"] = cluster };
        string topics = $"/v3/clusters/{cluster}/topics";
        await DeleteAsync(Instance);
        bool isCreation = request.Method == "POST" && (request.Template.EndsWith("/topics", StringComparison.Ordinal) || request.Template == "/admin/topics");
        foreach (string topic in new[] { Topic, Orders, Made })
        {
            await DeleteAsync($"{topics}/{topic}");
            if (!isCreation) Assert.Equal(201, (await PostAsync(topics, "application/json", $$"""{"topic_name":"{{topic}}"}""")).Status);
        }
        if (isCreation) return names;
        // Of all brokers those settings are listed that somebody has set.
        if (request.Template.EndsWith("/broker-configs/{name}", StringComparison.Ordinal))
            await proxy.Http.SendAsync(HttpMethod.Put, $"/v3/clusters/{cluster}/broker-configs/log.retention.ms", "application/json", "{\"value\":\"604800000\"}"u8.ToArray(), null);
        Assert.Equal(200, (await PostAsync($"/topics/{Topic}", HttpCalls.V2Json, """{"records":[{"key":"user-1","value":{"name":"Ada"}}]}""")).Status);
        bool isOfGroup = request.Template.Contains("/consumer-groups", StringComparison.Ordinal);
        if (!isOfGroup && !request.Template.Contains("{instance}", StringComparison.Ordinal)) return names;

        await PostAsync(Group, HttpCalls.V2, """{"name":"my-instance","format":"json","auto.offset.reset":"earliest","auto.commit.enable":"false"}""");
        string what = request.Template[(request.Template.LastIndexOf('}') + 1)..];
        if (isOfGroup || request.Template.Contains("/records", StringComparison.Ordinal))
        {
            await PostAsync($"{Instance}/subscription", HttpCalls.V2, """{"topics":["quickstart"]}""");
            // What waits to be acknowledged is in the way of any other read.
            if (what == "/records") return names;
            Answer read = await proxy.Http.AskAsync($"{Instance}/records?ack=explicit&timeout=30000");
            Assert.Single(read.Json.AsArray());
            names["batch"] = Assert.Single(read.Headers.GetValues("Batch-Id"));
        }
        else if (what is not ("/subscription" or "") && !(what == "/assignments" && request.Method == "POST"))
        {
            await PostAsync($"{Instance}/assignments", HttpCalls.V2, """{"partitions":[{"topic":"quickstart","partition":0}]}""");
        }
        if (!isOfGroup) return names;
        Assert.Equal(204, (await PostAsync($"{Instance}/records/{names["batch"]}:ack", null, null)).Status);
        JsonNode members = (await proxy.Http.AskAsync($"/v3/clusters/{cluster}/consumer-groups/my-group/consumers")).Json;
        names["consumer"] = (string)Assert.Single(members["data"]!.AsArray())!["consumer_id"]!;
        return names;
    }

    private Task<Answer> PostAsync(string path, string? type, string? body) =>
        proxy.Http.SendAsync(HttpMethod.Post, path, type, body is null ? null : System.Text.Encoding.UTF8.GetBytes(body), null);

    private async Task DeleteAsync(string path) => Assert.True((await proxy.Http.SendAsync(HttpMethod.Delete, path, null, null, null)).Status is 204 or 404);
}
