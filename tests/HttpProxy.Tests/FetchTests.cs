using System.Text.Json.Nodes;
using Gateway.Client.Producing;
using Gateway.Common.Records;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests;

public sealed class FetchTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Fact]
    public async Task Records_are_shown_in_the_format_asked_for()
    {
        string topic = await proxy.NewTopicAsync();
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """
            {"records":[{"key":"k","value":{"a":1},"timestamp":1700000000000,"headers":[{"key":"h","value":"AQ=="},{"key":"n","value":null}]},{"value":null}]}
            """);
        Answer json = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records?offset=0", HttpCalls.V2Json);
        Assert.Equal((200, HttpCalls.V2Json), (json.Status, json.ContentType));
        Assert.Equal(
            $$"""{"topic":"{{topic}}","key":"k","value":{"a":1},"partition":0,"offset":0,"timestamp":1700000000000,"headers":[{"key":"h","value":"AQ=="},{"key":"n","value":null}]}""",
            json.Json[0]!.ToJsonString());
        Assert.Null(json.Json[1]!["key"]);
        Assert.Null(json.Json[1]!["value"]);
        Assert.Null(json.Json[1]!["value_encoding"]);

        Answer binary = await proxy.Http.AskAsync($"/topics/{topic}/partitions/0/records");
        Assert.Equal((200, HttpCalls.V2Binary), (binary.Status, binary.ContentType));
        Assert.Equal(("Imsi", "eyJhIjoxfQ=="), ((string?)binary.Json[0]!["key"], (string?)binary.Json[0]!["value"]));
    }

    [Fact]
    public async Task A_record_that_is_no_json_stands_as_base64_and_does_not_block_the_others()
    {
        string topic = await proxy.NewTopicAsync();
        await using Producer producer = proxy.Client.CreateProducer();
        using var set = new RecordSet();
        set.Add("{"u8.ToArray(), "\"good\""u8.ToArray());
        set.Add(null, new byte[] { 0xff, 0 });
        set.Add(null, ReadOnlyMemory<byte>.Empty);
        set.Add(null, "1 2"u8.ToArray());
        await producer.ProduceAsync(topic, set);
        JsonArray records = (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", "application/json")).Json.AsArray();
        Assert.Equal(
            [("ew==", "base64", "good", null), (null, null, "/wA=", "base64"), (null, null, "", "base64"), (null, null, "MSAy", "base64")],
            records.Select(record => ((string?)record!["key"], (string?)record["key_encoding"], (string?)record["value"], (string?)record["value_encoding"])));
    }

    [Theory]
    [InlineData("offset=3", "3 4 5")]
    [InlineData("offset=earliest", "0 1 2 3 4 5")]
    [InlineData("offset=latest", "")]
    [InlineData("offset=-2", "4 5")]
    [InlineData("offset=-99", "0 1 2 3 4 5")]
    [InlineData("offset=6", "")]
    [InlineData("", "0 1 2 3 4 5")]
    [InlineData("max_bytes=3", "0 1 2")]
    [InlineData("offset=2&max_bytes=0", "2")]
    [InlineData("count=2", "0 1")]
    [InlineData("offset=3&count=1", "3")]
    [InlineData("offset=4&count=99", "4 5")]
    [InlineData("count=3&max_bytes=2", "0 1")]
    [InlineData("from_timestamp=4000", "4 5")]
    [InlineData("from_timestamp=3500&count=1", "4")]
    [InlineData("from_timestamp=1970-01-01T00:00:03Z", "3 4 5")]
    [InlineData("from_timestamp=9000", "")]
    public async Task The_query_says_where_to_start_and_how_much(string query, string offsets)
    {
        string topic = await proxy.NewTopicAsync();
        // One compressed batch: starts and ends fall inside it.
        await using Producer producer = proxy.Client.CreateProducer(new ProducerOptions { Compression = CompressionType.Gzip });
        using var set = new RecordSet();
        for (int i = 0; i < 6; i++) set.Add(null, new byte[] { (byte)('0' + i) }, timestampMs: i * 1000);
        await producer.ProduceAsync(topic, set);
        Answer answer = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records?{query}", HttpCalls.V2Json);
        Assert.Equal(offsets, string.Join(' ', answer.Json.AsArray().Select(record => (long)record!["offset"]!)));
    }

    [Fact]
    public async Task FET_1_a_waiting_request_is_answered_by_the_next_record()
    {
        string topic = await proxy.NewTopicAsync();
        Task<Answer> waiting = proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records?offset=0&timeout=30000", HttpCalls.V2Json);
        Task<Answer> produced = proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":"now"}]}""");
        Assert.Equal(200, (await produced).Status);
        Assert.Equal("now", (string?)(await waiting).Json[0]!["value"]);
    }

    [Theory]
    [InlineData("/topics/TOPIC/partitions/0/records?offset=7", 400, 40002)]
    [InlineData("/topics/TOPIC/partitions/0/records?offset=soon", 400, 40002)]
    [InlineData("/topics/TOPIC/partitions/0/records?timeout=-1", 400, 40002)]
    [InlineData("/topics/TOPIC/partitions/0/records?timeout=long", 400, 40002)]
    [InlineData("/topics/TOPIC/partitions/0/records?max_bytes=1e3", 400, 40002)]
    [InlineData("/topics/TOPIC/partitions/0/records?count=0", 400, 40002)]
    [InlineData("/topics/TOPIC/partitions/0/records?from_timestamp=soon", 400, 40002)]
    [InlineData("/topics/TOPIC/partitions/0/records?from_timestamp=1&offset=0", 400, 40002)]
    [InlineData("/topics/TOPIC/partitions/1/records?from_timestamp=1", 404, 40402)]
    [InlineData("/topics/TOPIC/partitions/1/records?offset=0", 404, 40402)]
    [InlineData("/topics/TOPIC/partitions/1/records", 404, 40402)]
    [InlineData("/topics/no-such/partitions/0/records?offset=0", 404, 40402)]
    [InlineData("/topics/no-such/partitions/0/records", 404, 40402)]
    [InlineData("/topics/TOPIC/partitions/x/records", 404, 404)]
    public async Task What_cannot_be_read_has_its_code(string path, int status, int code)
    {
        string topic = await proxy.NewTopicAsync();
        (await proxy.Http.AskAsync(path.Replace("TOPIC", topic, StringComparison.Ordinal))).Refused(status, code);
    }

    [Fact]
    public async Task Records_do_not_come_as_html()
    {
        string topic = await proxy.NewTopicAsync();
        (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", "text/html")).Refused(406, 406);
    }
}
