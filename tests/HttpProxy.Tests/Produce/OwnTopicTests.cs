using System.Text;
using Gateway.Client.Admin;
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
        long end = await proxy.Http.EndOffsetAsync(topic);
        string v3 = $"/v3/clusters/{await http.ClusterIdAsync()}";
        (await http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Refused(400, 40002);
        (await http.PostAsync($"/topics/{topic}/partitions/0?async=true", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Refused(400, 40002);
        (await http.PostAsync($"/topics/{topic}?if_end_offset={end}", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Refused(400, 40002);
        (await http.PostAsync($"/topics/{topic}/raw", "text/plain", "1")).Refused(400, 40002);
        (await http.RequestAsync($"/topics/{topic}/raw", "1"u8.ToArray(), ("Idempotency-Key", "key"))).Refused(400, 40002);
        (await http.PostAsync($"{v3}/topics/{topic}/records", Json, """{"value":{"type":"JSON","data":1}}""")).Refused(400, 40002);
        (await http.PostAsync($"{v3}/topics/{topic}/records:batch", Json, """{"entries":[{"id":"a"}]}""")).Refused(400, 40002);
        (await http.PostAsync($"{v3}/records:transaction", Json, $$"""{"records":[{"topic":"{{topic}}"}]}""")).Refused(400, 40002);
        Assert.Equal(end, await proxy.Http.EndOffsetAsync(topic));
    }

    [Fact]
    public async Task What_belongs_to_the_server_is_neither_written_nor_made_larger_nor_deleted_over_HTTP()
    {
        (string own, string service, string foreign) = (await proxy.NewTopicAsync(), await proxy.NewTopicAsync(), await proxy.NewTopicAsync());
        HttpClient http = await proxy.StartAsync(new ProxyOptions { ConsumersTopic = own, ServiceTopics = new HashSet<string> { service } });
        string topics = $"/v3/clusters/{await http.ClusterIdAsync()}/topics";
        foreach (string topic in new[] { own, service })
        {
            (await http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Refused(400, 40002);
            (await http.SendAsync(HttpMethod.Patch, $"{topics}/{topic}", Json, """{"partitions_count":2}"""u8.ToArray(), null)).Refused(400, 40002);
            (await http.SendAsync(HttpMethod.Delete, $"{topics}/{topic}", null, null, null)).Refused(400, 40002);
            Assert.Single((await proxy.Client.Admin.DescribeTopicAsync(topic, default)).Partitions);
        }
        Assert.Equal(204, (await http.SendAsync(HttpMethod.Delete, $"{topics}/{foreign}", null, null, null)).Status);
    }

    [Theory]
    [InlineData("__consumer_offsets")]
    [InlineData("__transaction_state")]
    [InlineData("__share_group_state")]
    [InlineData(Default)]
    public async Task Internal_topics_are_deleted_by_Kafkas_clients_and_not_over_HTTP(string topic)
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions { ConsumersTopic = "" });
        if ((await proxy.Client.Admin.ListTopicsAsync(default)).All(known => known.Name != topic))
            await proxy.Client.Admin.CreateTopicAsync(new NewTopic(topic, 1, 1, new Dictionary<string, string?> { ["cleanup.policy"] = "compact" }));
        string path = $"/v3/clusters/{await http.ClusterIdAsync()}/topics/{topic}";
        (await http.SendAsync(HttpMethod.Delete, path, null, null, null)).Refused(400, 40002);
        (await http.SendAsync(HttpMethod.Patch, path, Json, """{"partitions_count":100}"""u8.ToArray(), null)).Refused(400, 40002);
        foreach ((string setting, string value) in new[] { ("cleanup.policy", "delete"), ("write.caching", "true"), ("max.message.bytes", "1000") })
        {
            byte[] body = Encoding.UTF8.GetBytes($$"""{"value":"{{value}}"}""");
            (await http.SendAsync(HttpMethod.Put, $"{path}/configs/{setting}", Json, body, null)).Refused(400, 40002);
        }
        Assert.Equal(204, (await http.SendAsync(HttpMethod.Put, $"{path}/configs/segment.ms", Json, """{"value":"3600000"}"""u8.ToArray(), null)).Status);
        Assert.True((await proxy.Client.Admin.DescribeTopicAsync(topic, default)).IsInternal);
        await proxy.Client.Admin.DeleteTopicAsync(topic);
    }

    [Fact]
    public async Task Over_Kafka_it_is_an_internal_topic()
    {
        Assert.Equal(200, (await proxy.Http.PostAsync($"/consumers/{proxy.NewName("group")}", HttpCalls.V2, "{}")).Status);
        Assert.True((await proxy.Client.Admin.DescribeTopicAsync(Default, default)).IsInternal);
        await using Producer producer = proxy.Client.CreateProducer();
        Assert.Equal(ErrorCode.InvalidTopicException, (await producer.ProduceAsync(Default, "k"u8.ToArray(), "v"u8.ToArray())).Error);
    }
}
