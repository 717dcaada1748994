using System.Text;
using System.Text.Json.Nodes;
using Gateway.Client;
using Gateway.Client.Producing;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Tests.Running;
using Gateway.Links;
using Gateway.Testing;

namespace Gateway.HttpProxy.Tests.Consumers;

/// <summary>The topic in which consumer instances are kept: what leaves it, what is another's, and what nobody understands.</summary>
public sealed class InstanceTopicTests(RunningProxy proxy) : KeptInstances(proxy)
{
    private const string Topic = "__gateway_http_consumers";

    [Fact]
    public async Task A_deleted_instance_stays_deleted_and_its_name_is_free()
    {
        HttpClient http = await CreatedAsync(Manual);
        Assert.Equal(204, (await http.SendAsync(HttpMethod.Delete, One, null, null, null)).Status);
        http = await StoppedAndStartedAsync(http);
        (await http.AskAsync($"{One}/subscription")).Refused(404, 40403);
        Assert.Equal(200, (await http.PostAsync($"/consumers/{Group}", HttpCalls.V2, Manual)).Status);
        http = await StoppedAndStartedAsync(http);
        Assert.Equal(200, (await http.AskAsync($"{One}/subscription")).Status);
    }

    [Fact]
    public async Task An_abandoned_instance_expires_after_a_restart_and_for_good()
    {
        await CreatedAsync(Manual);
        var time = new ManualTime();
        await using KafkaClient client = Proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await Proxy.StartAsync(Options, client: client);
        Assert.Equal(200, (await http.AskAsync($"{One}/subscription")).Status);
        time.Advance(Options.ConsumerInstanceTimeout);
        (await http.AskAsync($"{One}/subscription")).Refused(404, 40403);
        // The name is free when the end of the one before is kept.
        Assert.Equal(200, (await http.PostAsync($"/consumers/{Group}", HttpCalls.V2, Manual)).Status);
        Assert.Equal(204, (await http.SendAsync(HttpMethod.Delete, One, null, null, null)).Status);
        (await (await CrashedAndStartedAsync()).AskAsync($"{One}/subscription")).Refused(404, 40403);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_instances_that_cannot_be_read()
    {
        var time = new ManualTime();
        await using var client = new KafkaClient(new NoBroker(), new ClientOptions { Time = time });
        HttpClient http = await Proxy.StartAsync(Options, client: client);
        // They are looked for, in vain, and the clock on which it is tried again stands still.
        time.Advance(TimeSpan.FromMinutes(1));
        await Proxy.EndAsync(http);
    }

    [Fact]
    public async Task Instances_of_another_proxy_are_none_of_its_business()
    {
        await CreatedAsync(Manual);
        HttpClient other = await Proxy.StartAsync(Options with { Id = Options.Id + "x" });
        (await other.AskAsync($"{One}/subscription")).Refused(404, 40403);
        Answer named = await other.PostAsync($"/consumers/{Group}", HttpCalls.V2, "{}");
        Assert.StartsWith($"rest-consumer-{Options.Id}x-", (string?)named.Json["instance_id"]);
    }

    [Fact]
    public async Task Without_a_topic_instances_end_with_the_process()
    {
        ProxyOptions options = Options with { ConsumersTopic = "" };
        HttpClient http = await Proxy.StartAsync(options);
        Assert.Equal(200, (await http.PostAsync($"/consumers/{Group}", HttpCalls.V2, Manual)).Status);
        Assert.Equal(200, (await http.AskAsync($"{One}/subscription")).Status);
        (await (await Proxy.StartAsync(options)).AskAsync($"{One}/subscription")).Refused(404, 40403);
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
        byte[] key = Encoding.UTF8.GetBytes(new JsonObject { ["proxy"] = Options.Id, ["group"] = Group, ["instance"] = "bad" }.ToJsonString());
        await using (Producer producer = Proxy.Keeper.CreateProducer())
        {
            await producer.ProduceAsync(Topic, Encoding.UTF8.GetBytes("no key of ours"), Encoding.UTF8.GetBytes(value));
            await producer.ProduceAsync(Topic, null, Encoding.UTF8.GetBytes(value));
            await producer.ProduceAsync(Topic, key, Encoding.UTF8.GetBytes(value));
        }
        HttpClient http = await CrashedAndStartedAsync();
        (await http.AskAsync($"/consumers/{Group}/instances/bad/subscription")).Refused(404, 40403);
        Assert.Equal(200, (await http.AskAsync($"{One}/subscription")).Status);
        Assert.Equal(200, (await http.PostAsync($"/consumers/{Group}", HttpCalls.V2, """{"name":"bad"}""")).Status);
    }

    [Fact]
    public async Task More_records_than_instances_are_allowed_restore_as_many_as_are()
    {
        await CreatedAsync(Manual);
        await using (Producer producer = Proxy.Keeper.CreateProducer())
        {
            for (int i = 0; i < 5; i++)
            {
                var key = new JsonObject { ["proxy"] = Options.Id, ["group"] = Group, ["instance"] = $"more{i}" };
                await producer.ProduceAsync(Topic, Encoding.UTF8.GetBytes(key.ToJsonString()), """{"version":1,"client":"::1","config":{}}"""u8.ToArray());
            }
        }
        HttpClient http = await Proxy.StartAsync(Options with { MaxConsumerInstances = 3 });
        int[] statuses = new int[5];
        for (int i = 0; i < 5; i++) statuses[i] = (await http.AskAsync($"/consumers/{Group}/instances/more{i}/subscription")).Status;
        Assert.Equal([200, 200, 404, 404, 404], statuses);
        Assert.Equal(200, (await http.AskAsync($"{One}/subscription")).Status);
        (await http.PostAsync($"/consumers/{Group}", HttpCalls.V2, "{}")).Refused(429, 429);
    }

    [Fact]
    public async Task An_instance_too_large_to_be_kept_is_refused()
    {
        HttpClient http = await Proxy.StartAsync(Options with { MaxRequestBytes = 32 * 1024 * 1024 });
        Assert.Equal(200, (await http.PostAsync($"/consumers/{Group}", HttpCalls.V2, Manual)).Status);
        var partitions = new JsonArray([.. Enumerable.Range(0, 40_000).Select(i => new JsonObject { ["topic"] = new string('t', 200), ["partition"] = i })]);
        (await http.PostAsync($"{One}/assignments", HttpCalls.V2, new JsonObject { ["partitions"] = partitions }.ToJsonString())).Refused(413, 413);
    }

    /// <summary>A cluster that is never reached.</summary>
    private sealed class NoBroker : IBrokerLinkFactory
    {
        public IReadOnlyList<HostAndPort> Bootstrap => [new HostAndPort("nowhere", 9092)];

        public ValueTask<IBrokerLink> ConnectAsync(HostAndPort broker, CancellationToken cancel) => throw new LinkClosedException("nobody is there");
    }
}
