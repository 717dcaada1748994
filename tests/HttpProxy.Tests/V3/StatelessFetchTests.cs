using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.V3;

/// <summary>Reads without any state in the proxy (http-proxy §9.0, §9.2).</summary>
public sealed class StatelessFetchTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Fact]
    public async Task Next_goes_back_unchanged_until_nothing_is_left()
    {
        (string topic, string path) = await NewTopicAsync(3, perPartition: 4);
        var seen = new List<(int, long)>();
        string body = """{"partitions":[{"id":0,"offset":0},{"id":2,"offset":1}],"max_records":3}""";
        while (true)
        {
            Answer answer = await proxy.Http.PostAsync($"{path}/records:fetch", "application/json", body);
            Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
            JsonArray data = answer.Json["data"]!.AsArray();
            if (data.Count == 0) break;
            Assert.InRange(data.Count, 1, 3);
            seen.AddRange(data.Select(record => ((int)record!["partition"]!, (long)record["offset"]!)));
            Assert.All(data, record => Assert.Equal(topic, (string?)record!["topic"]));
            body = $$"""{"next":{{answer.Json["next"]!.ToJsonString()}},"max_records":3}""";
        }
        Assert.Equal([(0, 0), (0, 1), (0, 2), (0, 3), (2, 1), (2, 2), (2, 3)], seen.Order());
        // Its members are a request's own.
        Answer alone = await proxy.Http.PostAsync($"{path}/records:fetch", "application/json", """{"partitions":[{"id":1}]}""");
        Assert.Equal("""{"partitions":[{"id":1,"offset":4}]}""", alone.Json["next"]!.ToJsonString());
        Assert.Empty((await proxy.Http.PostAsync($"{path}/records:fetch", "application/json", alone.Json["next"]!.ToJsonString())).Json["data"]!.AsArray());
    }

    [Theory]
    [InlineData("", "0 1 2 3", 4)]
    [InlineData("?offset=2", "2 3", 4)]
    [InlineData("?offset=latest", "", 4)]
    [InlineData("?offset=1&max_records=2", "1 2", 3)]
    [InlineData("?offset=1&max_bytes=1", "1", 2)]
    [InlineData("?timestamp=2000", "2 3", 4)]
    [InlineData("?timestamp=9000", "", 4)]
    [InlineData("?timestamp=1970-01-01T00:00:02Z", "2 3", 4)]
    [InlineData("?timestamp=1970-01-01T01:00:02%2B01:00", "2 3", 4)]
    public async Task A_partition_is_read_by_parameters(string query, string offsets, long next)
    {
        (_, string path) = await NewTopicAsync(1, perPartition: 4);
        Answer answer = await proxy.Http.AskAsync($"{path}/partitions/0/records{query}");
        Assert.Equal((200, offsets), (answer.Status, string.Join(' ', answer.Json["data"]!.AsArray().Select(record => (long)record!["offset"]!))));
        Assert.Equal(next, (long)answer.Json["next"]!["offset"]!);
    }

    [Theory]
    [InlineData("2000")]
    [InlineData("\"2000\"")]
    [InlineData("\"1970-01-01T00:00:02Z\"")]
    public async Task Partitions_are_read_from_a_time(string time)
    {
        (_, string path) = await NewTopicAsync(2, perPartition: 4);
        Answer answer = await proxy.Http.PostAsync($"{path}/records:fetch", "application/json", $$"""{"partitions":[{"id":1,"timestamp":{{time}}}]}""");
        Assert.Equal([(1, 2L), (1, 3L)], answer.Json["data"]!.AsArray().Select(record => ((int)record!["partition"]!, (long)record["offset"]!)));
        (await proxy.Http.AskAsync($"{path}/partitions/0/records?timestamp=soon")).Refused(400, 40002);
    }

    [Fact]
    public async Task FET_1_a_waiting_read_is_answered_by_the_first_record_in_any_partition()
    {
        (string topic, string path) = await NewTopicAsync(3, perPartition: 0);
        Task<Answer> waiting = proxy.Http.PostAsync(
            $"{path}/records:fetch", "application/json", """{"partitions":[{"id":0},{"id":1},{"id":2}],"wait":60000}""");
        Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":"now","partition":2}]}""")).Status);
        Answer answer = await waiting;
        Assert.Equal("now", (string?)answer.Json["data"]![0]!["value"]);
        Assert.Equal("""{"partitions":[{"id":0,"offset":0},{"id":1,"offset":0},{"id":2,"offset":1}]}""", answer.Json["next"]!.ToJsonString());
    }

    [Fact]
    public async Task A_wait_that_brings_nothing_is_an_empty_answer()
    {
        (_, string path) = await NewTopicAsync(1, perPartition: 1);
        Answer answer = await proxy.Http.AskAsync($"{path}/partitions/0/records?offset=1&wait=1");
        Assert.Equal("""{"data":[],"next":{"offset":1}}""", answer.Json.ToJsonString());
    }

    [Theory]
    [InlineData("{}", 400, 400)]
    [InlineData("""{"partitions":[]}""", 400, 400)]
    [InlineData("""{"partitions":[{"offset":0}]}""", 400, 400)]
    [InlineData("""{"partitions":[{"id":0},{"id":0}]}""", 400, 400)]
    [InlineData("""{"partitions":[{"id":-1}]}""", 400, 400)]
    [InlineData("""{"partitions":[{"id":0,"offset":-1}]}""", 400, 400)]
    [InlineData("""{"partitions":[{"id":0,"offset":"soon"}]}""", 400, 400)]
    [InlineData("""{"partitions":[{"id":0}],"wait":-1}""", 400, 400)]
    [InlineData("""{"partitions":[{"id":0,"timestamp":-1}]}""", 400, 400)]
    [InlineData("""{"partitions":[{"id":0,"timestamp":"soon"}]}""", 400, 400)]
    [InlineData("""{"partitions":[{"id":0,"timestamp":true}]}""", 400, 400)]
    [InlineData("""{"partitions":[{"id":0}],"format":"xml"}""", 400, 40002)]
    [InlineData("""{"partitions":[{"id":0,"offset":9}]}""", 400, 40002)]
    [InlineData("""{"partitions":[{"id":1}]}""", 404, 40403)]
    [InlineData("[]", 400, 400)]
    public async Task What_cannot_be_read_has_its_code(string body, int status, int code)
    {
        (_, string path) = await NewTopicAsync(1, perPartition: 1);
        (await proxy.Http.PostAsync($"{path}/records:fetch", "application/json", body)).Refused(status, code);
    }

    [Fact]
    public async Task Topics_and_partitions_that_are_not_there_are_404()
    {
        (_, string path) = await NewTopicAsync(1, perPartition: 0);
        (await proxy.Http.AskAsync($"{path}/partitions/1/records")).Refused(404, 40403);
        string other = path[..(path.LastIndexOf('/') + 1)] + "no-such";
        (await proxy.Http.PostAsync($"{other}/records:fetch", "application/json", """{"partitions":[{"id":0}]}""")).Refused(404, 40403);
        (await proxy.Http.AskAsync($"{path}/partitions/0/records?offset=7")).Refused(400, 40002);
    }

    private async Task<(string Topic, string Path)> NewTopicAsync(int partitions, int perPartition)
    {
        string topic = await proxy.NewTopicAsync(partitions);
        for (int i = 0; i < partitions * perPartition; i++)
        {
            string record = $$"""{"value":{{i}},"partition":{{i % partitions}},"timestamp":{{i / partitions * 1000}}}""";
            Assert.Equal(200, (await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, $$"""{"records":[{{record}}]}""")).Status);
        }
        string cluster = await proxy.Http.ClusterIdAsync();
        return (topic, $"/v3/clusters/{cluster}/topics/{topic}");
    }
}
