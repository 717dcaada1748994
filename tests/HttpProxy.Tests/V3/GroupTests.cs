using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.V3;

/// <summary>Consumer groups, their members and how far they are behind, in the v3 dialect (http-proxy §4.2).</summary>
public sealed class GroupTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Fact]
    public async Task A_group_shows_its_members_what_they_have_and_how_far_they_are()
    {
        string topic = await proxy.NewTopicAsync(), group = proxy.NewName("group");
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1},{"value":2},{"value":3}]}""");
        Answer created = await proxy.Http.PostAsync(
            $"/consumers/{group}", HttpCalls.V2, """{"format":"json","auto.offset.reset":"earliest","auto.commit.enable":"false"}""");
        string instance = (string)created.Json["base_uri"]!;
        await proxy.Http.PostAsync($"{instance}/subscription", HttpCalls.V2, $$"""{"topics":["{{topic}}"]}""");
        Assert.Equal(3, (await proxy.Http.GetAsync($"{instance}/records?timeout=20000", HttpCalls.V2Json)).Json.AsArray().Count);
        await proxy.Http.PostAsync($"{instance}/offsets", HttpCalls.V2, $$"""{"partitions":[{"topic":"{{topic}}","partition":0,"offset":1}]}""");

        string url = $"{(string)(await proxy.Http.AskAsync("/v3/clusters")).Json["data"]![0]!["consumer_groups"]!["related"]!}/{group}";
        JsonNode found = (await proxy.Http.AskAsync(url)).Json;
        Assert.Equal(
            ("KafkaConsumerGroup", group, false, "range", "STABLE", "CLASSIC"),
            ((string?)found["kind"], (string?)found["consumer_group_id"], (bool)found["is_simple"]!, (string?)found["partition_assignor"], (string?)found["state"], (string?)found["type"]));
        Assert.EndsWith("/brokers/1", (string?)found["coordinator"]!["related"], StringComparison.Ordinal);

        JsonNode consumer = Assert.Single((await proxy.Http.AskAsync((string)found["consumers"]!["related"]!)).Json["data"]!.AsArray())!;
        Assert.Equal(consumer.ToJsonString(), (await proxy.Http.AskAsync((string)consumer["metadata"]!["self"]!)).Text);
        JsonNode assignment = Assert.Single((await proxy.Http.AskAsync((string)consumer["assignments"]!["related"]!)).Json["data"]!.AsArray())!;
        Assert.Equal((topic, 0), ((string?)assignment["topic_name"], (int)assignment["partition_id"]!));
        Assert.Equal(assignment.ToJsonString(), (await proxy.Http.AskAsync((string)assignment["metadata"]!["self"]!)).Text);

        JsonNode lag = (await proxy.Http.AskAsync((string)assignment["lag"]!["related"]!)).Json;
        long committed = (long)lag["current_offset"]!;
        Assert.Equal((3L, 3L - committed), ((long)lag["log_end_offset"]!, (long)lag["lag"]!));
        Assert.Equal((string?)consumer["consumer_id"], (string?)lag["consumer_id"]);
        Assert.Equal(lag.ToJsonString(), Assert.Single((await proxy.Http.AskAsync($"{url}/lags")).Json["data"]!.AsArray())!.ToJsonString());
        JsonNode summary = (await proxy.Http.AskAsync((string)found["lag_summary"]!["related"]!)).Json;
        Assert.Equal((topic, 3L - committed, 3L - committed), ((string?)summary["max_lag_topic_name"], (long)summary["max_lag"]!, (long)summary["total_lag"]!));

        await proxy.Http.SendAsync(HttpMethod.Delete, instance, null, null, null);
        Assert.Equal("EMPTY", (string?)(await proxy.Http.AskAsync(url)).Json["state"]);
        Assert.Equal("", (string?)(await proxy.Http.AskAsync($"{url}/lags")).Json["data"]![0]!["consumer_id"]);
        (await proxy.Http.AskAsync($"{url}/consumers/nobody")).Refused(404, 40403);
        (await proxy.Http.AskAsync($"{url}/lags/{topic}/partitions/7")).Refused(404, 404);
    }
}
