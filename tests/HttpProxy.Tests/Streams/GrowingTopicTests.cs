using System.Text;
using Gateway.Client;
using Gateway.HttpProxy.Tests.Running;
using Gateway.Testing;

namespace Gateway.HttpProxy.Tests.Streams;

/// <summary>Streams of topics that get more partitions while they are followed.</summary>
public sealed class GrowingTopicTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    // Beyond the age at which metadata is asked for again.
    private static readonly TimeSpan s_aWhile = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task A_stream_takes_in_partitions_its_topic_is_given()
    {
        string topic = await proxy.NewTopicAsync();
        var time = new ManualTime();
        await using KafkaClient client = proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(new ProxyOptions(), client: client);
        using StreamClient stream = await StreamClient.OpenAsync(http, $"/topics/{topic}/records?from=latest&heartbeat=0");
        Assert.StartsWith("id: ", await stream.LineAsync(), StringComparison.Ordinal);
        await AddPartitionAsync(topic);
        // What was written before the stream knew of the partition comes too.
        await ProduceAsync(topic, 1);
        time.Advance(s_aWhile);
        Assert.Equal((1, 0), (await stream.TakeAsync(1))[0].Place);
        await ProduceAsync(topic, 0);
        StreamEvent last = (await stream.TakeAsync(1))[0];
        Assert.Equal((0, 0), last.Place);
        await ProduceAsync(topic, 1);
        StreamEvent more = (await stream.TakeAsync(1))[0];
        Assert.Equal((1, 1), more.Place);
        // The cursor covers both.
        using StreamClient again = await StreamClient.OpenAsync(http, $"/topics/{topic}/records?until=end", lastEventId: more.Id);
        Assert.Null(await again.NextAsync());
        await proxy.EndAsync(http);
    }

    private async Task AddPartitionAsync(string topic)
    {
        string cluster = await proxy.Http.ClusterIdAsync();
        Answer patched = await proxy.Http.SendAsync(
            HttpMethod.Patch, $"/v3/clusters/{cluster}/topics/{topic}", "application/json", Encoding.UTF8.GetBytes("""{"partitions_count":2}"""), null);
        Assert.Equal(200, patched.Status);
    }

    private async Task ProduceAsync(string topic, int partition) => Assert.Equal(
        200, (await proxy.Http.PostAsync($"/topics/{topic}/partitions/{partition}", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Status);
}
