using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Consumers;

/// <summary>Consumer instances: made, given partitions, read from and deleted (http-proxy §3.5).</summary>
public sealed class ConsumerTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Fact]
    public async Task The_whole_life_of_an_instance()
    {
        string topic = await proxy.NewTopicAsync();
        string group = proxy.NewName("group");
        Answer created = await proxy.Http.PostAsync(
            $"/consumers/{group}", HttpCalls.V2, """{"name":"c1","format":"json","auto.offset.reset":"earliest","auto.commit.enable":"false"}""");
        Assert.Equal((200, "c1"), (created.Status, (string?)created.Json["instance_id"]));
        string uri = (string)created.Json["base_uri"]!;
        Assert.Equal($"{proxy.Http.BaseAddress}consumers/{group}/instances/c1", uri);

        Assert.Equal(204, (await proxy.Http.PostAsync($"{uri}/subscription", HttpCalls.V2, $$"""{"topics":["{{topic}}"]}""")).Status);
        Assert.Equal($$"""{"topics":["{{topic}}"]}""", (await proxy.Http.AskAsync($"{uri}/subscription")).Text);
        Assert.Equal($$"""{"partitions":[{"topic":"{{topic}}","partition":0}]}""", (await proxy.Http.AskAsync($"{uri}/assignments")).Text);

        await proxy.ProduceAsync(topic, 3);
        Answer records = await proxy.Http.GetAsync($"{uri}/records?timeout=20000", HttpCalls.V2Json);
        Assert.Equal((200, HttpCalls.V2Json), (records.Status, records.ContentType));
        Assert.Equal([0, 1, 2], ConsumerCalls.Offsets(records));
        Assert.Equal("[]", (await proxy.Http.GetAsync($"{uri}/records?timeout=0", HttpCalls.V2Json)).Text);

        Assert.Equal("""{"offsets":[]}""", (await proxy.Http.AskAsync($"{uri}/offsets?topic={topic}&partition=0")).Text);
        Assert.Equal(204, (await proxy.Http.SendAsync(HttpMethod.Post, $"{uri}/offsets", null, null, null)).Status);
        Assert.Equal(3, await proxy.Http.CommittedAsync(uri, topic));

        Assert.Equal(204, (await proxy.Http.SendAsync(HttpMethod.Delete, $"{uri}/subscription", null, null, null)).Status);
        Assert.Equal("""{"topics":[]}""", (await proxy.Http.AskAsync($"{uri}/subscription")).Text);
        Assert.Equal(204, (await proxy.Http.SendAsync(HttpMethod.Delete, uri, null, null, null)).Status);
        (await proxy.Http.SendAsync(HttpMethod.Delete, uri, null, null, null)).Refused(404, 40403);
    }

    [Fact]
    public async Task Two_instances_of_a_group_share_the_partitions_and_read_every_record_once()
    {
        string topic = await proxy.NewTopicAsync(4);
        string group = proxy.NewName("group");
        string[] uris = [await proxy.SubscribedAsync(group, topic), await proxy.SubscribedAsync(group, topic)];
        // The second is given its share once the first has joined the same generation, and each answers only when its share is settled.
        HashSet<string> second = await ShareAsync(uris[1]);
        HashSet<string> first = await ShareAsync(uris[0]);
        Assert.Equal((2, 2), (first.Count, second.Count));
        Assert.Empty(first.Intersect(second));

        for (int partition = 0; partition < 4; partition++)
            await proxy.Http.PostAsync($"/topics/{topic}/partitions/{partition}", HttpCalls.V2Json, $$"""{"records":[{"value":{{partition}}}]}""");
        var seen = new List<int>();
        foreach (string uri in uris)
        {
            // Each poll waits for a record, so two of them bring both.
            for (int count = 0, polls = 0; count < 2 && polls < 2; polls++)
            {
                JsonArray records = (await proxy.Http.AskAsync($"{uri}/records?timeout=20000")).Json.AsArray();
                count += records.Count;
                seen.AddRange(records.Select(record => (int)record!["value"]!));
            }
        }
        Assert.Equal([0, 1, 2, 3], seen.Order());
    }

    [Fact]
    public async Task A_waiting_poll_is_answered_by_the_next_record()
    {
        string topic = await proxy.NewTopicAsync();
        string uri = await proxy.SubscribedAsync(proxy.NewName("group"), topic);
        Assert.Equal("[]", (await proxy.Http.AskAsync($"{uri}/records?timeout=0")).Text);
        Task<Answer> waiting = proxy.Http.AskAsync($"{uri}/records?timeout=30000");
        await proxy.ProduceAsync(topic, 1);
        Assert.Equal([0], ConsumerCalls.Offsets(await waiting));
    }

    [Fact]
    public async Task Partitions_can_be_assigned_by_hand()
    {
        string topic = await proxy.NewTopicAsync(2);
        await proxy.Http.PostAsync($"/topics/{topic}/partitions/1", HttpCalls.V2Json, """{"records":[{"value":"one"}]}""");
        string uri = await proxy.CreatedAsync(proxy.NewName("group"), ConsumerCalls.Earliest);
        string body = $$"""{"partitions":[{"topic":"{{topic}}","partition":1}]}""";
        Assert.Equal(204, (await proxy.Http.PostAsync($"{uri}/assignments", HttpCalls.V2, body)).Status);
        Assert.Equal(body, (await proxy.Http.AskAsync($"{uri}/assignments")).Text);
        Assert.Equal("one", (string?)(await proxy.Http.AskAsync($"{uri}/records?timeout=20000")).Json[0]!["value"]);
        (await proxy.Http.PostAsync($"{uri}/subscription", HttpCalls.V2, $$"""{"topics":["{{topic}}"]}""")).Refused(409, 40903);

        string subscribed = await proxy.SubscribedAsync(proxy.NewName("group"), topic);
        (await proxy.Http.PostAsync($"{subscribed}/assignments", HttpCalls.V2, body)).Refused(409, 40903);
    }

    [Fact]
    public async Task A_pattern_subscribes_to_the_topics_whose_whole_name_matches()
    {
        string stem = proxy.NewName("pattern");
        foreach (string name in new[] { $"{stem}-a", $"{stem}-b", $"x{stem}-a" })
            await proxy.Client.Admin.CreateTopicAsync(new Client.Admin.NewTopic(name, 1));
        string uri = await proxy.CreatedAsync(proxy.NewName("group"), ConsumerCalls.Earliest);
        Assert.Equal(204, (await proxy.Http.PostAsync($"{uri}/subscription", HttpCalls.V2, $$"""{"topic_pattern":"{{stem}}-.*"}""")).Status);
        JsonNode assigned = (await proxy.Http.AskAsync($"{uri}/assignments")).Json;
        Assert.Equal([$"{stem}-a", $"{stem}-b"], assigned["partitions"]!.AsArray().Select(partition => (string)partition!["topic"]!));
        (await proxy.Http.PostAsync($"{uri}/subscription", HttpCalls.V2, """{"topics":["a"],"topic_pattern":"a"}""")).Refused(409, 40903);
        (await proxy.Http.PostAsync($"{uri}/subscription", HttpCalls.V2, """{"topic_pattern":"("}""")).Refused(422, 422);
        (await proxy.Http.PostAsync($"{uri}/subscription", HttpCalls.V2, """{"topic_pattern":"(a)\\1"}""")).Refused(422, 422);
    }

    [Theory]
    [InlineData("binary", HttpCalls.V2Binary, "IjAi")]
    [InlineData("json", HttpCalls.V2Json, "0")]
    public async Task An_instance_answers_in_its_own_format_and_in_no_other(string format, string type, string value)
    {
        string topic = await proxy.NewTopicAsync();
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":"0"}]}""");
        string uri = await proxy.SubscribedAsync(proxy.NewName("group"), topic, $$"""{"format":"{{format}}","auto.offset.reset":"earliest"}""");
        string other = type == HttpCalls.V2Json ? HttpCalls.V2Binary : HttpCalls.V2Json;
        (await proxy.Http.GetAsync($"{uri}/records", other)).Refused(406, 40601);
        (await proxy.Http.GetAsync($"{uri}/records", "text/html")).Refused(406, 406);
        Answer answer = await proxy.Http.GetAsync($"{uri}/records?timeout=20000", "*/*");
        Assert.Equal((type, value), (answer.ContentType, (string?)answer.Json[0]!["value"]));
    }

    [Fact]
    public async Task Group_and_instance_may_hold_any_printable_character()
    {
        Answer created = await proxy.Http.PostAsync("/consumers/a%2Fb%20%C3%A9", HttpCalls.V2, """{"name":"c/1 ü"}""");
        string uri = (string)created.Json["base_uri"]!;
        Assert.EndsWith("/consumers/a%2Fb%20%C3%A9/instances/c%2F1%20%C3%BC", uri, StringComparison.Ordinal);
        Assert.Equal(204, (await proxy.Http.SendAsync(HttpMethod.Delete, uri, null, null, null)).Status);
    }

    [Fact]
    public async Task Deleting_an_instance_ends_the_poll_that_waits_on_it()
    {
        string uri = await proxy.SubscribedAsync(proxy.NewName("group"), await proxy.NewTopicAsync());
        Assert.Equal("[]", (await proxy.Http.AskAsync($"{uri}/records?timeout=0")).Text);
        Task<Answer> waiting = proxy.Http.AskAsync($"{uri}/records?timeout=60000");
        Assert.Equal(204, (await proxy.Http.SendAsync(HttpMethod.Delete, uri, null, null, null)).Status);
        (await waiting).Refused(404, 40403);
    }

    private async Task<HashSet<string>> ShareAsync(string uri) =>
        [.. (await proxy.Http.AskAsync($"{uri}/assignments")).Json["partitions"]!.AsArray().Select(partition => partition!.ToJsonString())];
}
