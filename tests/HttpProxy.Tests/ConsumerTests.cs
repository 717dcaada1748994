using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests;

public sealed class ConsumerTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Earliest = """{"format":"json","auto.offset.reset":"earliest","auto.commit.enable":"false"}""";

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

        await ProduceAsync(topic, 3);
        Answer records = await proxy.Http.GetAsync($"{uri}/records?timeout=20000", HttpCalls.V2Json);
        Assert.Equal((200, HttpCalls.V2Json), (records.Status, records.ContentType));
        Assert.Equal([0, 1, 2], Offsets(records));
        Assert.Equal("[]", (await proxy.Http.GetAsync($"{uri}/records?timeout=0", HttpCalls.V2Json)).Text);

        Assert.Equal("""{"offsets":[]}""", (await proxy.Http.AskAsync($"{uri}/offsets?topic={topic}&partition=0")).Text);
        Assert.Equal(204, (await proxy.Http.SendAsync(HttpMethod.Post, $"{uri}/offsets", null, null, null)).Status);
        Assert.Equal(3, await CommittedAsync(uri, topic));

        Assert.Equal(204, (await proxy.Http.SendAsync(HttpMethod.Delete, $"{uri}/subscription", null, null, null)).Status);
        Assert.Equal("""{"topics":[]}""", (await proxy.Http.AskAsync($"{uri}/subscription")).Text);
        Assert.Equal(204, (await proxy.Http.SendAsync(HttpMethod.Delete, uri, null, null, null)).Status);
        (await proxy.Http.SendAsync(HttpMethod.Delete, uri, null, null, null)).Refused(404, 40403);
    }

    [Fact]
    public async Task Committed_offsets_are_where_the_next_instance_goes_on()
    {
        string topic = await proxy.NewTopicAsync();
        string group = proxy.NewName("group");
        await ProduceAsync(topic, 10);
        string first = await SubscribedAsync(group, topic);
        Answer some = await proxy.Http.GetAsync($"{first}/records?timeout=20000&max_bytes=4", HttpCalls.V2Json);
        Assert.Equal([0, 1, 2, 3], Offsets(some));
        await proxy.Http.PostAsync($"{first}/offsets", HttpCalls.V2, "{}");
        await proxy.Http.SendAsync(HttpMethod.Delete, first, null, null, null);

        string second = await SubscribedAsync(group, topic);
        Assert.Equal([4, 5, 6, 7, 8, 9], Offsets(await proxy.Http.GetAsync($"{second}/records?timeout=20000", HttpCalls.V2Json)));
    }

    [Fact]
    public async Task The_key_of_the_list_says_what_a_committed_offset_means()
    {
        string topic = await proxy.NewTopicAsync();
        string uri = await SubscribedAsync(proxy.NewName("group"), topic);
        await proxy.Http.PostAsync($"{uri}/offsets", HttpCalls.V2, $$$"""{"offsets":[{"topic":"{{{topic}}}","partition":0,"offset":5,"metadata":"m"}]}""");
        Assert.Equal($$$"""{"offsets":[{"topic":"{{{topic}}}","partition":0,"offset":6,"metadata":"m"}]}""", (await proxy.Http.AskAsync($"{uri}/offsets?topic={topic}&partition=0")).Text);
        await proxy.Http.PostAsync($"{uri}/offsets", HttpCalls.V2, $$$"""{"partitions":[{"topic":"{{{topic}}}","partition":0,"offset":"7"}]}""");
        Assert.Equal(7, await CommittedAsync(uri, topic));

        string byOption = await SubscribedAsync(proxy.NewName("group"), topic, """{"commit.semantics":"position"}""");
        await proxy.Http.PostAsync($"{byOption}/offsets", HttpCalls.V2, $$$"""{"offsets":[{"topic":"{{{topic}}}","partition":0,"offset":5}]}""");
        Assert.Equal(5, await CommittedAsync(byOption, topic));
    }

    [Fact]
    public async Task Committed_offsets_may_be_asked_for_with_a_body()
    {
        string topic = await proxy.NewTopicAsync(2);
        string uri = await SubscribedAsync(proxy.NewName("group"), topic);
        await proxy.Http.PostAsync($"{uri}/offsets", HttpCalls.V2, $$$"""{"partitions":[{"topic":"{{{topic}}}","partition":1,"offset":7}]}""");
        byte[] body = System.Text.Encoding.UTF8.GetBytes($$"""{"partitions":[{"topic":"{{topic}}","partition":0},{"topic":"{{topic}}","partition":1}]}""");
        Answer answer = await proxy.Http.SendAsync(HttpMethod.Get, $"{uri}/offsets", HttpCalls.V2, body, null);
        Assert.Equal($$$"""{"offsets":[{"topic":"{{{topic}}}","partition":1,"offset":7,"metadata":""}]}""", answer.Text);
    }

    [Fact]
    public async Task Two_instances_of_a_group_share_the_partitions_and_read_every_record_once()
    {
        string topic = await proxy.NewTopicAsync(4);
        string group = proxy.NewName("group");
        string[] uris = [await SubscribedAsync(group, topic), await SubscribedAsync(group, topic)];
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
        string uri = await SubscribedAsync(proxy.NewName("group"), topic);
        Assert.Equal("[]", (await proxy.Http.AskAsync($"{uri}/records?timeout=0")).Text);
        Task<Answer> waiting = proxy.Http.AskAsync($"{uri}/records?timeout=30000");
        await ProduceAsync(topic, 1);
        Assert.Equal([0], Offsets(await waiting));
    }

    [Fact]
    public async Task Positions_can_be_moved()
    {
        string topic = await proxy.NewTopicAsync();
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """
            {"records":[{"value":0,"timestamp":1000},{"value":1,"timestamp":2000},{"value":2,"timestamp":3000}]}
            """);
        string uri = await SubscribedAsync(proxy.NewName("group"), topic);
        string partitions = $$"""{"partitions":[{"topic":"{{topic}}","partition":0}]}""";

        Assert.Equal(204, (await proxy.Http.PostAsync($"{uri}/positions", HttpCalls.V2, $$$"""{"offsets":[{"topic":"{{{topic}}}","partition":0,"offset":2}]}""")).Status);
        Assert.Equal([2], Offsets(await proxy.Http.AskAsync($"{uri}/records?timeout=20000")));
        Assert.Equal(204, (await proxy.Http.PostAsync($"{uri}/positions/beginning", HttpCalls.V2, partitions)).Status);
        Assert.Equal([0, 1, 2], Offsets(await proxy.Http.AskAsync($"{uri}/records?timeout=20000")));
        Assert.Equal(204, (await proxy.Http.PostAsync(
            $"{uri}/positions", HttpCalls.V2, $$$"""{"timestamps":[{"topic":"{{{topic}}}","partition":0,"timestamp":"1970-01-01T00:00:01.5Z"}]}""")).Status);
        Assert.Equal([1, 2], Offsets(await proxy.Http.AskAsync($"{uri}/records?timeout=20000")));
        Assert.Equal(204, (await proxy.Http.PostAsync($"{uri}/positions/end", HttpCalls.V2, partitions)).Status);
        Assert.Equal([], Offsets(await proxy.Http.AskAsync($"{uri}/records?timeout=0")));
        (await proxy.Http.PostAsync($"{uri}/positions/end", HttpCalls.V2, $$"""{"partitions":[{"topic":"{{topic}}","partition":9}]}""")).Refused(409, 40903);
    }

    [Theory]
    [InlineData("/end", """{"partitions":[{"topic":"TOPIC","partition":0}]}""")]
    [InlineData("", """{"timestamps":[{"topic":"TOPIC","partition":0,"timestamp":"2100-01-01T00:00:00Z"}]}""")]
    public async Task What_comes_behind_an_end_that_was_sought_is_read(string to, string body)
    {
        string topic = await proxy.NewTopicAsync();
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":0}]}""");
        string uri = await SubscribedAsync(proxy.NewName("group"), topic);
        Assert.Equal(204, (await proxy.Http.PostAsync($"{uri}/positions{to}", HttpCalls.V2, body.Replace("TOPIC", topic, StringComparison.Ordinal))).Status);
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1}]}""");
        Assert.Equal([1], Offsets(await proxy.Http.AskAsync($"{uri}/records?timeout=20000")));
    }

    [Fact]
    public async Task Partitions_can_be_assigned_by_hand()
    {
        string topic = await proxy.NewTopicAsync(2);
        await proxy.Http.PostAsync($"/topics/{topic}/partitions/1", HttpCalls.V2Json, """{"records":[{"value":"one"}]}""");
        string uri = await CreatedAsync(proxy.NewName("group"), Earliest);
        string body = $$"""{"partitions":[{"topic":"{{topic}}","partition":1}]}""";
        Assert.Equal(204, (await proxy.Http.PostAsync($"{uri}/assignments", HttpCalls.V2, body)).Status);
        Assert.Equal(body, (await proxy.Http.AskAsync($"{uri}/assignments")).Text);
        Assert.Equal("one", (string?)(await proxy.Http.AskAsync($"{uri}/records?timeout=20000")).Json[0]!["value"]);
        (await proxy.Http.PostAsync($"{uri}/subscription", HttpCalls.V2, $$"""{"topics":["{{topic}}"]}""")).Refused(409, 40903);

        string subscribed = await SubscribedAsync(proxy.NewName("group"), topic);
        (await proxy.Http.PostAsync($"{subscribed}/assignments", HttpCalls.V2, body)).Refused(409, 40903);
    }

    [Fact]
    public async Task A_pattern_subscribes_to_the_topics_whose_whole_name_matches()
    {
        string stem = proxy.NewName("pattern");
        foreach (string name in new[] { $"{stem}-a", $"{stem}-b", $"x{stem}-a" })
            await proxy.Client.Admin.CreateTopicAsync(new Client.Admin.NewTopic(name, 1));
        string uri = await CreatedAsync(proxy.NewName("group"), Earliest);
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
        string uri = await SubscribedAsync(proxy.NewName("group"), topic, $$"""{"format":"{{format}}","auto.offset.reset":"earliest"}""");
        string other = type == HttpCalls.V2Json ? HttpCalls.V2Binary : HttpCalls.V2Json;
        (await proxy.Http.GetAsync($"{uri}/records", other)).Refused(406, 40601);
        (await proxy.Http.GetAsync($"{uri}/records", "text/html")).Refused(406, 406);
        Answer answer = await proxy.Http.GetAsync($"{uri}/records?timeout=20000", "*/*");
        Assert.Equal((type, value), (answer.ContentType, (string?)answer.Json[0]!["value"]));
    }

    [Theory]
    [InlineData("""{"format":"xml"}""", 422, 42204)]
    [InlineData("""{"format":"json","what":1}""", 422, 42204)]
    [InlineData("""{"auto.offset.reset":"middle"}""", 422, 42204)]
    [InlineData("""{"auto.commit.enable":"maybe"}""", 422, 42204)]
    [InlineData("""{"consumer.request.timeout.ms":-1}""", 422, 42204)]
    [InlineData("""{"commit.semantics":"guess"}""", 422, 42204)]
    [InlineData("""{"fetch.min.bytes":"-2"}""", 422, 40001)]
    [InlineData("""{"fetch.min.bytes":10000001}""", 422, 40001)]
    [InlineData("""{""", 422, 422)]
    [InlineData("""[]""", 422, 422)]
    [InlineData("""{"format":"json","f\u006frmat":"binary"}""", 422, 422)]
    public async Task A_wrong_consumer_configuration_is_refused(string body, int status, int code) =>
        (await proxy.Http.PostAsync($"/consumers/{proxy.NewName("group")}", HttpCalls.V2, body)).Refused(status, code);

    [Fact]
    public async Task A_number_that_is_out_of_range_is_told_its_range()
    {
        Answer refused = await proxy.Http.PostAsync($"/consumers/{proxy.NewName("group")}", HttpCalls.V2, """{"consumer.request.timeout.ms":99999999999}""");
        refused.Refused(422, 42204);
        Assert.Contains("must be from 0 to 2147483647", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_that_is_there_twice_is_named() => Assert.Contains(
        "'fetch.min.bytes'",
        (await proxy.Http.PostAsync($"/consumers/{proxy.NewName("group")}", HttpCalls.V2, """{"fetch.min.bytes":1,"fetch.min.bytes":2}""")).Text,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"id":"x","format":"BINARY","enable.auto.commit":true,"fetch.min.bytes":-1,"consumer.request.timeout.ms":"100"}""")]
    [InlineData("""{"auto.commit.enable":false,"fetch.min.bytes":"1"}""")]
    [InlineData("")]
    public async Task Numbers_and_booleans_may_be_strings_and_all_may_be_left_out(string body) =>
        Assert.Equal(200, (await proxy.Http.PostAsync($"/consumers/{proxy.NewName("group")}", HttpCalls.V2, body)).Status);

    [Fact]
    public async Task A_name_is_taken_only_once_in_a_group()
    {
        string group = proxy.NewName("group");
        await proxy.Http.PostAsync($"/consumers/{group}", HttpCalls.V2, """{"name":"c"}""");
        (await proxy.Http.PostAsync($"/consumers/{group}", HttpCalls.V2, """{"name":"c"}""")).Refused(409, 40902);
        Assert.Equal(200, (await proxy.Http.PostAsync($"/consumers/{proxy.NewName("group")}", HttpCalls.V2, """{"name":"c"}""")).Status);
    }

    [Theory]
    [InlineData("GET", "/records", null)]
    [InlineData("GET", "/subscription", null)]
    [InlineData("GET", "/assignments", null)]
    [InlineData("GET", "/offsets?topic=t&partition=0", null)]
    [InlineData("POST", "/offsets", "{}")]
    [InlineData("POST", "/subscription", """{"topics":["t"]}""")]
    [InlineData("POST", "/assignments", """{"partitions":[]}""")]
    [InlineData("POST", "/positions", """{"offsets":[]}""")]
    [InlineData("POST", "/positions/beginning", """{"partitions":[]}""")]
    [InlineData("POST", "/positions/end", """{"partitions":[]}""")]
    [InlineData("DELETE", "/subscription", null)]
    [InlineData("DELETE", "", null)]
    public async Task An_unknown_instance_is_40403(string method, string path, string? body)
    {
        byte[]? bytes = body is null ? null : System.Text.Encoding.UTF8.GetBytes(body);
        (await proxy.Http.SendAsync(new HttpMethod(method), $"/consumers/g/instances/nobody{path}", HttpCalls.V2, bytes, null)).Refused(404, 40403);
    }

    [Theory]
    [InlineData("/subscription", "{}")]
    [InlineData("/subscription", """{"topics":"t"}""")]
    [InlineData("/subscription", """{"topics":[1]}""")]
    [InlineData("/subscription", "")]
    [InlineData("/assignments", "{}")]
    [InlineData("/assignments", """{"partitions":[{"topic":"t"}]}""")]
    [InlineData("/positions", "{}")]
    [InlineData("/positions", """{"offsets":[{"topic":"t","partition":0,"offset":-1}]}""")]
    [InlineData("/positions", """{"timestamps":[{"topic":"t","partition":0,"timestamp":"noon"}]}""")]
    [InlineData("/offsets", """{"offsets":[{"partition":0,"offset":1}]}""")]
    [InlineData("/offsets", """{"offsets":5}""")]
    [InlineData("/offsets", """{"offsets":[{"topic":"t","partition":0,"offset":1}],"partitions":[]}""")]
    [InlineData("/offsets", """{"offsets":[{"topic":"t","partition":0,"offset":1,"offset":2}]}""")]
    [InlineData("/positions", """{"offsets":[],"offsets":[]}""")]
    [InlineData("/subscription", """{"topics":["t"],"topics":["u"]}""")]
    [InlineData("/offsets", "nonsense")]
    public async Task A_body_that_is_not_the_command_is_422(string path, string body)
    {
        string uri = await CreatedAsync(proxy.NewName("group"), Earliest);
        (await proxy.Http.PostAsync($"{uri}{path}", HttpCalls.V2, body)).Refused(422, 422);
    }

    [Fact]
    public async Task Commands_of_another_content_type_are_415()
    {
        string uri = await CreatedAsync(proxy.NewName("group"), Earliest);
        (await proxy.Http.PostAsync($"{uri}/subscription", "text/plain", """{"topics":["t"]}""")).Refused(415, 415);
        (await proxy.Http.PostAsync($"/consumers/{proxy.NewName("group")}", "application/xml", "{}")).Refused(415, 415);
    }

    [Fact]
    public async Task Reading_without_a_subscription_is_40903() =>
        (await proxy.Http.AskAsync($"{await CreatedAsync(proxy.NewName("group"), Earliest)}/records")).Refused(409, 40903);

    [Fact]
    public async Task A_commit_for_a_topic_nobody_has_is_refused()
    {
        string uri = await SubscribedAsync(proxy.NewName("group"), await proxy.NewTopicAsync());
        (await proxy.Http.PostAsync($"{uri}/offsets", HttpCalls.V2, """{"offsets":[{"topic":"no-such","partition":0,"offset":1}]}""")).Refused(404, 40402);
        Answer offsets = await proxy.Http.AskAsync($"{uri}/offsets?topic=no-such&partition=x");
        offsets.Refused(400, 40002);
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
        string uri = await SubscribedAsync(proxy.NewName("group"), await proxy.NewTopicAsync());
        Assert.Equal("[]", (await proxy.Http.AskAsync($"{uri}/records?timeout=0")).Text);
        Task<Answer> waiting = proxy.Http.AskAsync($"{uri}/records?timeout=60000");
        Assert.Equal(204, (await proxy.Http.SendAsync(HttpMethod.Delete, uri, null, null, null)).Status);
        (await waiting).Refused(404, 40403);
    }

    private async Task<HashSet<string>> ShareAsync(string uri) =>
        [.. (await proxy.Http.AskAsync($"{uri}/assignments")).Json["partitions"]!.AsArray().Select(partition => partition!.ToJsonString())];

    private static IEnumerable<int> Offsets(Answer answer) => answer.Json.AsArray().Select(record => (int)record!["offset"]!);

    private async Task ProduceAsync(string topic, int count)
    {
        string records = string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"value":{{i}}}"""));
        Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{{records}}]}""")).Status);
    }

    private async Task<string> CreatedAsync(string group, string config) =>
        (string)(await proxy.Http.PostAsync($"/consumers/{group}", HttpCalls.V2, config)).Json["base_uri"]!;

    private async Task<string> SubscribedAsync(string group, string topic, string config = Earliest)
    {
        string uri = await CreatedAsync(group, config);
        Assert.Equal(204, (await proxy.Http.PostAsync($"{uri}/subscription", HttpCalls.V2, $$"""{"topics":["{{topic}}"]}""")).Status);
        return uri;
    }

    private async Task<long> CommittedAsync(string uri, string topic) =>
        (long)(await proxy.Http.AskAsync($"{uri}/offsets?topic={topic}&partition=0")).Json["offsets"]![0]!["offset"]!;
}
