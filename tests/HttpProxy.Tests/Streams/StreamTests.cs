using System.Text.Json.Nodes;
using Gateway.Client.Producing;
using Gateway.Common.Records;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Streams;

/// <summary>Streams of records, as events and as lines (http-proxy §9.0, §9.1).</summary>
public sealed class StreamTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Fact]
    public async Task Events_have_a_cursor_a_name_and_the_record_on_one_line()
    {
        string topic = await proxy.NewTopicAsync();
        await ProduceAsync(topic, """{"records":[{"key":"k","value":{"a":1},"timestamp":1700000000000,"headers":[{"key":"h","value":"AQ=="}]},{"key":"k","value":null}]}""");
        using StreamClient stream = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records");
        Assert.Equal((200, "text/event-stream"), (stream.Status, stream.ContentType));
        Assert.Equal("no-store", stream.Response.Headers.CacheControl!.ToString());
        Assert.StartsWith("id: ", await stream.LineAsync(), StringComparison.Ordinal);
        Assert.Equal("retry: 1000", await stream.LineAsync());
        Assert.Equal("", await stream.LineAsync());
        Assert.Matches("^id: [A-Za-z0-9_-]+$", await stream.LineAsync());
        Assert.Equal("event: record", await stream.LineAsync());
        Assert.Equal(
            $$"""data: {"topic":"{{topic}}","key":"k","value":{"a":1},"partition":0,"offset":0,"timestamp":1700000000000,"headers":[{"key":"h","value":"AQ=="}]}""",
            await stream.LineAsync());
        Assert.Equal("", await stream.LineAsync());
        Assert.StartsWith("id: ", await stream.LineAsync(), StringComparison.Ordinal);
        Assert.Equal("event: tombstone", await stream.LineAsync());
    }

    [Fact]
    public async Task A_stream_goes_on_with_what_is_committed_later()
    {
        string topic = await proxy.NewTopicAsync(2);
        using StreamClient stream = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?from=latest");
        for (int i = 0; i < 5; i++)
        {
            await ProduceAsync(topic, $$"""{"records":[{"value":{{i}},"partition":{{i % 2}}}]}""");
            Assert.Equal(i, (int)(await stream.TakeAsync(1))[0].Json["value"]!);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/v3")]
    [InlineData("/kafka/v3")]
    public async Task The_stream_is_served_in_both_dialects(string prefix)
    {
        string topic = await proxy.NewTopicAsync();
        await ProduceAsync(topic, """{"records":[{"value":1}]}""");
        string path = prefix.Length == 0 ? $"/topics/{topic}/records" : $"{prefix}/clusters/{await proxy.Http.ClusterIdAsync()}/topics/{topic}/records:stream";
        using StreamClient stream = await StreamClient.OpenAsync(proxy.Http, path);
        Assert.Equal((0, 0), (await stream.TakeAsync(1))[0].Place);
        (await proxy.Http.AskAsync(path.Replace(topic, "no-such", StringComparison.Ordinal))).Refused(404, prefix.Length == 0 ? 40401 : 40403);
    }

    [Fact]
    public async Task A_cursor_goes_on_behind_its_record_in_every_partition()
    {
        string topic = await proxy.NewTopicAsync(3);
        for (int i = 0; i < 30; i++) await ProduceAsync(topic, $$"""{"records":[{"value":{{i}},"partition":{{i % 3}}}]}""");
        var seen = new List<(int, long)>();
        string? cursor = null;
        // Cut after every few records, and each time at another place.
        for (int i = 0; seen.Count < 30; i++)
        {
            using StreamClient stream = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records", lastEventId: cursor);
            List<StreamEvent> events = await stream.TakeAsync(Math.Min(1 + (i % 4), 30 - seen.Count));
            seen.AddRange(events.Select(taken => taken.Place));
            cursor = events[^1].Id;
        }
        Assert.Equal(Enumerable.Range(0, 30).Select(i => (i % 3, (long)(i / 3))).Order(), seen.Order());
        // Also as a parameter, and before the first record.
        using StreamClient last = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?until=end&cursor={cursor}");
        Assert.Null(await last.NextAsync());
        Assert.Equal(cursor, last.LastId);
    }

    [Fact]
    public async Task A_cursor_of_the_start_does_not_lose_what_came_before_the_first_event()
    {
        string topic = await proxy.NewTopicAsync();
        string? cursor;
        using (StreamClient stream = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?from=latest"))
        {
            cursor = (await stream.LineAsync())!["id: ".Length..];
        }
        await ProduceAsync(topic, """{"records":[{"value":"meanwhile"}]}""");
        using StreamClient again = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?from=latest", lastEventId: cursor);
        Assert.Equal("meanwhile", (string?)(await again.TakeAsync(1))[0].Json["value"]);
    }

    [Fact]
    public async Task Lines_end_with_the_log_when_asked_to()
    {
        string topic = await proxy.NewTopicAsync();
        await using Producer producer = proxy.Client.CreateProducer(new ProducerOptions { Compression = CompressionType.Gzip });
        using var set = new RecordSet();
        set.Add("k"u8.ToArray(), "{\r\n  \"a\": \"x y\"\n}"u8.ToArray());
        set.Add(null, new byte[] { 0xff });
        set.Add(null, null);
        await producer.ProduceAsync(topic, set);
        Answer answer = await proxy.Http.GetAsync($"/topics/{topic}/records?until=end", "application/x-ndjson");
        Assert.Equal((200, "application/x-ndjson"), (answer.Status, answer.ContentType));
        string[] lines = answer.Text.Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Equal("", lines[3]);
        Assert.Contains("\"value\":{\"a\":\"x y\"}", lines[0], StringComparison.Ordinal);
        Assert.Equal(("/w==", "base64"), ((string?)JsonNode.Parse(lines[1])!["value"], (string?)JsonNode.Parse(lines[1])!["value_encoding"]));
        Assert.Null(JsonNode.Parse(lines[2])!["value"]);
    }

    [Fact]
    public async Task A_large_log_comes_whole_and_in_order()
    {
        string topic = await proxy.NewTopicAsync();
        await using Producer producer = proxy.Client.CreateProducer(new ProducerOptions { Compression = CompressionType.Gzip });
        using var set = new RecordSet();
        for (int i = 0; i < 20_000; i++) set.Add(null, new byte[100]);
        await producer.ProduceAsync(topic, set);
        using StreamClient stream = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?until=end&format=binary", "application/x-ndjson");
        string[] lines = (await stream.RestAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(0, 20_000).Select(i => (long)i), lines.Select(line => (long)JsonNode.Parse(line)!["offset"]!));
    }

    [Theory]
    [InlineData("from=earliest", "0:0 0:1 0:2 1:0 1:1 1:2")]
    [InlineData("", "0:0 0:1 0:2 1:0 1:1 1:2")]
    [InlineData("from=latest", "")]
    [InlineData("from=offset:0:2,offset:1:1", "0:2 1:1 1:2")]
    [InlineData("from=offset:1:3", "0:0 0:1 0:2")]
    [InlineData("from=timestamp:2000", "0:2 1:2")]
    [InlineData("from=timestamp:1970-01-01T00:00:01Z", "0:1 0:2 1:1 1:2")]
    [InlineData("from=timestamp:1970-01-01T01:00:01%2B01:00", "0:1 0:2 1:1 1:2")]
    [InlineData("from=-1h", "")]
    [InlineData("partitions=1", "1:0 1:1 1:2")]
    [InlineData("partitions=1&from=offset:1:2", "1:2")]
    [InlineData("from=offset:0:9&reset=latest", "1:0 1:1 1:2")]
    [InlineData("from=offset:0:9&reset=earliest", "0:0 0:1 0:2 1:0 1:1 1:2")]
    [InlineData("partitions=0&max_records=2", "0:0 0:1")]
    public async Task The_query_says_where_to_start(string query, string records)
    {
        string topic = await NewTopicOfSixAsync();
        Assert.Equal(records, await PlacesAsync($"/topics/{topic}/records?until=end&{query}"));
    }

    [Fact]
    public async Task A_stream_ends_at_the_offsets_asked_for()
    {
        string topic = await NewTopicOfSixAsync();
        Assert.Equal("0:0 1:0 1:1", await PlacesAsync($"/topics/{topic}/records?until=offset:0:1,1:2"));
    }

    [Theory]
    [InlineData("until=timestamp:1500", "0:0 0:1 1:0 1:1")]
    [InlineData("until=timestamp:1000", "0:0 1:0")]
    [InlineData("until=timestamp:1970-01-01T00:00:02Z&partitions=1", "1:0 1:1")]
    [InlineData("until=timestamp:2001", "0:0 0:1 0:2 1:0 1:1 1:2")]
    [InlineData("until=timestamp:0", "")]
    [InlineData("until=timestamp:1000&from=offset:0:2", "1:0")]
    [InlineData("from=timestamp:1000&until=timestamp:2000", "0:1 1:1")]
    public async Task A_stream_ends_in_front_of_what_is_as_young_as_the_time_asked_for(string query, string records)
    {
        string topic = await NewTopicOfSixAsync();
        Assert.Equal(records, await PlacesAsync($"/topics/{topic}/records?{query}"));
    }

    [Theory]
    [InlineData("cursor=abc", 400, 40002)]
    [InlineData("cursor=%21", 400, 40002)]
    [InlineData("from=soon", 400, 40002)]
    [InlineData("from=offset:0", 400, 40002)]
    [InlineData("from=offset:0:-1", 400, 40002)]
    [InlineData("from=offset:0:1,0:2", 400, 40002)]
    [InlineData("from=offset:0:4", 400, 40002)]
    [InlineData("from=offset:2:0", 404, 40402)]
    [InlineData("from=timestamp:yesterday", 400, 40002)]
    [InlineData("from=-1x", 400, 40002)]
    [InlineData("partitions=2", 404, 40402)]
    [InlineData("partitions=", 400, 40002)]
    [InlineData("format=xml", 400, 40002)]
    [InlineData("until=noon", 400, 40002)]
    [InlineData("until=timestamp:noon", 400, 40002)]
    [InlineData("until=timestamp:2200-01-01T00:00:00Z", 400, 40002)]
    [InlineData("max_records=0", 400, 40002)]
    [InlineData("heartbeat=1ms", 400, 40002)]
    [InlineData("heartbeat=1h", 400, 40002)]
    [InlineData("reset=first", 400, 40002)]
    public async Task What_cannot_be_streamed_is_told_before_the_stream_begins(string query, int status, int code)
    {
        string topic = await NewTopicOfSixAsync();
        (await proxy.Http.GetAsync($"/topics/{topic}/records?{query}", "text/event-stream, application/json")).Refused(status, code);
    }

    [Fact]
    public async Task A_cursor_is_checked_and_belongs_to_its_topic()
    {
        string topic = await NewTopicOfSixAsync();
        using StreamClient stream = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records");
        string cursor = (await stream.TakeAsync(1))[0].Id!;
        (await proxy.Http.AskAsync($"/topics/{await NewTopicOfSixAsync()}/records?cursor={cursor}")).Refused(400, 40002);
        (await proxy.Http.AskAsync($"/topics/{topic}/records?cursor={(cursor[5] == 'A' ? cursor[..5] + 'B' + cursor[6..] : cursor[..5] + 'A' + cursor[6..])}")).Refused(400, 40002);
        (await proxy.Http.AskAsync($"/topics/{topic}/records?cursor={cursor[..^4]}")).Refused(400, 40002);
    }

    [Fact]
    public async Task Streams_come_as_lines_or_events_and_as_nothing_else()
    {
        string topic = await NewTopicOfSixAsync();
        (await proxy.Http.GetAsync($"/topics/{topic}/records", "application/json")).Refused(406, 406);
        Answer any = await proxy.Http.GetAsync($"/topics/{topic}/records?until=end", "*/*");
        Assert.Equal((200, "application/x-ndjson"), (any.Status, any.ContentType));
    }

    [Fact]
    public async Task Every_format_shows_what_it_can_and_auto_finds_out()
    {
        string topic = await proxy.NewTopicAsync();
        await ProduceAsync(topic, """{"records":[{"value":{"a":1}}]}""");
        Answer avro = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Avro, """{"value_schema":"\"string\"","records":[{"value":"x"}]}""");
        Assert.Equal(200, avro.Status);
        await using Producer producer = proxy.Client.CreateProducer();
        await producer.ProduceAsync(topic, null, "grüße"u8.ToArray());
        await producer.ProduceAsync(topic, null, new byte[] { 0xc3 });
        Assert.Equal(
            [("""{"a":1}""", "json"), ("\"x\"", "avro"), ("\"grüße\"", "text"), ("\"ww==\"", "base64")],
            await ValuesAsync(topic, "auto"));
        Assert.Equal((true, "\"x\""), (await ValuesAsync(topic, "avro") is [(_, "base64"), ("\"x\"", null), ..], (await ValuesAsync(topic, "avro"))[1].Value));
        Assert.Equal(("\"grüße\"", null), (await ValuesAsync(topic, "text"))[2]);
    }

    private async Task<List<(string Value, string? Encoding)>> ValuesAsync(string topic, string format)
    {
        Answer answer = await proxy.Http.GetAsync($"/topics/{topic}/records?until=end&format={format}", "application/x-ndjson");
        return [.. answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)
            .Select(record => (System.Text.RegularExpressions.Regex.Unescape(record["value"]!.ToJsonString()), (string?)record["value_encoding"]))];
    }

    private async Task<string> NewTopicOfSixAsync()
    {
        string topic = await proxy.NewTopicAsync(2);
        for (int partition = 0; partition < 2; partition++)
            await ProduceAsync(topic, $$"""{"records":[{"value":1,"partition":{{partition}},"timestamp":0},{"value":2,"partition":{{partition}},"timestamp":1000},{"value":3,"partition":{{partition}},"timestamp":2000}]}""");
        return topic;
    }

    private async Task<string> PlacesAsync(string path)
    {
        Answer answer = await proxy.Http.GetAsync(path, "application/x-ndjson");
        Assert.Equal(200, answer.Status);
        return string.Join(' ', answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)
            .Select(record => $"{record["partition"]}:{record["offset"]}").Order(StringComparer.Ordinal));
    }

    private async Task ProduceAsync(string topic, string body) => Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, body)).Status);
}
