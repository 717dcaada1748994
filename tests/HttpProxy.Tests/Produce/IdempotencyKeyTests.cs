using System.Text;
using System.Text.Json.Nodes;
using Gateway.Client;
using Gateway.Client.Admin;
using Gateway.HttpProxy.Produce;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Produce;

/// <summary>Requests with an idempotency key: however often one comes, its records are stored once (http-proxy §9.4).</summary>
public sealed class IdempotencyKeyTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Json = "application/json";

    public static TheoryData<string, string, string> Forms => new()
    {
        { "/topics/{0}", HttpCalls.V2Json, """{"records":[{"value":1},{"key":"k","value":2}]}""" },
        { "/topics/{0}/partitions/1", HttpCalls.V2Binary, """{"records":[{"value":"AQ=="}]}""" },
        { "/topics/{0}/raw?key=k", "text/plain", "text" },
        { "/topics/{0}", "application/x-ndjson", "{\"value\":1}\n{\"value\":2}" },
        { "/topics/{0}", "application/cloudevents+json", """{"specversion":"1.0","id":"1","source":"/s","type":"t","data":1}""" },
        { "/v3/clusters/{1}/topics/{0}/records", Json, """{"value":{"type":"JSON","data":1}} {"value":{"type":"JSON","data":2},"headers":[]}""" },
        { "/v3/clusters/{1}/topics/{0}/records", Json, """{"timestamp":"2026-01-31T12:00:00Z"}""" },
        { "/kafka/v3/clusters/{1}/topics/{0}/records:batch", Json, """{"entries":[{"id":"a","value":{"type":"JSON","data":1}},{"id":"b","partition_id":2}]}""" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_request_that_comes_again_is_answered_as_the_first_time_and_written_once(string path, string type, string body)
    {
        string topic = await proxy.NewTopicAsync(3);
        string url = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, topic, await proxy.Http.ClusterIdAsync());
        Answer first = await SendAsync(url, type, body, "key");
        Assert.True(first.Status is 200 or 207, first.Text);
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        int stored = (await ValuesAsync(topic, 3)).Count;
        for (int i = 0; i < 2; i++)
        {
            Answer again = await SendAsync(url, type, body, "key");
            Assert.Equal((first.Status, first.Text, "true"), (again.Status, again.Text, Assert.Single(again.Headers.GetValues("Idempotency-Replayed"))));
        }
        Assert.Equal(stored, (await ValuesAsync(topic, 3)).Count);
        // Another key is another request, and none is none.
        await SendAsync(url, type, body, "other");
        await SendAsync(url, type, body, null);
        Assert.Equal(3 * stored, (await ValuesAsync(topic, 3)).Count);
    }

    [Fact]
    public async Task A_key_belongs_to_one_request()
    {
        string topic = await proxy.NewTopicAsync(3);
        Answer first = await SendAsync($"/topics/{topic}?timeout=30000", HttpCalls.V2Json, """{"records":[{"value":"a"}]}""", "key");
        string there = (string)first.Json["offsets"]![0]!["partition"]!.ToString(), elsewhere = there == "0" ? "1" : "0";
        (await SendAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":"b"}]}""", "key")).Refused(422, 422);
        (await SendAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{"value":"a","partition":{{elsewhere}}}]}""", "key")).Refused(422, 422);
        (await SendAsync($"/topics/{topic}/partitions/{there}", HttpCalls.V2Json, """{"records":[{"value":"a"}]}""", "key")).Refused(422, 422);
        (await SendAsync($"/topics/{topic}", "application/vnd.kafka.text.v2+json", """{"records":[{"value":"a"}]}""", "key")).Refused(422, 422);
        (await SendAsync($"/topics/{topic}/raw", "text/plain", "a", "key")).Refused(422, 422);
        Assert.Equal(["a"], await ValuesAsync(topic, 3));
        // How long to wait, and in which quotes, is not part of it.
        Assert.Equal(first.Text, (await SendAsync($"/topics/{topic}?acks=leader", HttpCalls.V2Json, """{"records":[{"value":"a"}]}""", "\"key\"")).Text);
    }

    [Fact]
    public async Task Headers_that_go_into_records_are_part_of_the_request()
    {
        string topic = await proxy.NewTopicAsync();
        (string, string)[] Headers(string header) =>
            [("Idempotency-Key", "key"), ("Content-Type", "text/plain"), ("X-Kafka-Header-a", header), ("traceparent", $"{Guid.NewGuid()}")];
        byte[] body = Encoding.UTF8.GetBytes("a");
        Answer first = await proxy.Http.RequestAsync($"/topics/{topic}/raw", body, Headers("1"));
        Assert.Equal((200, first.Text), (first.Status, (await proxy.Http.RequestAsync($"/topics/{topic}/raw", body, Headers("1"))).Text));
        (await proxy.Http.RequestAsync($"/topics/{topic}/raw", body, Headers("2"))).Refused(422, 422);
    }

    [Fact]
    public async Task Of_many_at_once_one_writes_and_all_are_told_where()
    {
        string topic = await proxy.NewTopicAsync(3);
        const string Body = """{"records":[{"value":1},{"key":"a","value":2},{"key":"b","value":3},{"partition":2,"value":4}]}""";
        for (int round = 0; round < 10; round++)
        {
            Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync($"/topics/{topic}", HttpCalls.V2Json, Body, $"key-{round}")));
            Assert.All(answers, answer => Assert.Equal((200, answers[0].Text), (answer.Status, answer.Text)));
            Assert.Single(answers, answer => !answer.Headers.Contains("Idempotency-Replayed"));
        }
        Assert.Equal(40, (await ValuesAsync(topic, 3)).Count);
    }

    [Fact]
    public async Task Of_different_requests_at_once_with_one_key_one_is_written()
    {
        string topic = await proxy.NewTopicAsync(8);
        for (int round = 0; round < 10; round++)
        {
            // Each for a partition of its own, none of which knows of the others.
            Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
                SendAsync($"/topics/{topic}/partitions/{i}", HttpCalls.V2Json, """{"records":[{"value":1}]}""", $"key-{round}")));
            Assert.Equal([200, .. Enumerable.Repeat(422, 7)], answers.Select(answer => answer.Status).Order());
        }
        Assert.Equal(10, (await ValuesAsync(topic, 8)).Count);
    }

    [Fact]
    public async Task A_request_goes_where_it_went_when_its_topic_has_more_partitions_by_now()
    {
        string topic = await proxy.NewTopicAsync(1);
        string body = $$"""{"records":[{"value":"x"},{{string.Join(',', Enumerable.Range(0, 30).Select(i => $$"""{"key":"k{{i}}","value":{{i}}}"""))}}]}""";
        Answer one = await SendAsync($"/topics/{topic}", HttpCalls.V2Json, body, "one");
        await proxy.Client.Admin.CreatePartitionsAsync(topic, 3);
        Answer three = await SendAsync($"/topics/{topic}", HttpCalls.V2Json, body, "three");
        Assert.Equal(3, three.Json["offsets"]!.AsArray().Select(offset => (int)offset!["partition"]!).Distinct().Count());
        await proxy.Client.Admin.CreatePartitionsAsync(topic, 7);
        Assert.Equal(one.Text, (await SendAsync($"/topics/{topic}", HttpCalls.V2Json, body, "one")).Text);
        Assert.Equal(three.Text, (await SendAsync($"/topics/{topic}", HttpCalls.V2Json, body, "three")).Text);
        (await SendAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":"y"}]}""", "one")).Refused(422, 422);
        Assert.Equal(62, (await ValuesAsync(topic, 7)).Count);
    }

    [Fact]
    public async Task What_failed_is_written_when_the_request_comes_again_and_what_did_not_stays()
    {
        string topic = await proxy.NewTopicAsync(2, ("max.message.bytes", "1000"));
        string body = $$"""{"records":[{"partition":0,"value":"a"},{"partition":1,"value":"{{new string('b', 2_000)}}"},{"partition":0,"value":"c"}]}""";
        Answer half = await SendAsync($"/topics/{topic}", HttpCalls.V2Json, body, "key");
        Assert.Equal([0, null, 1], half.Json["offsets"]!.AsArray().Select(offset => (int?)offset!["offset"]));
        Assert.Equal(40002, (int)half.Json["offsets"]![1]!["error_code"]!);
        await proxy.Client.Admin.AlterConfigsAsync(ConfigResourceType.Topic, topic, [new ConfigChange("max.message.bytes", ConfigOperation.Set, "10000")]);
        Answer whole = await SendAsync($"/topics/{topic}", HttpCalls.V2Json, body, "key");
        Assert.Equal([0, 0, 1], whole.Json["offsets"]!.AsArray().Select(offset => (int?)offset!["offset"]));
        Assert.False(whole.Headers.Contains("Idempotency-Replayed"));
        Answer again = await SendAsync($"/topics/{topic}", HttpCalls.V2Json, body, "key");
        Assert.Equal((whole.Text, true), (again.Text, again.Headers.Contains("Idempotency-Replayed")));
        Assert.Equal(3, (await ValuesAsync(topic, 2)).Count);
    }

    [Fact]
    public async Task With_a_condition_whoever_asks_again_is_told_that_it_held()
    {
        string topic = await proxy.NewTopicAsync(2);
        string url = $"/topics/{topic}/partitions/1?if_end_offset=";
        const string Body = """{"records":[{"value":"a"}]}""";
        (await SendAsync($"{url}1", HttpCalls.V2Json, Body, "early")).Refused(412, 412);
        Answer first = await SendAsync($"{url}0", HttpCalls.V2Json, Body, "key");
        (await SendAsync($"{url}0", HttpCalls.V2Json, Body, "late")).Refused(412, 412);
        Answer again = await SendAsync($"{url}0", HttpCalls.V2Json, Body, "key");
        Assert.Equal((200, first.Text, true), (again.Status, again.Text, again.Headers.Contains("Idempotency-Replayed")));
        // What was not written is not remembered.
        Assert.Equal(200, (await SendAsync($"{url}1", HttpCalls.V2Json, Body, "early")).Status);
        (await SendAsync($"/topics/{topic}?if_end_offset=2", HttpCalls.V2Json, Body, "where")).Refused(400, 40002);
        Assert.Equal(["a", "a"], await ValuesAsync(topic, 2));
    }

    [Fact]
    public async Task A_request_of_v3_is_written_whole_or_not_at_all()
    {
        string topic = await proxy.NewTopicAsync(), url = $"/v3/clusters/{await proxy.Http.ClusterIdAsync()}/topics/{topic}/records";
        Answer mixed = await SendAsync(url, Json, """{"value":{"type":"JSON","data":1}} {"value":{"type":"BINARY","data":"%"}}""", "key");
        JsonNode[] results = [.. mixed.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal([412, 400], results.Select(result => (int)result["error_code"]!));
        Assert.Empty(await ValuesAsync(topic, 1));
        (await SendAsync(url, Json, """{"value":{"type":"JSON","data":1}} {"value":""", "key")).Refused(400, 400);
        (await SendAsync(url, Json, "", "key")).Refused(422, 42206);
        (await SendAsync(url, Json, string.Concat(Enumerable.Repeat("{}", 1_001)), "key")).Refused(413, 413);
        Assert.Empty(await ValuesAsync(topic, 1));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\"\"", "")]
    [InlineData("key", "?acks=none")]
    public async Task What_is_no_key_is_refused(string key, string query)
    {
        string topic = await proxy.NewTopicAsync();
        Answer answer = await SendAsync($"/topics/{topic}{query}", HttpCalls.V2Json, """{"records":[{"value":"a"}]}""", key);
        answer.Refused(400, query.Length > 0 ? 40002 : 400);
        (await SendAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":"a"}]}""", new string('k', 256))).Refused(400, 400);
        Assert.Empty(await ValuesAsync(topic, 1));
    }

    [Fact]
    public async Task What_is_not_there_is_404()
    {
        string topic = await proxy.NewTopicAsync();
        const string Body = """{"records":[{"value":"a"}]}""";
        (await SendAsync("/topics/no-such-topic", HttpCalls.V2Json, Body, "key")).Refused(404, 40401);
        (await SendAsync($"/topics/{topic}/partitions/7", HttpCalls.V2Json, Body, "key")).Refused(404, 40402);
    }

    [Fact]
    public async Task A_cluster_elsewhere_does_not_serve_it()
    {
        string topic = await proxy.NewTopicAsync();
        await using KafkaClient client = proxy.NewTcpClient();
        HttpClient http = await proxy.StartAsync(new ProxyOptions(), client: client);
        const string Body = """{"records":[{"value":"a"}]}""";
        (await http.RequestAsync($"/topics/{topic}", Encoding.UTF8.GetBytes(Body), ("Content-Type", HttpCalls.V2Json), ("Idempotency-Key", "key"))).Refused(501, 501);
        Assert.Empty(await ValuesAsync(topic, 1));
    }

    [Fact]
    public async Task Who_comes_while_a_key_is_taken_waits_for_it_or_goes_without()
    {
        var keys = new KeysUnderWay();
        KeysUnderWay.Turn first = await keys.EnterAsync("t", 1, default);
        // Other topics and keys are no matter.
        (await keys.EnterAsync("u", 1, default)).Leave();
        (await keys.EnterAsync("t", 2, default)).Leave();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await keys.EnterAsync("t", 1, new CancellationToken(canceled: true)));
        Task<KeysUnderWay.Turn> second = keys.EnterAsync("t", 1, default).AsTask();
        Assert.False(second.IsCompleted);
        first.Leave();
        (await second).Leave();
        var work = new TaskCompletionSource<int>();
        Task<int> under = (await keys.EnterAsync("t", 1, default)).LeaveAfterAsync(work.Task);
        Task<KeysUnderWay.Turn> third = keys.EnterAsync("t", 1, default).AsTask();
        Assert.False(third.IsCompleted);
        work.SetResult(7);
        Assert.Equal(7, await under);
        (await third).Leave();
    }

    private static (string, string)[] HeadersOf(string type, string? key) =>
        key is null ? [("Content-Type", type)] : [("Content-Type", type), ("Idempotency-Key", key)];

    private Task<Answer> SendAsync(string path, string type, string body, string? key) =>
        proxy.Http.RequestAsync(path, Encoding.UTF8.GetBytes(body), HeadersOf(type, key));

    private async Task<List<string?>> ValuesAsync(string topic, int partitions)
    {
        var values = new List<string?>();
        for (int partition = 0; partition < partitions; partition++)
        {
            Answer read = await proxy.Http.GetAsync($"/topics/{topic}/partitions/{partition}/records", "application/vnd.kafka.text.v2+json");
            values.AddRange(read.Json.AsArray().Select(record => record!["value"]?.ToString().Trim('"')));
        }
        return values;
    }
}
