using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests;

public sealed class MetadataTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Fact]
    public async Task Topics_are_listed_by_name_without_internal_ones()
    {
        string topic = await proxy.NewTopicAsync();
        Answer answer = await proxy.Http.AskAsync("/topics");
        Assert.Equal((200, HttpCalls.V2), (answer.Status, answer.ContentType));
        string[] names = [.. answer.Json.AsArray().Select(name => (string)name!)];
        Assert.Contains(topic, names);
        Assert.DoesNotContain("__consumer_offsets", names);
        Assert.DoesNotContain("__gateway_metadata", names);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public async Task A_topic_is_described_with_its_configs_and_partitions()
    {
        string topic = await proxy.NewTopicAsync(2, ("cleanup.policy", "compact"));
        JsonNode json = (await proxy.Http.AskAsync($"/topics/{topic}")).Json;
        Assert.Equal(topic, (string?)json["name"]);
        Assert.Equal("compact", (string?)json["configs"]!["cleanup.policy"]);
        Assert.Equal(
            """[{"partition":0,"leader":1,"replicas":[{"broker":1,"leader":true,"in_sync":true}]},{"partition":1,"leader":1,"replicas":[{"broker":1,"leader":true,"in_sync":true}]}]""",
            json["partitions"]!.ToJsonString());
        Assert.Equal(json["partitions"]!.ToJsonString(), (await proxy.Http.AskAsync($"/topics/{topic}/partitions")).Text);
        Assert.Equal(json["partitions"]![1]!.ToJsonString(), (await proxy.Http.AskAsync($"/topics/{topic}/partitions/1")).Text);
    }

    [Fact]
    public async Task A_topic_is_created_as_strimzis_clients_do()
    {
        string topic = proxy.NewName("made");
        Answer created = await proxy.Http.PostAsync("/admin/topics", "application/json", $$"""{"topic_name":"{{topic}}","partitions_count":3,"replication_factor":1}""");
        Assert.Equal((201, ""), (created.Status, created.Text));
        Assert.Equal(3, (await proxy.Http.AskAsync($"/topics/{topic}/partitions")).Json.AsArray().Count);
        (await proxy.Http.PostAsync("/admin/topics", HttpCalls.V2, $$"""{"topic_name":"{{topic}}"}""")).Refused(409, 409);
        (await proxy.Http.PostAsync("/admin/topics", HttpCalls.V2, "{}")).Refused(400, 400);
        (await proxy.Http.PostAsync("/admin/topics", HttpCalls.V2, """{"topic_name":"x","partitions_count":0}""")).Refused(400, 400);
        (await proxy.Http.PostAsync("/admin/topics", HttpCalls.V2, """{"topic_name":"a b"}""")).Refused(400, 40002);
    }

    [Fact]
    public async Task Offsets_tell_both_ends_of_a_partition()
    {
        string topic = await proxy.NewTopicAsync();
        Assert.Equal("""{"beginning_offset":0,"end_offset":0}""", (await proxy.Http.AskAsync($"/topics/{topic}/partitions/0/offsets")).Text);
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1},{"value":2}]}""");
        Assert.Equal("""{"beginning_offset":0,"end_offset":2}""", (await proxy.Http.AskAsync($"/topics/{topic}/partitions/0/offsets")).Text);
    }

    [Theory]
    [InlineData("/brokers", """{"brokers":[1]}""")]
    [InlineData("/", "{}")]
    [InlineData("/status/ready", "{}")]
    public async Task Brokers_and_health(string path, string body)
    {
        Answer answer = await proxy.Http.AskAsync(path);
        Assert.Equal((200, body), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("/topics/no-such", 404, 40401)]
    [InlineData("/topics/no-such/partitions", 404, 40401)]
    [InlineData("/topics/no-such/partitions/0", 404, 40401)]
    [InlineData("/topics/no-such/partitions/0/offsets", 404, 40401)]
    [InlineData("/topics/TOPIC/partitions/1", 404, 40402)]
    [InlineData("/topics/TOPIC/partitions/-1", 404, 40402)]
    [InlineData("/topics/TOPIC/partitions/1/offsets", 404, 40402)]
    [InlineData("/topics/TOPIC/partitions/one", 404, 404)]
    [InlineData("/topics/bad%07name", 400, 40002)]
    [InlineData("/no/such/path", 404, 404)]
    public async Task What_is_not_there_has_its_code(string path, int status, int code)
    {
        string topic = await proxy.NewTopicAsync();
        (await proxy.Http.AskAsync(path.Replace("TOPIC", topic, StringComparison.Ordinal))).Refused(status, code);
    }

    [Fact]
    public async Task A_method_a_path_does_not_take_is_405_and_says_which_it_takes()
    {
        foreach ((string path, string[] allowed) in new[]
        {
            ("/topics/x", new[] { "GET", "HEAD", "POST" }),
            ("/topics/x/raw", ["POST"]),
            ("/brokers", ["GET", "HEAD"]),
            ("/consumers/g/instances/i/subscription", ["DELETE", "GET", "HEAD", "POST"]),
        })
        {
            Answer answer = await proxy.Http.SendAsync(HttpMethod.Put, path, HttpCalls.V2, "{}"u8.ToArray(), null);
            answer.Refused(405, 405);
            Assert.Equal(allowed, answer.Allow.Order());
        }
    }

    [Theory]
    [InlineData(null, 200, HttpCalls.V2)]
    [InlineData("*/*", 200, HttpCalls.V2)]
    [InlineData("application/*", 200, HttpCalls.V2)]
    [InlineData(HttpCalls.V2, 200, HttpCalls.V2)]
    [InlineData("application/json", 200, "application/json")]
    [InlineData("text/html, application/json;q=0.5, application/vnd.kafka.v2+json;q=0.9", 200, HttpCalls.V2)]
    [InlineData("application/vnd.kafka.v2+json;q=0, application/json", 200, "application/json")]
    [InlineData("text/html", 406, "application/json")]
    [InlineData("application/vnd.kafka.v1+json", 406, "application/json")]
    [InlineData("not a type", 406, "application/json")]
    public async Task Accept_decides_the_type_of_the_answer(string? accept, int status, string type)
    {
        Answer answer = await proxy.Http.SendAsync(HttpMethod.Get, "/topics", null, null, accept);
        Assert.Equal((status, type), (answer.Status, answer.ContentType));
        if (status == 406) answer.Refused(406, 406);
    }

    [Fact]
    public async Task Strict_media_types_refuse_plain_json()
    {
        HttpClient strict = await proxy.StartAsync(new ProxyOptions { StrictMediaTypes = true });
        (await strict.GetAsync("/topics", "application/json")).Refused(406, 406);
        (await strict.PostAsync("/topics/x", "application/json", """{"records":[{"value":1}]}""")).Refused(415, 415);
        Assert.Equal(200, (await strict.AskAsync("/topics")).Status);
    }
}
