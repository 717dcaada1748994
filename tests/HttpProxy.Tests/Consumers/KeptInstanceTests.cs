using Gateway.Client.Producing;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Consumers;

/// <summary>Consumer instances outlive their process: one that was stopped, and one that is gone without a word.</summary>
public sealed class KeptInstanceTests(RunningProxy proxy) : KeptInstances(proxy)
{
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
        Assert.Equal(4, await again.CommittedAsync(One, topic));
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
        Assert.Equal(2, await again.CommittedAsync(One, topic));
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
        Assert.Equal(2, await again.CommittedAsync(One, topic));
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
        (await again.PostAsync($"/consumers/{Group}", HttpCalls.V2, Manual)).Refused(409, 40902);
        // Offsets are positions to this instance: the commit says where to read on.
        string topic = await FilledAsync(1);
        Assert.Equal(204, (await again.PostAsync($"{One}/offsets", HttpCalls.V2, Offsets(topic, 1))).Status);
        Assert.Equal(1, await again.CommittedAsync(One, topic));
    }

    [Fact]
    public async Task An_instance_that_is_spared_uncommitted_records_still_is()
    {
        string topic = await FilledAsync(1);
        TransactionalProducer open = Proxy.Client.CreateTransactionalProducer(new TransactionalProducerOptions(Proxy.NewName("transaction")));
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

    private static string Partitions(string topic) => $$"""{"partitions":[{"topic":"{{topic}}","partition":0}]}""";

    private static string Offsets(string topic, long offset) => $$"""{"offsets":[{"topic":"{{topic}}","partition":0,"offset":{{offset}}}]}""";

    private async Task<string> FilledAsync(int records, int partitions = 1)
    {
        string topic = await Proxy.NewTopicAsync(partitions);
        for (int i = 0; i < records; i++) await WriteAsync(topic, i);
        return topic;
    }

    private async Task WriteAsync(string topic, int value) => Assert.Equal(
        200, (await Proxy.Http.PostAsync($"/topics/{topic}/partitions/0", HttpCalls.V2Json, $$"""{"records":[{"value":{{value}}}]}""")).Status);

    private async Task ReadsAsync(HttpClient http, int[] expected, int wait = 30_000)
    {
        Answer read = await http.GetAsync($"{One}/records?timeout={wait}", HttpCalls.V2Json);
        Assert.True(read.Status == 200, read.Text);
        Assert.Equal(expected, read.Json.AsArray().Select(record => (int)record!["value"]!));
    }
}
