using System.Text.Json.Nodes;
using Gateway.HttpProxy.Records;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Memory;

/// <summary>So many streams hold what they have read from the log at a time, and the others hold nothing.</summary>
public sealed class ReadTurnTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Lines = "application/x-ndjson";

    [Fact]
    public async Task A_stream_reads_when_one_of_so_many_others_has_sent_what_it_read()
    {
        (HttpClient http, string topic) = await StartAsync();
        List<Turn> others = await AllTurnsAsync(http);
        Task<Answer> stream = http.GetAsync(Path(topic), Lines);
        // Who reads once is not in line.
        for (int i = 0; i < 20; i++) Assert.Equal(200, (await http.AskAsync($"/topics/{topic}/partitions/0/records?offset=0")).Status);
        Assert.False(stream.IsCompleted);
        others[0].Dispose();
        string record = (await stream).Text.Split('\n').Single(static line => line.Contains("\"offset\":", StringComparison.Ordinal));
        Assert.Equal(1, (int)JsonNode.Parse(record)!["value"]!);
        // Its turn is over with the stream: there is one again.
        using Turn again = await proxy.ServiceOf(http).Reads.TakeAsync(default);
        foreach (Turn other in others[1..]) other.Dispose();
    }

    [Fact]
    public async Task A_stream_that_waits_for_its_turn_ends_with_the_server()
    {
        (HttpClient http, string topic) = await StartAsync();
        List<Turn> others = await AllTurnsAsync(http);
        using RawAnswer answer = await RawAnswer.SendAsync(http, $"GET {Path(topic)} HTTP/1.1\r\nHost: x\r\nAccept: {Lines}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await answer.HeadAsync(), StringComparison.Ordinal);
        await proxy.StopAsync(http);
        // No record, and the chunk that ends an answer, which one that is cut has not.
        Assert.Equal("0\r\n\r\n", await answer.RestAsync());
        foreach (Turn other in others) other.Dispose();
    }

    private static string Path(string topic) => $"/topics/{topic}/records?from=earliest&until=end";

    private async Task<(HttpClient Http, string Topic)> StartAsync()
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions());
        string topic = await proxy.NewTopicAsync();
        Assert.Equal(200, (await http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Status);
        return (http, topic);
    }

    private async Task<List<Turn>> AllTurnsAsync(HttpClient http)
    {
        var turns = new List<Turn>();
        while (turns.Count < ProxyService.MostReads) turns.Add(await proxy.ServiceOf(http).Reads.TakeAsync(default));
        return turns;
    }
}
