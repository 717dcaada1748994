using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Client;
using Gateway.HttpProxy.Tests.Running;
using Gateway.Testing;

namespace Gateway.HttpProxy.Tests.Limits;

/// <summary>A stream of records sent ends when it is as old as one gets (http-proxy §4.3).</summary>
public sealed class ProduceStreamAgeTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Record = """{"value":{"type":"STRING","data":"a"}}""";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_old_stream_ends_with_408_and_what_came_before_is_written()
    {
        string topic = await proxy.NewTopicAsync();
        var time = new ManualTime();
        await using KafkaClient kafka = proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxStreamAge = TimeSpan.FromMinutes(1) }, client: kafka);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, http.BaseAddress!.Port);
        await using NetworkStream stream = client.GetStream();
        using var answers = new StreamReader(stream, Encoding.UTF8);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{await HeadAsync(http, topic)}Transfer-Encoding: chunked\r\n\r\n{Record.Length:x}\r\n{Record}\r\n"));
        Assert.Equal(200, (int)(await NextAsync(answers))["error_code"]!);
        time.Advance(TimeSpan.FromSeconds(59));
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{Record.Length:x}\r\n{Record}\r\n"));
        Assert.Equal(1, (long)(await NextAsync(answers))["offset"]!);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(408, (int)(await NextAsync(answers))["error_code"]!);
        Assert.Equal(2, (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2Binary)).Json.AsArray().Count);
    }

    [Theory]
    // A stream may rest before its first record as behind it; who says how much there is has it.
    [InlineData("Transfer-Encoding: chunked", 60, "A stream ends after 60 s; go on with another.")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Encoding: gzip", 60, "A stream ends after 60 s; go on with another.")]
    [InlineData("Content-Length: 37", 10, "The request announces a body and sent none of it for 10 s.")]
    public async Task One_that_sends_nothing_ends_with_408_and_its_place_is_free_again(string framing, int seconds, string message)
    {
        string topic = await proxy.NewTopicAsync();
        var time = new ManualTime();
        await using KafkaClient kafka = proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxStreamAge = TimeSpan.FromMinutes(1), MaxStreams = 1 }, client: kafka);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, http.BaseAddress!.Port);
        await using NetworkStream stream = client.GetStream();
        using var answers = new StreamReader(stream, Encoding.UTF8);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{await HeadAsync(http, topic)}Expect: 100-continue\r\n{framing}\r\n\r\n"));
        // The server reads, so its clock runs.
        Assert.Equal("HTTP/1.1 100 Continue", await answers.ReadLineAsync().WaitAsync(s_patience));
        time.Advance(TimeSpan.FromSeconds(seconds));
        JsonNode end = await NextAsync(answers);
        Assert.Equal((408, message), ((int)end["error_code"]!, (string?)end["message"]));
        Assert.Equal(200, (await http.AskAsync($"/topics/{topic}/records?until=end")).Status);
    }

    private static async Task<string> HeadAsync(HttpClient http, string topic) =>
        $"POST /v3/clusters/{await http.ClusterIdAsync()}/topics/{topic}/records HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

    /// <summary>The next object, between the head of the answer and the sizes of its chunks.</summary>
    private static async Task<JsonNode> NextAsync(StreamReader answers)
    {
        while (await answers.ReadLineAsync().WaitAsync(s_patience) is { } line)
        {
            if (!line.StartsWith('{')) continue;
            DocumentedAnswers.CheckObject("POST", "/v3/clusters/c/topics/t/records", "application/json", Encoding.UTF8.GetBytes(line));
            return JsonNode.Parse(line)!;
        }
        throw new EndOfStreamException("The answer ended without another object.");
    }
}
