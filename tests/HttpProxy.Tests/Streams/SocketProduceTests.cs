using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.HttpProxy.Sockets;
using Gateway.HttpProxy.Tests.Running;
using Gateway.Schemas;
using Gateway.Schemas.Lookup;

namespace Gateway.HttpProxy.Tests.Streams;

/// <summary>Keys, conditions and acknowledgements of records that are written over a WebSocket, and several under way at once (http-proxy §9.1, §9.4).</summary>
public sealed class SocketProduceTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_message_with_a_key_is_written_once_however_often_and_wherever_it_comes()
    {
        string topic = await proxy.NewTopicAsync();
        const string Message = """{"key":"order 17","produce":{"records":[{"value":1},{"value":2}]},"id":1}""";
        string first;
        using (ClientWebSocket socket = await OpenAsync($"/ws/topics/{topic}?from=latest"))
        {
            first = await AskAsync(socket, Message);
            Assert.Contains("\"offset\":1,", first, StringComparison.Ordinal);
            Assert.Equal($"{first[..^1]},\"replayed\":true}}", await AskAsync(socket, Message));
        }
        // Whoever comes back opens the stream elsewhere.
        using ClientWebSocket again = await OpenAsync($"/ws/topics/{topic}?from=earliest&cursors=true");
        Assert.Equal($"{first[..^1]},\"replayed\":true}}", await AskAsync(again, Message));
        Assert.Equal(422, CodeOf(await AskAsync(again, Message.Replace("\"value\":2", "\"value\":3", StringComparison.Ordinal))));
        Assert.Equal(2, await EndAsync(topic));
    }

    [Fact]
    public async Task Conditions_hold_one_after_another_without_waiting_for_answers()
    {
        string topic = await proxy.NewTopicAsync();
        using ClientWebSocket socket = await OpenAsync($"/ws/topics/{topic}");
        const int count = 40;
        for (int i = 0; i < count; i++)
            await SayAsync(socket, $$$"""{"id":{{{i}}},"if_end_offset":{{{i}}},"produce":{"records":[{"value":{{{i}}}}]},"acks":"all"}""");
        await SayAsync(socket, """{"id":"late","if_end_offset":3,"produce":{"records":[{"value":"late"}]}}""");
        for (int i = 0; i < count; i++)
        {
            JsonNode answer = JsonNode.Parse(await HearAsync(socket))!;
            Assert.Equal((i, i), ((int)answer["id"]!, (int)answer["produced"]!["offsets"]![0]!["offset"]!));
        }
        JsonNode late = JsonNode.Parse(await HearAsync(socket))!;
        Assert.Equal(("late", 412), ((string?)late["id"], (int)late["error_code"]!));
        Assert.Equal(count, await EndAsync(topic));
    }

    [Fact]
    public async Task Messages_that_are_sent_at_once_are_written_and_answered_in_their_order()
    {
        string topic = await proxy.NewTopicAsync();
        using ClientWebSocket socket = await OpenAsync($"/ws/topics/{topic}");
        const int count = 200;
        for (int i = 0; i < count; i++)
            await SayAsync(socket, $$$"""{"id":{{{i}}},"produce":{"records":[{"value":{{{i}}}}]}}""");
        for (int i = 0; i < count; i++)
        {
            JsonNode answer = JsonNode.Parse(await HearAsync(socket))!;
            Assert.Equal((i, i), ((int)answer["id"]!, (int)answer["produced"]!["offsets"]![0]!["offset"]!));
        }
    }

    [Fact]
    public async Task One_that_takes_long_holds_up_the_answers_and_not_the_work_behind_it()
    {
        string topic = await proxy.NewTopicAsync();
        var schemas = new HeldSchemas(proxy.Schemas);
        HttpClient http = await proxy.StartAsync(new ProxyOptions(), schemas);
        using ClientWebSocket socket = await OpenAsync($"/ws/topics/{topic}?format=avro", http);
        await SayAsync(socket, $$$"""{"id":1,"key":"a","produce":{"value_schema_id":{{{HeldSchemas.Held}}},"records":[{"value":"x"}]}}""");
        await schemas.Asked.WaitAsync(s_patience);
        // Too much for what may be under way: the rest waits in the socket.
        int more = SocketAnswers.MostUnderWay + 4;
        for (int i = 0; i < more; i++)
            await SayAsync(socket, $$$"""{"id":{{{i + 2}}},"key":"b{{{i}}}","produce":{"value_schema":"\"string\"","records":[{"value":"x"}]}}""");
        using (StreamClient written = await StreamClient.OpenAsync(http, $"/topics/{topic}/records?format=avro"))
            await written.TakeAsync(SocketAnswers.MostUnderWay);
        schemas.LetGo();
        Assert.Equal("""{"id":1,"error_code":42205,"message":"Schema 999 not found"}""", await HearAsync(socket));
        for (int i = 0; i < more; i++) Assert.StartsWith($$"""{"id":{{i + 2}},"produced":""", await HearAsync(socket), StringComparison.Ordinal);
        Assert.Equal(more, await EndAsync(topic));
    }

    [Fact]
    public async Task Who_closes_behind_its_messages_still_hears_of_them()
    {
        string topic = await proxy.NewTopicAsync();
        using ClientWebSocket socket = await OpenAsync($"/ws/topics/{topic}");
        for (int i = 0; i < 10; i++) await SayAsync(socket, """{"produce":{"records":[{"value":1}]}}""");
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        for (int i = 0; i < 10; i++) Assert.Contains($"\"offset\":{i},", await HearAsync(socket), StringComparison.Ordinal);
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(new byte[200], CancellationToken.None).WaitAsync(s_patience)).MessageType);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task The_acknowledgement_is_chosen_by_the_message()
    {
        using ClientWebSocket socket = await OpenAsync($"/ws/topics/{await proxy.NewTopicAsync()}");
        Assert.Contains("\"offset\":0,", await AskAsync(socket, """{"acks":"leader","produce":{"records":[{"value":1}]}}"""), StringComparison.Ordinal);
        Assert.Contains("\"offset\":null,\"error_code\":null", await AskAsync(socket, """{"acks":"none","produce":{"records":[{"value":1}]}}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"acks\":\"some\"", 40002)]
    [InlineData("\"acks\":\"none\",\"key\":\"k\"", 40002)]
    [InlineData("\"acks\":\"leader\",\"if_end_offset\":0", 40002)]
    [InlineData("\"if_end_offset\":-1", 40002)]
    [InlineData("\"if_end_offset\":5", 412)]
    [InlineData("\"if_end_offset\":5,\"key\":\"k\"", 412)]
    [InlineData("\"key\":\"\"", 400)]
    public async Task What_requests_refuse_messages_do_with_the_same_code(string settings, int code)
    {
        string topic = await proxy.NewTopicAsync();
        using ClientWebSocket socket = await OpenAsync($"/ws/topics/{topic}");
        Assert.Equal(code, CodeOf(await AskAsync(socket, $$$"""{{{{settings}}},"produce":{"records":[{"value":1}]}}""")));
        Assert.Equal(code, CodeOf(await AskAsync(socket, $$$"""{"produce":{"records":[{"value":1}]},{{{settings}}}}""")));
        Assert.Equal(0, await EndAsync(topic));
    }

    [Theory]
    [InlineData("""{"credit":1,"acks":"all"}""")]
    [InlineData("""{"commit":"x","key":"k"}""")]
    [InlineData("""{"key":"k"}""")]
    [InlineData("""{"produce":{"records":[]},"acks":1}""")]
    [InlineData("""{"produce":{"records":[]},"if_end_offset":"1"}""")]
    [InlineData("""{"produce":{"records":[]},"if_end_offset":1.5}""")]
    [InlineData("""{"produce":{"records":[]},"key":null}""")]
    [InlineData("""{"produce":{"records":[]},"key":"a","key":"b"}""")]
    [InlineData("""{"produce":{"records":[]},"produce":{"records":[]}}""")]
    [InlineData("""{"produce":{"records":[]},"commit":"x"}""")]
    public void What_is_no_message_is_not_read(string text) => Assert.Null(SocketCommand.Read(Encoding.UTF8.GetBytes(text)));

    private static int CodeOf(string answer) => (int)JsonNode.Parse(answer)!["error_code"]!;

    private async Task<long> EndAsync(string topic) => (long)(await proxy.Http.AskAsync($"/topics/{topic}/partitions/0/offsets")).Json["end_offset"]!;

    private async Task<ClientWebSocket> OpenAsync(string path, HttpClient? http = null)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{(http ?? proxy.Http).BaseAddress!.Authority}{path}"), CancellationToken.None).WaitAsync(s_patience);
        return socket;
    }

    private static async Task<string> AskAsync(ClientWebSocket socket, string text)
    {
        await SayAsync(socket, text);
        return await HearAsync(socket);
    }

    private static Task SayAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private static async Task<string> HearAsync(ClientWebSocket socket)
    {
        byte[] buffer = new byte[4096];
        WebSocketReceiveResult part = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(s_patience);
        Assert.Equal((WebSocketMessageType.Text, true), (part.MessageType, part.EndOfMessage));
        return Encoding.UTF8.GetString(buffer, 0, part.Count);
    }

    /// <summary>A registry that does not answer about one id until it is let go, and then does not know it.</summary>
    private sealed class HeldSchemas(ISchemaLookup others) : ISchemaLookup
    {
        internal const int Held = 999;

        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Asked => _asked.Task;

        internal void LetGo() => _go.SetResult();

        public async ValueTask<SchemaAnswer> FindByIdAsync(int id, CancellationToken cancel)
        {
            if (id == Held)
            {
                _asked.TrySetResult();
                await _go.Task;
            }
            return await others.FindByIdAsync(id, cancel);
        }

        public ValueTask<SchemaAnswer> FindByGuidAsync(Guid guid, CancellationToken cancel) => others.FindByGuidAsync(guid, cancel);

        public ValueTask<SchemaAnswer> FindLatestAsync(string subject, CancellationToken cancel) => others.FindLatestAsync(subject, cancel);

        public ValueTask<SchemaAnswer> FindVersionAsync(string subject, int version, CancellationToken cancel) => others.FindVersionAsync(subject, version, cancel);

        public ValueTask<SchemaAnswer> RegisterAsync(
            string subject, string schemaType, string text, IReadOnlyList<SchemaReference> references, CancellationToken cancel) =>
            others.RegisterAsync(subject, schemaType, text, references, cancel);
    }
}
