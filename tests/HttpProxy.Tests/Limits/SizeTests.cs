using System.Text;
using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Limits;

/// <summary>How large a record, and how long a batch may be.</summary>
public sealed class SizeTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string V2Text = "application/vnd.kafka.text.v2+json";

    [Fact]
    public async Task A_record_beyond_the_limit_is_413_and_nothing_is_written()
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxRecordBytes = 100 });
        string topic = await proxy.NewTopicAsync();
        string most = new('x', 99), more = new('x', 100);
        Answer taken = await http.PostAsync($"/topics/{topic}", V2Text, $$"""{"records":[{"key":"k","value":"{{most}}"}]}""");
        Assert.Equal(200, taken.Status);
        foreach (string record in new[] { $$"""{"key":"k","value":"{{more}}"}""", $$"""{"key":"{{more}}k","value":null}""" })
        {
            (await http.PostAsync($"/topics/{topic}", V2Text, $$"""{"records":[{"value":""},{{record}}]}"""))
                .Refused(413, 413);
        }
        (await http.RequestAsync($"/topics/{topic}/raw", Encoding.ASCII.GetBytes(more + "x"))).Refused(413, 413);
        Assert.Single((await http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2Binary)).Json.AsArray());
    }

    [Fact]
    public async Task A_record_beyond_the_limit_fails_alone_where_each_has_a_result()
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxRecordBytes = 10, MaxBatchEntries = 3 });
        string topic = await proxy.NewTopicAsync(), url = $"{await TopicUrlAsync(http, topic)}/records";
        static string Record(int length) => $"\"value\":{{\"type\":\"STRING\",\"data\":\"{new string('x', length)}\"}}";
        Answer stream = await http.PostAsync(url, "application/json", $"{{{Record(10)}}}{{{Record(11)}}}{{{Record(1)}}}");
        Assert.Equal([200, 413, 200], stream.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => (int)JsonNode.Parse(line)!["error_code"]!));
        Answer batch = await http.PostAsync($"{url}:batch", "application/json", $$"""{"entries":[{"id":"a",{{Record(10)}}},{"id":"b",{{Record(11)}}}]}""");
        Assert.Equal("a", (string?)Assert.Single(batch.Json["successes"]!.AsArray())!["id"]);
        JsonNode failure = Assert.Single(batch.Json["failures"]!.AsArray())!;
        Assert.Equal(("b", 413), ((string?)failure["id"], (int)failure["error_code"]!));
        string entries = string.Join(',', Enumerable.Range(0, 4).Select(i => $$"""{"id":"{{i}}"}"""));
        (await http.PostAsync($"{url}:batch", "application/json", $$"""{"entries":[{{entries}}]}""")).Refused(422, 42208);
    }

    private static async Task<string> TopicUrlAsync(HttpClient http, string topic) =>
        $"{(string)(await http.AskAsync("/v3/clusters")).Json["data"]![0]!["topics"]!["related"]!}/{topic}";
}
