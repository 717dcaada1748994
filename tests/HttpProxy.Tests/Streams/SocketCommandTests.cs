using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Client.Consuming;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Sockets;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Streams;

/// <summary>Commits and produces on a WebSocket (http-proxy §9.1).</summary>
public sealed class SocketCommandTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Fact]
    public async Task Records_are_written_and_come_back_on_the_same_socket()
    {
        string topic = await proxy.NewTopicAsync();
        using ClientWebSocket socket = await proxy.Http.OpenSocketAsync($"/ws/topics/{topic}");
        await socket.SayAsync("""{"produce":{"records":[{"key":"a","value":1},{"value":{"x":2},"partition":0}]},"id":"7"}""");
        Assert.Equal(
            """{"id":"7","produced":{"offsets":[{"partition":0,"offset":0,"error_code":null,"error":null},{"partition":0,"offset":1,"error_code":null,"error":null}],"key_schema_id":null,"value_schema_id":null}}""",
            await socket.HearAsync());
        await socket.SayAsync("""{"credit":2}""");
        Assert.Equal("1", JsonNode.Parse(await socket.HearAsync())!["value"]!.ToJsonString());
        Assert.Equal("""{"x":2}""", JsonNode.Parse(await socket.HearAsync())!["value"]!.ToJsonString());
    }

    [Fact]
    public async Task Large_messages_come_in_parts_and_in_their_order()
    {
        string topic = await proxy.NewTopicAsync();
        using ClientWebSocket socket = await proxy.Http.OpenSocketAsync($"/ws/topics/{topic}?format=text");
        for (int i = 0; i < 3; i++)
        {
            string value = new((char)('a' + i), 200_000);
            byte[] text = Encoding.UTF8.GetBytes($$$"""{"id":{{{i}}},"produce":{"records":[{"value":"{{{value}}}"}]}}""");
            await socket.SendAsync(text.AsMemory(0, 70_000), WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None);
            await socket.SendAsync(text.AsMemory(70_000), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        for (int i = 0; i < 3; i++)
        {
            JsonNode answer = JsonNode.Parse(await socket.HearAsync())!;
            Assert.Equal((i, i), ((int)answer["id"]!, (int)answer["produced"]!["offsets"]![0]!["offset"]!));
        }
        Answer read = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", "application/vnd.kafka.text.v2+json");
        Assert.Equal([200_000, 200_000, 200_000], read.Json.AsArray().Select(record => ((string)record!["value"]!).Length));
    }

    [Theory]
    [InlineData("""{"produce":{}}""", 422)]
    [InlineData("""{"produce":{"records":[{"value":1,"partition":-2}]}}""", 422)]
    [InlineData("""{"produce":{"records":[{"value":1}],"x":1}}""", 422)]
    [InlineData("""{"commit":"AAAA"}""", 40903)]
    public async Task What_is_refused_is_told_and_the_socket_stays(string message, int code)
    {
        using ClientWebSocket socket = await proxy.Http.OpenSocketAsync($"/ws/topics/{await proxy.NewTopicAsync()}");
        await socket.SayAsync(message[..^1] + ",\"id\":1}");
        JsonNode answer = JsonNode.Parse(await socket.HearAsync())!;
        Assert.Equal((1, code), ((int)answer["id"]!, (int)answer["error_code"]!));
        Assert.NotEqual("", (string?)answer["message"]);
        await socket.SayAsync("""{"produce":{"records":[{"value":1}]}}""");
        Assert.StartsWith("""{"produced":{"offsets":[{"partition":0,"offset":0,""", await socket.HearAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cursor_is_committed_for_the_group()
    {
        string topic = await proxy.NewTopicAsync();
        string group = proxy.NewName("group");
        for (int i = 0; i < 3; i++)
            Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Status);
        using ClientWebSocket socket = await proxy.Http.OpenSocketAsync($"/ws/topics/{topic}?group={group}&commit=cursor&cursors=true");
        await socket.SayAsync("""{"credit":3}""");
        string first = (string)JsonNode.Parse(await socket.HearAsync())!["cursor"]!;
        string second = (string)JsonNode.Parse(await socket.HearAsync())!["cursor"]!;
        Assert.NotEqual(first, second);
        await socket.HearAsync();
        await socket.SayAsync($$"""{"commit":"{{second}}"}""");
        Assert.Equal($$"""{"committed":"{{second}}"}""", await socket.HearAsync());
        await socket.SayAsync("""{"commit":"AAAA","id":2}""");
        Assert.StartsWith("""{"id":2,"error_code":40002,""", await socket.HearAsync(), StringComparison.Ordinal);
        await using GroupConsumer outsider = proxy.Client.CreateConsumer(new ConsumerOptions { Group = group });
        var partition = new TopicPartition(topic, 0);
        Assert.Equal(2, (await outsider.CommittedAsync([partition], CancellationToken.None))[partition].Offset);
    }

    [Fact]
    public async Task Messages_count_to_the_memory_there_is_for_bodies()
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxBufferedRequestBytes = 4096 });
        using ClientWebSocket socket = await http.OpenSocketAsync($"/ws/topics/{await proxy.NewTopicAsync()}");
        await socket.SendAsync(new byte[4096], WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None);
        await socket.ReceiveAsync(new byte[200], CancellationToken.None).WaitAsync(SocketCalls.Patience);
        Assert.Equal(SocketMessages.TryAgainLater, socket.CloseStatus);
    }
}
