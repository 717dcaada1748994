using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Streams;

/// <summary>Records of a stream as CloudEvents 1.0 (http-proxy §9.1, §9.5).</summary>
public sealed class CloudEventStreamTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Lines = "application/x-ndjson";
    private const string Structured = "application/cloudevents+json";
    private const string First = """{"id":"1","partitionkey":"k","source":"/s","specversion":"1.0","type":"t","datacontenttype":"application/json","data":{"n":1}}""";

    [Fact]
    public async Task Each_record_is_an_event_on_one_line()
    {
        string topic = await NewTopicAsync();
        Answer answer = await proxy.Http.GetAsync($"/topics/{topic}/records?format=cloudevents&until=end", Lines);
        Assert.Equal((200, Lines), (answer.Status, answer.ContentType));
        string source = $"/topics/{topic}/partitions/0";
        Assert.Equal(
            [
                First,
                // The value is the event: as it was, but for line ends.
                """{"specversion":"1.0","id":"2","source":"/s","type":"t","data":{"n":9007199254740993}}""",
                $$"""{"id":"2","partitionkey":"k","source":"{{source}}","specversion":"1.0","time":"1970-01-01T00:00:00.000Z","type":"gateway.record","data":[3]}""",
                $$"""{"id":"3","source":"{{source}}","specversion":"1.0","time":"1970-01-01T00:00:00.000Z","type":"gateway.record"}""",
                "",
            ],
            answer.Text.Split('\n').Select(static line => line.Replace("\\u0022", "\"", StringComparison.Ordinal)));
        Answer quoted = await proxy.Http.GetAsync($"/topics/{topic}/records?format=cloudevents&until=end&bigint=string&from=offset:0:1&max_records=1", Lines);
        Assert.Contains("""{"n":"9007199254740993"}""", quoted.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_of_the_browser_hold_them_with_their_cursors_as_ids()
    {
        string topic = await NewTopicAsync();
        using StreamClient stream = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?format=cloudevents");
        List<StreamEvent> events = await stream.TakeAsync(4);
        Assert.Equal(First, events[0].Data);
        Assert.Equal(["record", "record", "record", "tombstone"], events.Select(static taken => taken.Name));
        using StreamClient rest = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?format=cloudevents", lastEventId: events[1].Id);
        Assert.Equal("gateway.record", (string?)(await rest.TakeAsync(1))[0].Json["type"]);
    }

    [Fact]
    public async Task A_cursor_is_an_attribute_of_each_whatever_the_event_says_itself()
    {
        string topic = await NewTopicAsync();
        await proxy.Http.RequestAsync(
            $"/topics/{topic}/raw", """{"specversion":"1.0","id":"9","source":"/s","type":"t","cursor":"its own" } """u8.ToArray(), ("Content-Type", Structured));
        Answer all = await proxy.Http.GetAsync($"/topics/{topic}/records?format=cloudevents&until=end&cursors=true", Lines);
        string[] lines = all.Text.TrimEnd('\n').Split('\n');
        Assert.Equal(5, lines.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            using var line = System.Text.Json.JsonDocument.Parse(lines[i]);
            string cursor = line.RootElement.GetProperty("cursor").GetString()!;
            Answer rest = await proxy.Http.GetAsync($"/topics/{topic}/records?format=cloudevents&until=end&cursors=true&cursor={cursor}", Lines);
            Assert.Equal(string.Concat(lines[(i + 1)..].Select(static later => later + "\n")), rest.Text);
        }
    }

    [Fact]
    public async Task A_filter_names_members_of_the_event()
    {
        string topic = await NewTopicAsync();
        async Task<int> CountAsync(string filter) =>
            (await proxy.Http.GetAsync($"/topics/{topic}/records?format=cloudevents&until=end&filter={Uri.EscapeDataString(filter)}", Lines)).Text.Count(static letter => letter == '\n');
        Assert.Equal((1, 2, 2), (await CountAsync("data.n=1"), await CountAsync("type=t"), await CountAsync("type!=t")));
        (await proxy.Http.AskAsync($"/topics/{topic}/records?format=cloudevents&filter=data..n=1")).Refused(400, 40002);
        (await proxy.Http.AskAsync($"/topics/{topic}/records?format=cloudevent")).Refused(400, 40002);
    }

    [Fact]
    public async Task A_socket_sends_events_too()
    {
        string topic = await NewTopicAsync();
        using ClientWebSocket socket = await proxy.Http.OpenSocketAsync($"/ws/topics/{topic}?format=cloudevents&until=end");
        Assert.Equal(First, await socket.AskAsync("""{"credit":1}"""));
    }

    /// <summary>An event in the binding's binary mode, one in its structured mode over several lines, a record that is none, and a tombstone.</summary>
    private async Task<string> NewTopicAsync()
    {
        string topic = await proxy.NewTopicAsync();
        Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", Structured, First)).Status);
        const string Event = "{\r\n\"specversion\":\"1.0\",\n\"id\":\"2\",\"source\":\"/s\",\"type\":\"t\",\n\"data\":{\"n\":9007199254740993}\n}\n";
        Assert.Equal(200, (await proxy.Http.RequestAsync($"/topics/{topic}/raw", Encoding.UTF8.GetBytes(Event), ("Content-Type", Structured))).Status);
        JsonNode offsets = (await proxy.Http.PostAsync(
            $"/topics/{topic}", "application/vnd.kafka.text.v2+json", """{"records":[{"key":"k","value":"[3]","timestamp":0},{"value":null,"timestamp":0}]}""")).Json["offsets"]!;
        Assert.Equal(3, (int)offsets[1]!["offset"]!);
        return topic;
    }
}
