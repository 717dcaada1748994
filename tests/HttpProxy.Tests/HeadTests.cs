using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Tests.Running;
using Gateway.HttpProxy.V3;

namespace Gateway.HttpProxy.Tests;

/// <summary>HEAD asks what GET would answer (RFC 9110, 9.3.2).</summary>
public sealed class HeadTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Theory]
    [InlineData("/", 200)]
    [InlineData("/status/ready", 200)]
    [InlineData("/topics/TOPIC", 200)]
    [InlineData("/topics/TOPIC/partitions/0/offsets", 200)]
    [InlineData("/topics/TOPIC/partitions/0/records", 200)]
    [InlineData("/topics/no-such-topic", 404)]
    [InlineData("/topics/TOPIC/partitions/0/records?offset=many", 400)]
    [InlineData("/v3/clusters/CLUSTER/topics/TOPIC/configs", 200)]
    [InlineData("/v3/clusters/CLUSTER/topics/TOPIC/partitions/0/records", 200)]
    [InlineData("/kafka/v3/clusters/CLUSTER/topics/TOPIC", 200)]
    public async Task It_is_GET_without_the_body(string path, int status)
    {
        string topic = await proxy.NewTopicAsync();
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{"value":"{{new string('x', 100_000)}}"}]}""");
        path = path.Replace("TOPIC", topic, StringComparison.Ordinal).Replace("CLUSTER", await proxy.Http.ClusterIdAsync(), StringComparison.Ordinal);
        foreach (string? encoding in new[] { null, "gzip" })
        {
            using HttpResponseMessage head = await SendAsync(HttpMethod.Head, path, encoding), get = await SendAsync(HttpMethod.Get, path, encoding);
            Assert.Equal(status, (int)head.StatusCode);
            Assert.Equal(get.StatusCode, head.StatusCode);
            Assert.Equal(Told(get), Told(head));
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task The_connection_serves_what_comes_behind_it()
    {
        using RawAnswer answer = await RawAnswer.SendAsync(
            proxy.Http, "HEAD /v3/clusters HTTP/1.1\r\nHost: x\r\n\r\nGET /brokers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.Contains("\r\nContent-Length: ", await answer.HeadAsync(), StringComparison.Ordinal);
        string rest = await answer.RestAsync();
        Assert.StartsWith("HTTP/1.1 200 ", rest, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n{\"brokers\":[1]}", rest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/topics/TOPIC/records")]
    [InlineData("/v3/clusters/CLUSTER/topics/TOPIC/records:stream")]
    [InlineData("/ws/topics/TOPIC")]
    [InlineData("/consumers/g/instances/i/records")]
    public async Task It_neither_starts_a_stream_nor_reads_on(string path)
    {
        path = path.Replace("TOPIC", await proxy.NewTopicAsync(), StringComparison.Ordinal).Replace("CLUSTER", await proxy.Http.ClusterIdAsync(), StringComparison.Ordinal);
        using HttpResponseMessage head = await SendAsync(HttpMethod.Head, path, null);
        Assert.Equal(405, (int)head.StatusCode);
        Assert.Equal(["GET"], head.Content.Headers.Allow);
    }

    [Fact]
    public void It_is_answered_on_every_other_route_that_reads() => Assert.Equal(
        4, V2Routes.All.Concat(V3Routes.All).Count(static route => route is { Method: "GET", HasHead: false }));

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? encoding)
    {
        using var request = new HttpRequestMessage(method, path);
        if (encoding is not null) request.Headers.Add("Accept-Encoding", encoding);
        return await proxy.Http.SendAsync(request);
    }

    /// <summary>What the head of an answer tells of it, but for what is told anew each time.</summary>
    private static IEnumerable<string> Told(HttpResponseMessage response) =>
        response.Content.Headers.Concat(response.Headers)
            .Where(static header => header.Key is not ("Date" or "Server-Timing" or "Transfer-Encoding"))
            .Select(static header => $"{header.Key}: {string.Join(", ", header.Value)}").Order();
}
