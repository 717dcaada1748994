using System.IO.Pipelines;
using System.Net;
using Gateway.HttpProxy.Handover;
using Gateway.HttpProxy.Streams;
using Gateway.HttpProxy.Tests.Running;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.HttpProxy.Tests.Streams;

/// <summary>Streams that go on when their request is over, as they stand on the wire (docs/decisions/0023).</summary>
public sealed class HandoverTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Fact]
    public async Task A_stream_goes_on_in_chunks_and_ends_with_the_last()
    {
        string topic = await proxy.NewTopicAsync();
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxStreams = 1 });
        using RawAnswer stream = await GetAsync(http, $"/topics/{topic}/records?max_records=2");
        string head = await stream.HeadAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: text/event-stream\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", head, StringComparison.Ordinal);
        Assert.Single(head.Split("\r\n"), "Transfer-Encoding: chunked");
        Assert.Matches("^id: [A-Za-z0-9_-]+\nretry: 1000\n\n$", await stream.ChunkAsync());
        await ProduceAsync(http, topic, 1);
        Assert.Matches("^id: .*\nevent: record\ndata: {.*\"value\":1.*}\n\n$", await stream.ChunkAsync());
        await ProduceAsync(http, topic, 2);
        Assert.Matches("^id: .*\nevent: record\ndata: {.*\"value\":2.*}\n\n$", await stream.ChunkAsync());
        Assert.Equal("", await stream.ChunkAsync());
        Assert.Equal("", await stream.RestAsync());
        // And its place is free.
        using StreamClient next = await StreamClient.OpenAsync(http, $"/topics/{topic}/records");
        Assert.Equal(200, next.Status);
    }

    [Fact]
    public async Task A_stream_of_what_is_there_leaves_its_connection_for_the_next_request()
    {
        string topic = await proxy.NewTopicAsync();
        await ProduceAsync(proxy.Http, topic, 1);
        using RawAnswer connection = await GetAsync(proxy.Http, $"/topics/{topic}/records?until=end");
        Assert.DoesNotContain("Connection: close", await connection.HeadAsync(), StringComparison.Ordinal);
        while ((await connection.ChunkAsync()).Length > 0) { }
        await connection.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await connection.HeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_is_gone_gives_its_place_and_its_partitions_back()
    {
        string topic = await proxy.NewTopicAsync(partitions: 2);
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxStreams = 1 });
        string path = $"/topics/{topic}/records?group={proxy.NewName("group")}";
        using RawAnswer stream = await GetAsync(http, path);
        await stream.HeadAsync();
        string share = "";
        while (!share.Contains("event: rebalance\ndata: {\"partitions\":[0,1]}", StringComparison.Ordinal)) share = await stream.ChunkAsync();
        stream.EndInput();
        await stream.RestAsync();
        // Neither refused for want of a place nor given half of the partitions.
        using StreamClient next = await StreamClient.OpenAsync(http, path);
        Assert.Equal(200, next.Status);
        StreamEvent? first = await next.NextAsync();
        Assert.Equal(("rebalance", "{\"partitions\":[0,1]}"), (first!.Name, first.Data));
    }

    [Fact]
    public async Task A_little_behind_the_request_is_ignored_and_much_of_it_cuts_the_connection()
    {
        string topic = await proxy.NewTopicAsync();
        using RawAnswer stream = await GetAsync(proxy.Http, $"/topics/{topic}/records");
        await stream.SendAsync("\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        await stream.HeadAsync();
        await stream.ChunkAsync();
        await ProduceAsync(proxy.Http, topic, 1);
        Assert.Contains("\"value\":1", await stream.ChunkAsync(), StringComparison.Ordinal);
        try
        {
            await stream.SendAsync(new byte[2 * TrailingInput.MaxBytes]);
        }
        catch (IOException)
        {
            // Cut while it was sent.
        }
        // No last chunk: what was cut does not look like an end.
        Assert.Equal("", await stream.RestAsync());
    }

    [Fact]
    public async Task Over_HTTP_1_0_a_stream_stays_within_its_request_and_has_no_chunks()
    {
        string topic = await proxy.NewTopicAsync();
        await ProduceAsync(proxy.Http, topic, 1);
        using RawAnswer stream = await RawAnswer.SendAsync(
            proxy.Http, $"GET /topics/{topic}/records?max_records=1 HTTP/1.0\r\nHost: x\r\nAccept: application/x-ndjson\r\n\r\n");
        Assert.DoesNotContain("chunked", await stream.HeadAsync(), StringComparison.Ordinal);
        Assert.Matches("^{.*\"value\":1.*}\n$", await stream.RestAsync());
    }

    [Fact]
    public async Task Over_HTTP_2_streams_share_a_connection()
    {
        string topic = await proxy.NewTopicAsync();
        HttpClient http = await proxy.StartAsync(new ProxyOptions(), protocols: HttpProtocols.Http2);
        (http.DefaultRequestVersion, http.DefaultVersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        using StreamClient first = await OpenSecondAsync();
        using StreamClient second = await OpenSecondAsync();
        await ProduceAsync(proxy.Http, topic, 1);
        Assert.Equal(1, (int)(await first.TakeAsync(1))[0].Json["value"]!);
        Assert.Equal(1, (int)(await second.TakeAsync(1))[0].Json["value"]!);
        await proxy.StopAsync(http);
        Assert.Null(await first.NextAsync());

        async Task<StreamClient> OpenSecondAsync()
        {
            StreamClient stream = await StreamClient.OpenAsync(http, $"/topics/{topic}/records");
            Assert.Equal(HttpVersion.Version20, stream.Response.Version);
            return stream;
        }
    }

    [Fact]
    public async Task What_is_refused_is_an_ordinary_answer_and_its_connection_goes_on()
    {
        using RawAnswer connection = await GetAsync(proxy.Http, "/topics/no-such/records");
        string head = await connection.HeadAsync();
        Assert.StartsWith("HTTP/1.1 404 ", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Connection: close", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_does_not_take_the_last_bytes_is_cut_off_too()
    {
        await using var service = new ProxyService(proxy.Client, options: new ProxyOptions { ReaderStallTimeout = TimeSpan.FromMilliseconds(100), ConsumersTopic = "" });
        var (toClient, toServer) = (new Pipe(), new Pipe());
        await using var connection = new DefaultConnectionContext("1", new Ends(toServer.Reader, toClient.Writer), new Ends(toClient.Reader, toServer.Writer));
        await toClient.Writer.WriteAsync("the last bytes"u8.ToArray());
        // Nobody reads the other end: without the cut this does not end.
        await new ConnectionPeer(connection, service).CloseAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(connection.ConnectionClosed.IsCancellationRequested);
        ReadResult left = await toClient.Reader.ReadAsync();
        Assert.Equal((14L, true), (left.Buffer.Length, left.IsCompleted));
    }

    private static Task<RawAnswer> GetAsync(HttpClient http, string path) =>
        RawAnswer.SendAsync(http, $"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");

    private static async Task ProduceAsync(HttpClient http, string topic, int value) =>
        Assert.Equal(200, (await http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{"value":{{value}}}]}""")).Status);

    private sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
