using System.Text;
using System.Text.Json.Nodes;
using Gateway.Client;
using Gateway.HttpProxy.Tests.Running;
using Gateway.Protocol.Messages;

namespace Gateway.HttpProxy.Tests.Limits;

/// <summary>What clients hear of a server that stops: an orderly end of what has none of its own, and nothing that was acknowledged is lost.</summary>
public sealed class StopTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Record = """{"value":{"type":"STRING","data":"a"}}""";

    [Theory]
    [InlineData("")]
    [InlineData("{\"value\":{\"type\":\"STR")]
    public async Task A_stream_of_records_ends_with_an_object_that_says_so(string begun)
    {
        string topic = await proxy.NewTopicAsync();
        HttpClient http = await proxy.StartAsync(new ProxyOptions());
        using RawAnswer answer = await RawAnswer.SendAsync(http, await HeadAsync(http, topic) + Chunk(Record + begun));
        Assert.StartsWith("HTTP/1.1 200", await answer.HeadAsync(), StringComparison.Ordinal);
        Assert.Equal(200, CodeOf(await answer.ChunkAsync()));
        // The client ends nothing: the server does, and the connection.
        await proxy.StopAsync(http);
        Assert.Equal(50302, CodeOf(await answer.ChunkAsync()));
        Assert.Equal("", await answer.ChunkAsync());
        Assert.True(await answer.EndsInOrderAsync(), "cut");
        Assert.Equal(1, await proxy.Http.EndOffsetAsync(topic));
    }

    [Fact]
    public async Task So_does_one_that_said_how_long_it_is()
    {
        string topic = await proxy.NewTopicAsync();
        HttpClient http = await proxy.StartAsync(new ProxyOptions());
        string head = (await HeadAsync(http, topic)).Replace("Transfer-Encoding: chunked", "Content-Length: 1000", StringComparison.Ordinal);
        using RawAnswer answer = await RawAnswer.SendAsync(http, head + Record);
        Assert.StartsWith("HTTP/1.1 200", await answer.HeadAsync(), StringComparison.Ordinal);
        Assert.Equal(200, CodeOf(await answer.ChunkAsync()));
        await proxy.StopAsync(http);
        Assert.Equal(50302, CodeOf(await answer.ChunkAsync()));
        Assert.Equal("", await answer.ChunkAsync());
        Assert.True(await answer.EndsInOrderAsync(), "cut");
    }

    [Fact]
    public async Task A_stream_that_has_sent_nothing_is_refused()
    {
        string topic = await proxy.NewTopicAsync();
        HttpClient http = await proxy.StartAsync(new ProxyOptions());
        using RawAnswer answer = await RawAnswer.SendAsync(http, (await HeadAsync(http, topic)).Replace("Host", "Expect: 100-continue\r\nHost", StringComparison.Ordinal));
        Assert.StartsWith("HTTP/1.1 100", await answer.HeadAsync(), StringComparison.Ordinal);
        await proxy.StopAsync(http);
        string head = await answer.HeadAsync();
        Assert.StartsWith("HTTP/1.1 503", head, StringComparison.Ordinal);
        Assert.Contains("Connection: close", head, StringComparison.Ordinal);
        Assert.Equal(50302, CodeOf(await answer.ChunkAsync()));
        Assert.Equal("", await answer.ChunkAsync());
        Assert.True(await answer.EndsInOrderAsync(), "cut");
    }

    [Theory]
    [InlineData("Content-Length: 1000", "")]
    [InlineData("Content-Length: 1000", "{\"records\":[{")]
    [InlineData("Content-Length: 1000000", "{\"records\":[{")]
    [InlineData("Content-Length: 1000\r\nContent-Encoding: gzip", "{\"records\":[{")]
    [InlineData("Transfer-Encoding: chunked", "")]
    [InlineData("Transfer-Encoding: chunked", "c\r\n{\"records\":[\r\n")]
    [InlineData("Transfer-Encoding: chunked", "c\r\n{\"reco")]
    public async Task Half_a_body_is_not_waited_for(string length, string begun)
    {
        string topic = await proxy.NewTopicAsync();
        HttpClient http = await proxy.StartAsync(new ProxyOptions());
        using RawAnswer answer = await RawAnswer.SendAsync(
            http, $"POST /topics/{topic} HTTP/1.1\r\nHost: x\r\nContent-Type: {HttpCalls.V2Json}\r\nExpect: 100-continue\r\n{length}\r\n\r\n");
        // The body is asked for when somebody waits for it.
        Assert.StartsWith("HTTP/1.1 100", await answer.HeadAsync(), StringComparison.Ordinal);
        await answer.SendAsync(Encoding.ASCII.GetBytes(begun));
        await proxy.StopAsync(http);
        string head = await answer.HeadAsync();
        Assert.StartsWith("HTTP/1.1 503", head, StringComparison.Ordinal);
        Assert.Contains("Connection: close", head, StringComparison.Ordinal);
        Assert.Equal(50302, CodeOf(await answer.ChunkAsync()));
        Assert.Equal("", await answer.ChunkAsync());
        Assert.Equal(0, await proxy.Http.EndOffsetAsync(topic));
    }

    [Theory]
    [InlineData("/topics/TOPIC/partitions/0/records?offset=0&timeout=60000")]
    [InlineData("/v3/clusters/CLUSTER/topics/TOPIC/partitions/0/records?offset=0&wait=60000")]
    [InlineData("INSTANCE/records?timeout=60000")]
    [InlineData("INSTANCE/records?timeout=60000&ack=explicit")]
    public async Task What_waits_for_records_is_answered_with_none(string path)
    {
        string topic = await proxy.NewTopicAsync();
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var links = new OverheardLinks(proxy.NewLinks())
        {
            Tell = request =>
            {
                if (request is FetchRequest { MaxWaitMs: > 0 }) waiting.TrySetResult();
                return null;
            },
        };
        await using var kafka = new KafkaClient(links);
        HttpClient http = await proxy.StartAsync(new ProxyOptions { ConsumersTopic = "" }, client: kafka);
        if (path.StartsWith("INSTANCE", StringComparison.Ordinal)) path = path.Replace("INSTANCE", await InstanceAsync(http, topic), StringComparison.Ordinal);
        path = path.Replace("TOPIC", topic, StringComparison.Ordinal).Replace("CLUSTER", await http.ClusterIdAsync(), StringComparison.Ordinal);
        Task<Answer> asked = http.AskAsync(path);
        await waiting.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await proxy.StopAsync(http);
        Answer answer = await asked;
        Assert.Equal(200, answer.Status);
        Assert.Empty((answer.Json as JsonArray ?? answer.Json["data"])!.AsArray());
    }

    private static string Chunk(string text) => $"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n";

    private static int CodeOf(string text) => (int)JsonNode.Parse(text)!["error_code"]!;

    private static async Task<string> HeadAsync(HttpClient http, string topic) =>
        $"POST /v3/clusters/{await http.ClusterIdAsync()}/topics/{topic}/records HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

    private async Task<string> InstanceAsync(HttpClient http, string topic)
    {
        string group = proxy.NewName("g");
        string url = (string)(await http.PostAsync($"/consumers/{group}", HttpCalls.V2, """{"format":"json"}""")).Json["base_uri"]!;
        await http.PostAsync($"{url}/assignments", HttpCalls.V2, $$"""{"partitions":[{"topic":"{{topic}}","partition":0}]}""");
        return url;
    }
}
