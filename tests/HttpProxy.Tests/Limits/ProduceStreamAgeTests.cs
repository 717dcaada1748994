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
    [Fact]
    public async Task An_old_stream_ends_with_408_and_what_came_before_is_written()
    {
        string topic = await proxy.NewTopicAsync();
        var time = new ManualTime();
        await using KafkaClient kafka = proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxStreamAge = TimeSpan.FromMinutes(1) }, client: kafka);
        string cluster = await http.ClusterIdAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, http.BaseAddress!.Port);
        await using NetworkStream stream = client.GetStream();
        using var answers = new StreamReader(stream, Encoding.UTF8);
        const string Record = """{"value":{"type":"STRING","data":"a"}}""";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v3/clusters/{cluster}/topics/{topic}/records HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + $"{Record.Length:x}\r\n{Record}\r\n"));
        Assert.Equal(200, (int)(await NextAsync(answers))["error_code"]!);
        time.Advance(TimeSpan.FromSeconds(59));
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{Record.Length:x}\r\n{Record}\r\n"));
        Assert.Equal(1, (long)(await NextAsync(answers))["offset"]!);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(408, (int)(await NextAsync(answers))["error_code"]!);
        Assert.Equal(2, (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2Binary)).Json.AsArray().Count);
    }

    /// <summary>The next object, between the head of the answer and the sizes of its chunks.</summary>
    private static async Task<JsonNode> NextAsync(StreamReader answers)
    {
        while (await answers.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
        {
            if (!line.StartsWith('{')) continue;
            DocumentedAnswers.CheckObject("POST", "/v3/clusters/c/topics/t/records", "application/json", Encoding.UTF8.GetBytes(line));
            return JsonNode.Parse(line)!;
        }
        throw new EndOfStreamException("The answer ended without another object.");
    }
}
