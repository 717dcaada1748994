namespace Gateway.HttpProxy.Tests.Running;

/// <summary>Consumer instances as tests need them.</summary>
internal static class ConsumerCalls
{
    public const string Earliest = """{"format":"json","auto.offset.reset":"earliest","auto.commit.enable":"false"}""";

    /// <summary>The address of a new instance.</summary>
    public static async Task<string> CreatedAsync(this RunningProxy proxy, string group, string config) =>
        (string)(await proxy.Http.PostAsync($"/consumers/{group}", HttpCalls.V2, config)).Json["base_uri"]!;

    /// <summary>The address of a new instance that is subscribed to a topic.</summary>
    public static async Task<string> SubscribedAsync(this RunningProxy proxy, string group, string topic, string config = Earliest)
    {
        string uri = await proxy.CreatedAsync(group, config);
        Assert.Equal(204, (await proxy.Http.PostAsync($"{uri}/subscription", HttpCalls.V2, $$"""{"topics":["{{topic}}"]}""")).Status);
        return uri;
    }

    /// <summary>Writes so many records, whose values are numbers from 0.</summary>
    public static async Task ProduceAsync(this RunningProxy proxy, string topic, int count)
    {
        string records = string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"value":{{i}}}"""));
        Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{{records}}]}""")).Status);
    }

    /// <summary>What an instance's group has committed for the first partition of a topic.</summary>
    public static async Task<long> CommittedAsync(this HttpClient http, string uri, string topic) =>
        (long)(await http.AskAsync($"{uri}/offsets?topic={topic}&partition=0")).Json["offsets"]![0]!["offset"]!;

    /// <summary>Which records an answer holds.</summary>
    public static IEnumerable<int> Offsets(Answer answer) => answer.Json.AsArray().Select(record => (int)record!["offset"]!);
}
