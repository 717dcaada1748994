using System.Text.Json.Nodes;
using Gateway.Client;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Produce;

/// <summary>Records that are written only where a partition ends as its writer believes (http-proxy §9.4).</summary>
public sealed class ConditionalProduceTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Json = "application/json";

    [Fact]
    public async Task Records_are_written_where_the_partition_ends_as_told_and_nowhere_else()
    {
        string topic = await proxy.NewTopicAsync();
        Assert.Equal([0, 1], Offsets(await ProduceAsync($"/topics/{topic}?if_end_offset=0", "a", "b")));
        foreach (int wrong in new[] { 0, 1, 3 })
        {
            Answer refused = await ProduceAsync($"/topics/{topic}?if_end_offset={wrong}", "c");
            refused.Refused(412, 412);
            Assert.Contains("ends at 2", (string)refused.Json["message"]!, StringComparison.Ordinal);
        }
        Assert.Equal([2], Offsets(await ProduceAsync($"/topics/{topic}/partitions/0?if_end_offset=2", "c")));
        Assert.Equal(["a", "b", "c"], await ValuesAsync(topic));
    }

    [Fact]
    public async Task Of_eight_writers_at_once_never_two_get_one_offset()
    {
        string topic = await proxy.NewTopicAsync();
        const int Each = 20;
        async Task<int> WriteAsync(int writer)
        {
            (int written, long end) = (0, 0);
            while (written < Each)
            {
                Answer answer = await ProduceAsync($"/topics/{topic}?if_end_offset={end}", $"{writer}-{written}");
                if (answer.Status == 412)
                {
                    end = await proxy.Http.EndOffsetAsync(topic);
                    continue;
                }
                Assert.Equal([end], Offsets(answer));
                written++;
                end++;
            }
            return written;
        }
        int[] written = await Task.WhenAll(Enumerable.Range(0, 8).Select(WriteAsync));
        Assert.Equal(8 * Each, written.Sum());
        List<string> values = await ValuesAsync(topic);
        Assert.Equal(8 * Each, values.Count);
        for (int writer = 0; writer < 8; writer++)
            Assert.Equal(Enumerable.Range(0, Each).Select(i => $"{writer}-{i}"), values.Where(value => value.StartsWith($"{writer}-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Raw_bodies_and_batches_of_v3_take_it_too()
    {
        string topic = await proxy.NewTopicAsync(2);
        string cluster = await proxy.Http.ClusterIdAsync(), v3 = $"/v3/clusters/{cluster}/topics/{topic}/records";
        Assert.Equal([0], Offsets(await proxy.Http.PostAsync($"/topics/{topic}/raw?partition=1&if_end_offset=0", "text/plain", "a")));
        (await proxy.Http.PostAsync($"/topics/{topic}/raw?partition=1&if_end_offset=0", "text/plain", "b")).Refused(412, 412);
        const string Entries = """{"entries":[{"id":"1","partition_id":1,"value":{"type":"STRING","data":"b"}},{"id":"2","partition_id":1}]}""";
        Answer batch = await proxy.Http.PostAsync($"{v3}:batch?if_end_offset=1", Json, Entries);
        Assert.Equal([1, 2], batch.Json["successes"]!.AsArray().Select(one => (long)one!["offset"]!));
        (await proxy.Http.PostAsync($"{v3}:batch?if_end_offset=1", Json, Entries)).Refused(412, 412);
        // A stream is written bit by bit.
        (await proxy.Http.PostAsync($"{v3}?if_end_offset=3", Json, """{"partition_id":1}""")).Refused(400, 40002);
    }

    [Theory]
    [InlineData("if_end_offset=-1")]
    [InlineData("if_end_offset=soon")]
    [InlineData("if_end_offset=0&acks=leader")]
    // The topic has two partitions.
    [InlineData("if_end_offset=0")]
    public async Task What_cannot_be_a_condition_is_400(string query)
    {
        string topic = await proxy.NewTopicAsync(2);
        (await ProduceAsync($"/topics/{topic}?{query}", "a")).Refused(400, 40002);
        string both = """{"records":[{"value":"a","partition":0},{"value":"b","partition":1}]}""";
        (await proxy.Http.PostAsync($"/topics/{topic}?if_end_offset=0", HttpCalls.V2Json, both)).Refused(400, 40002);
    }

    [Fact]
    public async Task What_is_not_there_is_404_and_what_is_wrong_with_records_is_told_as_ever()
    {
        string topic = await proxy.NewTopicAsync(1, ("max.message.bytes", "1000"));
        (await ProduceAsync("/topics/no-such-topic?if_end_offset=0", "a")).Refused(404, 40401);
        (await ProduceAsync($"/topics/{topic}/partitions/7?if_end_offset=0", "a")).Refused(404, 40402);
        Answer large = await ProduceAsync($"/topics/{topic}?if_end_offset=0", new string('x', 2_000));
        Assert.Equal((200, 40002), (large.Status, (int)large.Json["offsets"]![0]!["error_code"]!));
        Assert.Empty(await ValuesAsync(topic));
    }

    [Fact]
    public async Task A_cluster_elsewhere_does_not_serve_it()
    {
        string topic = await proxy.NewTopicAsync();
        await using KafkaClient client = proxy.NewTcpClient();
        HttpClient http = await proxy.StartAsync(new ProxyOptions(), client: client);
        (await http.PostAsync($"/topics/{topic}?if_end_offset=0", HttpCalls.V2Json, """{"records":[{"value":"a"}]}""")).Refused(501, 501);
        Assert.Empty(await ValuesAsync(topic));
    }

    private Task<Answer> ProduceAsync(string path, params string[] values) =>
        proxy.Http.PostAsync(path, HttpCalls.V2Json, $$"""{"records":[{{string.Join(',', values.Select(value => $$"""{"value":"{{value}}"}"""))}}]}""");

    private static IEnumerable<long> Offsets(Answer answer)
    {
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Json["offsets"]!.AsArray().Select(offset => (long)offset!["offset"]!);
    }

    private async Task<List<string>> ValuesAsync(string topic) =>
        [.. (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records", HttpCalls.V2Json)).Json.AsArray().Select(record => (string)record!["value"]!)];
}
