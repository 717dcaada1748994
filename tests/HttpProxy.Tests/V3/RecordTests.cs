using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.V3;

/// <summary>Streams and batches of records in the v3 dialect (http-proxy §4.3, §4.4).</summary>
public sealed class RecordTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Json = "application/json";
    private const string TooDeep = "parse error at line 1, byte [0-9]+: a key or value is nested more than 500 levels deep, which is the limit\\.$";
    private const string User = """{"type":"record","name":"User","namespace":"shop","fields":[{"name":"name","type":"string"}]}""";

    [Fact]
    public async Task A_record_is_answered_with_where_it_lies_and_what_was_written()
    {
        (string topic, string url) = await NewTopicAsync(3);
        Answer answer = await proxy.Http.PostAsync(
            url, Json,
            """
            {"partition_id":1,"headers":[{"name":"h","value":"AQI="},{"name":"none","value":null}],"key":{"type":"BINARY","data":"Zm9v"},
            "value":{"type":"JSON","data":{"a": [1, 2]}},"timestamp":"2021-02-05T19:14:42Z"}
            """);
        Assert.Equal((200, Json), (answer.Status, answer.ContentType));
        Assert.Equal(
            $$$"""{"error_code":200,"cluster_id":"{{{await proxy.Http.ClusterIdAsync()}}}","topic_name":"{{{topic}}}","partition_id":1,"offset":0,"timestamp":"2021-02-05T19:14:42.000Z","key":{"type":"BINARY","size":3},"value":{"type":"JSON","size":11}}""" + "\r\n",
            answer.Text);
        JsonNode stored = (await proxy.Http.GetAsync($"/topics/{topic}/partitions/1/records?offset=0", HttpCalls.V2Binary)).Json[0]!;
        Assert.Equal(("Zm9v", """{"a":[1,2]}"""), ((string?)stored["key"], Encoding.UTF8.GetString(Convert.FromBase64String((string)stored["value"]!))));
        Assert.Equal(1612552482000, (long)stored["timestamp"]!);
        Assert.Equal("""[{"key":"h","value":"AQI="},{"key":"none","value":null}]""", stored["headers"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"value":{"type":"STRING","data":"a"}}{"value":{"type":"STRING","data":"b"}}""")]
    [InlineData("""{"value":{"type":"STRING","data":"a"}} {"value":{"type":"STRING","data":"b"}}""")]
    [InlineData("[{\"value\":{\"type\":\"STRING\",\"data\":\"a\"}},\r\n{\"value\":{\"type\":\"STRING\",\"data\":\"b\"}}]\n")]
    public async Task Records_stand_one_after_another_or_in_an_array(string body)
    {
        (string topic, string url) = await NewTopicAsync();
        Assert.Equal([0, 1], Offsets(await proxy.Http.PostAsync(url, Json, body)));
        Assert.Equal(["a", "b"], await ValuesAsync(topic));
    }

    [Fact]
    public async Task A_record_that_cannot_be_fails_alone_and_results_keep_the_order()
    {
        (string topic, string url) = await NewTopicAsync();
        Answer answer = await proxy.Http.PostAsync(
            url, Json,
            """{"value":{"type":"STRING","data":"}]\"{"}}{"value":{"type":"BINARY","data":"?"}}{"value":{"type":"STRING","data":"z"}}{"partition_id":9,"value":null}{}""");
        Assert.Equal([200, 400, 200, 40403, 200], Results(answer).Select(result => (int)result["error_code"]!));
        Assert.Equal(["}]\"{", "z", null], await ValuesAsync(topic));
    }

    [Theory]
    [InlineData("nothing", 400)]
    [InlineData("""{"value":{"type":"STRING","data":"a"}},{}""", 400)]
    [InlineData("""[{"value":{"type":"STRING","data":"a"}} {}]""", 400)]
    [InlineData("""[{"value":{"type":"STRING","data":"a"}}]{}""", 400)]
    [InlineData("""[{"value":{"type":"STRING","data":"a"}}""", 400)]
    [InlineData("""{"value":{"type":"STRING","data":"a"}}{"value":""", 400)]
    [InlineData("""{"value":{"type":"STRING","data":"a"}}{"value":tru}{}""", 400)]
    [InlineData("""{"value":{"type":"STRING","data":"a"}}{"value":{"type":"STRING","data":"\ud800"}}""", 400)]
    public async Task What_cannot_be_read_on_ends_the_stream_and_what_came_before_it_is_written(string body, int code)
    {
        (string topic, string url) = await NewTopicAsync();
        JsonNode[] results = Results(await proxy.Http.PostAsync(url, Json, body));
        Assert.Equal(code, (int)results[^1]["error_code"]!);
        Assert.NotEqual("", (string?)results[^1]["message"]);
        Assert.Equal(results.Length - 1, (await ValuesAsync(topic)).Count);
        Assert.All(results[..^1], result => Assert.Equal(200, (int)result["error_code"]!));
    }

    [Fact]
    public async Task Deep_data_is_taken_as_deep_as_elsewhere_and_no_deeper()
    {
        (_, string url) = await NewTopicAsync();
        static string Record(int levels) => $$$"""{"value":{"type":"JSON","data":{{{new string('[', levels)}}}{{{new string(']', levels)}}}}}""";
        Assert.Equal(200, (int)Results(await proxy.Http.PostAsync(url, Json, Record(500)))[0]["error_code"]!);
        // Told as v2 tells it; the record fails alone, unless there is no telling where it ends.
        foreach (int levels in new[] { 501, 100_000 })
        {
            JsonNode[] results = Results(await proxy.Http.PostAsync(url, Json, Record(levels) + Record(1)));
            Assert.Equal([400, 200], results.Select(result => (int)result["error_code"]!));
            Assert.Matches(TooDeep, (string)results[0]["message"]!);
        }
        JsonNode[] cut = Results(await proxy.Http.PostAsync(url, Json, Record(501).Replace("[]", "[x]", StringComparison.Ordinal) + Record(1)));
        Assert.Equal([400], cut.Select(result => (int)result["error_code"]!));
        Answer batch = await proxy.Http.PostAsync($"{url}:batch", Json, $$"""{"entries":[{"id":"1",{{Record(501)[1..]}}]}""");
        batch.Refused(400, 400);
        Assert.Matches(TooDeep, (string)batch.Json["message"]!);
        Assert.Equal(207, (await proxy.Http.PostAsync($"{url}:batch", Json, $$"""{"entries":[{"id":"1",{{Record(500)[1..]}}]}""")).Status);
    }

    [Fact]
    public async Task What_is_no_json_is_told_in_our_words()
    {
        (_, string url) = await NewTopicAsync();
        JsonNode end = Assert.Single(Results(await proxy.Http.PostAsync(url, Json, """{"value":tru}""")));
        Assert.Equal("The stream cannot be read on: parse error at line 1, byte 12: the record is not valid JSON.", (string?)end["message"]);
    }

    [Fact]
    public async Task An_answer_comes_while_the_stream_is_still_open()
    {
        (string topic, string url) = await NewTopicAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, proxy.Http.BaseAddress!.Port);
        await using NetworkStream stream = client.GetStream();
        using var answers = new StreamReader(stream, Encoding.UTF8);
        await SendAsync(stream, $"POST {new Uri(url).AbsolutePath} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 3; i++)
        {
            // In two pieces, cut within the record.
            string record = $$$"""{"value":{"type":"STRING","data":"{{{i}}}"}}""";
            await ChunkAsync(stream, record[..20]);
            await ChunkAsync(stream, record[20..]);
            string? line = "";
            while (line?.StartsWith('{') == false) line = await answers.ReadLineAsync();
            DocumentedAnswers.CheckObject("POST", new Uri(url).AbsolutePath, Json, Encoding.UTF8.GetBytes(line!));
            Assert.Equal(i, (long)JsonNode.Parse(line!)!["offset"]!);
        }
        await SendAsync(stream, "0\r\n\r\n");
        Assert.Equal(["0", "1", "2"], await ValuesAsync(topic));
    }

    [Fact]
    public async Task A_record_beyond_the_limit_ends_the_stream()
    {
        HttpClient small = await proxy.StartAsync(new ProxyOptions { MaxRequestBytes = 10_000 });
        string topic = await proxy.NewTopicAsync(), url = $"/v3/clusters/{await proxy.Http.ClusterIdAsync()}/topics/{topic}/records";
        string body = string.Concat(Enumerable.Repeat("""{"value":{"type":"STRING","data":"small"}}""", 1_000));
        Assert.Equal(1_000, Results(await small.PostAsync(url, Json, body)).Length);
        JsonNode[] results = Results(await small.PostAsync(url, Json, $$$"""{}{"value":{"type":"STRING","data":"{{{new string('x', 20_000)}}}"}}"""));
        Assert.Equal([200, 413], results.Select(result => (int)result["error_code"]!));
    }

    [Theory]
    [InlineData("""{"value":7}""")]
    [InlineData("""{"value":{"type":"TEXT","data":"a"}}""")]
    [InlineData("""{"value":{"type":"STRING","data":7}}""")]
    [InlineData("""{"value":{"type":"BINARY","data":7}}""")]
    [InlineData("""{"value":{"type":"STRING","data":"a","schema_id":1}}""")]
    [InlineData("""{"value":{"type":"AVRO","data":"a"}}""")]
    [InlineData("""{"value":{"type":"AVRO","schema":"\"string\"","schema_id":1,"data":"a"}}""")]
    [InlineData("""{"value":{"schema":"\"string\"","data":"a"}}""")]
    [InlineData("""{"value":{"schema_id":1,"schema_version":1,"data":"a"}}""")]
    [InlineData("""{"value":{"subject":"s","subject_name_strategy":"TOPIC_NAME","data":"a"}}""")]
    [InlineData("""{"value":{"subject_name_strategy":"NONE","data":"a"}}""")]
    [InlineData("""{"value":{"subject_name_strategy":"RECORD_NAME","data":"a"}}""")]
    [InlineData("""{"value":{"type":"AVRO","schema":"\"string\"","subject_name_strategy":"RECORD_NAME","data":"a"}}""")]
    [InlineData("""{"partition_id":-1}""")]
    [InlineData("""{"partition_id":"1"}""")]
    [InlineData("""{"timestamp":7}""")]
    [InlineData("""{"timestamp":"soon"}""")]
    [InlineData("""{"headers":[{"value":"AQI="}]}""")]
    [InlineData("""{"headers":[{"name":"h","value":"?"}]}""")]
    [InlineData("""{"headers":{}}""")]
    [InlineData("""{"value":{"type":"STRING","data":"a"},"value":{"type":"STRING","data":"b"}}""")]
    [InlineData("""{"value":{"type":"STRING","data":"a"},"v\u0061lue":null}""")]
    [InlineData("""{"key":null,"key":{"type":"STRING","data":"b"}}""")]
    [InlineData("""{"value":{"type":"STRING","data":"a","data":"b"}}""")]
    [InlineData("""{"value":{"type":"STRING","type":"JSON","data":"a"}}""")]
    [InlineData("""{"partition_id":0,"partition_id":0}""")]
    [InlineData("""{"timestamp":"2026-01-31T12:00:00Z","timestamp":"2026-01-31T12:00:00Z"}""")]
    [InlineData("""{"headers":[],"headers":[{"name":"h"}]}""")]
    [InlineData("""{"headers":[{"name":"h","name":"i"}]}""")]
    public async Task A_record_that_does_not_fit_together_is_refused(string record)
    {
        (string topic, string url) = await NewTopicAsync();
        JsonNode result = Assert.Single(Results(await proxy.Http.PostAsync(url, Json, record)));
        Assert.Equal(400, (int)result["error_code"]!);
        Assert.Empty(await ValuesAsync(topic));
    }

    [Fact]
    public async Task Characters_are_utf_8_or_iso_8859_1_and_nothing_else()
    {
        (string topic, string url) = await NewTopicAsync();
        string record = """{"value":{"type":"STRING","data":"grüße"}}""", batch = record.Insert(1, "\"id\":\"1\",");
        foreach (string charset in new[] { "ISO-8859-1", "\"iso-8859-1\"", "UTF-8" })
        {
            Encoding encoding = charset == "UTF-8" ? Encoding.UTF8 : Encoding.Latin1;
            Answer stream = await proxy.Http.SendAsync(HttpMethod.Post, url, $"{Json}; charset={charset}", encoding.GetBytes(record), null);
            Assert.Equal(200, (int)Assert.Single(Results(stream))["error_code"]!);
            byte[] body = encoding.GetBytes($$"""{"entries":[{{batch}}]}""");
            Assert.Equal(207, (await proxy.Http.SendAsync(HttpMethod.Post, $"{url}:batch", $"{Json}; charset={charset}", body, null)).Status);
        }
        Assert.Equal(Enumerable.Repeat("grüße", 6), await ValuesAsync(topic));
        foreach (string path in new[] { url, $"{url}:batch" })
            (await proxy.Http.PostAsync(path, $"{Json}; charset=utf-16", record)).Refused(400, 400);
        Assert.Equal(6, (await ValuesAsync(topic)).Count);
    }

    [Fact]
    public async Task A_schema_is_given_as_text_id_version_or_newest_of_a_subject()
    {
        (string topic, string url) = await NewTopicAsync();
        string schema = JsonValue.Create(User).ToJsonString();
        JsonNode[] results = Results(await proxy.Http.PostAsync(
            url, Json,
            $$$$"""
            {"value":{"type":"AVRO","schema":{{{{schema}}}},"data":{"name":"Ada"}}}
            {"value":{"data":{"name":"Grace"}}}
            {"value":{"type":"AVRO","subject_name_strategy":"RECORD_NAME","schema":{{{{schema}}}},"data":{"name":"Edsger"}}}
            {"value":{"type":"AVRO","subject_name_strategy":"TOPIC_RECORD_NAME","schema":{{{{schema}}}},"data":{"name":"Tony"}}}
            {"value":{"subject":"shop.User","data":{"name":"Barbara"}}}
            {"value":{"data":{"name":7}}}
            {"value":{"subject":"no-such","data":{"name":"Ada"}}}
            """));
        Assert.Equal([200, 200, 200, 200, 200, 400, 42205], results.Select(result => (int)result["error_code"]!));
        int id = (int)results[0]["value"]!["schema_id"]!;
        Assert.Equal($$"""{"type":"AVRO","subject":"{{topic}}-value","schema_id":{{id}},"schema_version":1,"size":9}""", results[0]["value"]!.ToJsonString());
        Assert.Equal(
            [$"{topic}-value", $"{topic}-value", "shop.User", $"{topic}-shop.User", "shop.User"],
            results[..5].Select(result => (string?)result["value"]!["subject"]));
        JsonNode byId = Assert.Single(Results(await proxy.Http.PostAsync(url, Json, $$$$"""{"value":{"schema_id":{{{{id}}}},"data":{"name":"Alan"}}}""")));
        Assert.Equal($$"""{"type":"AVRO","schema_id":{{id}},"size":10}""", byId["value"]!.ToJsonString());
        Answer read = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records?offset=0", HttpCalls.V2Avro);
        Assert.Equal(["Ada", "Grace", "Edsger", "Tony", "Barbara", "Alan"], read.Json.AsArray().Select(record => (string?)record!["value"]!["name"]));
    }

    [Fact]
    public async Task A_batch_answers_207_with_those_that_were_written_and_those_that_were_not()
    {
        (string topic, string url) = await NewTopicAsync();
        Answer answer = await proxy.Http.PostAsync(
            url + ":batch", Json,
            """{"entries":[{"id":"a","value":{"type":"STRING","data":"1"}},{"id":"b","value":{"type":"TEXT","data":"2"}},{"id":"c","value":{"type":"STRING","data":"3"}}]}""");
        Assert.Equal((207, Json), (answer.Status, answer.ContentType));
        Assert.Equal(
            [("a", 0L), ("c", 1L)],
            answer.Json["successes"]!.AsArray().Select(success => ((string)success!["id"]!, (long)success["offset"]!)));
        JsonNode failure = Assert.Single(answer.Json["failures"]!.AsArray())!;
        Assert.Equal(("b", 400), ((string?)failure["id"], (int)failure["error_code"]!));
        Assert.Equal(["1", "3"], await ValuesAsync(topic));
    }

    [Theory]
    [InlineData("{}", 422, 42208)]
    [InlineData("""{"entries":[]}""", 422, 42208)]
    [InlineData("""{"entries":7}""", 422, 42208)]
    [InlineData("""{"entries":[{}]}""", 422, 42208)]
    [InlineData("""{"entries":[{"id":""}]}""", 422, 42208)]
    [InlineData("""{"entries":[{"id":"a"},{"id":"a"}]}""", 422, 42208)]
    [InlineData("""{"entries":[{"id":"12345678901234567890123456789012345678901234567890123456789012345678901234567890!"}]}""", 422, 42208)]
    [InlineData("""{"entries":[{"id":"1"},{"id":"2"},{"id":"3"},{"id":"4"},{"id":"5"},{"id":"6"},{"id":"7"},{"id":"8"},{"id":"9"},{"id":"10"},{"id":"11"}]}""", 422, 42208)]
    [InlineData("{", 400, 400)]
    public async Task A_batch_that_is_none_is_refused_whole(string body, int status, int code)
    {
        (string topic, string url) = await NewTopicAsync();
        (await proxy.Http.PostAsync(url + ":batch", Json, body)).Refused(status, code);
        Assert.Empty(await ValuesAsync(topic));
    }

    [Fact]
    public async Task Unknown_topics_fail_record_by_record_and_an_empty_stream_as_a_whole()
    {
        string cluster = await proxy.Http.ClusterIdAsync();
        JsonNode result = Assert.Single(Results(await proxy.Http.PostAsync($"/v3/clusters/{cluster}/topics/no-such/records", Json, "{}")));
        Assert.Equal(40403, (int)result["error_code"]!);
        (await proxy.Http.PostAsync($"/v3/clusters/{cluster}/topics/no-such/records", Json, "")).Refused(422, 42206);
        (await proxy.Http.PostAsync("/v3/clusters/another/topics/no-such/records", Json, "{}")).Refused(404, 404);
        (await proxy.Http.PostAsync($"/v3/clusters/{cluster}/topics/no-such/records", "text/plain", "{}")).Refused(415, 415);
    }

    private static JsonNode[] Results(Answer answer)
    {
        Assert.Equal(200, answer.Status);
        return [.. answer.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }

    private static IReadOnlyList<long> Offsets(Answer answer) => [.. Results(answer).Select(result => (long)result["offset"]!)];

    private static Task ChunkAsync(NetworkStream stream, string text) => SendAsync(stream, $"{text.Length:x}\r\n{text}\r\n");

    private static async Task SendAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text));

    private async Task<(string Topic, string Url)> NewTopicAsync(int partitions = 1)
    {
        string topic = await proxy.NewTopicAsync(partitions);
        return (topic, $"{proxy.Http.BaseAddress}v3/clusters/{await proxy.Http.ClusterIdAsync()}/topics/{topic}/records");
    }

    private async Task<IReadOnlyList<string?>> ValuesAsync(string topic)
    {
        Answer answer = await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records?offset=0", HttpCalls.V2Binary);
        return [.. answer.Json.AsArray().Select(static record => (string?)record!["value"] is { } value ? Encoding.UTF8.GetString(Convert.FromBase64String(value)) : null)];
    }
}
