using System.Text;
using System.Text.Json.Nodes;
using Gateway.Client.Producing;
using Gateway.Common.Errors;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests;

/// <summary>What readers over HTTP see of transactions (FET-5, http-proxy §3.4 and §3.5), whichever way they read.</summary>
public sealed class IsolationTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    // A record, two of an aborted transaction and its marker, one of a committed one and its marker, one of an open one, a record behind it.
    private const string Everything = "0 1 2 4 6 7";
    private const string Committed = "0 4";

    public static TheoryData<string> Reads => ["v2", "v3", "v3 by body", "lines", "lines v3"];

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task Only_who_asks_for_committed_records_is_spared_the_others(string way)
    {
        (string topic, TransactionalProducer open) = await NewTopicAsync();
        Assert.Equal(Everything, await ReadAsync(way, topic, null));
        Assert.Equal(Everything, await ReadAsync(way, topic, "read_uncommitted"));
        Assert.Equal(Committed, await ReadAsync(way, topic, "read_committed"));
        await EndAsync(topic, open.CommitAsync());
        Assert.Equal("0 4 6 7", await ReadAsync(way, topic, "read_committed"));
        (await SendAsync(way, topic, "serializable")).Refused(400, way.StartsWith("v3", StringComparison.Ordinal) && way != "v3" ? 400 : 40002);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?ack=explicit")]
    public async Task An_instance_reads_at_its_level(string query)
    {
        (string topic, TransactionalProducer open) = await NewTopicAsync();
        string all = await NewInstanceAsync(topic, "");
        string committed = await NewInstanceAsync(topic, """, "isolation.level": "read_committed" """);
        Assert.Equal(Everything, await PollAsync(all + "/records" + query));
        Assert.Equal(Committed, await PollAsync(committed + "/records" + query));
        // Not acknowledged: the same again.
        if (query.Length > 0) Assert.Equal(Committed, await PollAsync(committed + "/records" + query));
        await EndAsync(topic, open.AbortAsync());
        if (query.Length == 0) Assert.Equal("7", await PollAsync(committed + "/records" + query));
    }

    [Fact]
    public async Task An_instance_that_starts_at_the_end_starts_before_what_is_open()
    {
        (string topic, TransactionalProducer open) = await NewTopicAsync();
        string instance = await NewInstanceAsync(topic, """, "isolation.level": "READ_COMMITTED", "auto.offset.reset": "latest" """);
        Assert.Equal("", await PollAsync(instance + "/records?timeout=1"));
        await EndAsync(topic, open.CommitAsync());
        Assert.Equal("6 7", await PollAsync(instance + "/records"));
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task A_reader_gets_past_any_amount_of_aborted_records(string way)
    {
        string topic = await proxy.NewTopicAsync();
        TransactionalProducer producer = await OpenAsync(topic, [.. Enumerable.Range(0, 8).Select(static _ => new string('x', 500_000))]);
        await producer.AbortAsync();
        await ProduceAsync(topic, "behind");
        await AwaitAsync(topic, 9);
        Assert.Equal("9", await ReadAsync(way, topic, "read_committed"));
        string instance = await NewInstanceAsync(topic, """, "isolation.level": "read_committed" """);
        Assert.Equal("9", await PollAsync(instance + "/records?timeout=60000"));
    }

    [Fact]
    public async Task An_unknown_level_is_refused()
    {
        Answer answer = await proxy.Http.PostAsync($"/consumers/{proxy.NewName("group")}", HttpCalls.V2, """{"isolation.level":"snapshot"}""");
        answer.Refused(422, 42204);
    }

    [Fact]
    public async Task A_stream_waits_for_the_end_of_a_transaction()
    {
        (string topic, TransactionalProducer open) = await NewTopicAsync();
        using StreamClient committed = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?isolation=read_committed");
        using StreamClient all = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records");
        Assert.Equal([0, 4], (await committed.TakeAsync(2)).Select(static record => record.Place.Offset));
        Assert.Equal([0, 1, 2, 4, 6, 7], (await all.TakeAsync(6)).Select(static record => record.Place.Offset));
        await open.CommitAsync();
        Assert.Equal([6, 7], (await committed.TakeAsync(2)).Select(static record => record.Place.Offset));
        await ProduceAsync(topic, "more");
        Assert.Equal(9, (await committed.TakeAsync(1))[0].Place.Offset);
        Assert.Equal(9, (await all.TakeAsync(1))[0].Place.Offset);
    }

    private async Task<(string Topic, TransactionalProducer Open)> NewTopicAsync()
    {
        string topic = await proxy.NewTopicAsync();
        await ProduceAsync(topic, "plain");
        await (await OpenAsync(topic, "a", "b")).AbortAsync();
        await (await OpenAsync(topic, "kept")).CommitAsync();
        TransactionalProducer open = await OpenAsync(topic, "open");
        await ProduceAsync(topic, "behind");
        return (topic, open);
    }

    /// <summary>A transaction with these records.</summary>
    private async Task<TransactionalProducer> OpenAsync(string topic, params string[] values)
    {
        TransactionalProducer producer = proxy.Client.CreateTransactionalProducer(new TransactionalProducerOptions($"{topic}-{values[0][0]}"));
        await producer.InitAsync();
        using var set = new RecordSet();
        foreach (string value in values) set.Add(null, Encoding.UTF8.GetBytes($"\"{value}\""));
        Assert.All(await producer.ProduceAsync(topic, set), static result => Assert.Equal(ErrorCode.None, result.Error));
        return producer;
    }

    /// <summary>The end of the transaction is promised before its marker is in the partition (KIP-98): waits for the records behind it.</summary>
    private async Task EndAsync(string topic, ValueTask end)
    {
        await end;
        await AwaitAsync(topic, 7);
    }

    private async Task AwaitAsync(string topic, long offset)
    {
        string path = $"/topics/{topic}/partitions/0/records?offset={offset}&timeout=60000&isolation=read_committed";
        Assert.Equal($"{offset}", Offsets((await proxy.Http.GetAsync(path, HttpCalls.V2Json)).Json.AsArray()));
    }

    private async Task ProduceAsync(string topic, string value)
    {
        Answer answer = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{"value":"{{value}}"}]}""");
        Assert.Equal(200, answer.Status);
    }

    private async Task<string> ReadAsync(string way, string topic, string? isolation)
    {
        Answer answer = await SendAsync(way, topic, isolation);
        Assert.Equal(200, answer.Status);
        IEnumerable<JsonNode?> records = way switch
        {
            "v2" => answer.Json.AsArray(),
            "v3" or "v3 by body" => answer.Json["data"]!.AsArray(),
            _ => answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonNode.Parse(line)),
        };
        return Offsets(records);
    }

    private async Task<Answer> SendAsync(string way, string topic, string? isolation)
    {
        string query = isolation is null ? "" : $"&isolation={isolation}";
        string cluster = await proxy.Http.ClusterIdAsync();
        string v3 = $"/v3/clusters/{cluster}/topics/{topic}";
        return way switch
        {
            "v2" => await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records?offset=0{query}", HttpCalls.V2Json),
            "v3" => await proxy.Http.GetAsync($"{v3}/partitions/0/records?offset=0{query}", "application/json"),
            "v3 by body" => await proxy.Http.PostAsync(
                $"{v3}/records:fetch", "application/json",
                $$"""{"partitions":[{"id":0,"offset":0}]{{(isolation is null ? "" : $",\"isolation\":\"{isolation}\"")}}}"""),
            "lines" => await proxy.Http.GetAsync($"/topics/{topic}/records?until=end{query}", "application/x-ndjson"),
            _ => await proxy.Http.GetAsync($"{v3}/records:stream?until=end{query}", "application/x-ndjson"),
        };
    }

    private async Task<string> NewInstanceAsync(string topic, string settings)
    {
        string group = proxy.NewName("group");
        string reset = settings.Contains("auto.offset.reset", StringComparison.Ordinal) ? "" : """, "auto.offset.reset": "earliest" """;
        Answer made = await proxy.Http.PostAsync(
            $"/consumers/{group}", HttpCalls.V2, $$"""{"name":"i","format":"json"{{reset}}{{settings}}}""");
        Assert.Equal(200, made.Status);
        string path = $"/consumers/{group}/instances/i";
        string assignment = $$"""{"partitions":[{"topic":"{{topic}}","partition":0}]}""";
        Assert.Equal(204, (await proxy.Http.PostAsync($"{path}/assignments", HttpCalls.V2, assignment)).Status);
        return path;
    }

    private async Task<string> PollAsync(string path)
    {
        Answer answer = await proxy.Http.GetAsync(path, HttpCalls.V2Json);
        Assert.Equal(200, answer.Status);
        return Offsets(answer.Json.AsArray());
    }

    private static string Offsets(IEnumerable<JsonNode?> records) => string.Join(' ', records.Select(static record => (long)record!["offset"]!));
}
