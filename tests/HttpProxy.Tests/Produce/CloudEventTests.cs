using System.Text;
using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Produce;

/// <summary>CloudEvents 1.0 over HTTP become records of the Kafka binding in its binary mode (http-proxy §9.5).</summary>
public sealed class CloudEventTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string One = "application/cloudevents+json";
    private const string Many = "application/cloudevents-batch+json";

    [Fact]
    public async Task An_event_in_headers_keeps_its_data_as_it_is()
    {
        string topic = await proxy.NewTopicAsync();
        Answer answer = await proxy.Http.RequestAsync(
            $"/topics/{topic}", [0, 255], ("Content-Type", "image/png"), ("ce-specversion", "1.0"), ("ce-id", "7"), ("ce-source", "/gr%C3%BC%C3%9Fe"),
            ("ce-type", "com.example.made"), ("ce-partitionkey", "k"), ("ce-time", "2026-01-31T12:00:00Z"));
        Assert.Equal((200, 0), (answer.Status, (int)answer.Json["offsets"]![0]!["offset"]!));
        JsonNode record = Assert.Single(await RecordsAsync(topic));
        Assert.Equal(("aw==", "AP8="), ((string?)record["key"], (string?)record["value"]));
        Assert.Equal(
            ["content-type=image/png", "ce_id=7", "ce_partitionkey=k", "ce_source=/grüße", "ce_specversion=1.0", "ce_time=2026-01-31T12:00:00Z", "ce_type=com.example.made"],
            HeadersOf(record).Order(StringComparer.Ordinal).OrderBy(header => header.StartsWith("ce_", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{"a": [1, 2]}""", null, """{"a":[1,2]}""", "application/json")]
    [InlineData("\"text\"", null, "\"text\"", "application/json")]
    [InlineData("\"text\"", "text/plain", "text", "text/plain")]
    [InlineData("\"text\"", "application/vnd.x+json; charset=utf-8", "\"text\"", "application/vnd.x+json; charset=utf-8")]
    [InlineData("{}", "text/plain", "{}", "text/plain")]
    public async Task An_event_as_an_object_brings_its_data(string data, string? type, string value, string contentType)
    {
        string topic = await proxy.NewTopicAsync();
        string typed = type is null ? "" : $",\"datacontenttype\":\"{type}\"";
        Answer answer = await proxy.Http.PostAsync($"/topics/{topic}", One, $$"""{"specversion":"1.0","id":"1","source":"/s","type":"t","n":42,"flag":true,"none":null{{typed}},"data":{{data}}}""");
        Assert.Equal(200, answer.Status);
        JsonNode record = Assert.Single(await RecordsAsync(topic));
        Assert.Equal((null, value), ((string?)record["key"], Encoding.UTF8.GetString(Convert.FromBase64String((string)record["value"]!))));
        Assert.Equal(["ce_flag=true", "ce_id=1", "ce_n=42", "ce_source=/s", "ce_specversion=1.0", "ce_type=t", $"content-type={contentType}"], HeadersOf(record).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_batch_is_a_record_for_each_event()
    {
        string topic = await proxy.NewTopicAsync(2);
        const string Head = "\"specversion\":\"1.0\",\"source\":\"/s\",\"type\":\"t\"";
        Answer answer = await proxy.Http.PostAsync(
            $"/topics/{topic}/partitions/1", Many, $$"""[{"id":"1",{{Head}},"data_base64":"/w=="},{"id":"2",{{Head}}},{"id":"3",{{Head}},"data":null,"partitionkey":""}]""");
        Assert.Equal(200, answer.Status);
        Assert.Equal([(1, 0), (1, 1), (1, 2)], answer.Json["offsets"]!.AsArray().Select(at => ((int)at!["partition"]!, (int)at["offset"]!)));
        Assert.Equal([(null, "/w=="), (null, null), ("", null)], (await RecordsAsync(topic, 1)).Select(record => ((string?)record["key"], (string?)record["value"])));
    }

    [Fact]
    public async Task The_trace_of_the_request_is_carried_beside_the_event()
    {
        const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        string topic = await proxy.NewTopicAsync();
        await proxy.Http.RequestAsync(
            $"/topics/{topic}", Encoding.UTF8.GetBytes("""{"specversion":"1.0","id":"1","source":"/s","type":"t"}"""), ("Content-Type", One), ("traceparent", Parent));
        Assert.Contains($"traceparent={Parent}", HeadersOf(Assert.Single(await RecordsAsync(topic))));
    }

    [Theory]
    [InlineData(One, "", 422, 42206)]
    [InlineData(One, "{", 422, 422)]
    [InlineData(One, "[]", 400, 400)]
    [InlineData(Many, "[]", 422, 422)]
    [InlineData(Many, "{}", 400, 400)]
    [InlineData(Many, "[1]", 400, 400)]
    [InlineData(One, """{"specversion":"1.0","id":"1","source":"/s"}""", 400, 400)]
    [InlineData(One, """{"specversion":"1.0","id":"","source":"/s","type":"t"}""", 400, 400)]
    [InlineData(One, """{"specversion":"0.3","id":"1","source":"/s","type":"t"}""", 400, 400)]
    [InlineData(One, """{"specversion":"1.0","id":"1","source":"/s","type":"t","Upper":"x"}""", 400, 400)]
    [InlineData(One, """{"specversion":"1.0","id":"1","source":"/s","type":"t","list":[]}""", 400, 400)]
    [InlineData(One, """{"specversion":"1.0","id":"1","source":"/s","type":"t","n":1.5}""", 400, 400)]
    [InlineData(One, """{"specversion":"1.0","id":"1","source":"/s","type":"t","data":1,"data_base64":"AQ=="}""", 400, 400)]
    [InlineData(One, """{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"!"}""", 400, 400)]
    [InlineData(One, """{"specversion":"1.0","id":"\ud800","source":"/s","type":"t"}""", 422, 422)]
    [InlineData(One, """{"specversion":"1.0","id":5,"source":"/s","type":"t"}""", 400, 400)]
    [InlineData(One, """{"specversion":"1.0","id":"1","source":"/s","type":"t","subject":true}""", 400, 400)]
    [InlineData(One, """{"specversion":"1.0","id":"1","source":"/s","type":"t","time":5}""", 400, 400)]
    [InlineData(One, """{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"zz"}""", 400, 400)]
    [InlineData(One, """{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2026-02-30T12:00:00Z"}""", 400, 400)]
    [InlineData(One, """{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2026-01-31T12:00:00"}""", 400, 400)]
    [InlineData(One, """{"specversion":"1.0","id":"1","id":"2","source":"/s","type":"t"}""", 400, 400)]
    [InlineData(One, """{"specversion":"1.0","id":"1","source":"/s","type":"t","data":1,"data":2}""", 400, 400)]
    [InlineData(One, """{"specversion":"1.0","id":"1","source":"/s","type":"t","n":null,"n":2}""", 400, 400)]
    public async Task What_is_no_event_is_refused(string type, string body, int status, int code)
    {
        string topic = await proxy.NewTopicAsync();
        (await proxy.Http.PostAsync($"/topics/{topic}", type, body)).Refused(status, code);
        Assert.Empty(await RecordsAsync(topic));
    }

    [Theory]
    [InlineData("2026-01-31t12:00:00.123456789z")]
    [InlineData("2016-12-31T23:59:60+00:00")]
    public async Task Every_form_of_a_time_is_kept_as_it_is(string time)
    {
        string topic = await proxy.NewTopicAsync();
        Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", One, $$"""{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"{{time}}"}""")).Status);
        Assert.Contains($"ce_time={time}", HeadersOf(Assert.Single(await RecordsAsync(topic))));
    }

    [Fact]
    public async Task Attributes_in_headers_are_held_to_the_same()
    {
        string topic = await proxy.NewTopicAsync();
        (string, string)[] head = [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t")];
        (await proxy.Http.RequestAsync($"/topics/{topic}", [1], [.. head, ("ce-time", "zz")])).Refused(400, 400);
        // A client would send the header once, with a comma.
        using RawAnswer twice = await RawAnswer.SendAsync(
            proxy.Http,
            $"POST /topics/{topic} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n{string.Concat(head.Select(one => $"{one.Item1}: {one.Item2}\r\n"))}CE-ID: 2\r\n\r\n1");
        Assert.StartsWith("HTTP/1.1 400 ", await twice.HeadAsync(), StringComparison.Ordinal);
        Assert.Empty(await RecordsAsync(topic));
    }

    [Fact]
    public async Task Events_come_out_as_they_went_in_and_other_records_as_events_too()
    {
        string topic = await proxy.NewTopicAsync();
        string[] events =
        [
            """{"flag":"true","id":"1","source":"/s","specversion":"1.0","type":"t","datacontenttype":"application/json","data":{"a":1}}""",
            """{"id":"2","partitionkey":"k","source":"/s","specversion":"1.0","type":"t","datacontenttype":"text/plain","data":"text"}""",
            """{"id":"3","source":"/s","specversion":"1.0","type":"t","datacontenttype":"image/png","data_base64":"/w=="}""",
            """{"id":"4","source":"/s","specversion":"1.0","type":"t"}""",
        ];
        Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", Many, $"[{string.Join(',', events)}]")).Status);
        // The binding's other mode: the value is the event.
        Assert.Equal(200, (await proxy.Http.RequestAsync($"/topics/{topic}/raw", Encoding.UTF8.GetBytes(events[0]), ("Content-Type", One))).Status);
        Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"key":"k","value":[1],"timestamp":0}]}""")).Status);
        Answer answer = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", Many);
        Assert.Equal((200, Many), (answer.Status, answer.ContentType));
        string other = $$"""{"id":"5","partitionkey":"\"k\"","source":"/topics/{{topic}}/partitions/0","specversion":"1.0","time":"1970-01-01T00:00:00.000Z","type":"gateway.record","data":[1]}""";
        Assert.Equal(
            [.. events, events[0], other],
            answer.Json.AsArray().Select(one => one!.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })));
        Assert.Equal(HttpCalls.V2Binary, (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", $"{Many};q=0.5, */*")).ContentType);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?ack=explicit")]
    public async Task An_instance_hands_events_out_too(string query)
    {
        string topic = await proxy.NewTopicAsync();
        string instance = $"/consumers/{topic}/instances/i";
        await proxy.Http.PostAsync($"/consumers/{topic}", HttpCalls.V2, """{"name":"i","format":"avro","auto.offset.reset":"earliest"}""");
        await proxy.Http.PostAsync($"{instance}/assignments", HttpCalls.V2, $$"""{"partitions":[{"topic":"{{topic}}","partition":0}]}""");
        const string Event = """{"id":"1","source":"/s","specversion":"1.0","type":"t","datacontenttype":"application/json","data":[1]}""";
        Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", One, Event)).Status);
        // Without an acknowledgement the same comes again.
        for (int i = 0; i < (query.Length == 0 ? 1 : 2); i++)
        {
            Answer answer = await proxy.Http.GetAsync($"{instance}/records{query}", Many);
            Assert.Equal((200, Many, $"[{Event}]"), (answer.Status, answer.ContentType, answer.Text));
        }
    }

    private async Task<List<JsonNode>> RecordsAsync(string topic, int partition = 0) =>
        [.. (await proxy.Http.GetAsync($"/topics/{topic}/partitions/{partition}/records", HttpCalls.V2Binary)).Json.AsArray().Select(record => record!)];

    private static IEnumerable<string> HeadersOf(JsonNode record) => record["headers"]!.AsArray()
        .Select(header => $"{header!["key"]}={Encoding.UTF8.GetString(Convert.FromBase64String((string)header["value"]!))}");
}
