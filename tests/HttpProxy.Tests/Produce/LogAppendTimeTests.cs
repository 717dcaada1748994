using System.Text.Json.Nodes;
using Gateway.Client.Fetching;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Produce;

/// <summary>The timestamp in an answer of v3 is the one that is stored, also where that is the broker's (PRD-20).</summary>
public sealed class LogAppendTimeTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Record = """{"partition_id":0,"timestamp":"2020-01-01T00:00:00Z","value":{"type":"JSON","data":1}}""";
    private const string Entries = """{"entries":[{"id":"a","partition_id":0,"timestamp":"2020-01-01T00:00:00Z"}]}""";

    [Theory]
    [InlineData("records", Record)]
    [InlineData("records:batch", Entries)]
    [InlineData("records:batch?if_end_offset=0", Entries)]
    public async Task A_record_has_the_time_of_the_broker(string path, string body)
    {
        string topic = await NewTopicAsync(1);
        long told = TimeOf(await SendAsync(topic, path, body, null));
        Assert.Equal(await StoredAsync(topic), told);
    }

    [Fact]
    public async Task So_has_one_of_a_transaction()
    {
        string topic = await NewTopicAsync(1);
        string record = $$"""{"topic":"{{topic}}",""" + Record[1..];
        Answer answer = await proxy.Http.PostAsync($"{await ClusterAsync()}/records:transaction", "application/json", $$"""{"records":[{{record}}]}""");
        Assert.Equal(await StoredAsync(topic), TimeOf(answer));
    }

    // Of a topic with one partition it is the partition that knows the key, of others it is asked for before.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task So_has_one_that_was_stored_before(int partitions)
    {
        string topic = await NewTopicAsync(partitions);
        long first = TimeOf(await SendAsync(topic, "records", Record, "key"));
        Assert.Equal(await StoredAsync(topic), first);
        Answer again = await SendAsync(topic, "records", Record, "key");
        Assert.True(again.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(first, TimeOf(again));
    }

    private Task<string> NewTopicAsync(int partitions) => proxy.NewTopicAsync(partitions, ("message.timestamp.type", "LogAppendTime"));

    private async Task<string> ClusterAsync() => $"/v3/clusters/{await proxy.Http.ClusterIdAsync()}";

    private async Task<Answer> SendAsync(string topic, string path, string body, string? key)
    {
        (string, string)[] headers = key is null ? [] : [("Idempotency-Key", key)];
        return await proxy.Http.RequestAsync(
            $"{await ClusterAsync()}/topics/{topic}/{path}", System.Text.Encoding.UTF8.GetBytes(body), [("Content-Type", "application/json"), .. headers]);
    }

    private static long TimeOf(Answer answer)
    {
        JsonNode record = (answer.Json["successes"] ?? answer.Json["records"])?[0] ?? answer.Json;
        return DateTimeOffset.Parse((string)record["timestamp"]!, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
    }

    private async Task<long> StoredAsync(string topic)
    {
        using FetchedRecords read = await proxy.Client.Fetcher.ReadAsync(new TopicPartition(topic, 0), 0, new FetchLimits(1 << 20, TimeSpan.Zero), default);
        return Assert.Single(read.ReadRecords()).TimestampMs;
    }
}
