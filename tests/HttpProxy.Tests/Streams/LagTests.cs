using System.Net.WebSockets;
using Gateway.Client;
using Gateway.HttpProxy.Tests.Running;
using Gateway.Testing;

namespace Gateway.HttpProxy.Tests.Streams;

/// <summary>Streams that tell how far they are behind (http-proxy §9.1, event <c>lag</c>).</summary>
public sealed class LagTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Behind = """{"lag":[{"partition":0,"position":0,"end":3,"lag":3},{"partition":1,"position":0,"end":0,"lag":0}]}""";

    [Fact]
    public async Task A_stream_tells_how_far_it_is_behind_when_that_changes()
    {
        string topic = await NewTopicAsync();
        var time = new ManualTime();
        await using KafkaClient client = proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(new ProxyOptions(), client: client);
        using StreamClient stream = await StreamClient.OpenAsync(http, $"/topics/{topic}/records?lag=true&heartbeat=20s");
        Assert.Equal(("lag", Behind), await NextAsync(stream));
        await stream.TakeAsync(3);
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(("lag", """{"lag":[{"partition":0,"position":3,"end":3,"lag":0},{"partition":1,"position":0,"end":0,"lag":0}]}"""), await NextAsync(stream));
        // As it was: then only the heartbeat comes.
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(("heartbeat", "{}"), await NextAsync(stream));
        // Changes between two beats are told once, by the second.
        for (int i = 0; i < 2; i++)
        {
            await ProduceAsync(topic, 1);
            await stream.TakeAsync(1);
            time.Advance(TimeSpan.FromSeconds(10));
        }
        Assert.Equal(("lag", """{"lag":[{"partition":0,"position":3,"end":3,"lag":0},{"partition":1,"position":2,"end":2,"lag":0}]}"""), await NextAsync(stream));
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(("heartbeat", "{}"), await NextAsync(stream));
        await proxy.StopAsync(http);
    }

    [Fact]
    public async Task Lines_and_sockets_tell_it_too()
    {
        string topic = await NewTopicAsync();
        using StreamClient lines = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?lag=true", "application/x-ndjson");
        Assert.Equal(Behind, await lines.LineAsync());

        // Without any credit: it is no record.
        using ClientWebSocket socket = await proxy.Http.OpenSocketAsync($"/ws/topics/{topic}?lag=true");
        Assert.Equal(Behind, await socket.HearAsync());
    }

    [Fact]
    public async Task A_slow_reader_hears_where_the_log_ends()
    {
        string topic = await NewTopicAsync();
        var time = new ManualTime();
        await using KafkaClient client = proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(new ProxyOptions(), client: client);
        using StreamClient stream = await StreamClient.OpenAsync(http, $"/topics/{topic}/records?lag=true&heartbeat=1s&max_rate=1&partitions=0");
        Assert.Equal("lag", (await NextAsync(stream)).Name);
        await stream.TakeAsync(1);
        await ProduceAsync(topic, 0);
        time.Advance(TimeSpan.FromSeconds(1));
        (string Name, string Data) told;
        do told = await NextAsync(stream);
        while (told.Name == "record");
        Assert.Equal("lag", told.Name);
        Assert.Contains("\"end\":4,", told.Data, StringComparison.Ordinal);
        await proxy.StopAsync(http);
    }

    [Fact]
    public async Task A_member_of_a_group_tells_of_what_it_was_given()
    {
        string topic = await NewTopicAsync();
        using StreamClient stream = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?lag=true&group={topic}");
        Assert.Equal("rebalance", (await NextAsync(stream)).Name);
        Assert.Equal(("lag", Behind), await NextAsync(stream));
    }

    [Theory]
    [InlineData("lag=yes")]
    [InlineData("lag=true&heartbeat=0")]
    public async Task What_is_no_rhythm_is_refused(string query) =>
        (await proxy.Http.AskAsync($"/topics/{await proxy.NewTopicAsync()}/records?{query}")).Refused(400, 40002);

    private static async Task<(string Name, string Data)> NextAsync(StreamClient stream)
    {
        StreamEvent next = (await stream.NextAsync())!;
        return (next.Name, next.Data);
    }

    /// <summary>Two partitions, of which the first has three records.</summary>
    private async Task<string> NewTopicAsync()
    {
        string topic = await proxy.NewTopicAsync(2);
        for (int i = 0; i < 3; i++) await ProduceAsync(topic, 0);
        return topic;
    }

    private async Task ProduceAsync(string topic, int partition) =>
        Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{"value":1,"partition":{{partition}}}]}""")).Status);
}
