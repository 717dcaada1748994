using System.Text.Json.Nodes;
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

    [Theory]
    [InlineData("?acks=none")]
    [InlineData("?if_end_offset=0")]
    [InlineData("?timeout=100")]
    public async Task Other_promises_do_not_go_with_it(string query)
    {
        string topic = await proxy.NewTopicAsync();
        Answer answer = await ProduceAsync($$$"""{"records":[{"topic":"{{{topic}}}","value":null}]}""", query);
        answer.Refused(400, 400);
    }

    private async Task<Answer> ProduceAsync(string body, string query = "")
    {
        string cluster = (string)(await proxy.Http.GetAsync("/v3/clusters", Json)).Json["data"]![0]!["cluster_id"]!;
        return await proxy.Http.PostAsync($"/v3/clusters/{cluster}/records:transaction{query}", Json, body);
    }

    private async Task<string[]> ValuesAsync(string topic, int partition = 0)
    {
        Answer answer = await proxy.Http.GetAsync($"/topics/{topic}/partitions/{partition}/records?offset=0&max_bytes=1000000", HttpCalls.V2Binary);
        return [.. answer.Json.AsArray().Select(static r => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)r!["value"]!)))];
    }
}
