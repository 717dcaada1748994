using System.Text;
using Gateway.Client.Fetching;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Produce;

/// <summary>Request headers with bytes beyond ASCII: read where they are UTF-8, carried where they may be anything, refused in words of ours.</summary>
public sealed class HeaderTextTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Latin = "\u00e9";

    // The same letter as its two bytes in UTF-8.
    private const string Text = "\u00c3\u00a9";

    [Theory]
    [InlineData("/topics/TOPIC", """{"records":[{"value":1}]}""")]
    [InlineData("/v3/clusters/CLUSTER/topics/TOPIC/records", """{"value":{"type":"JSON","data":1}}""")]
    public async Task An_idempotency_key_is_text(string path, string body)
    {
        string topic = await proxy.NewTopicAsync();
        string cluster = await proxy.Http.ClusterIdAsync();
        path = path.Replace("TOPIC", topic, StringComparison.Ordinal).Replace("CLUSTER", cluster, StringComparison.Ordinal);
        using HttpClient http = NewClient();
        (await SendAsync(http, path, body, "Idempotency-Key", Latin)).Refused(400, 400);
        Answer first = await SendAsync(http, path, body, "Idempotency-Key", Text);
        Assert.Equal(200, first.Status);
        Answer again = await SendAsync(http, path, body, "Idempotency-Key", Text);
        Assert.Equal((first.Text, true), (again.Text, again.Headers.Contains("Idempotency-Replayed")));
    }

    [Fact]
    public async Task A_header_of_a_record_is_carried_byte_by_byte()
    {
        string topic = await proxy.NewTopicAsync();
        using HttpClient http = NewClient();
        Assert.Equal(200, (await SendAsync(http, $"/topics/{topic}/raw", "1", "X-Kafka-Header-a", Latin)).Status);
        Assert.Equal(200, (await SendAsync(http, $"/topics/{topic}/raw", "1", "X-Kafka-Header-a", Text)).Status);
        using FetchedRecords read = await proxy.Client.Fetcher.ReadAsync(new TopicPartition(topic, 0), 0, new FetchLimits(1 << 20, TimeSpan.Zero), default);
        Assert.Equal(["E9", "C3A9"], read.ReadRecords().Select(static record => Convert.ToHexString(record.Headers.Single(static header => header.Key == "a").Value!.Value.Span)));
    }

    [Fact]
    public async Task An_attribute_of_an_event_is_text()
    {
        string topic = await proxy.NewTopicAsync();
        using HttpClient http = NewClient();
        (string, string)[] headers = [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t"), ("Content-Type", "application/json")];
        (await http.RequestAsync($"/topics/{topic}", "1"u8.ToArray(), [.. headers, ("ce-subject", Latin)])).Refused(400, 400);
        Assert.Equal(200, (await http.RequestAsync($"/topics/{topic}", "1"u8.ToArray(), [.. headers, ("ce-subject", Text)])).Status);
    }

    private static Task<Answer> SendAsync(HttpClient http, string path, string body, string header, string value) =>
        http.RequestAsync(path, Encoding.UTF8.GetBytes(body), ("Content-Type", "application/json"), (header, value));

    /// <summary>A client that sends characters as bytes.</summary>
    private HttpClient NewClient() => new(new DocumentedAnswers(new SocketsHttpHandler { RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1 }))
    {
        BaseAddress = proxy.Http.BaseAddress,
    };
}
