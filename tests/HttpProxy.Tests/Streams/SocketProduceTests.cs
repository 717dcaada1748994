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
    [Fact]
    public async Task A_message_with_a_key_is_written_once_however_often_and_wherever_it_comes()
    {
        string topic = await proxy.NewTopicAsync();
        const string Message = """{"key":"order 17","produce":{"records":[{"value":1},{"value":2}]},"id":1}""";
        string first;
        using (ClientWebSocket socket = await proxy.Http.OpenSocketAsync($"/ws/topics/{topic}?from=latest"))
        {
            first = await socket.AskAsync(Message);
            Assert.Contains("\"offset\":1,", first, StringComparison.Ordinal);
            Assert.Equal($"{first[..^1]},\"replayed\":true}}", await socket.AskAsync(Message));
        }
        // Whoever comes back opens the stream elsewhere.
        using ClientWebSocket again = await proxy.Http.OpenSocketAsync($"/ws/topics/{topic}?from=earliest&cursors=true");
        Assert.Equal($"{first[..^1]},\"replayed\":true}}", await again.AskAsync(Message));
        Assert.Equal(422, CodeOf(await again.AskAsync(Message.Replace("\"value\":2", "\"value\":3", StringComparison.Ordinal))));
        Assert.Equal(2, await proxy.Http.EndOffsetAsync(topic));
    }

    [Fact]
    public async Task Conditions_hold_one_after_another_without_waiting_for_answers()
    {
        string topic = await proxy.NewTopicAsync();
        using ClientWebSocket socket = await proxy.Http.OpenSocketAsync($"/ws/topics/{topic}");
        const int count = 40;
        for (int i = 0; i < count; i++)
            await socket.SayAsync($$$"""{"id":{{{i}}},"if_end_offset":{{{i}}},"produce":{"records":[{"value":{{{i}}}}]},"acks":"all"}""");
        await socket.SayAsync("""{"id":"late","if_end_offset":3,"produce":{"records":[{"value":"late"}]}}""");
        for (int i = 0; i < count; i++)
        {
            JsonNode answer = JsonNode.Parse(await socket.HearAsync())!;
            Assert.Equal((i, i), ((int)answer["id"]!, (int)answer["produced"]!["offsets"]![0]!["offset"]!));
        }
        JsonNode late = JsonNode.Parse(await socket.HearAsync())!;
        Assert.Equal(("late", 412), ((string?)late["id"], (int)late["error_code"]!));
        Assert.Equal(count, await proxy.Http.EndOffsetAsync(topic));
    }

    [Fact]
    public async Task Messages_that_are_sent_at_once_are_written_and_answered_in_their_order()
    {
        string topic = await proxy.NewTopicAsync();
        using ClientWebSocket socket = await proxy.Http.OpenSocketAsync($"/ws/topics/{topic}");
        const int count = 200;
        for (int i = 0; i < count; i++)
            await socket.SayAsync($$$"""{"id":{{{i}}},"produce":{"records":[{"value":{{{i}}}}]}}""");
        for (int i = 0; i < count; i++)
        {
            JsonNode answer = JsonNode.Parse(await socket.HearAsync())!;
            Assert.Equal((i, i), ((int)answer["id"]!, (int)answer["produced"]!["offsets"]![0]!["offset"]!));
        }
    }

    [Theory]
    [InlineData("leader", "all")]
    [InlineData("none", "all")]
    [InlineData("none", "leader")]
    public async Task Messages_keep_their_order_whatever_acknowledgement_each_waits_for(string one, string other)
    {
        string topic = await proxy.NewTopicAsync();
        using ClientWebSocket socket = await proxy.Http.OpenSocketAsync($"/ws/topics/{topic}");
        const int count = 600;
        // Every other one, then in twos and threes, some of which say nothing, which is all.
        string AcksOf(int i) => i / (1 + (i / 200)) % 2 == 0 ? $"\"acks\":\"{one}\"," : other == "all" && i % 5 == 0 ? "" : $"\"acks\":\"{other}\",";
        Task sending = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++) await socket.SayAsync($$$"""{"id":{{{i}}},{{{AcksOf(i)}}}"produce":{"records":[{"value":{{{i}}}}]}}""");
        });
        for (int i = 0; i < count; i++) Assert.Equal(i, (int)JsonNode.Parse(await socket.HearAsync())!["id"]!);
        await sending;
        // Nobody hears where a record without an acknowledgement lies, but it lies in front of one that comes behind it.
        Assert.Contains($"\"offset\":{count},", await socket.AskAsync("""{"produce":{"records":[{"value":"end"}]}}"""), StringComparison.Ordinal);
        JsonArray records = (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records?count={count}", HttpCalls.V2Json)).Json.AsArray();
        Assert.Equal(Enumerable.Range(0, count), records.Select(record => (int)record!["value"]!));
    }

    [Fact]
    public async Task One_that_takes_long_holds_up_the_answers_and_not_the_work_behind_it()
    {
        string topic = await proxy.NewTopicAsync();
        var schemas = new HeldSchemas(proxy.Schemas);
        HttpClient http = await proxy.StartAsync(new ProxyOptions(), schemas);
        using ClientWebSocket socket = await http.OpenSocketAsync($"/ws/topics/{topic}?format=avro");
        await socket.SayAsync($$$"""{"id":1,"key":"a","produce":{"value_schema_id":{{{HeldSchemas.Held}}},"records":[{"value":"x"}]}}""");
        await schemas.Asked.WaitAsync(SocketCalls.Patience);
        // Too much for what may be under way: the rest waits in the socket.
        int more = SocketAnswers.MostUnderWay + 4;
        for (int i = 0; i < more; i++)
            await socket.SayAsync($$$"""{"id":{{{i + 2}}},"key":"b{{{i}}}","produce":{"value_schema":"\"string\"","records":[{"value":"x"}]}}""");
        using (StreamClient written = await StreamClient.OpenAsync(http, $"/topics/{topic}/records?format=avro"))
            await written.TakeAsync(SocketAnswers.MostUnderWay);
        schemas.LetGo();
        Assert.Equal("""{"id":1,"error_code":42205,"message":"Schema 999 not found"}""", await socket.HearAsync());
        for (int i = 0; i < more; i++) Assert.StartsWith($$"""{"id":{{i + 2}},"produced":""", await socket.HearAsync(), StringComparison.Ordinal);
        Assert.Equal(more, await proxy.Http.EndOffsetAsync(topic));
    }

    [Fact]
    public async Task Who_closes_behind_its_messages_still_hears_of_them()
    {
        string topic = await proxy.NewTopicAsync();
        using ClientWebSocket socket = await proxy.Http.OpenSocketAsync($"/ws/topics/{topic}");
        for (int i = 0; i < 10; i++) await socket.SayAsync("""{"produce":{"records":[{"value":1}]}}""");
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        for (int i = 0; i < 10; i++) Assert.Contains($"\"offset\":{i},", await socket.HearAsync(), StringComparison.Ordinal);
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(new byte[200], CancellationToken.None).WaitAsync(SocketCalls.Patience)).MessageType);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task The_acknowledgement_is_chosen_by_the_message()
    {
        using ClientWebSocket socket = await proxy.Http.OpenSocketAsync($"/ws/topics/{await proxy.NewTopicAsync()}");
        Assert.Contains("\"offset\":0,", await socket.AskAsync("""{"acks":"leader","produce":{"records":[{"value":1}]}}"""), StringComparison.Ordinal);
        Assert.Contains("\"offset\":null,\"error_code\":null", await socket.AskAsync("""{"acks":"none","produce":{"records":[{"value":1}]}}"""), StringComparison.Ordinal);
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
        using ClientWebSocket socket = await proxy.Http.OpenSocketAsync($"/ws/topics/{topic}");
        Assert.Equal(code, CodeOf(await socket.AskAsync($$$"""{{{{settings}}},"produce":{"records":[{"value":1}]}}""")));
        Assert.Equal(code, CodeOf(await socket.AskAsync($$$"""{"produce":{"records":[{"value":1}]},{{{settings}}}}""")));
        Assert.Equal(0, await proxy.Http.EndOffsetAsync(topic));
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
