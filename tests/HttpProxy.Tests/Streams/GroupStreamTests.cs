using System.Net;
using Gateway.Client.Consuming;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Streams;

/// <summary>Streams as members of consumer groups (http-proxy §9.1).</summary>
public sealed class GroupStreamTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private readonly string _group = proxy.NewName("group");

    [Fact]
    public async Task A_group_goes_on_behind_what_its_streams_were_sent()
    {
        string topic = await FilledAsync(2, 6);
        using (StreamClient stream = await OpenAsync(topic, "&until=end"))
        {
            Assert.Equal([0, 1], await ShareAsync(stream));
            Assert.Equal([(0, 0L), (0, 1L), (0, 2L), (1, 0L), (1, 1L), (1, 2L)], (await stream.TakeAsync(6)).Select(taken => taken.Place).Order());
            Assert.Null(await stream.NextAsync());
        }
        Assert.Equal([3L, 3L], await CommittedAsync(topic, 2));
        using StreamClient next = await OpenAsync(topic, "");
        Assert.Equal([0, 1], await ShareAsync(next));
        await ProduceAsync(topic, 1);
        Assert.Equal((1, 3), (await next.TakeAsync(1))[0].Place);
    }

    [Fact]
    public async Task Streams_of_a_group_share_the_partitions()
    {
        string topic = await FilledAsync(2, 0);
        using StreamClient first = await OpenAsync(topic, "");
        Assert.Equal([0, 1], await ShareAsync(first));
        using StreamClient second = await OpenAsync(topic, "");
        List<int> ofSecond = await ShareAsync(second);
        List<int> ofFirst = await ShareAsync(first);
        while (ofFirst.Count != 1) ofFirst = await ShareAsync(first);
        while (ofSecond.Count != 1) ofSecond = await ShareAsync(second);
        Assert.Equal([0, 1], ofFirst.Concat(ofSecond).Order());
        await ProduceAsync(topic, 0);
        await ProduceAsync(topic, 1);
        Assert.Equal((ofFirst[0], 0), (await first.TakeAsync(1))[0].Place);
        Assert.Equal((ofSecond[0], 0), (await second.TakeAsync(1))[0].Place);
    }

    [Fact]
    public async Task A_client_that_commits_itself_gets_again_what_it_has_not_committed()
    {
        string topic = await FilledAsync(1, 3);
        string cursor;
        using (StreamClient stream = await OpenAsync(topic, "&commit=cursor&max_records=3"))
        {
            Assert.Equal([0], await ShareAsync(stream));
            List<StreamEvent> taken = await stream.TakeAsync(3);
            Assert.Null(await stream.NextAsync());
            cursor = taken[1].Id!;
        }
        Assert.Equal([-1L], await CommittedAsync(topic, 1));
        // Nobody is in the group: whoever has the cursor may commit it.
        Assert.Equal(204, (await CommitAsync(topic, cursor)).Status);
        Assert.Equal([2L], await CommittedAsync(topic, 1));
        using StreamClient again = await OpenAsync(topic, "&commit=cursor");
        Assert.Equal([0], await ShareAsync(again));
        StreamEvent last = (await again.TakeAsync(1))[0];
        Assert.Equal((0, 2), last.Place);
        // And while the stream is open it is the stream's member that commits.
        Assert.Equal(204, (await CommitAsync(topic, last.Id!)).Status);
        Assert.Equal([3L], await CommittedAsync(topic, 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("&commit=cursor")]
    public async Task Whoever_comes_back_with_a_cursor_has_had_what_lies_in_front_of_it(string commit)
    {
        string topic = await FilledAsync(1, 3);
        string cursor;
        using (StreamClient stream = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records"))
            cursor = (await stream.TakeAsync(2))[1].Id!;
        using (StreamClient stream = await OpenAsync(topic, commit + "&max_records=1", cursor))
        {
            Assert.Equal([0], await ShareAsync(stream));
            Assert.Equal((0, 2), (await stream.TakeAsync(1))[0].Place);
            Assert.Null(await stream.NextAsync());
        }
        Assert.Equal([commit.Length == 0 ? 3L : 2L], await CommittedAsync(topic, 1));
        // The group has gone on: an old cursor does not bring it back.
        using StreamClient late = await OpenAsync(topic, "&until=end&cursor=" + cursor);
        Assert.Equal([0], await ShareAsync(late));
        if (commit.Length > 0) Assert.Equal((0, 2), (await late.TakeAsync(1))[0].Place);
        Assert.Null(await late.NextAsync());
    }

    [Fact]
    public async Task A_cursor_commits_the_partitions_that_are_still_here_and_says_which_are_not()
    {
        string topic = await FilledAsync(2, 2);
        string cursor;
        using (StreamClient stream = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?until=end"))
            cursor = (await stream.TakeAsync(2))[1].Id!;
        string instance = $"/consumers/{_group}/instances/other";
        await proxy.Http.PostAsync($"/consumers/{_group}", HttpCalls.V2, """{"name":"other"}""");
        await proxy.Http.PostAsync($"{instance}/subscription", HttpCalls.V2, $$"""{"topics":["{{topic}}"]}""");
        using StreamClient member = await OpenAsync(topic, "&commit=cursor");
        List<int> share = await ShareAsync(member);
        while (share.Count != 1) share = await ShareAsync(member);
        (await CommitAsync(topic, cursor)).Refused(409, 40903);
        List<long> committed = await CommittedAsync(topic, 2);
        Assert.Equal((1, -1), (committed[share[0]], committed[1 - share[0]]));
        Assert.Equal(204, (await proxy.Http.SendAsync(HttpMethod.Delete, instance, null, null, null)).Status);
    }

    [Fact]
    public async Task Where_the_group_has_committed_nothing_the_request_says_where_to_start()
    {
        string topic = await FilledAsync(1, 3);
        using StreamClient stream = await OpenAsync(topic, "&from=offset:0:1&until=end");
        Assert.Equal([0], await ShareAsync(stream));
        Assert.Equal([(0, 1L), (0, 2L)], (await stream.TakeAsync(2)).Select(taken => taken.Place));
        Assert.Null(await stream.NextAsync());
    }

    [Theory]
    [InlineData("group=")]
    [InlineData("group=a%01")]
    [InlineData("group=a&partitions=0")]
    [InlineData("group=a&commit=never")]
    [InlineData("commit=auto")]
    public async Task What_is_no_membership_is_refused(string query)
    {
        string topic = await FilledAsync(1, 0);
        (await proxy.Http.GetAsync($"/topics/{topic}/records?{query}", "text/event-stream, application/json")).Refused(400, 40002);
    }

    [Fact]
    public async Task What_is_no_commit_is_refused()
    {
        string topic = await FilledAsync(1, 1);
        string cursor;
        using (StreamClient stream = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records"))
            cursor = (await stream.TakeAsync(1))[0].Id!;
        (await proxy.Http.PostAsync($"/topics/{topic}/records:commit", HttpCalls.V2, $$"""{"cursor":"{{cursor}}"}""")).Refused(422, 422);
        (await proxy.Http.PostAsync($"/topics/{topic}/records:commit", HttpCalls.V2, """{"group":"g","cursor":1}""")).Refused(422, 422);
        (await CommitAsync(topic, "AAAA")).Refused(400, 40002);
        (await CommitAsync("no-such", cursor)).Refused(404, 40401);
        (await CommitAsync(await FilledAsync(1, 0), cursor)).Refused(400, 40002);
        string cluster = await proxy.Http.ClusterIdAsync();
        Answer v3 = await proxy.Http.PostAsync(
            $"/v3/clusters/{cluster}/topics/{topic}/records:commit", "application/json", $$"""{"group":"{{_group}}","cursor":"{{cursor}}"}""");
        Assert.Equal(204, v3.Status);
        Assert.Equal([1L], await CommittedAsync(topic, 1));
    }

    private Task<StreamClient> OpenAsync(string topic, string more, string? lastEventId = null) =>
        StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?group={WebUtility.UrlEncode(_group)}{more}", lastEventId: lastEventId);

    /// <summary>The partitions of the next rebalance.</summary>
    private static async Task<List<int>> ShareAsync(StreamClient stream)
    {
        while (true)
        {
            StreamEvent next = await stream.NextAsync() ?? throw new EndOfStreamException("The stream ended without a rebalance.");
            if (next.Name == "rebalance") return [.. next.Json["partitions"]!.AsArray().Select(partition => (int)partition!)];
            Assert.Equal("heartbeat", next.Name);
        }
    }

    private Task<Answer> CommitAsync(string topic, string cursor) =>
        proxy.Http.PostAsync($"/topics/{topic}/records:commit", HttpCalls.V2, $$"""{"group":"{{_group}}","cursor":"{{cursor}}"}""");

    private async Task<List<long>> CommittedAsync(string topic, int partitions)
    {
        await using GroupConsumer outsider = proxy.Client.CreateConsumer(new ConsumerOptions { Group = _group });
        TopicPartition[] asked = [.. Enumerable.Range(0, partitions).Select(partition => new TopicPartition(topic, partition))];
        IReadOnlyDictionary<TopicPartition, CommittedOffset> committed = await outsider.CommittedAsync(asked, CancellationToken.None);
        return [.. asked.Select(partition => committed.TryGetValue(partition, out CommittedOffset found) ? found.Offset : -1)];
    }

    private async Task<string> FilledAsync(int partitions, int records)
    {
        string topic = await proxy.NewTopicAsync(partitions);
        for (int i = 0; i < records; i++) await ProduceAsync(topic, i % partitions);
        return topic;
    }

    private async Task ProduceAsync(string topic, int partition) => Assert.Equal(
        200, (await proxy.Http.PostAsync($"/topics/{topic}/partitions/{partition}", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Status);
}
