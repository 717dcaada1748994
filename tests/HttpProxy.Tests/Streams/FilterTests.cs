using System.Text;
using System.Text.Json.Nodes;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Streams;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Streams;

/// <summary>Streams of those records only for which conditions hold (http-proxy §9.1).</summary>
public sealed class FilterTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Record = """
        {"topic":"t","key":"ada","value":{"status":"paid","amount":10.50,"tags":["a","b"],"deep":{"x":null},"big":12345678901234567890,"esc":"a\u0062c",
        "half":"\ud800","ok":true,"\ud800":1,"huge":1e300,"text":"7"},"partition":0,"offset":5,"timestamp":1700000000000,
        "headers":[{"key":"trace.id","value":"YWJj"},{"key":"trace.id","value":null},{"key":"n","value":"NQ=="}]}
        """;

    [Theory]
    [InlineData("key=ada", true)]
    [InlineData("key=Ada", false)]
    [InlineData("key!=bob", true)]
    [InlineData("key!=ada", false)]
    [InlineData("key^=ad", true)]
    [InlineData("key^=da", false)]
    [InlineData("key*=da", true)]
    [InlineData("key*=", true)]
    [InlineData("value.status=paid", true)]
    [InlineData("value.status=open", false)]
    [InlineData("value.none=paid", false)]
    [InlineData("value.none!=paid", true)]
    [InlineData("value.status.deeper=paid", false)]
    [InlineData("value.esc=abc", true)]
    [InlineData("value.half=x", false)]
    [InlineData("value.half!=x", true)]
    [InlineData("value.ok=true", true)]
    [InlineData("value.deep.x=null", true)]
    [InlineData("value.deep={\"x\":null}", true)]
    [InlineData("value.tags.1=b", true)]
    [InlineData("value.tags.2=b", false)]
    [InlineData("value.tags.x=b", false)]
    [InlineData("value.tags*=\"b\"", true)]
    [InlineData("value*=paid", true)]
    [InlineData("value.amount=10.5", true)]
    [InlineData("value.amount!=10.5", false)]
    [InlineData("value.amount>10.4", true)]
    [InlineData("value.amount>10.5", false)]
    [InlineData("value.amount>=10.5", true)]
    [InlineData("value.amount<=10.5", true)]
    [InlineData("value.amount<10.5", false)]
    [InlineData("value.amount<1e3", true)]
    [InlineData("value.big=12345678901234567890", true)]
    [InlineData("value.big=12345678901234567891", false)]
    [InlineData("value.big>12345678901234567889", true)]
    [InlineData("value.status>1", false)]
    [InlineData("value.huge>1", false)]
    [InlineData("value.text>6", true)]
    [InlineData("value.text=7.0", false)]
    [InlineData("value.a=b=c", false)]
    [InlineData("offset>=5", true)]
    [InlineData("partition=1", false)]
    [InlineData("headers.trace.id=abc", true)]
    [InlineData("headers.trace.id=null", true)]
    [InlineData("headers.trace.id!=abc", false)]
    [InlineData("headers.n>4", true)]
    [InlineData("headers.none=abc", false)]
    [InlineData("headers.none!=abc", true)]
    [InlineData("headers*=YWJj", true)]
    public void A_condition_holds_or_does_not(string condition, bool holds) =>
        Assert.Equal(holds, RecordFilter.Read(condition)!.Matches(Encoding.UTF8.GetBytes(Record)));

    [Theory]
    [InlineData("")]
    [InlineData("value")]
    [InlineData("=paid")]
    [InlineData("status=paid")]
    [InlineData("value..x=1")]
    [InlineData("value.=1")]
    [InlineData("headers.=1")]
    [InlineData("value.amount>ten")]
    [InlineData("value.amount<")]
    [InlineData("value!x")]
    public void What_is_no_condition_is_refused(string condition) =>
        Assert.Equal(Problem.InvalidParameter, Assert.Throws<ProblemException>(() => RecordFilter.Read(condition)).Problem.Code);

    [Fact]
    public void Conditions_are_counted()
    {
        Assert.NotNull(RecordFilter.Read(Enumerable.Repeat("key=a", 16).ToArray()));
        Assert.Throws<ProblemException>(() => RecordFilter.Read(Enumerable.Repeat("key=a", 17).ToArray()));
        Assert.NotNull(RecordFilter.Read("key=" + new string('a', 1020)));
        Assert.Throws<ProblemException>(() => RecordFilter.Read("key=" + new string('a', 1021)));
        Assert.Null(RecordFilter.Read(default));
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("application/x-ndjson")]
    public async Task Records_that_do_not_fit_are_passed_over_and_not_counted(string type)
    {
        string topic = await proxy.NewTopicAsync();
        await ProduceAsync(topic, string.Join(',', Enumerable.Range(0, 10).Select(i => $$$"""{"key":"{{{(i % 2 == 0 ? "even" : "odd")}}}","value":{"n":{{{i}}}}}""")));
        using StreamClient stream = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?until=end&max_records=3&filter=key=odd&filter=value.n>2", type);
        string text = await stream.RestAsync();
        string[] objects = [.. text.Split('\n').Select(line => line.StartsWith("data: ", StringComparison.Ordinal) ? line[6..] : line).Where(line => line.StartsWith('{'))];
        Assert.Equal([3, 5, 7], objects.Select(line => (int)JsonNode.Parse(line)!["value"]!["n"]!));
    }

    [Fact]
    public async Task A_cursor_stands_behind_what_was_passed_over()
    {
        string topic = await proxy.NewTopicAsync();
        await ProduceAsync(topic, """{"value":1},{"value":2},{"value":1},{"value":3}""");
        string? cursor;
        using (StreamClient stream = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?filter=value=2"))
            cursor = (await stream.TakeAsync(1))[0].Id;
        using StreamClient on = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?until=end", lastEventId: cursor);
        Assert.Equal([2, 3], (await on.TakeAsync(2)).Select(taken => (int)taken.Place.Offset));
        // What comes later is looked at as well.
        using StreamClient waiting = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?from=latest&filter=value=2");
        Assert.StartsWith("id: ", await waiting.LineAsync(), StringComparison.Ordinal);
        await ProduceAsync(topic, """{"value":1}""");
        await ProduceAsync(topic, """{"value":2}""");
        Assert.Equal(5, (await waiting.TakeAsync(1))[0].Place.Offset);
    }

    [Fact]
    public async Task Members_are_those_the_format_shows()
    {
        string topic = await proxy.NewTopicAsync();
        string schema = JsonValue.Create("""{"type":"record","name":"User","fields":[{"name":"name","type":"string"}]}""").ToJsonString();
        Answer produced = await proxy.Http.PostAsync(
            $"/topics/{topic}", HttpCalls.V2Avro, $$$"""{"records":[{"value":{"name":"Ada"}},{"value":{"name":"Bob"}}],"value_schema":{{{schema}}}}""");
        Assert.Equal(200, produced.Status);
        using StreamClient stream = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?format=avro&until=end&filter=value.name=Bob");
        Assert.Equal(1, (await stream.TakeAsync(1))[0].Place.Offset);
        using StreamClient none = await StreamClient.OpenAsync(proxy.Http, $"/topics/{topic}/records?format=json&until=end&filter=value.name=Bob");
        Assert.Null(await none.NextAsync());
    }

    private async Task ProduceAsync(string topic, string records) =>
        Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{{records}}]}""")).Status);
}
