using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;
using Microsoft.Extensions.Logging;

namespace Gateway.HttpProxy.Tests;

/// <summary>Bodies that are announced, begun, and not ended: what they hold is bounded, and other requests are served.</summary>
public sealed class HostileBodyTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const int Megabyte = 1 << 20;
    private const string Small = """{"records":[{"value":1}]}""";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Bytes_that_were_only_announced_take_nothing_from_others()
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxRequestBytes = Megabyte, MaxBufferedRequestBytes = Megabyte });
        string topic = await proxy.NewTopicAsync();
        List<TcpClient> announcing = [];
        for (int i = 0; i < 10; i++) announcing.Add(await BeginAsync(http, topic, Megabyte, 1000));
        Answer answer = await http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{"value":"{{new string('x', 100_000)}}"}]}""");
        Assert.Equal(200, answer.Status);
        announcing.ForEach(static client => client.Dispose());
    }

    [Fact]
    public async Task Whatever_large_bodies_hold_small_ones_pass()
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxRequestBytes = Megabyte, MaxBufferedRequestBytes = Megabyte });
        string topic = await proxy.NewTopicAsync();
        // Each alone fits into the share of the large, both together do not: who comes second is refused, and the first keeps what it has.
        using TcpClient first = await BeginAsync(http, topic, 900_000, 500_000);
        await Task.Run(async () =>
        {
            while (proxy.ServiceOf(http).Bodies.Held != 900_000) await Task.Yield();
        }).WaitAsync(Deadline);
        using TcpClient second = await BeginAsync(http, topic, 900_000, 500_000);
        string answer = await ReadAsync(second).WaitAsync(Deadline);
        Assert.StartsWith("HTTP/1.1 429 ", answer, StringComparison.Ordinal);
        Assert.Equal(429, (int)JsonNode.Parse(answer[answer.IndexOf('{', StringComparison.Ordinal)..(answer.LastIndexOf('}') + 1)])!["error_code"]!);
        Assert.Equal(200, (await http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, Small)).Status);
        Assert.Equal(200, (await http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{"value":"{{new string('x', 60_000)}}"}]}""")).Status);
        (await http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{"value":"{{new string('x', 600_000)}}"}]}""")).Refused(429, 429);
    }

    [Fact]
    public async Task A_large_body_that_does_not_get_on_is_408()
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions { BodyStallTimeout = TimeSpan.FromMilliseconds(200) });
        using TcpClient client = await BeginAsync(http, await proxy.NewTopicAsync(), Megabyte, 200_000);
        string answer = await ReadAsync(client).WaitAsync(Deadline);
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"error_code\":408", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_does_not_read_its_answer_is_cut_off()
    {
        using var said = new AwaitedLine("takes too little of its answer");
        using var loggers = new LoggerFactory([said]);
        HttpClient http = await proxy.StartAsync(new ProxyOptions { ReaderStallTimeout = TimeSpan.FromMilliseconds(200) }, loggers: loggers);
        string topic = await proxy.NewTopicAsync();
        string record = $$"""{"value":"{{new string('x', 900_000)}}"}""";
        for (int i = 0; i < 12; i++) Assert.Equal(200, (await http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{{record}}]}""")).Status);
        using var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(http.BaseAddress!.Host, http.BaseAddress.Port);
        string ask = $"GET /topics/{topic}/partitions/0/records?offset=0&max_bytes=50000000 HTTP/1.1\r\nHost: x\r\nAccept: {HttpCalls.V2Json}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(ask));
        // The answer is far more than the kernel keeps for a client; reading begins only after the server has given it up.
        await said.Seen.WaitAsync(Deadline);
        byte[] bytes = new byte[1 << 20];
        long length = 0;
        try
        {
            for (int count; (count = await client.GetStream().ReadAsync(bytes).AsTask().WaitAsync(Deadline)) > 0;) length += count;
        }
        catch (IOException)
        {
            // Cut, not ended.
        }
        Assert.InRange(length, 0, 12 * 900_000 - 1);
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFF")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF")]
    [InlineData("-1")]
    [InlineData("zz")]
    public async Task A_chunk_of_no_size_is_400(string size)
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions());
        using var client = new TcpClient();
        await client.ConnectAsync(http.BaseAddress!.Host, http.BaseAddress.Port);
        string head = $"POST /topics/{await proxy.NewTopicAsync()} HTTP/1.1\r\nHost: x\r\nContent-Type: {HttpCalls.V2Json}\r\nTransfer-Encoding: chunked\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{head}{size}\r\n{{}}\r\n"));
        Assert.StartsWith("HTTP/1.1 400 ", await ReadAsync(client).WaitAsync(Deadline), StringComparison.Ordinal);
    }

    /// <summary>The head of a produce, and a part of its body.</summary>
    private static async Task<TcpClient> BeginAsync(HttpClient http, string topic, int announced, int sent)
    {
        var client = new TcpClient();
        await client.ConnectAsync(http.BaseAddress!.Host, http.BaseAddress.Port);
        string head = $"POST /topics/{topic} HTTP/1.1\r\nHost: x\r\nContent-Type: {HttpCalls.V2Json}\r\nContent-Length: {announced}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + "{\"records\":[{\"value\":\"" + new string('x', sent)));
        return client;
    }

    /// <summary>What comes until there is a whole JSON object.</summary>
    private static async Task<string> ReadAsync(TcpClient client)
    {
        byte[] bytes = new byte[4096];
        int length = 0;
        while (!Encoding.UTF8.GetString(bytes, 0, length).Contains('}', StringComparison.Ordinal))
        {
            int count = await client.GetStream().ReadAsync(bytes.AsMemory(length));
            if (count == 0) throw new EndOfStreamException($"after {Encoding.UTF8.GetString(bytes, 0, length)}");
            length += count;
        }
        string answer = Encoding.UTF8.GetString(bytes, 0, length);
        DocumentedAnswers.Check("POST", "/topics/any", answer);
        return answer;
    }
}
