using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.HttpProxy.Sockets;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Streams;

/// <summary>Streams over WebSockets, by credit (http-proxy §9.0; RFC 6455).</summary>
public sealed class SocketTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Fact]
    public void The_handshake_proves_that_it_was_understood() =>
        // RFC 6455, 1.3.
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Handshake.AcceptOf("dGhlIHNhbXBsZSBub25jZQ=="));

    [Fact]
    public async Task Records_come_as_far_as_the_credit_goes()
    {
        string topic = await NewTopicAsync(10);
        using ClientWebSocket socket = await proxy.Http.OpenSocketAsync($"/ws/topics/{topic}?from=earliest");
        await socket.SayAsync("""{"credit":2}""");
        Assert.Equal((0, 1), (await OffsetAsync(socket), await OffsetAsync(socket)));
        Task<long> waiting = OffsetAsync(socket);
        // Credit is the only way on: with it the next record comes, and not before.
        Assert.False(waiting.IsCompleted);
        await socket.SayAsync(""" { "credit" : 100 } """);
        Assert.Equal(2, await waiting);
        for (int i = 3; i < 10; i++) Assert.Equal(i, await OffsetAsync(socket));
        await ProduceAsync(topic);
        Assert.Equal(10, await OffsetAsync(socket));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).WaitAsync(SocketCalls.Patience);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task A_cursor_goes_on_behind_its_record()
    {
        string topic = await NewTopicAsync(4);
        string cursor;
        using (ClientWebSocket socket = await proxy.Http.OpenSocketAsync($"/ws/topics/{topic}?cursors=true"))
        {
            await socket.SayAsync("""{"credit":2}""");
            await OffsetAsync(socket);
            cursor = (string)(await RecordAsync(socket))["cursor"]!;
        }
        using ClientWebSocket again = await proxy.Http.OpenSocketAsync($"/ws/topics/{topic}?cursor={cursor}&until=end");
        await again.SayAsync("""{"credit":100}""");
        Assert.Equal((2, 3), (await OffsetAsync(again), await OffsetAsync(again)));
        Assert.Equal(WebSocketMessageType.Close, (await again.ReceiveAsync(new byte[100], CancellationToken.None).WaitAsync(SocketCalls.Patience)).MessageType);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, again.CloseStatus);
    }

    [Theory]
    [InlineData("credit", WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("{}", WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("""{"credit":0}""", WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("""{"credit":1.5}""", WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("""{"credit":99999999999999999999}""", WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("""{"credit":1,"x":1}""", WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("""{"credit":1,"id":1}""", WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("""{"credit":1,"commit":"a"}""", WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("""{"id":1}""", WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("""{"commit":1}""", WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("""{"commit":"\ud800"}""", WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("""{"produce":[]}""", WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("""{"produce":{},"id":{}}""", WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("""{"produce":{}} x""", WebSocketCloseStatus.InvalidPayloadData)]
    public async Task What_nobody_understands_closes_the_socket(string message, WebSocketCloseStatus status)
    {
        using ClientWebSocket socket = await proxy.Http.OpenSocketAsync($"/ws/topics/{await NewTopicAsync(0)}");
        await socket.SayAsync(message);
        await socket.ReceiveAsync(new byte[100], CancellationToken.None).WaitAsync(SocketCalls.Patience);
        Assert.Equal(status, socket.CloseStatus);
    }

    [Fact]
    public async Task A_message_that_does_not_end_closes_the_socket()
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxRequestBytes = 1000 });
        using ClientWebSocket socket = await http.OpenSocketAsync($"/ws/topics/{await NewTopicAsync(0)}");
        await socket.SendAsync(new byte[1001], WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None);
        await socket.ReceiveAsync(new byte[100], CancellationToken.None).WaitAsync(SocketCalls.Patience);
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, socket.CloseStatus);
    }

    [Fact]
    public async Task A_server_that_stops_closes_its_sockets()
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions());
        using ClientWebSocket socket = await http.OpenSocketAsync($"/ws/topics/{await NewTopicAsync(0)}");
        Task stopping = proxy.StopAsync(http);
        await socket.ReceiveAsync(new byte[100], CancellationToken.None).WaitAsync(SocketCalls.Patience);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await stopping.WaitAsync(SocketCalls.Patience);
    }

    [Fact]
    public async Task What_cannot_be_streamed_is_told_before_the_handshake()
    {
        string topic = await NewTopicAsync(0);
        (await proxy.Http.AskAsync($"/ws/topics/{topic}")).Refused(426, 426);
        Assert.Contains("404", (await Assert.ThrowsAsync<WebSocketException>(() => proxy.Http.OpenSocketAsync("/ws/topics/no-such"))).Message, StringComparison.Ordinal);
        Assert.Contains("400", (await Assert.ThrowsAsync<WebSocketException>(() => proxy.Http.OpenSocketAsync($"/ws/topics/{topic}?from=soon"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_of_other_origins_open_none()
    {
        string topic = await NewTopicAsync(0);
        Assert.Contains("403", (await Assert.ThrowsAsync<WebSocketException>(() => proxy.Http.OpenSocketAsync($"/ws/topics/{topic}", origin: "http://evil.example"))).Message, StringComparison.Ordinal);
        using ClientWebSocket own = await proxy.Http.OpenSocketAsync($"/ws/topics/{topic}", origin: proxy.Http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        Assert.Equal(WebSocketState.Open, own.State);
    }

    private static async Task<long> OffsetAsync(ClientWebSocket socket) => (long)(await RecordAsync(socket))["offset"]!;

    private static async Task<JsonNode> RecordAsync(ClientWebSocket socket)
    {
        byte[] record = Encoding.UTF8.GetBytes(await socket.HearAsync());
        DocumentedAnswers.CheckObject("GET", "/topics/any/records", "application/x-ndjson", record);
        return JsonNode.Parse(record)!;
    }

    private async Task<string> NewTopicAsync(int records)
    {
        string topic = await proxy.NewTopicAsync();
        for (int i = 0; i < records; i++) await ProduceAsync(topic);
        return topic;
    }

    private async Task ProduceAsync(string topic) =>
        Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Status);
}
