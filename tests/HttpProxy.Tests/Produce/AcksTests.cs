using Gateway.Client;
using Gateway.HttpProxy.Tests.Running;
using Gateway.Protocol.Messages;

namespace Gateway.HttpProxy.Tests.Produce;

/// <summary>Which acknowledgement a request waits for is what the broker is asked for (http-proxy §9.0, PRD-1).</summary>
public sealed class AcksTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string V2 = """{"records":[{"value":1,"partition":0}]}""";

    [Theory]
    [InlineData("/topics/TOPIC", HttpCalls.V2Json, V2)]
    [InlineData("/topics/TOPIC/partitions/0", HttpCalls.V2Json, V2)]
    [InlineData("/topics/TOPIC", "application/x-ndjson", """{"value":1}""")]
    [InlineData("/topics/TOPIC/raw", "text/plain", "1")]
    [InlineData("/v3/clusters/CLUSTER/topics/TOPIC/records", "application/json", """{"partition_id":0}""")]
    [InlineData("/v3/clusters/CLUSTER/topics/TOPIC/records:batch", "application/json", """{"entries":[{"id":"1","partition_id":0}]}""")]
    public async Task The_broker_is_asked_for_the_acknowledgement_that_the_request_asks_for(string path, string type, string body)
    {
        OverheardLinks links = Links();
        await using var client = new KafkaClient(links);
        HttpClient http = await proxy.StartAsync(new ProxyOptions(), client: client);
        string topic = await proxy.NewTopicAsync();
        path = path.Replace("TOPIC", topic, StringComparison.Ordinal).Replace("CLUSTER", await http.ClusterIdAsync(), StringComparison.Ordinal);
        foreach ((string query, string acks) in new[] { ("", "-1"), ("?acks=all", "-1"), ("?acks=leader", "1"), ("?acks=none", "0") })
        {
            Answer answer = await http.PostAsync(path + query, type, body);
            Assert.True(answer.Status is 200 or 207, answer.Text);
            Assert.Equal([acks], links.Told());
        }
    }

    [Theory]
    [InlineData("\"acks\":\"all\"", "-1")]
    [InlineData("\"acks\":\"leader\"", "1")]
    [InlineData("\"acks\":\"none\"", "0")]
    public async Task So_it_is_for_a_message_of_a_socket(string acks, string asked)
    {
        OverheardLinks links = Links();
        await using var client = new KafkaClient(links);
        HttpClient http = await proxy.StartAsync(new ProxyOptions(), client: client);
        using var socket = await http.OpenSocketAsync($"/ws/topics/{await proxy.NewTopicAsync()}");
        Assert.Contains("produced", await socket.AskAsync($$"""{{{acks}},"produce":{{V2}}}"""), StringComparison.Ordinal);
        Assert.Equal([asked], links.Told());
    }

    private OverheardLinks Links() => new(proxy.NewLinks()) { Tell = static request => request is ProduceRequest produce ? $"{produce.Acks}" : null };
}
