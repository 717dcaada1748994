using Gateway.Client;
using Gateway.HttpProxy.Streams;
using Gateway.HttpProxy.Tests.Running;
using Gateway.Testing;

namespace Gateway.HttpProxy.Tests.Streams;

/// <summary>Streams of so many records in a second and not more (http-proxy §9.1).</summary>
public sealed class PaceTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Theory]
    [InlineData(1, 1, 1000)]
    [InlineData(4, 1, 250)]
    [InlineData(100, 10, 100)]
    [InlineData(1_000_000_000, 100_000_000, 100)]
    public void Room_comes_back_with_the_clock_and_never_more_than_a_turns(long perSecond, long perTurn, int turnMs)
    {
        var time = new ManualTime();
        var to = new Everything();
        using var output = new PacedOutput(to, perSecond, time, new StreamSignal());
        Assert.Equal(perTurn, output.Room);
        // A rest saves nothing up.
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(perTurn, output.Room);
        for (int turn = 0; turn < 5; turn++)
        {
            output.Take(perTurn);
            Assert.Equal(0, output.Room);
            time.Advance(TimeSpan.FromMilliseconds(turnMs - 1));
            Assert.Equal(0, output.Room);
            time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(perTurn, output.Room);
        }
        Assert.Equal(5 * perTurn, to.Taken);
        to.Room = 0;
        Assert.Equal(0, output.Room);
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("application/x-ndjson")]
    public async Task A_stream_goes_on_when_the_second_is_over(string type)
    {
        string topic = await proxy.NewTopicAsync();
        Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":0},{"value":1},{"value":2}]}""")).Status);
        var time = new ManualTime();
        await using KafkaClient client = proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(new ProxyOptions(), client: client);
        using StreamClient stream = await StreamClient.OpenAsync(http, $"/topics/{topic}/records?max_rate=1&heartbeat=0&until=end", type);
        for (int i = 0; i < 3; i++)
        {
            string? line;
            do line = await stream.LineAsync();
            while (line is not null && !line.Contains("\"offset\"", StringComparison.Ordinal));
            Assert.Contains($"\"offset\":{i},", line, StringComparison.Ordinal);
            time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.DoesNotContain("offset", await stream.RestAsync(), StringComparison.Ordinal);
        await proxy.EndAsync(http);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("fast")]
    [InlineData("1000000001")]
    public async Task A_rate_is_a_whole_number(string rate) =>
        (await proxy.Http.GetAsync($"/topics/{await proxy.NewTopicAsync()}/records?max_rate={rate}", "text/event-stream, application/json")).Refused(400, 40002);

    private sealed class Everything : IStreamOutput
    {
        public long Taken { get; private set; }

        public StreamFraming Framing => StreamFraming.Lines;

        public long Room { get; set; } = long.MaxValue;

        public void Take(long records) => Taken += records;

        public ValueTask SendAsync(ReadOnlyMemory<byte> page, CancellationToken cancel) => ValueTask.CompletedTask;
    }
}
