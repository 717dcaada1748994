using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests;

/// <summary>What the time of a request went into (W3C Server Timing).</summary>
public sealed partial class ServerTimingTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Fact]
    public async Task Writes_tell_of_parsing_and_appending_and_reads_of_reading()
    {
        string topic = await proxy.NewTopicAsync();
        string cluster = await proxy.Http.ClusterIdAsync();
        string v3 = $"/v3/clusters/{cluster}/topics/{topic}/records";
        Assert.Equal(["parse", "append"], Phases(await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1}]}""")));
        Assert.Equal(["parse", "append"], Phases(await proxy.Http.PostAsync($"/topics/{topic}/raw", "text/plain", "a")));
        Assert.Equal(["parse", "append"], Phases(await proxy.Http.PostAsync($"{v3}:batch", "application/json", """{"entries":[{"id":"a"}]}""")));
        Assert.Equal(["read"], Phases(await proxy.Http.AskAsync($"/topics/{topic}/partitions/0/records")));
        Assert.Equal(["read"], Phases(await proxy.Http.AskAsync($"/v3/clusters/{cluster}/topics/{topic}/partitions/0/records")));
        Assert.Equal(["read"], Phases(await proxy.Http.PostAsync($"{v3}:fetch", "application/json", """{"partitions":[{"id":0,"offset":0}]}""")));
    }

    [Fact]
    public async Task It_can_be_switched_off()
    {
        HttpClient http = await proxy.StartAsync(new ProxyOptions { ServerTiming = false });
        string topic = await proxy.NewTopicAsync();
        Assert.False((await http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1}]}""")).Headers.Contains("Server-Timing"));
    }

    private static IEnumerable<string> Phases(Answer answer)
    {
        Assert.InRange(answer.Status, 200, 207);
        return Assert.Single(answer.Headers.GetValues("Server-Timing")).Split(", ").Select(phase =>
        {
            Match parts = Phase().Match(phase);
            Assert.True(parts.Success, phase);
            Assert.InRange(double.Parse(parts.Groups[2].Value, CultureInfo.InvariantCulture), 0, 60_000);
            return parts.Groups[1].Value;
        });
    }

    [GeneratedRegex(@"^(\w+);dur=(\d+(?:\.\d{1,3})?)$")]
    private static partial Regex Phase();
}
