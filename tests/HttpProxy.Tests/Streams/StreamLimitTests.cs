using System.Net.Sockets;
using System.Text;
using Gateway.Client;
using Gateway.Client.Producing;
using Gateway.HttpProxy.Tests.Running;
using Gateway.Testing;
using Microsoft.Extensions.Logging;

namespace Gateway.HttpProxy.Tests.Streams;

/// <summary>What bounds streams: their number, their age, their readers, and the server's end.</summary>
public sealed class StreamLimitTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Theory]
    [InlineData(2, 10)]
    [InlineData(10, 2)]
    public async Task Streams_beyond_the_limit_are_429_with_the_time_in_which_places_become_free(int all, int perClient)
    {
        string topic = await proxy.NewTopicAsync();
        var time = new ManualTime();
        await using KafkaClient client = proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxStreams = all, MaxStreamsPerClient = perClient }, client: client);
        using StreamClient first = await StreamClient.OpenAsync(http, $"/topics/{topic}/records");
        using StreamClient second = await StreamClient.OpenAsync(http, $"/topics/{topic}/records");
        Answer refused = await http.GetAsync($"/topics/{topic}/records", "text/event-stream");
        refused.Refused(429, 429);
        // Nobody left in the last minute.
        Assert.Equal(TimeSpan.FromMinutes(1), refused.Headers.RetryAfter!.Delta);

        // Streams that end give their places back: none of these is refused.
        await proxy.StopAsync(http);
        Assert.Null(await first.NextAsync());
        Assert.Null(await second.NextAsync());
    }

    [Fact]
    public async Task A_place_is_free_again_when_its_stream_has_ended()
    {
        string topic = await proxy.NewTopicAsync();
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxStreams = 1 });
        for (int i = 0; i < 3; i++) Assert.Equal(200, (await http.AskAsync($"/topics/{topic}/records?until=end")).Status);
        Assert.Equal(404, (await http.AskAsync("/topics/no-such/records?until=end")).Status);
        Assert.Equal(200, (await http.AskAsync($"/topics/{topic}/records?until=end")).Status);
        using StreamClient open = await StreamClient.OpenAsync(http, $"/topics/{topic}/records");
        Answer refused = await http.AskAsync($"/topics/{topic}/records?until=end");
        refused.Refused(429, 429);
        // Five left in the last minute: one in twelve seconds.
        Assert.Equal(TimeSpan.FromSeconds(12), refused.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task A_stream_at_rest_says_that_it_is_alive_and_where_it_stands()
    {
        string topic = await proxy.NewTopicAsync();
        var time = new ManualTime();
        await using KafkaClient client = proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxStreamAge = TimeSpan.FromMinutes(1) }, client: client);
        using StreamClient stream = await StreamClient.OpenAsync(http, $"/topics/{topic}/records?heartbeat=20s");
        using StreamClient lines = await StreamClient.OpenAsync(http, $"/topics/{topic}/records?heartbeat=20s", "application/x-ndjson");
        string start = (await stream.LineAsync())!;
        time.Advance(TimeSpan.FromSeconds(20));
        StreamEvent? alive = await stream.NextAsync();
        Assert.Equal(("heartbeat", "{}", start), (alive!.Name, alive.Data, "id: " + alive.Id));
        Assert.Equal("", await lines.LineAsync());

        // As old as a stream gets, it ends in an orderly way; its cursor goes on.
        time.Advance(TimeSpan.FromSeconds(41));
        while (await stream.NextAsync() is { } more) Assert.Equal("heartbeat", more.Name);
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_streams_without_an_error()
    {
        string topic = await proxy.NewTopicAsync();
        HttpClient http = await proxy.StartAsync(new ProxyOptions());
        using StreamClient stream = await StreamClient.OpenAsync(http, $"/topics/{topic}/records");
        Assert.StartsWith("id: ", await stream.LineAsync(), StringComparison.Ordinal);
        await proxy.StopAsync(http);
        Assert.Null(await stream.NextAsync());
    }

    [Fact]
    public async Task A_topic_that_is_deleted_ends_its_streams_with_an_error()
    {
        string topic = await proxy.NewTopicAsync();
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1}]}""");
        using StreamClient stream = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records");
        await stream.TakeAsync(1);
        await proxy.Client.Admin.DeleteTopicAsync(topic);
        StreamEvent? end = await stream.NextAsync();
        Assert.Equal(("error", 40401), (end!.Name, (int)end.Json["error_code"]!));
        Assert.Null(await stream.NextAsync());
    }

    [Fact]
    public async Task A_reader_that_stops_reading_is_cut_off_and_holds_up_nobody()
    {
        string topic = await proxy.NewTopicAsync();
        using var said = new AwaitedLine("takes too little of its answer");
        using var loggers = new LoggerFactory([said]);
        HttpClient http = await proxy.StartAsync(new ProxyOptions { ReaderStallTimeout = TimeSpan.FromSeconds(3) }, loggers: loggers);
        await using Producer producer = proxy.Client.CreateProducer();
        using var set = new RecordSet();
        for (int i = 0; i < 32; i++) set.Add(null, new byte[500_000]);
        await producer.ProduceAsync(topic, set);

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(http.BaseAddress!.Host, http.BaseAddress.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /topics/{topic}/records?format=binary HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"));
        using StreamClient other = await StreamClient.OpenAsync(http, $"/topics/{topic}/records?format=binary");
        Assert.Equal(32, (await other.TakeAsync(32)).Count);
        // Nothing was read here; what the kernel kept comes, and then the end, long before the stream's.
        long got = 0;
        var buffer = new byte[64 * 1024];
        await said.Seen.WaitAsync(TimeSpan.FromSeconds(60));
        try
        {
            while (await socket.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(60)) is var read and > 0) got += read;
        }
        catch (SocketException)
        {
            // Cut is cut: with bytes on their way it is a reset.
        }
        Assert.InRange(got, 0, 15_000_000);
    }
}
