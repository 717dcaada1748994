using System.Text;
using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Produce;

/// <summary>Bodies that are values, lines that are records, acknowledgements by request, trace context (http-proxy §9.0).</summary>
public sealed class RawProduceTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Fact]
    public async Task A_body_is_the_value_as_it_is()
    {
        string topic = await proxy.NewTopicAsync(2);
        byte[] body = [0, 255, 10, 13, 0];
        Answer answer = await proxy.Http.RequestAsync(
            $"/topics/{topic}/raw?key=k%C3%BC&partition=1&timestamp=5", body, ("Content-Type", "image/x-odd; a=b"), ("X-Kafka-Header-trace", "a b"), ("x-kafka-header-n", ""));
        Assert.Equal((200, HttpCalls.V2), (answer.Status, answer.ContentType));
        Assert.Equal("""{"offsets":[{"partition":1,"offset":0,"error_code":null,"error":null}],"key_schema_id":null,"value_schema_id":null}""", answer.Text);
        JsonNode record = (await proxy.Http.GetAsync($"/topics/{topic}/partitions/1/records", HttpCalls.V2Binary)).Json[0]!;
        Assert.Equal((Convert.ToBase64String("kü"u8), Convert.ToBase64String(body), 5L), ((string?)record["key"], (string?)record["value"], (long)record["timestamp"]!));
        Assert.Equal(["content-type=image/x-odd; a=b", "trace=a b", "n="], HeadersOf(record));
    }

    [Fact]
    public async Task An_empty_body_is_empty_and_no_key_is_null()
    {
        string topic = await proxy.NewTopicAsync();
        Assert.Equal(200, (await proxy.Http.RequestAsync($"/topics/{topic}/raw", [])).Status);
        Assert.Equal(200, (await proxy.Http.RequestAsync($"/topics/{topic}/raw?key=", [1])).Status);
        JsonArray records = (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2Binary)).Json.AsArray();
        Assert.Equal([(null, ""), ("", "AQ==")], records.Select(record => ((string?)record!["key"], (string?)record["value"])));
    }

    [Theory]
    [InlineData("?partition=7", 404, 40402)]
    [InlineData("?partition=x", 400, 40002)]
    [InlineData("?timestamp=-1", 400, 40002)]
    [InlineData("?acks=1", 400, 40002)]
    [InlineData("?timeout=0", 400, 40002)]
    [InlineData("?key=%FF", 400, 40002)]
    [InlineData("?key=%C3", 400, 40002)]
    [InlineData("?key=%ED%A0%80", 400, 40002)]
    [InlineData("?key=a&key=b", 400, 40002)]
    [InlineData("?key=a&KEY=a", 400, 40002)]
    [InlineData("?partition=0&partition=0", 400, 40002)]
    [InlineData("?acks=all&acks=all", 400, 40002)]
    [InlineData("?if_end_offset=5&partition=0", 412, 412)]
    public async Task What_a_raw_produce_does_not_take_has_its_code(string query, int status, int code)
    {
        string topic = await proxy.NewTopicAsync();
        (await proxy.Http.RequestAsync($"/topics/{topic}/raw{query}", [1])).Refused(status, code);
        Assert.Equal("[]", (await proxy.Http.AskAsync($"/topics/{topic}/partitions/0/records")).Text);
    }

    [Fact]
    public async Task Each_line_is_a_record()
    {
        string topic = await proxy.NewTopicAsync(2);
        const string Lines = "{\"key\":\"a\",\"value\": {\"n\": 1},\"partition\":0}\r\n\n {\"value\":2,\"partition\":1} \n{\"value\":null,\"partition\":0}";
        Answer answer = await proxy.Http.PostAsync($"/topics/{topic}", "application/x-ndjson", Lines);
        Assert.Equal(200, answer.Status);
        Assert.Equal([(0, 0), (1, 0), (0, 1)], answer.Json["offsets"]!.AsArray().Select(at => ((int)at!["partition"]!, (int)at["offset"]!)));
        JsonArray records = (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2Json)).Json.AsArray();
        Assert.Equal(("a", "{\"n\":1}", null), ((string?)records[0]!["key"], records[0]!["value"]!.ToJsonString(), records[1]!["value"]));
        Answer binary = await proxy.Http.PostAsync($"/topics/{topic}?format=binary", "application/x-ndjson", """{"value":"/w==","partition":1}""");
        Assert.Equal(200, binary.Status);
        Assert.Equal("/w==", (string?)(await proxy.Http.GetAsync($"/topics/{topic}/partitions/1/records?offset=1", HttpCalls.V2Binary)).Json[0]!["value"]);
    }

    [Theory]
    [InlineData("", 422, 42206, "")]
    [InlineData("\n \r\n", 422, 42206, "")]
    [InlineData("{\"value\":1}\n{\"value\":", 422, 422, "line 2")]
    [InlineData("{\"value\":1} {\"value\":2}", 422, 422, "line 1")]
    [InlineData("[1]", 422, 422, "")]
    [InlineData("{\"other\":1}", 422, 422, "other")]
    public async Task Lines_that_are_no_records_are_refused_with_their_number(string lines, int status, int code, string named)
    {
        string topic = await proxy.NewTopicAsync();
        Answer answer = await proxy.Http.PostAsync($"/topics/{topic}", "application/x-ndjson", lines);
        answer.Refused(status, code);
        Assert.Contains(named, (string?)answer.Json["message"], StringComparison.Ordinal);
        Assert.Equal("[]", (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2Json)).Text);
    }

    [Theory]
    [InlineData("all", 0)]
    [InlineData("leader", 0)]
    [InlineData("none", null)]
    public async Task PRD_acks_are_chosen_by_the_request(string acks, int? offset)
    {
        string topic = await proxy.NewTopicAsync();
        Answer answer = await proxy.Http.PostAsync($"/topics/{topic}?acks={acks}&timeout=30000", HttpCalls.V2Json, """{"records":[{"value":1}]}""");
        Assert.Equal((200, offset, null), (answer.Status, (int?)answer.Json["offsets"]![0]!["offset"], answer.Json["offsets"]![0]!["error_code"]));
        Answer read = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records?timeout=30000", HttpCalls.V2Json);
        Assert.Equal(1, (int)read.Json[0]!["value"]!);
    }

    [Theory]
    [InlineData("/topics/TOPIC?async=true", HttpCalls.V2Json, """{"records":[{"value":1}]}""")]
    [InlineData("/topics/TOPIC/partitions/0?async=true&acks=none", HttpCalls.V2Json, """{"records":[{"value":1}]}""")]
    [InlineData("/topics/TOPIC/raw?async=true", "text/plain", "1")]
    public async Task Who_wants_no_answer_gets_204_and_the_record_is_there(string path, string type, string body)
    {
        string topic = await proxy.NewTopicAsync();
        Answer answer = await proxy.Http.PostAsync(path.Replace("TOPIC", topic, StringComparison.Ordinal), type, body);
        Assert.Equal((204, ""), (answer.Status, answer.Text));
        Answer read = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records?timeout=30000", HttpCalls.V2Json);
        Assert.Equal(1, (int)read.Json[0]!["value"]!);
    }

    [Theory]
    [InlineData("/topics/TOPIC?async=true&acks=all", 400, 40002)]
    [InlineData("/topics/TOPIC?async=yes", 400, 40002)]
    [InlineData("/topics/TOPIC?async=true&if_end_offset=0", 400, 40002)]
    [InlineData("/topics/no-such?async=true", 404, 40401)]
    [InlineData("/topics/TOPIC/partitions/7?async=true", 404, 40402)]
    public async Task Who_wants_no_answer_is_told_what_is_wrong_with_the_request(string path, int status, int code)
    {
        string topic = await proxy.NewTopicAsync();
        Answer answer = await proxy.Http.PostAsync(
            path.Replace("TOPIC", topic, StringComparison.Ordinal), HttpCalls.V2Json, """{"records":[{"value":1}]}""");
        answer.Refused(status, code);
    }

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData("nonsense", false)]
    // Not in small letters; a dash where a digit belongs; a version that will never be; ids that name nothing.
    [InlineData("00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false)]
    [InlineData("00-0af7651916cd43dd-448eb211c80319c-b7ad6b7169203331-01", false)]
    [InlineData("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false)]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false)]
    public async Task The_trace_of_a_request_goes_on_in_its_records(string parent, bool isTrace)
    {
        string topic = await proxy.NewTopicAsync();
        const string Records = """
            {"records":[{"value":1},{"value":2,"headers":[{"key":"h","value":""}]},{"value":3,"headers":[{"key":"traceparent","value":"eA=="}]}]}
            """;
        Answer answer = await proxy.Http.RequestAsync(
            $"/topics/{topic}", Encoding.UTF8.GetBytes(Records), ("Content-Type", HttpCalls.V2Json), ("traceparent", parent), ("tracestate", "a=1"));
        Assert.Equal(200, answer.Status);
        JsonArray records = (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2Json)).Json.AsArray();
        string[] trace = isTrace ? [$"traceparent={parent}", "tracestate=a=1"] : [];
        string[][] expected = [trace, ["h=", .. trace], ["traceparent=x"]];
        Assert.Equal(expected, records.Select(record => HeadersOf(record!).ToArray()));
    }

    [Theory]
    [InlineData("raw", "text/plain", "http://evil.example", 403)]
    [InlineData("raw", null, "null", 403)]
    [InlineData("raw", "text/plain", "OWN", 200)]
    [InlineData("raw", "text/plain", null, 200)]
    // A browser asks before it sends this type, and is told no.
    [InlineData("raw", "application/octet-stream", "http://evil.example", 200)]
    [InlineData("", null, "http://evil.example", 403)]
    public async Task Pages_of_other_origins_write_nothing_unasked(string path, string? type, string? origin, int status)
    {
        string topic = await proxy.NewTopicAsync();
        List<(string, string)> headers = type is null ? [] : [("Content-Type", type)];
        if (origin is not null) headers.Add(("Origin", origin == "OWN" ? proxy.Http.BaseAddress!.GetLeftPart(UriPartial.Authority) : origin));
        Answer answer = await proxy.Http.RequestAsync($"/topics/{topic}/{path}".TrimEnd('/'), Encoding.UTF8.GetBytes("""{"records":[{"value":""}]}"""), [.. headers]);
        Assert.Equal(status, answer.Status);
        if (status == 403) answer.Refused(403, 40301);
    }

    private static IEnumerable<string> HeadersOf(JsonNode record) => record["headers"]!.AsArray()
        .Select(header => $"{header!["key"]}={Encoding.UTF8.GetString(Convert.FromBase64String((string)header["value"]!))}");
}
