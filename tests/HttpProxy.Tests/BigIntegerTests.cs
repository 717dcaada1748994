using System.Text;
using System.Text.Json.Nodes;
using Gateway.HttpProxy.Records;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests;

/// <summary>Whole numbers as strings where a browser would round them (http-proxy §9.5).</summary>
public sealed class BigIntegerTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Stored = """{"id":9007199254740993,"small":1,"text":"9007199254740993"}""";
    private const string Shown = """{"id":"9007199254740993","small":1,"text":"9007199254740993"}""";

    [Theory]
    [InlineData("9007199254740991", "9007199254740991")]
    [InlineData("9007199254740992", "\"9007199254740992\"")]
    [InlineData("-9007199254740991", "-9007199254740991")]
    [InlineData("-9007199254740992", "\"-9007199254740992\"")]
    [InlineData("123456789012345678901234567890", "\"123456789012345678901234567890\"")]
    [InlineData("9007199254740993.5", "9007199254740993.5")]
    [InlineData("9007199254740993e1", "9007199254740993e1")]
    [InlineData("[1,9223372036854775807, -9223372036854775808]", "[1,\"9223372036854775807\", \"-9223372036854775808\"]")]
    [InlineData("\"9223372036854775807\"", "\"9223372036854775807\"")]
    [InlineData("{\"a\\\"9223372036854775807\\\\\":9223372036854775807}", "{\"a\\\"9223372036854775807\\\\\":\"9223372036854775807\"}")]
    [InlineData("null", "null")]
    public void Those_that_are_not_exact_stand_as_strings(string value, string shown)
    {
        using var to = new PageBuffer();
        Assert.Equal(shown, Encoding.UTF8.GetString(BigIntegers.Quote(Encoding.UTF8.GetBytes(value), to)));
    }

    [Fact]
    public async Task Every_read_shows_them_so_when_asked()
    {
        string topic = await NewTopicAsync();
        string cluster = await proxy.Http.ClusterIdAsync();
        string group = proxy.NewName("group");
        await proxy.Http.PostAsync($"/consumers/{group}", HttpCalls.V2, """{"name":"i","format":"json","auto.offset.reset":"earliest"}""");
        string instance = $"/consumers/{group}/instances/i";
        await proxy.Http.PostAsync($"{instance}/assignments", HttpCalls.V2, $$"""{"partitions":[{"topic":"{{topic}}","partition":0}]}""");
        (await proxy.Http.GetAsync($"{instance}/records?timeout=30000&bigint=big", HttpCalls.V2Json)).Refused(400, 40002);
        (await proxy.Http.GetAsync($"{instance}/records?timeout=30000&ack=explicit&bigint=big", HttpCalls.V2Json)).Refused(400, 40002);

        Assert.Contains(Shown, (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records?bigint=string", HttpCalls.V2Json)).Text, StringComparison.Ordinal);
        Assert.Contains(Stored, (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records?bigint=number", HttpCalls.V2Json)).Text, StringComparison.Ordinal);
        // What was refused has taken nothing.
        Assert.Contains(Shown, (await proxy.Http.GetAsync($"{instance}/records?timeout=30000&ack=explicit&bigint=string", HttpCalls.V2Json)).Text, StringComparison.Ordinal);
        string partition = $"/v3/clusters/{cluster}/topics/{topic}/partitions/0/records?bigint=string";
        Assert.Contains(Shown, (await proxy.Http.AskAsync(partition)).Text, StringComparison.Ordinal);
        Answer fetched = await proxy.Http.PostAsync(
            $"/v3/clusters/{cluster}/topics/{topic}/records:fetch?bigint=string", "application/json", """{"partitions":[{"id":0,"offset":0}]}""");
        Assert.Contains(Shown, fetched.Text, StringComparison.Ordinal);
        foreach (string type in new[] { "text/event-stream", "application/x-ndjson" })
            Assert.Contains(Shown, (await proxy.Http.GetAsync($"/topics/{topic}/records?until=end&bigint=string", type)).Text, StringComparison.Ordinal);

        (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records?bigint=big", HttpCalls.V2Json)).Refused(400, 40002);
        (await proxy.Http.AskAsync(partition.Replace("=string", "=1", StringComparison.Ordinal))).Refused(400, 40002);
        (await proxy.Http.GetAsync($"/topics/{topic}/records?bigint=true", "text/event-stream, application/json")).Refused(400, 40002);
    }

    [Fact]
    public async Task Decoded_data_is_shown_so_too()
    {
        string topic = await proxy.NewTopicAsync();
        Answer produced = await proxy.Http.PostAsync(
            $"/topics/{topic}", HttpCalls.V2Avro, """{"records":[{"value":9007199254740993}],"value_schema":"\"long\""}""");
        Assert.Equal(200, produced.Status);
        JsonArray read = (await proxy.Http.GetAsync($"/topics/{topic}/partitions/0/records?bigint=string", HttpCalls.V2Avro)).Json.AsArray();
        Assert.Equal("\"9007199254740993\"", read[0]!["value"]!.ToJsonString());
    }

    private async Task<string> NewTopicAsync()
    {
        string topic = await proxy.NewTopicAsync();
        Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{"value":{{Stored}}}]}""")).Status);
        return topic;
    }
}
