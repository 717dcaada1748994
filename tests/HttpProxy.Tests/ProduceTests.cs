using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Client.Fetching;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Tests.Running;
using Record = Gateway.Common.Records.Record;

namespace Gateway.HttpProxy.Tests;

public sealed class ProduceTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Fact]
    public async Task Json_records_are_stored_without_blanks_and_otherwise_as_they_were_written()
    {
        string topic = await proxy.NewTopicAsync();
        Answer answer = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """
            { "records": [
                { "key": "k", "value": { "a" : [1.50, 1e3 , 12345678901234567890], "b\u0020\"c" : "x  y\\" } },
                { "value": "wärme ✓ \ud83d\ude00" },
                { "key": false, "value": 0 },
                { "key": {}, "value": [] } ] }
            """);
        Assert.Equal((200, HttpCalls.V2), (answer.Status, answer.ContentType));
        Assert.Equal(
            """{"offsets":[{"partition":0,"offset":0,"error_code":null,"error":null},{"partition":0,"offset":1,"error_code":null,"error":null},{"partition":0,"offset":2,"error_code":null,"error":null},{"partition":0,"offset":3,"error_code":null,"error":null}],"key_schema_id":null,"value_schema_id":null}""",
            answer.Text);
        Assert.Equal(
            [("\"k\"", """{"a":[1.50,1e3,12345678901234567890],"b\u0020\"c":"x  y\\"}"""), (null, "\"wärme ✓ \\ud83d\\ude00\""), ("false", "0"), ("{}", "[]")],
            (await ReadAsync(topic)).Select(record => (Text(record.Key), Text(record.Value))));
    }

    [Fact]
    public async Task Absent_and_null_are_kafkas_null_and_an_empty_string_is_empty()
    {
        string topic = await proxy.NewTopicAsync();
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Binary, """{"records":[{},{"key":null,"value":null},{"key":"","value":""}]}""");
        IReadOnlyList<Record> records = await ReadAsync(topic);
        Assert.Equal([(null, null), (null, null), ("", "")], records.Select(record => (Text(record.Key), Text(record.Value))));

        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"key":null,"value":null}]}""");
        Record last = (await ReadAsync(topic))[^1];
        Assert.Equal((null, null), (Text(last.Key), Text(last.Value)));
    }

    [Fact]
    public async Task Binary_values_of_900_KiB_keep_every_byte()
    {
        string topic = await proxy.NewTopicAsync();
        byte[] value = new byte[900 * 1024];
        new Random(7).NextBytes(value);
        // A slash may be escaped in JSON.
        string escaped = Convert.ToBase64String(value).Replace("/", "\\/", StringComparison.Ordinal);
        Answer answer = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Binary, $$"""{"records":[{"key":"AAH/","value":"{{escaped}}"}]}""");
        Assert.Equal(200, answer.Status);
        Record record = Assert.Single(await ReadAsync(topic));
        Assert.Equal([0, 1, 255], record.Key!.Value.ToArray());
        Assert.True(record.Value!.Value.Span.SequenceEqual(value));
    }

    [Theory]
    [InlineData("/topics/{0}")]
    [InlineData("/topics/{0}/partitions/0")]
    public async Task Binary_records_are_the_same_however_they_are_written(string path)
    {
        string topic = await proxy.NewTopicAsync();
        string url = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, topic);
        // The second says what the first does in a way that only the JSON reader understands.
        foreach (string last in new[] { "\"BQ==\"", "\"\\u0042Q==\"" })
        {
            Answer answer = await proxy.Http.PostAsync(url, HttpCalls.V2Binary,
                $$"""{"records":[{"key":"AA==","value":"AQID"},{"value":""},{"key":"BA=="},{"value":"/+8=","key":""},{"value":{{last}}}]}""");
            Assert.Equal(200, answer.Status);
            Assert.Equal(5, answer.Json["offsets"]!.AsArray().Count);
        }
        string?[][] stored = [.. (await ReadAsync(topic)).Select(record => new[] { Hex(record.Key), Hex(record.Value) })];
        string?[][] expected = [["00", "010203"], [null, ""], ["04", null], ["", "FFEF"], [null, "05"]];
        Assert.Equal([.. expected, .. expected], stored);
    }

    [Theory]
    [InlineData(0, "value", "AQI")]
    [InlineData(1, "value", "A")]
    [InlineData(2, "value", "ä")]
    [InlineData(2, "key", "????")]
    public async Task What_is_no_base64_is_refused_by_its_place_wherever_it_stands(int place, string member, string text)
    {
        string topic = await proxy.NewTopicAsync();
        string[] records = ["""{"value":"AQID"}""", """{"value":"AQID"}""", """{"value":"AQID"}"""];
        records[place] = $$"""{"{{member}}":"{{text}}"}""";
        Answer answer = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Binary, $$"""{"records":[{{string.Join(',', records)}}]}""");
        answer.Refused(400, 400);
        Assert.StartsWith($"records[{place}].{member} is not a base64 string", (string)answer.Json["message"]!, StringComparison.Ordinal);
        Assert.Empty(await ReadAsync(topic));
    }

    [Fact]
    public async Task Partition_timestamp_and_headers_are_kept()
    {
        string topic = await proxy.NewTopicAsync(3);
        Answer answer = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """
            {"records":[{"value":1,"partition":2,"timestamp":1700000000000,"headers":[{"key":"trace","value":"AQI="},{"name":"none","value":null}]}]}
            """);
        Assert.Equal(2, (int)answer.Json["offsets"]![0]!["partition"]!);
        Record record = Assert.Single(await ReadAsync(topic, 2));
        Assert.Equal(1700000000000, record.TimestampMs);
        Assert.Equal(["trace", "none"], record.Headers.Select(header => header.Key));
        Assert.Equal([1, 2], record.Headers[0].Value!.Value.ToArray());
        Assert.Null(record.Headers[1].Value);
    }

    [Fact]
    public async Task The_path_may_name_the_partition()
    {
        string topic = await proxy.NewTopicAsync(2);
        Answer answer = await proxy.Http.PostAsync($"/topics/{topic}/partitions/1", HttpCalls.V2Json, """{"records":[{"key":"a","value":1},{"key":"b","value":2}]}""");
        Assert.Equal([(1, 0), (1, 1)], answer.Json["offsets"]!.AsArray().Select(offset => ((int)offset!["partition"]!, (int)offset["offset"]!)));
        (await proxy.Http.PostAsync($"/topics/{topic}/partitions/1", HttpCalls.V2Json, """{"records":[{"value":1,"partition":0}]}""")).Refused(422, 422);
    }

    [Fact]
    public async Task Many_requests_at_once_get_offsets_of_their_own()
    {
        string topic = await proxy.NewTopicAsync();
        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{"value":{{i}}}]}""")));
        Assert.Equal(Enumerable.Range(0, 200), answers.Select(answer => (int)answer.Json["offsets"]![0]!["offset"]!).Order());
        IReadOnlyList<Record> stored = await ReadAsync(topic);
        for (int i = 0; i < 200; i++) Assert.Equal($"{i}", Text(stored[(int)answers[i].Json["offsets"]![0]!["offset"]!].Value));
    }

    [Theory]
    [InlineData("", 42206)]
    [InlineData("{", 422)]
    [InlineData("[]", 422)]
    [InlineData("{}", 422)]
    [InlineData("""{"records":[]}""", 422)]
    [InlineData("""{"records":{}}""", 422)]
    [InlineData("""{"records":[1]}""", 422)]
    [InlineData("""{"records":[{"value":1}]} x""", 422)]
    [InlineData("""{"records":[{"vlaue":1}]}""", 422)]
    [InlineData("""{"records":[{"value":1}],"what":1}""", 422)]
    [InlineData("""{"records":[{"value":1,"partition":-1}]}""", 422)]
    [InlineData("""{"records":[{"value":1,"partition":1.5}]}""", 422)]
    [InlineData("""{"records":[{"value":1,"partition":99999999999}]}""", 422)]
    [InlineData("""{"records":[{"value":1,"timestamp":"soon"}]}""", 422)]
    [InlineData("""{"records":[{"value":1,"headers":{}}]}""", 422)]
    [InlineData("""{"records":[{"value":1,"headers":[{"value":""}]}]}""", 422)]
    [InlineData("""{"records":[{"value":1,"headers":[{"key":"a","value":"?"}]}]}""", 400)]
    [InlineData("""{"records":[{"value":01}]}""", 422)]
    [InlineData("""{"records":[{"value":"\ud800"}]}""", 200)]
    [InlineData("""{"records":[{"value":1}],"records":[{"value":2}]}""", 422)]
    [InlineData("""{"records":[],"records":[{"value":2}]}""", 422)]
    [InlineData("""{"value_schema_id":1,"value_schema_id":2,"records":[{"value":1}]}""", 422)]
    [InlineData("""{"records":[{"value":1,"value":2}]}""", 422)]
    [InlineData("""{"records":[{"value":null,"v\u0061lue":2}]}""", 422)]
    [InlineData("""{"records":[{"key":null,"value":1,"key":2}]}""", 422)]
    [InlineData("""{"records":[{"value":1,"partition":0,"partition":0}]}""", 422)]
    [InlineData("""{"records":[{"value":1,"timestamp":1,"timestamp":2}]}""", 422)]
    [InlineData("""{"records":[{"value":1,"headers":[],"headers":[]}]}""", 422)]
    [InlineData("""{"records":[{"value":1,"headers":[{"key":"a","name":"b"}]}]}""", 422)]
    [InlineData("""{"records":[{"value":1,"headers":[{"key":"a","value":"","value":"AQ=="}]}]}""", 422)]
    [InlineData("""{"records":[{"value":{"a":1,"a":2}}]}""", 200)]
    [InlineData("""{"records":[{"value":1}],"\ud800":1}""", 422)]
    [InlineData("""{"records":[{"value":1,"headers":[{"key":"\udc00"}]}]}""", 422)]
    [InlineData("""{"value_schema":"\ud800","records":[{"value":1}]}""", 422)]
    public async Task A_request_that_is_not_one_is_refused(string body, int code)
    {
        string topic = await proxy.NewTopicAsync();
        Answer answer = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, body);
        if (code == 200) Assert.Equal(200, answer.Status);
        else answer.Refused(code == 42206 ? 422 : code, code);
        Assert.Equal(code == 200 ? 1 : 0, (await ReadAsync(topic)).Count);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_are_refused()
    {
        string topic = await proxy.NewTopicAsync();
        byte[] body = [.. "{\"records\":[{\"value\":\""u8, 0xff, 0xfe, .. "\"}]}"u8];
        (await proxy.Http.SendAsync(HttpMethod.Post, $"/topics/{topic}", HttpCalls.V2Json, body, null)).Refused(422, 422);
    }

    [Theory]
    [InlineData("\"not base64!\"")]
    [InlineData("\"QQ\"")]
    [InlineData("5")]
    [InlineData("{}")]
    public async Task Bad_base64_is_400(string value)
    {
        string topic = await proxy.NewTopicAsync();
        (await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Binary, $$"""{"records":[{"value":"QUJD"},{"value":{{value}}}]}""")).Refused(400, 400);
        Assert.Empty(await ReadAsync(topic));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/vnd.kafka.json.v1+json")]
    [InlineData("application/vnd.kafka.yaml.v2+json")]
    [InlineData("application/vnd.kafka.v2+json")]
    [InlineData("application/vnd.kafka.json.v2+json; charset=iso-8859-1")]
    [InlineData("nonsense")]
    public async Task A_wrong_content_type_is_415(string type)
    {
        string topic = await proxy.NewTopicAsync();
        (await proxy.Http.PostAsync($"/topics/{topic}", type, """{"records":[{"value":1}]}""")).Refused(415, 415);
    }

    [Theory]
    [InlineData("application/json", "1")]
    [InlineData("application/vnd.kafka.json.v2+json; charset=UTF-8", "1")]
    [InlineData(null, "\"QUJD\"")]
    public async Task Other_content_types_stand_for_a_format(string? type, string value)
    {
        string topic = await proxy.NewTopicAsync();
        Answer answer = await proxy.Http.SendAsync(HttpMethod.Post, $"/topics/{topic}", type, Encoding.UTF8.GetBytes($$"""{"records":[{"value":{{value}}}]}"""), null);
        Assert.Equal(200, answer.Status);
        Assert.Equal(type is null ? "ABC" : "1", Text((await ReadAsync(topic))[0].Value));
    }

    [Fact]
    public async Task An_unknown_topic_or_partition_in_the_path_is_404_and_in_a_record_the_records_own_error()
    {
        string topic = await proxy.NewTopicAsync();
        (await proxy.Http.PostAsync("/topics/no-such-topic", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Refused(404, 40401);
        (await proxy.Http.PostAsync($"/topics/{topic}/partitions/1", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Refused(404, 40402);
        (await proxy.Http.PostAsync("/topics/not%20a%20name", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Refused(400, 40002);
        Answer mixed = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1},{"value":2,"partition":5}]}""");
        Assert.Equal(200, mixed.Status);
        Assert.Equal((0, null), ((int)mixed.Json["offsets"]![0]!["offset"]!, (int?)mixed.Json["offsets"]![0]!["error_code"]));
        Assert.Equal((null, 40402), ((int?)mixed.Json["offsets"]![1]!["offset"], (int)mixed.Json["offsets"]![1]!["error_code"]!));
        Assert.StartsWith("UNKNOWN_TOPIC_OR_PARTITION", (string?)mixed.Json["offsets"]![1]!["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_topic_is_created_by_producing_where_that_is_allowed()
    {
        HttpClient creating = await proxy.StartAsync(new ProxyOptions { AllowTopicCreation = true });
        string topic = proxy.NewName("auto");
        Answer answer = await creating.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1}]}""");
        Assert.Equal((200, 0), (answer.Status, (int)answer.Json["offsets"]![0]!["offset"]!));
    }

    [Fact]
    public async Task PRD_12_a_value_above_the_topics_limit_is_that_records_error()
    {
        string topic = await proxy.NewTopicAsync(1, ("max.message.bytes", "1000"));
        Answer answer = await proxy.Http.PostAsync(
            $"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{"value":"small"},{"value":"{{new string('x', 2000)}}"}]}""");
        Assert.Equal(200, answer.Status);
        JsonArray offsets = answer.Json["offsets"]!.AsArray();
        Assert.Equal((0, (int?)null), ((int)offsets[0]!["offset"]!, (int?)offsets[0]!["error_code"]));
        Assert.Equal(((int?)null, 40002), ((int?)offsets[1]!["offset"], (int)offsets[1]!["error_code"]!));
        Assert.StartsWith("MESSAGE_TOO_LARGE", (string?)offsets[1]!["error"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_above_the_limit_is_413_announced_or_not(bool announced)
    {
        HttpClient small = await proxy.StartAsync(new ProxyOptions { MaxRequestBytes = 1000 });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/topics/x")
        {
            Content = new ByteArrayContent(new byte[1001]),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", HttpCalls.V2Json);
        if (!announced) request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage response = await small.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(413, (int)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error_code"]!);
    }

    [Fact]
    public async Task When_too_many_bodies_are_held_a_request_is_refused_with_429()
    {
        HttpClient busy = await proxy.StartAsync(new ProxyOptions { MaxBufferedRequestBytes = 50 });
        Answer answer = await busy.PostAsync("/topics/x", HttpCalls.V2Json, $$"""{"records":[{"value":"{{new string('x', 100)}}"}]}""");
        answer.Refused(429, 429);
        Assert.Equal("1", answer.Headers.RetryAfter?.ToString());
    }

    private static string? Hex(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? Convert.ToHexString(some.Span) : null;

    private static string? Text(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? Encoding.UTF8.GetString(some.Span) : null;

    private async Task<IReadOnlyList<Record>> ReadAsync(string topic, int partition = 0)
    {
        // Not disposed: the records are slices of its memory.
        FetchedRecords fetched = await proxy.Client.Fetcher.ReadAsync(new TopicPartition(topic, partition), 0, new FetchLimits(4 << 20, TimeSpan.Zero), default);
        return fetched.ReadRecords();
    }
}
