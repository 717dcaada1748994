using System.Text;
using System.Text.Json.Nodes;
using Gateway.Client;
using Gateway.Client.Producing;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Tests.Running;
using Gateway.Links;
using Gateway.Testing;

namespace Gateway.HttpProxy.Tests;

/// <summary>Consumer instances outlive their process: one that was stopped, and one that is gone without a word.</summary>
public sealed class KeptInstanceTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Topic = "__gateway_http_consumers";
    private const string Manual = """{"name":"one","format":"json","auto.offset.reset":"earliest","auto.commit.enable":false}""";

    // Each test is a proxy of its own, with instances of its own.
    private readonly ProxyOptions _options = new() { Id = Guid.NewGuid().ToString("N") };
    private readonly string _group = proxy.NewName("group");

    private string One => $"/consumers/{_group}/instances/one";

    [Fact]
    public async Task After_a_stop_an_instance_goes_on_where_it_was()
    {
        string topic = await FilledAsync(3);
        HttpClient http = await CreatedAsync(Manual);
        Assert.Equal(204, (await http.PostAsync($"{One}/subscription", HttpCalls.V2, $$"""{"topics":["{{topic}}"]}""")).Status);
        await ReadsAsync(http, [0, 1, 2]);

        HttpClient again = await StoppedAndStartedAsync(http);
        Assert.Equal($$"""{"topics":["{{topic}}"]}""", (await again.AskAsync($"{One}/subscription")).Text);
        await WriteAsync(topic, 3);
        await ReadsAsync(again, [3]);
        // Of what it handed out before, nothing is committed yet: that comes with the rest.
        Assert.Equal(204, (await again.PostAsync($"{One}/offsets", HttpCalls.V2, "")).Status);
        Assert.Equal(4, await CommittedAsync(again, topic));
    }

    [Fact]
    public async Task What_was_read_before_a_stop_can_be_committed_after_it()
    {
        string topic = await FilledAsync(2);
        HttpClient http = await CreatedAsync(Manual);
        await http.PostAsync($"{One}/assignments", HttpCalls.V2, Partitions(topic));
        await ReadsAsync(http, [0, 1]);
        HttpClient again = await StoppedAndStartedAsync(http);
        await ReadsAsync(again, [], wait: 0);
        Assert.Equal(204, (await again.PostAsync($"{One}/offsets", HttpCalls.V2, "")).Status);
        Assert.Equal(2, await CommittedAsync(again, topic));
    }

    [Fact]
    public async Task After_a_crash_an_instance_reads_again_what_was_not_committed()
    {
        string topic = await FilledAsync(3);
        HttpClient http = await CreatedAsync(Manual);
        await http.PostAsync($"{One}/subscription", HttpCalls.V2, $$"""{"topic_pattern":"{{topic}}|none"}""");
        await ReadsAsync(http, [0, 1, 2]);
        Assert.Equal(204, (await http.PostAsync($"{One}/offsets", HttpCalls.V2, Offsets(topic, 0))).Status);

        HttpClient again = await CrashedAndStartedAsync();
        await ReadsAsync(again, [1, 2]);
    }

    [Fact]
    public async Task After_a_crash_what_came_behind_the_end_it_had_found_is_not_lost()
    {
        string topic = await FilledAsync(2);
        HttpClient http = await CreatedAsync("""{"name":"one","format":"json","auto.offset.reset":"latest"}""");
        await http.PostAsync($"{One}/subscription", HttpCalls.V2, $$"""{"topics":["{{topic}}"]}""");
        // Which waits until the group has decided: before that, no end is looked for.
        Assert.Equal(Partitions(topic), (await http.AskAsync($"{One}/assignments")).Text);
        await ReadsAsync(http, [], wait: 0);
        await WriteAsync(topic, 2);
        HttpClient again = await CrashedAndStartedAsync();
        await ReadsAsync(again, [2]);
    }

    [Fact]
    public async Task A_seek_counts_after_a_crash_until_something_else_is_committed()
    {
        string topic = await FilledAsync(4);
        HttpClient http = await CreatedAsync(Manual);
        await http.PostAsync($"{One}/assignments", HttpCalls.V2, Partitions(topic));
        Assert.Equal(204, (await http.PostAsync($"{One}/offsets", HttpCalls.V2, Offsets(topic, 2))).Status);
        Assert.Equal(204, (await http.PostAsync($"{One}/positions", HttpCalls.V2, Offsets(topic, 1))).Status);
        http = await CrashedAndStartedAsync();
        await ReadsAsync(http, [1, 2, 3]);
        Assert.Equal(204, (await http.PostAsync($"{One}/offsets", HttpCalls.V2, Offsets(topic, 1))).Status);
        http = await CrashedAndStartedAsync();
        await ReadsAsync(http, [2, 3]);
    }

    [Fact]
    public async Task Seeks_to_the_ends_of_a_log_outlive_a_crash()
    {
        string topic = await FilledAsync(2, partitions: 2);
        HttpClient http = await CreatedAsync(Manual);
        string both = $$"""{"partitions":[{"topic":"{{topic}}","partition":0},{"topic":"{{topic}}","partition":1}]}""";
        await http.PostAsync($"{One}/assignments", HttpCalls.V2, both);
        Assert.Equal(204, (await http.PostAsync($"{One}/positions/end", HttpCalls.V2, both)).Status);
        Assert.Equal(204, (await http.PostAsync($"{One}/positions/beginning", HttpCalls.V2, Partitions(topic))).Status);
        HttpClient again = await CrashedAndStartedAsync();
        Assert.Equal(both, (await again.AskAsync($"{One}/assignments")).Text);
        await ReadsAsync(again, [0, 1]);
    }

    [Fact]
    public async Task After_a_crash_what_came_behind_the_end_that_was_sought_is_not_lost()
    {
        string topic = await FilledAsync(2);
        HttpClient http = await CreatedAsync(Manual);
        await http.PostAsync($"{One}/assignments", HttpCalls.V2, Partitions(topic));
        Assert.Equal(204, (await http.PostAsync($"{One}/positions/end", HttpCalls.V2, Partitions(topic))).Status);
        await WriteAsync(topic, 2);
        await ReadsAsync(await CrashedAndStartedAsync(), [2]);
    }

    [Fact]
    public async Task A_stopped_instance_that_commits_by_itself_has_committed()
    {
        string topic = await FilledAsync(2);
        HttpClient http = await CreatedAsync("""{"name":"one","format":"json","auto.offset.reset":"earliest"}""");
        await http.PostAsync($"{One}/subscription", HttpCalls.V2, $$"""{"topics":["{{topic}}"]}""");
        await ReadsAsync(http, [0, 1]);
        HttpClient again = await StoppedAndStartedAsync(http);
        Assert.Equal(2, await CommittedAsync(again, topic));
    }

    [Fact]
    public async Task Settings_and_the_lack_of_a_subscription_come_back()
    {
        HttpClient http = await CreatedAsync("""{"name":"one","format":"protobuf","commit.semantics":"position","fetch.min.bytes":7,"consumer.request.timeout.ms":3}""");
        await http.PostAsync($"{One}/subscription", HttpCalls.V2, """{"topics":["a"]}""");
        Assert.Equal(204, (await http.SendAsync(HttpMethod.Delete, $"{One}/subscription", null, null, null)).Status);
        HttpClient again = await CrashedAndStartedAsync();
        (await again.GetAsync($"{One}/records", HttpCalls.V2Json)).Refused(406, 40601);
        (await again.GetAsync($"{One}/records", HttpCalls.V2Protobuf)).Refused(409, 40903);
        (await again.PostAsync($"/consumers/{_group}", HttpCalls.V2, Manual)).Refused(409, 40902);
        // Offsets are positions to this instance: the commit says where to read on.
        string topic = await FilledAsync(1);
        Assert.Equal(204, (await again.PostAsync($"{One}/offsets", HttpCalls.V2, Offsets(topic, 1))).Status);
        Assert.Equal(1, await CommittedAsync(again, topic));
    }

    [Fact]
    public async Task An_instance_that_is_spared_uncommitted_records_still_is()
    {
        string topic = await FilledAsync(1);
        TransactionalProducer open = proxy.Client.CreateTransactionalProducer(new TransactionalProducerOptions(proxy.NewName("transaction")));
        await open.InitAsync();
        using (var records = new RecordSet())
        {
            records.Add(null, "1"u8.ToArray(), partition: 0);
            await open.ProduceAsync(topic, records);
        }
        HttpClient http = await CreatedAsync("""{"name":"one","format":"json","auto.offset.reset":"earliest","isolation.level":"read_committed"}""");
        await http.PostAsync($"{One}/assignments", HttpCalls.V2, Partitions(topic));
        HttpClient again = await CrashedAndStartedAsync();
        await ReadsAsync(again, [0]);
    }

    [Fact]
    public async Task A_deleted_instance_stays_deleted_and_its_name_is_free()
    {
        HttpClient http = await CreatedAsync(Manual);
        Assert.Equal(204, (await http.SendAsync(HttpMethod.Delete, One, null, null, null)).Status);
        http = await StoppedAndStartedAsync(http);
        (await http.AskAsync($"{One}/subscription")).Refused(404, 40403);
        Assert.Equal(200, (await http.PostAsync($"/consumers/{_group}", HttpCalls.V2, Manual)).Status);
        http = await StoppedAndStartedAsync(http);
        Assert.Equal(200, (await http.AskAsync($"{One}/subscription")).Status);
    }

    [Fact]
    public async Task An_abandoned_instance_expires_after_a_restart_and_for_good()
    {
        await CreatedAsync(Manual);
        var time = new ManualTime();
        await using KafkaClient client = proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(_options, client: client);
        Assert.Equal(200, (await http.AskAsync($"{One}/subscription")).Status);
        time.Advance(_options.ConsumerInstanceTimeout);
        (await http.AskAsync($"{One}/subscription")).Refused(404, 40403);
        // The name is free when the end of the one before is kept.
        Assert.Equal(200, (await http.PostAsync($"/consumers/{_group}", HttpCalls.V2, Manual)).Status);
        Assert.Equal(204, (await http.SendAsync(HttpMethod.Delete, One, null, null, null)).Status);
        (await (await CrashedAndStartedAsync()).AskAsync($"{One}/subscription")).Refused(404, 40403);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_instances_that_cannot_be_read()
    {
        var time = new ManualTime();
        await using var client = new KafkaClient(new NoBroker(), new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(_options, client: client);
        // They are looked for, in vain, and the clock on which it is tried again stands still.
        time.Advance(TimeSpan.FromMinutes(1));
        await proxy.EndAsync(http);
    }

    [Fact]
    public async Task Instances_of_another_proxy_are_none_of_its_business()
    {
        await CreatedAsync(Manual);
        HttpClient other = await proxy.StartAsync(_options with { Id = _options.Id + "x" });
        (await other.AskAsync($"{One}/subscription")).Refused(404, 40403);
        Answer named = await other.PostAsync($"/consumers/{_group}", HttpCalls.V2, "{}");
        Assert.StartsWith($"rest-consumer-{_options.Id}x-", (string?)named.Json["instance_id"]);
    }

    [Fact]
    public async Task Without_a_topic_instances_end_with_the_process()
    {
        ProxyOptions options = _options with { ConsumersTopic = "" };
        HttpClient http = await proxy.StartAsync(options);
        Assert.Equal(200, (await http.PostAsync($"/consumers/{_group}", HttpCalls.V2, Manual)).Status);
        Assert.Equal(200, (await http.AskAsync($"{One}/subscription")).Status);
        (await (await proxy.StartAsync(options)).AskAsync($"{One}/subscription")).Refused(404, 40403);
    }

    [Fact]
    public async Task The_topic_is_neither_listed_nor_matched()
    {
        HttpClient http = await CreatedAsync(Manual);
        Assert.DoesNotContain(Topic, (await http.AskAsync("/topics")).Json.AsArray().Select(name => (string?)name));
        await http.PostAsync($"{One}/subscription", HttpCalls.V2, """{"topic_pattern":".*_consumers"}""");
        Assert.Equal("""{"partitions":[]}""", (await http.AskAsync($"{One}/assignments")).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0000\u0001")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":2,"client":"::1","config":{}}""")]
    [InlineData("""{"version":1e99,"client":"::1","config":{}}""")]
    [InlineData("""{"version":1,"client":"nobody","config":{}}""")]
    [InlineData("""{"version":1,"client":"::1","config":[]}""")]
    [InlineData("""{"version":1,"client":"::1","config":{"format":"xml"}}""")]
    [InlineData("""{"version":1,"client":"::1","config":{"fetch.min.bytes":99999999999999999999}}""")]
    [InlineData("""{"version":1,"client":"::1","config":{},"topic_pattern":"("}""")]
    [InlineData("""{"version":1,"client":"::1","config":{},"topic_pattern":"(a)\\1"}""")]
    [InlineData("""{"version":1,"client":"::1","config":{},"topic_pattern":5}""")]
    [InlineData("""{"version":1,"client":"::1","config":{},"topics":[1]}""")]
    [InlineData("""{"version":1,"client":"::1","config":{},"topics":["\ud800"]}""")]
    [InlineData("""{"version":1,"client":"::1","config":{},"partitions":[{"topic":"a","partition":-1}]}""")]
    [InlineData("""{"version":1,"client":"::1","config":{},"places":5}""")]
    [InlineData("""{"version":1,"client":"::1","config":{},"places":[{"topic":"a","partition":0,"offset":-5}]}""")]
    [InlineData("""{"version":1,"client":"::1","config":{},"places":[{"topic":"a","partition":0}]}""")]
    [InlineData("""{"version":1,"client":"::1","config":{},"places":[[[[[[[[[[]]]]]]]]]]}""")]
    public async Task A_record_nobody_understands_costs_its_own_instance_only(string value)
    {
        await CreatedAsync(Manual);
        byte[] key = Encoding.UTF8.GetBytes(new JsonObject { ["proxy"] = _options.Id, ["group"] = _group, ["instance"] = "bad" }.ToJsonString());
        await using (Producer producer = proxy.Keeper.CreateProducer())
        {
            await producer.ProduceAsync(Topic, Encoding.UTF8.GetBytes("no key of ours"), Encoding.UTF8.GetBytes(value));
            await producer.ProduceAsync(Topic, null, Encoding.UTF8.GetBytes(value));
            await producer.ProduceAsync(Topic, key, Encoding.UTF8.GetBytes(value));
        }
        HttpClient http = await CrashedAndStartedAsync();
        (await http.AskAsync($"/consumers/{_group}/instances/bad/subscription")).Refused(404, 40403);
        Assert.Equal(200, (await http.AskAsync($"{One}/subscription")).Status);
        Assert.Equal(200, (await http.PostAsync($"/consumers/{_group}", HttpCalls.V2, """{"name":"bad"}""")).Status);
    }

    [Fact]
    public async Task More_records_than_instances_are_allowed_restore_as_many_as_are()
    {
        await CreatedAsync(Manual);
        await using (Producer producer = proxy.Keeper.CreateProducer())
        {
            for (int i = 0; i < 5; i++)
            {
                var key = new JsonObject { ["proxy"] = _options.Id, ["group"] = _group, ["instance"] = $"more{i}" };
                await producer.ProduceAsync(Topic, Encoding.UTF8.GetBytes(key.ToJsonString()), """{"version":1,"client":"::1","config":{}}"""u8.ToArray());
            }
        }
        HttpClient http = await proxy.StartAsync(_options with { MaxConsumerInstances = 3 });
        int[] statuses = new int[5];
        for (int i = 0; i < 5; i++) statuses[i] = (await http.AskAsync($"/consumers/{_group}/instances/more{i}/subscription")).Status;
        Assert.Equal([200, 200, 404, 404, 404], statuses);
        Assert.Equal(200, (await http.AskAsync($"{One}/subscription")).Status);
        (await http.PostAsync($"/consumers/{_group}", HttpCalls.V2, "{}")).Refused(429, 429);
    }

    [Fact]
    public async Task An_instance_too_large_to_be_kept_is_refused()
    {
        HttpClient http = await proxy.StartAsync(_options with { MaxRequestBytes = 32 * 1024 * 1024 });
        Assert.Equal(200, (await http.PostAsync($"/consumers/{_group}", HttpCalls.V2, Manual)).Status);
        var partitions = new JsonArray([.. Enumerable.Range(0, 40_000).Select(i => new JsonObject { ["topic"] = new string('t', 200), ["partition"] = i })]);
        (await http.PostAsync($"{One}/assignments", HttpCalls.V2, new JsonObject { ["partitions"] = partitions }.ToJsonString())).Refused(413, 413);
    }

    private static string Partitions(string topic) => $$"""{"partitions":[{"topic":"{{topic}}","partition":0}]}""";

    private static string Offsets(string topic, long offset) => $$"""{"offsets":[{"topic":"{{topic}}","partition":0,"offset":{{offset}}}]}""";

    private async Task<HttpClient> CreatedAsync(string config)
    {
        HttpClient http = await proxy.StartAsync(_options);
        Answer created = await http.PostAsync($"/consumers/{_group}", HttpCalls.V2, config);
        Assert.True(created.Status == 200, created.Text);
        return http;
    }

    private async Task<HttpClient> StoppedAndStartedAsync(HttpClient http)
    {
        await proxy.EndAsync(http);
        return await proxy.StartAsync(_options);
    }

    /// <summary>The proxy before goes on as one that hangs: nothing of it is stopped or kept, and its members still stand in their groups.</summary>
    private Task<HttpClient> CrashedAndStartedAsync() => proxy.StartAsync(_options);

    private async Task<string> FilledAsync(int records, int partitions = 1)
    {
        string topic = await proxy.NewTopicAsync(partitions);
        for (int i = 0; i < records; i++) await WriteAsync(topic, i);
        return topic;
    }

    private async Task WriteAsync(string topic, int value) => Assert.Equal(
        200, (await proxy.Http.PostAsync($"/topics/{topic}/partitions/0", HttpCalls.V2Json, $$"""{"records":[{"value":{{value}}}]}""")).Status);

    private async Task ReadsAsync(HttpClient http, int[] expected, int wait = 30_000)
    {
        Answer read = await http.GetAsync($"{One}/records?timeout={wait}", HttpCalls.V2Json);
        Assert.True(read.Status == 200, read.Text);
        Assert.Equal(expected, read.Json.AsArray().Select(record => (int)record!["value"]!));
    }

    private async Task<long> CommittedAsync(HttpClient http, string topic) =>
        (long)(await http.AskAsync($"{One}/offsets?topic={topic}&partition=0")).Json["offsets"]![0]!["offset"]!;

    /// <summary>A cluster that is never reached.</summary>
    private sealed class NoBroker : IBrokerLinkFactory
    {
        public IReadOnlyList<HostAndPort> Bootstrap => [new HostAndPort("nowhere", 9092)];

        public ValueTask<IBrokerLink> ConnectAsync(HostAndPort broker, CancellationToken cancel) => throw new LinkClosedException("nobody is there");
    }
}
