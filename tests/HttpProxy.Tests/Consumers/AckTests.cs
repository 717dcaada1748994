using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Consumers;

/// <summary>Reads that give the same records until they are acknowledged (http-proxy §9.0, §9.3).</summary>
public sealed class AckTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task The_same_records_come_until_their_batch_is_acknowledged(string autoCommit)
    {
        (string topic, string instance) = await NewInstanceAsync(autoCommit, records: 3);
        (string? batch, string first) = await ReadAsync(instance);
        Assert.Equal("0 1 2", first);
        Assert.Equal((batch, first), await ReadAsync(instance));
        await ProduceAsync(topic, 1);
        Assert.Equal((batch, first), await ReadAsync(instance));
        Assert.Equal("[]", await CommittedAsync(instance, topic));

        Assert.Equal(204, await AckAsync(instance, batch!));
        // The answer may have been lost: the same again is no error.
        Assert.Equal(204, await AckAsync(instance, batch!));
        Assert.Equal($$"""[{"topic":"{{topic}}","partition":0,"offset":3,"metadata":""}]""", await CommittedAsync(instance, topic));
        (string? second, string rest) = await ReadAsync(instance);
        Assert.Equal("3", rest);
        Assert.NotEqual(batch, second);
        (await proxy.Http.PostAsync($"{instance}/records/{batch}x:ack", HttpCalls.V2, "")).Refused(404, 404);
    }

    [Fact]
    public async Task What_was_not_acknowledged_comes_to_the_next_member()
    {
        (string topic, string instance) = await NewInstanceAsync("true", records: 2);
        Assert.Equal("0 1", (await ReadAsync(instance)).Offsets);
        await proxy.Http.SendAsync(HttpMethod.Delete, instance, null, null, null);
        Assert.Equal("0 1", (await ReadAsync(await NewInstanceAsync(instance.Split('/')[^3], topic, "true"))).Offsets);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Nothing_is_read_or_committed_past_a_batch_that_waits(string autoCommit)
    {
        (string topic, string instance) = await NewInstanceAsync(autoCommit, records: 2);
        (string? batch, string offsets) = await ReadAsync(instance);
        (await proxy.Http.GetAsync($"{instance}/records?timeout=20000", HttpCalls.V2Json)).Refused(409, 40903);
        Assert.Equal((batch, offsets), await ReadAsync(instance));
        Assert.Equal(204, (await proxy.Http.PostAsync($"{instance}/offsets", HttpCalls.V2, "")).Status);
        Assert.Equal("[]", await CommittedAsync(instance, topic));
        // Which commits what is committed by itself.
        await proxy.Http.SendAsync(HttpMethod.Delete, instance, null, null, null);
        string next = await NewInstanceAsync(instance.Split('/')[^3], topic, autoCommit);
        Assert.Equal("[]", await CommittedAsync(next, topic));
        (batch, offsets) = await ReadAsync(next);
        Assert.Equal("0 1", offsets);
        Assert.Equal(204, await AckAsync(next, batch!));
        await ProduceAsync(topic, 1);
        Assert.Equal(2, (long)(await proxy.Http.GetAsync($"{next}/records?timeout=20000", HttpCalls.V2Json)).Json[0]!["offset"]!);
    }

    [Fact]
    public async Task A_seek_gives_a_batch_up()
    {
        (string topic, string instance) = await NewInstanceAsync("true", records: 3);
        (string? batch, _) = await ReadAsync(instance);
        Assert.Equal(204, (await proxy.Http.PostAsync(
            $"{instance}/positions", HttpCalls.V2, $$"""{"offsets":[{"topic":"{{topic}}","partition":0,"offset":2}]}""")).Status);
        (await proxy.Http.PostAsync($"{instance}/records/{batch}:ack", HttpCalls.V2, "")).Refused(404, 404);
        Assert.Equal("2", (await ReadAsync(instance)).Offsets);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task An_acknowledgement_does_not_take_back_what_was_committed_further(string autoCommit)
    {
        (string topic, string instance) = await NewInstanceAsync(autoCommit, records: 1);
        (string? batch, string offsets) = await ReadAsync(instance);
        Assert.Equal("0", offsets);
        string further = $$"""[{"topic":"{{topic}}","partition":0,"offset":9,"metadata":""}]""";
        Assert.Equal(204, (await proxy.Http.PostAsync(
            $"{instance}/offsets", HttpCalls.V2, $$"""{"partitions":[{"topic":"{{topic}}","partition":0,"offset":9}]}""")).Status);
        Assert.Equal(further, await CommittedAsync(instance, topic));
        Assert.Equal(204, await AckAsync(instance, batch!));
        Assert.Equal(further, await CommittedAsync(instance, topic));
        // Nothing is left to commit, asked for or by itself.
        Assert.Equal(204, (await proxy.Http.PostAsync($"{instance}/offsets", HttpCalls.V2, "")).Status);
        Assert.Equal(further, await CommittedAsync(instance, topic));
        // A commit does not move whoever reads: it gets what comes, and that is not taken back to either.
        await ProduceAsync(topic, 1);
        (batch, offsets) = await ReadAsync(instance);
        Assert.Equal("1", offsets);
        Assert.Equal(204, await AckAsync(instance, batch!));
        await proxy.Http.SendAsync(HttpMethod.Delete, instance, null, null, null);
        string next = await NewInstanceAsync(instance.Split('/')[^3], topic, autoCommit);
        Assert.Equal(further, await CommittedAsync(next, topic));
    }

    [Fact]
    public async Task Nothing_to_read_is_no_batch()
    {
        (_, string instance) = await NewInstanceAsync("false", records: 0);
        Assert.Equal((null, ""), await ReadAsync(instance, timeout: 1));
        (await proxy.Http.PostAsync($"{instance}/records/none:ack", HttpCalls.V2, "")).Refused(404, 404);
        (await proxy.Http.GetAsync($"{instance}/records?ack=never", HttpCalls.V2Json)).Refused(400, 40002);
    }

    private async Task<(string Topic, string Instance)> NewInstanceAsync(string autoCommit, int records)
    {
        string topic = await proxy.NewTopicAsync();
        await ProduceAsync(topic, records);
        return (topic, await NewInstanceAsync(proxy.NewName("g"), topic, autoCommit));
    }

    private Task<string> NewInstanceAsync(string group, string topic, string autoCommit) =>
        proxy.SubscribedAsync(group, topic, $$"""{"format":"json","auto.offset.reset":"earliest","auto.commit.enable":"{{autoCommit}}"}""");

    private async Task ProduceAsync(string topic, int records)
    {
        for (int i = 0; i < records; i++)
            Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Status);
    }

    /// <summary>Reads until something comes: while a group forms a read may be empty.</summary>
    private async Task<(string? Batch, string Offsets)> ReadAsync(string instance, int timeout = 20_000)
    {
        Answer answer = await proxy.Http.GetAsync($"{instance}/records?ack=explicit&timeout={timeout}", HttpCalls.V2Json);
        Assert.Equal(200, answer.Status);
        string? batch = answer.Headers.TryGetValues("Batch-Id", out IEnumerable<string>? ids) ? ids.Single() : null;
        return (batch, string.Join(' ', answer.Json.AsArray().Select(record => (long)record!["offset"]!)));
    }

    private async Task<string> CommittedAsync(string instance, string topic) =>
        (await proxy.Http.AskAsync($"{instance}/offsets?topic={topic}&partition=0")).Json["offsets"]!.ToJsonString();

    private async Task<int> AckAsync(string instance, string batch) => (await proxy.Http.PostAsync($"{instance}/records/{batch}:ack", HttpCalls.V2, "")).Status;
}
