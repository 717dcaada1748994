using System.Text.Json.Nodes;
using Gateway.Client;
using Gateway.Client.Admin;
using Gateway.Client.Producing;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.V3;

/// <summary>Transactions over HTTP (http-proxy §9.0): all or nothing for readers of committed records.</summary>
public sealed class TransactionTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Json = "application/json";

    [Fact]
    public async Task Records_of_several_topics_are_committed_together()
    {
        (string first, string second) = (await proxy.NewTopicAsync(3), await proxy.NewTopicAsync());
        Answer answer = await ProduceAsync($$$"""
            {"records":[{"topic":"{{{first}}}","partition_id":2,"value":{"type":"STRING","data":"a"}},
            {"topic":"{{{second}}}","key":{"type":"BINARY","data":"Zm9v"},"value":{"type":"JSON","data":[1]}},
            {"topic":"{{{first}}}","partition_id":2,"value":{"type":"STRING","data":"b"}}]}
            """);
        Assert.Equal((200, Json), (answer.Status, answer.ContentType));
        JsonArray records = answer.Json["records"]!.AsArray();
        Assert.Equal(
            [(first, 2, 0L), (second, 0, 0L), (first, 2, 1L)],
            records.Select(static r => ((string)r!["topic_name"]!, (int)r["partition_id"]!, (long)r["offset"]!)));
        Assert.Equal(("BINARY", 3), ((string?)records[1]!["key"]!["type"], (int)records[1]!["key"]!["size"]!));
        Assert.Equal(["a", "b"], await ValuesAsync(first, 2));
        Assert.Equal(["[1]"], await ValuesAsync(second));
    }

    [Theory]
    [InlineData("""{"records":[{"topic":"TOPIC","value":{"type":"STRING","data":"a"}},{"topic":"TOPIC","value":{"type":"BINARY","data":"?"}}]}""", 400, 400)]
    [InlineData("""{"records":[{"topic":"TOPIC","value":{"type":"STRING","data":"a"}},{"value":{"type":"STRING","data":"b"}}]}""", 400, 400)]
    [InlineData("""{"records":[]}""", 400, 400)]
    [InlineData("""{"entries":[]}""", 400, 400)]
    [InlineData("""{"records":[{"topic":"elsewhere","topic":"TOPIC","value":{"type":"STRING","data":"b"}}]}""", 400, 400)]
    [InlineData("""{"records":[],"records":[{"topic":"TOPIC","value":{"type":"STRING","data":"b"}}]}""", 400, 400)]
    [InlineData("""{"records":[{"topic":"TOPIC","value":{"type":"STRING","data":"a"}},{"topic":"TOPIC","partition_id":9,"value":{"type":"STRING","data":"b"}}]}""", 404, 40403)]
    public async Task With_one_bad_record_nothing_is_stored_for_readers_of_committed_records(string body, int status, int code)
    {
        string topic = await proxy.NewTopicAsync();
        Answer answer = await ProduceAsync(body.Replace("TOPIC", topic, StringComparison.Ordinal));
        answer.Refused(status, code);
        // What the transaction had written before it was aborted lies in the log, and is read by nobody who asks for what is committed.
        Answer after = await ProduceAsync($$$"""{"records":[{"topic":"{{{topic}}}","value":{"type":"STRING","data":"after"}}]}""");
        Assert.Equal(200, after.Status);
        Assert.Equal(["after"], (await ValuesAsync(topic)).Where(static value => value != "a"));
    }

    [Fact]
    public async Task Many_at_once_are_all_there_once()
    {
        string topic = await proxy.NewTopicAsync();
        async Task<int> WriteAsync(int writer)
        {
            for (int i = 0; i < 5; i++)
            {
                Answer answer = await ProduceAsync($$$"""
                    {"records":[{"topic":"{{{topic}}}","value":{"type":"STRING","data":"{{{writer}}}-{{{i}}}-x"}},{"topic":"{{{topic}}}","value":{"type":"STRING","data":"{{{writer}}}-{{{i}}}-y"}}]}
                    """);
                Assert.Equal(200, answer.Status);
            }
            return 10;
        }
        int[] written = await Task.WhenAll(Enumerable.Range(0, 40).Select(WriteAsync));
        string[] values = await ValuesAsync(topic);
        Assert.Equal(written.Sum(), values.Length);
        Assert.Equal(written.Sum(), values.Distinct().Count());
    }

    [Fact]
    public async Task A_transaction_that_cannot_get_on_is_given_up_soon_and_holds_up_no_reader()
    {
        string good = await proxy.NewTopicAsync();
        string bad = await proxy.NewTopicAsync(1, ("min.insync.replicas", "2"));
        Answer answer = await ProduceAsync($$$"""
            {"records":[{"topic":"{{{good}}}","value":{"type":"STRING","data":"a"}},{"topic":"{{{bad}}}","value":{"type":"STRING","data":"b"}}]}
            """);
        answer.Refused(500, 50002);
        Assert.Contains("NOT_ENOUGH_REPLICAS", answer.Text, StringComparison.Ordinal);
        // Aborted before the answer; its marker lets the readers of what is committed go on.
        Assert.Equal(200, (await ProduceAsync($$$"""{"records":[{"topic":"{{{good}}}","value":{"type":"STRING","data":"after"}}]}""")).Status);
        Assert.Equal(["after"], await CommittedAsync(good));
    }

    [Fact]
    public async Task Partitions_that_were_added_elsewhere_are_found()
    {
        string topic = await proxy.NewTopicAsync();
        string Record(int partition) => $$$"""{"records":[{"topic":"{{{topic}}}","partition_id":{{{partition}}},"value":{"type":"STRING","data":"a"}}]}""";
        Assert.Equal(200, (await ProduceAsync(Record(0))).Status);
        await using KafkaClient other = proxy.NewTcpClient();
        await other.Admin.CreatePartitionsAsync(topic, 3);
        Assert.Equal(200, (await ProduceAsync(Record(2))).Status);
        (await ProduceAsync(Record(3))).Refused(404, 40403);
    }

    [Fact]
    public async Task A_topic_that_was_made_anew_elsewhere_is_found()
    {
        string topic = await proxy.NewTopicAsync();
        string record = $$$"""{"records":[{"topic":"{{{topic}}}","value":{"type":"STRING","data":"a"}}]}""";
        Assert.Equal(200, (await ProduceAsync(record)).Status);
        await using KafkaClient other = proxy.NewTcpClient();
        await other.Admin.DeleteTopicAsync(topic);
        await other.Admin.CreateTopicAsync(new NewTopic(topic, 1, 1));
        Answer answer = await ProduceAsync(record);
        Assert.Equal((200, 0), (answer.Status, (int)answer.Json["records"]![0]!["offset"]!));
    }

    [Fact]
    public async Task Whoever_takes_the_name_of_a_producer_does_not_stop_the_next_transaction()
    {
        string topic = await proxy.NewTopicAsync();
        string record = $$$"""{"records":[{"topic":"{{{topic}}}","value":{"type":"STRING","data":"a"}}]}""";
        Assert.Equal(200, (await ProduceAsync(record)).Status);
        for (int i = 0; i < 32; i++)
            await proxy.Client.CreateTransactionalProducer(new TransactionalProducerOptions($"http-proxy-{i}")).InitAsync();
        Assert.Equal(200, (await ProduceAsync(record)).Status);
        Assert.Equal(["a", "a"], await CommittedAsync(topic));
    }

    [Fact]
    public async Task Topics_are_made_only_where_they_may_be()
    {
        string name = proxy.NewName("new");
        string record = $$$"""{"records":[{"topic":"{{{name}}}","value":{"type":"STRING","data":"a"}}]}""";
        (await ProduceAsync(record)).Refused(404, 40403);
        HttpClient other = await proxy.StartAsync(new ProxyOptions { AllowTopicCreation = true });
        Assert.Equal(200, (await ProduceAsync(record, http: other)).Status);
    }

    [Fact]
    public async Task Many_records_go_into_a_topic_of_small_batches()
    {
        string topic = await proxy.NewTopicAsync(1, ("max.message.bytes", "10000"));
        string records = string.Join(',', Enumerable.Range(0, 1000).Select(i => $$$"""{"topic":"{{{topic}}}","value":{"type":"STRING","data":"{{{i:d20}}}"}}"""));
        Answer answer = await ProduceAsync($$"""{"records":[{{records}}]}""");
        Assert.Equal(200, answer.Status);
        Assert.Equal(Enumerable.Range(0, 1000).Select(static i => (long)i), answer.Json["records"]!.AsArray().Select(static r => (long)r!["offset"]!));
        Assert.Equal(Enumerable.Range(0, 1000).Select(static i => $"{i:d20}"), await ValuesAsync(topic));
    }

    [Theory]
    [InlineData("?acks=none")]
    [InlineData("?if_end_offset=0")]
    [InlineData("?timeout=100")]
    public async Task Other_promises_do_not_go_with_it(string query)
    {
        string topic = await proxy.NewTopicAsync();
        Answer answer = await ProduceAsync($$$"""{"records":[{"topic":"{{{topic}}}","value":null}]}""", query);
        answer.Refused(400, 40002);
        Assert.Empty(await ValuesAsync(topic));
    }

    private async Task<Answer> ProduceAsync(string body, string query = "", HttpClient? http = null)
    {
        string cluster = await proxy.Http.ClusterIdAsync();
        return await (http ?? proxy.Http).PostAsync($"/v3/clusters/{cluster}/records:transaction{query}", Json, body);
    }

    /// <summary>What readers of committed records see once the last transaction's marker is there.</summary>
    private async Task<string[]> CommittedAsync(string topic)
    {
        string last = (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records?offset=0", HttpCalls.V2Binary)).Json.AsArray()[^1]!["offset"]!.ToString();
        Answer waited = await proxy.Http.GetAsync(
            $"/topics/{topic}/partitions/0/records?offset={last}&timeout=60000&isolation=read_committed", HttpCalls.V2Binary);
        Assert.Single(waited.Json.AsArray());
        return await ValuesAsync(topic, query: "&isolation=read_committed");
    }

    private async Task<string[]> ValuesAsync(string topic, int partition = 0, string query = "")
    {
        Answer answer = await proxy.Http.GetAsync($"/topics/{topic}/partitions/{partition}/records?offset=0&max_bytes=1000000{query}", HttpCalls.V2Binary);
        return [.. answer.Json.AsArray().Select(static r => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)r!["value"]!)))];
    }
}
