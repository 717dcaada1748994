using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Consumers;

/// <summary>Where a consumer instance reads on: committed offsets and positions (http-proxy §3.5, §3.6).</summary>
public sealed class ConsumerPositionTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Fact]
    public async Task Committed_offsets_are_where_the_next_instance_goes_on()
    {
        string topic = await proxy.NewTopicAsync();
        string group = proxy.NewName("group");
        await proxy.ProduceAsync(topic, 10);
        string first = await proxy.SubscribedAsync(group, topic);
        Answer some = await proxy.Http.GetAsync($"{first}/records?timeout=20000&max_bytes=4", HttpCalls.V2Json);
        Assert.Equal([0, 1, 2, 3], ConsumerCalls.Offsets(some));
        await proxy.Http.PostAsync($"{first}/offsets", HttpCalls.V2, "{}");
        await proxy.Http.SendAsync(HttpMethod.Delete, first, null, null, null);

        string second = await proxy.SubscribedAsync(group, topic);
        Assert.Equal([4, 5, 6, 7, 8, 9], ConsumerCalls.Offsets(await proxy.Http.GetAsync($"{second}/records?timeout=20000", HttpCalls.V2Json)));
    }

    [Fact]
    public async Task The_key_of_the_list_says_what_a_committed_offset_means()
    {
        string topic = await proxy.NewTopicAsync();
        string uri = await proxy.SubscribedAsync(proxy.NewName("group"), topic);
        await proxy.Http.PostAsync($"{uri}/offsets", HttpCalls.V2, $$$"""{"offsets":[{"topic":"{{{topic}}}","partition":0,"offset":5,"metadata":"m"}]}""");
        Assert.Equal($$$"""{"offsets":[{"topic":"{{{topic}}}","partition":0,"offset":6,"metadata":"m"}]}""", (await proxy.Http.AskAsync($"{uri}/offsets?topic={topic}&partition=0")).Text);
        await proxy.Http.PostAsync($"{uri}/offsets", HttpCalls.V2, $$$"""{"partitions":[{"topic":"{{{topic}}}","partition":0,"offset":"7"}]}""");
        Assert.Equal(7, await proxy.Http.CommittedAsync(uri, topic));

        string byOption = await proxy.SubscribedAsync(proxy.NewName("group"), topic, """{"commit.semantics":"position"}""");
        await proxy.Http.PostAsync($"{byOption}/offsets", HttpCalls.V2, $$$"""{"offsets":[{"topic":"{{{topic}}}","partition":0,"offset":5}]}""");
        Assert.Equal(5, await proxy.Http.CommittedAsync(byOption, topic));
    }

    [Fact]
    public async Task Committed_offsets_may_be_asked_for_with_a_body()
    {
        string topic = await proxy.NewTopicAsync(2);
        string uri = await proxy.SubscribedAsync(proxy.NewName("group"), topic);
        await proxy.Http.PostAsync($"{uri}/offsets", HttpCalls.V2, $$$"""{"partitions":[{"topic":"{{{topic}}}","partition":1,"offset":7}]}""");
        byte[] body = System.Text.Encoding.UTF8.GetBytes($$"""{"partitions":[{"topic":"{{topic}}","partition":0},{"topic":"{{topic}}","partition":1}]}""");
        Answer answer = await proxy.Http.SendAsync(HttpMethod.Get, $"{uri}/offsets", HttpCalls.V2, body, null);
        Assert.Equal($$$"""{"offsets":[{"topic":"{{{topic}}}","partition":1,"offset":7,"metadata":""}]}""", answer.Text);
    }

    [Fact]
    public async Task Positions_can_be_moved()
    {
        string topic = await proxy.NewTopicAsync();
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """
            {"records":[{"value":0,"timestamp":1000},{"value":1,"timestamp":2000},{"value":2,"timestamp":3000}]}
            """);
        string uri = await proxy.SubscribedAsync(proxy.NewName("group"), topic);
        string partitions = $$"""{"partitions":[{"topic":"{{topic}}","partition":0}]}""";

        Assert.Equal(204, (await proxy.Http.PostAsync($"{uri}/positions", HttpCalls.V2, $$$"""{"offsets":[{"topic":"{{{topic}}}","partition":0,"offset":2}]}""")).Status);
        Assert.Equal([2], ConsumerCalls.Offsets(await proxy.Http.AskAsync($"{uri}/records?timeout=20000")));
        Assert.Equal(204, (await proxy.Http.PostAsync($"{uri}/positions/beginning", HttpCalls.V2, partitions)).Status);
        Assert.Equal([0, 1, 2], ConsumerCalls.Offsets(await proxy.Http.AskAsync($"{uri}/records?timeout=20000")));
        Assert.Equal(204, (await proxy.Http.PostAsync(
            $"{uri}/positions", HttpCalls.V2, $$$"""{"timestamps":[{"topic":"{{{topic}}}","partition":0,"timestamp":"1970-01-01T00:00:01.5Z"}]}""")).Status);
        Assert.Equal([1, 2], ConsumerCalls.Offsets(await proxy.Http.AskAsync($"{uri}/records?timeout=20000")));
        Assert.Equal(204, (await proxy.Http.PostAsync($"{uri}/positions/end", HttpCalls.V2, partitions)).Status);
        Assert.Equal([], ConsumerCalls.Offsets(await proxy.Http.AskAsync($"{uri}/records?timeout=0")));
        (await proxy.Http.PostAsync($"{uri}/positions/end", HttpCalls.V2, $$"""{"partitions":[{"topic":"{{topic}}","partition":9}]}""")).Refused(409, 40903);
    }

    [Theory]
    [InlineData("/end", """{"partitions":[{"topic":"TOPIC","partition":0}]}""")]
    [InlineData("", """{"timestamps":[{"topic":"TOPIC","partition":0,"timestamp":"2100-01-01T00:00:00Z"}]}""")]
    public async Task What_comes_behind_an_end_that_was_sought_is_read(string to, string body)
    {
        string topic = await proxy.NewTopicAsync();
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":0}]}""");
        string uri = await proxy.SubscribedAsync(proxy.NewName("group"), topic);
        Assert.Equal(204, (await proxy.Http.PostAsync($"{uri}/positions{to}", HttpCalls.V2, body.Replace("TOPIC", topic, StringComparison.Ordinal))).Status);
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1}]}""");
        Assert.Equal([1], ConsumerCalls.Offsets(await proxy.Http.AskAsync($"{uri}/records?timeout=20000")));
    }

    [Fact]
    public async Task A_commit_for_a_topic_nobody_has_is_refused()
    {
        string uri = await proxy.SubscribedAsync(proxy.NewName("group"), await proxy.NewTopicAsync());
        (await proxy.Http.PostAsync($"{uri}/offsets", HttpCalls.V2, """{"offsets":[{"topic":"no-such","partition":0,"offset":1}]}""")).Refused(404, 40402);
        Answer offsets = await proxy.Http.AskAsync($"{uri}/offsets?topic=no-such&partition=x");
        offsets.Refused(400, 40002);
    }
}
