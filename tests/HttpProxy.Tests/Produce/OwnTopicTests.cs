using Gateway.Client.Producing;
using Gateway.Common.Errors;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Produce;

/// <summary>The topic in which consumer instances are kept is written by the proxy only: a forged record would become an instance.</summary>
public sealed class OwnTopicTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Default = "__gateway_http_consumers";
    private const string Json = "application/json";

    [Theory]
    [InlineData(Default)]
    [InlineData("kept-elsewhere")]
    public async Task Nothing_is_written_into_it_over_HTTP(string topic)
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions { ConsumersTopic = topic });
        Assert.Equal(200, (await http.PostAsync($"/consumers/{proxy.NewName("group")}", HttpCalls.V2, "{}")).Status);
        long end = await EndAsync(topic);
        string v3 = $"/v3/clusters/{(string)(await http.AskAsync("/v3/clusters")).Json["data"]![0]!["cluster_id"]!}";
        (await http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Refused(400, 40002);
        (await http.PostAsync($"/topics/{topic}/partitions/0?async=true", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Refused(400, 40002);
        (await http.PostAsync($"/topics/{topic}?if_end_offset={end}", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Refused(400, 40002);
        (await http.PostAsync($"/topics/{topic}/raw", "text/plain", "1")).Refused(400, 40002);
        (await http.RequestAsync($"/topics/{topic}/raw", "1"u8.ToArray(), ("Idempotency-Key", "key"))).Refused(400, 40002);
        (await http.PostAsync($"{v3}/topics/{topic}/records", Json, """{"value":{"type":"JSON","data":1}}""")).Refused(400, 40002);
        (await http.PostAsync($"{v3}/topics/{topic}/records:batch", Json, """{"entries":[{"id":"a"}]}""")).Refused(400, 40002);
        (await http.PostAsync($"{v3}/records:transaction", Json, $$"""{"records":[{"topic":"{{topic}}"}]}""")).Refused(400, 40002);
        Assert.Equal(end, await EndAsync(topic));
    }

    [Fact]
    public async Task Over_Kafka_it_is_an_internal_topic()
    {
        Assert.Equal(200, (await proxy.Http.PostAsync($"/consumers/{proxy.NewName("group")}", HttpCalls.V2, "{}")).Status);
        Assert.True((await proxy.Client.Admin.DescribeTopicAsync(Default, default)).IsInternal);
        await using Producer producer = proxy.Client.CreateProducer();
        Assert.Equal(ErrorCode.InvalidTopicException, (await producer.ProduceAsync(Default, "k"u8.ToArray(), "v"u8.ToArray())).Error);
    }

    private async Task<long> EndAsync(string topic) => (long)(await proxy.Http.AskAsync($"/topics/{topic}/partitions/0/offsets")).Json["end_offset"]!;
}
