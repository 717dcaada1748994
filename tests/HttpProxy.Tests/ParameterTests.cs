using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Tests.Running;
using Gateway.HttpProxy.V3;

namespace Gateway.HttpProxy.Tests;

/// <summary>Parameters nobody reads: refused where the path is this proxy's own, passed over where other proxies' clients are.</summary>
public sealed class ParameterTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Json = "application/json";

    [Theory]
    [InlineData("/topics/TOPIC/records?until=end&form=latest", "form", "partitions, from, ")]
    [InlineData("/v3/clusters/CLUSTER/topics/TOPIC/records:stream?until=end&max_record=1", "max_record", "partitions, from, ")]
    [InlineData("/kafka/v3/clusters/CLUSTER/topics/TOPIC/records:stream?until=end&max_record=1", "max_record", "partitions, from, ")]
    [InlineData("/ws/topics/TOPIC?form=latest", "form", "partitions, from, ")]
    [InlineData("/v3/clusters/CLUSTER/topics/TOPIC/partitions/0/records?ofset=3", "ofset", "offset, timestamp, ")]
    [InlineData("/topics/TOPIC/partitions/0/records?ofset=3", "ofset", "offset, from_timestamp, ")]
    [InlineData("/topics/TOPIC/partitions/0/records?offset=0&timeout=0&max_byte=1", "max_byte", "offset, from_timestamp, ")]
    [InlineData("INSTANCE/records?ack=explicit&timout=5", "timout", "ack, timeout, max_bytes, bigint.")]
    public async Task A_misspelt_one_is_refused_and_those_there_are_are_named(string path, string name, string known)
    {
        Answer answer = await proxy.Http.AskAsync(await PathAsync(path));
        answer.Refused(400, 40002);
        Assert.StartsWith($"There is no parameter '{name}' here; there are {known}", (string?)answer.Json["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/topics/TOPIC/raw?partiton=0", "partiton", "there are key, partition, ")]
    [InlineData("/topics/TOPIC/raw?schema_in_header=true", "schema_in_header", "there are key, partition, ")]
    [InlineData("/topics/TOPIC/records:commit?group=g", "group", "there are none.")]
    [InlineData("/v3/clusters/CLUSTER/topics/TOPIC/records:commit?group=g", "group", "there are none.")]
    [InlineData("/v3/clusters/CLUSTER/records:transaction?acks=all", "acks", "there are schema_in_header.")]
    [InlineData("/kafka/v3/clusters/CLUSTER/records:transaction?acks=all", "acks", "there are schema_in_header.")]
    [InlineData("INSTANCE/records/1:ack?wait=5", "wait", "there are none.")]
    public async Task One_of_a_command_or_a_write_of_its_own_is_refused_as_well(string path, string name, string known)
    {
        Answer answer = await proxy.Http.PostAsync(await PathAsync(path), Json, "{}");
        answer.Refused(400, 40002);
        Assert.StartsWith($"There is no parameter '{name}' here; {known}", (string?)answer.Json["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/topics/TOPIC?no_such=1")]
    [InlineData("/topics/TOPIC/partitions/0?no_such=1")]
    public async Task What_other_proxies_take_is_written_whatever_else_the_query_says(string path)
    {
        Answer answer = await proxy.Http.PostAsync(await PathAsync(path), HttpCalls.V2Json, """{"records":[{"value":1}]}""");
        Assert.Equal((200, 0L), (answer.Status, (long)answer.Json["offsets"]![0]!["offset"]!));
    }

    [Fact]
    public void Where_others_are_refused_those_there_are_are_those_documented()
    {
        ProxyRoute[] own = [.. V2Routes.All.Concat(V3Routes.All).Where(static route => route.Parameters is not null)];
        Assert.InRange(own.Length, 11, 100);
        Assert.All(own, static route => Assert.Equal(
            OpenApiDocument.Instance.QueryOf(route.Method.ToLowerInvariant(), route.Pattern).Order(StringComparer.Ordinal), route.Parameters!.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("/topics/TOPIC/records?until=end&_=17&access_token=x&FROM=latest")]
    [InlineData("/v3/clusters/CLUSTER/topics/TOPIC/partitions/0/records?offset=0&_t=17")]
    [InlineData("/topics/TOPIC/partitions/0/records?offset=0&_=17")]
    [InlineData("/topics/TOPIC/partitions/0/records?offset=0&timeout=0&max_bytes=1&min_bytes=1")]
    [InlineData("/topics?limit=5")]
    public async Task One_that_caches_are_passed_by_with_is_let_through_and_any_where_other_proxies_do(string path) =>
        Assert.Equal(200, (await proxy.Http.AskAsync(await PathAsync(path))).Status);

    [Fact]
    public async Task A_fetch_of_several_partitions_is_told_in_its_body() =>
        (await proxy.Http.PostAsync(await PathAsync("/v3/clusters/CLUSTER/topics/TOPIC/records:fetch?wait=1"), Json, """{"partitions":[{"id":0}]}""")).Refused(400, 40002);

    private async Task<string> PathAsync(string path)
    {
        if (path.Contains("INSTANCE", StringComparison.Ordinal))
            path = path.Replace("INSTANCE", await proxy.CreatedAsync(proxy.NewName("g"), ConsumerCalls.Earliest), StringComparison.Ordinal);
        return path.Replace("TOPIC", await proxy.NewTopicAsync(), StringComparison.Ordinal)
            .Replace("CLUSTER", await proxy.Http.ClusterIdAsync(), StringComparison.Ordinal);
    }
}
