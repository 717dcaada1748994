using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.V3;

/// <summary>Clusters, brokers, topics, partitions and settings in the v3 dialect (http-proxy §4.1, §4.2).</summary>
public sealed class AdminTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Json = "application/json";

    [Fact]
    public async Task The_cluster_points_at_everything_else()
    {
        Answer list = await proxy.Http.AskAsync("/v3/clusters");
        Assert.Equal((200, Json), (list.Status, list.ContentType));
        Assert.Equal("KafkaClusterList", (string?)list.Json["kind"]);
        Assert.Equal($"{proxy.Http.BaseAddress}v3/clusters", (string?)list.Json["metadata"]!["self"]);
        Assert.Contains("\"next\":null", list.Text, StringComparison.Ordinal);
        JsonNode cluster = Assert.Single(list.Json["data"]!.AsArray())!;
        string id = (string)cluster["cluster_id"]!, url = $"{proxy.Http.BaseAddress}v3/clusters/{id}";
        Assert.Equal(
            $$$"""
            {"kind":"KafkaCluster","metadata":{"self":"{{{url}}}","resource_name":"crn:///kafka={{{id}}}"},"cluster_id":"{{{id}}}",
            "controller":{"related":"{{{url}}}/brokers/1"},"acls":{"related":"{{{url}}}/acls"},"brokers":{"related":"{{{url}}}/brokers"},
            "broker_configs":{"related":"{{{url}}}/broker-configs"},"consumer_groups":{"related":"{{{url}}}/consumer-groups"},
            "topics":{"related":"{{{url}}}/topics"},"partition_reassignments":{"related":"{{{url}}}/topics/-/partitions/-/reassignment"}}
            """.ReplaceLineEndings(""),
            cluster.ToJsonString());
        Assert.Equal(cluster.ToJsonString(), (await proxy.Http.AskAsync($"/v3/clusters/{id}")).Text);
    }

    [Fact]
    public async Task Every_relation_of_the_cluster_can_be_followed_and_so_can_those_of_what_is_found_there()
    {
        await proxy.NewTopicAsync(2);
        var open = new Queue<string>([$"{proxy.Http.BaseAddress}v3/clusters"]);
        var seen = new HashSet<string>(open, StringComparer.Ordinal);
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        while (open.TryDequeue(out string? url))
        {
            Answer answer = await proxy.Http.AskAsync(url);
            // Nothing is being moved, and there are no ACLs: both say so.
            if (url.EndsWith("/acls", StringComparison.Ordinal)) answer.Refused(400, 40002);
            else if (url.EndsWith("/reassignment", StringComparison.Ordinal) && !url.Contains("/-/", StringComparison.Ordinal)) answer.Refused(404, 404);
            else Assert.True(answer.Status == 200, $"{url}: {answer.Status} {answer.Text}");
            if (answer.Status != 200) continue;
            kinds.Add((string)answer.Json["kind"]!);
            Assert.Equal(url, (string?)answer.Json["metadata"]!["self"]);
            foreach (string next in Related(answer.Json))
            {
                if (seen.Add(next)) open.Enqueue(next);
            }
        }
        Assert.Superset(
            new HashSet<string>(
            [
                "KafkaClusterList", "KafkaBroker", "KafkaBrokerList", "KafkaBrokerConfigList", "KafkaClusterConfigList", "KafkaReplicaList", "KafkaReplica",
                "KafkaTopicList", "KafkaTopicConfigList", "KafkaPartitionList", "KafkaReassignmentList", "KafkaConsumerGroupList",
            ]),
            kinds);
    }

    [Fact]
    public async Task The_same_lies_under_the_path_of_a_server_within_the_broker()
    {
        Answer answer = await proxy.Http.AskAsync("/kafka/v3/clusters");
        Assert.StartsWith($"{proxy.Http.BaseAddress}kafka/v3/clusters/", (string?)answer.Json["data"]![0]!["topics"]!["related"], StringComparison.Ordinal);
        (await proxy.Http.AskAsync("/kafka/topics")).Refused(404, 404);
    }

    [Fact]
    public async Task A_topic_is_created_described_and_deleted()
    {
        string topics = await TopicsAsync(), name = proxy.NewName("v3");
        Answer created = await proxy.Http.PostAsync(
            topics, Json, $$"""{"topic_name":"{{name}}","partitions_count":3,"replication_factor":1,"configs":[{"name":"cleanup.policy","value":"compact"}]}""");
        Assert.Equal((201, Json), (created.Status, created.ContentType));
        Assert.Equal($"{topics}/{name}", created.Headers.Location?.ToString());
        Assert.Equal(("KafkaTopic", name, 3, 1, false), Facts(created.Json));
        Assert.Equal(created.Text, (await proxy.Http.AskAsync($"{topics}/{name}")).Text);
        Assert.Contains(name, (await proxy.Http.AskAsync(topics)).Json["data"]!.AsArray().Select(topic => (string?)topic!["topic_name"]));
        Assert.Equal(
            ["0", "1", "2"],
            (await proxy.Http.AskAsync($"{topics}/{name}/partitions")).Json["data"]!.AsArray().Select(partition => partition!["partition_id"]!.ToJsonString()));

        (await proxy.Http.PostAsync(topics, Json, $$"""{"topic_name":"{{name}}"}""")).Refused(400, 40002);
        Assert.Equal(204, (await proxy.Http.SendAsync(HttpMethod.Delete, $"{topics}/{name}", null, null, null)).Status);
        (await proxy.Http.AskAsync($"{topics}/{name}")).Refused(404, 40403);
        (await proxy.Http.SendAsync(HttpMethod.Delete, $"{topics}/{name}", null, null, null)).Refused(404, 40403);
    }

    [Fact]
    public async Task A_topic_is_only_tried_when_that_is_asked()
    {
        string topics = await TopicsAsync(), name = proxy.NewName("v3");
        Answer tried = await proxy.Http.PostAsync(topics, Json, $$"""{"topic_name":"{{name}}","replicas_assignments":{"0":[1],"1":[1]},"validate_only":true}""");
        Assert.Equal(200, tried.Status);
        Assert.Equal(("KafkaTopic", name, 2, 1, false), Facts(tried.Json));
        (await proxy.Http.AskAsync($"{topics}/{name}")).Refused(404, 40403);
    }

    [Theory]
    [InlineData("", 400, 400)]
    [InlineData("{", 400, 400)]
    [InlineData("[]", 400, 400)]
    [InlineData("{}", 400, 400)]
    [InlineData("""{"topic_name":7}""", 400, 400)]
    [InlineData("""{"topic_name":"x","partitions_count":"3"}""", 400, 400)]
    [InlineData("""{"topic_name":"x","configs":{}}""", 400, 400)]
    [InlineData("""{"topic_name":"x","configs":[{"value":"1"}]}""", 400, 400)]
    [InlineData("""{"topic_name":"x","configs":[{"name":"a"},{"name":"a"}]}""", 400, 400)]
    [InlineData("""{"topic_name":"x","configs":["a"]}""", 400, 400)]
    [InlineData("""{"topic_name":"x","topic_name":"y"}""", 400, 400)]
    [InlineData("""{"topic_name":"x","configs":[{"name":"retention.ms","value":"1","value":"2"}]}""", 400, 400)]
    [InlineData("""{"topic_name":"x","replicas_assignments":{"1":[1]}}""", 400, 400)]
    [InlineData("""{"topic_name":"x","replicas_assignments":{"0":[9]}}""", 400, 400)]
    [InlineData("""{"topic_name":"x","replicas_assignments":{"0":[1,1]}}""", 400, 400)]
    [InlineData("""{"topic_name":"x","replicas_assignments":{"0":[1]},"partitions_count":1}""", 400, 400)]
    [InlineData("""{"topic_name":"a/b"}""", 400, 40002)]
    [InlineData("""{"topic_name":"x","replication_factor":3}""", 400, 40002)]
    [InlineData("""{"topic_name":"x","partitions_count":0}""", 400, 40002)]
    [InlineData("""{"topic_name":"x","configs":[{"name":"no.such","value":"1"}]}""", 400, 40002)]
    [InlineData("""{"topic_name":"x","configs":[{"name":"retention.ms","value":"soon"}]}""", 400, 40002)]
    public async Task A_topic_that_cannot_be_is_refused(string body, int status, int code) =>
        (await proxy.Http.PostAsync(await TopicsAsync(), Json, body)).Refused(status, code);

    [Fact]
    public async Task Settings_are_read_changed_and_taken_back()
    {
        string topic = await proxy.NewTopicAsync(), configs = $"{await TopicsAsync()}/{topic}/configs";
        Answer before = await proxy.Http.AskAsync($"{configs}/retention.ms");
        Assert.Equal(("retention.ms", "604800000", true, "DEFAULT_CONFIG"), Setting(before.Json));
        Assert.Equal(topic, (string?)before.Json["topic_name"]);

        Assert.Equal(204, (await PutAsync($"{configs}/retention.ms", """{"value":"1000"}""")).Status);
        JsonNode after = (await proxy.Http.AskAsync($"{configs}/retention.ms")).Json;
        Assert.Equal(("retention.ms", "1000", false, "DYNAMIC_TOPIC_CONFIG"), Setting(after));
        Assert.Equal("""{"name":"retention.ms","value":"1000","source":"DYNAMIC_TOPIC_CONFIG"}""", after["synonyms"]![0]!.ToJsonString());
        Assert.Equal("DEFAULT_CONFIG", (string?)after["synonyms"]!.AsArray()[^1]!["source"]);

        Assert.Equal(204, (await proxy.Http.SendAsync(HttpMethod.Delete, $"{configs}/retention.ms", null, null, null)).Status);
        Assert.Equal(before.Text, (await proxy.Http.AskAsync($"{configs}/retention.ms")).Text);

        Answer altered = await proxy.Http.PostAsync(
            configs + ":alter", Json, """{"data":[{"name":"cleanup.policy","value":"compact"},{"name":"retention.ms","operation":"DELETE"}]}""");
        Assert.Equal(204, altered.Status);
        Assert.Equal("compact", (string?)(await proxy.Http.AskAsync($"{configs}/cleanup.policy")).Json["value"]);
        Assert.Equal(204, (await proxy.Http.PostAsync(configs + ":alter", Json, """{"data":[{"name":"cleanup.policy","value":"delete"}],"validate_only":true}""")).Status);
        Assert.Equal("compact", (string?)(await proxy.Http.AskAsync($"{configs}/cleanup.policy")).Json["value"]);
        Assert.Contains(
            (await proxy.Http.AskAsync($"{await TopicsAsync()}/-/configs")).Json["data"]!.AsArray(),
            config => (string?)config!["topic_name"] == topic && (string?)config["name"] == "cleanup.policy" && (string?)config["value"] == "compact");
    }

    [Fact]
    public async Task A_topic_gets_partitions_and_records_for_them()
    {
        string topics = await TopicsAsync(), topic = await proxy.NewTopicAsync();
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1}]}""");
        Answer grown = await PatchAsync($"{topics}/{topic}", """{"partitions_count":3}""");
        Assert.Equal(200, grown.Status);
        Assert.Equal(("KafkaTopic", topic, 3, 1, false), Facts(grown.Json));
        Answer produced = await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1,"partition":2},{"value":1,"partition":0}]}""");
        Assert.Equal([(2, 0L), (0, 1L)], produced.Json["offsets"]!.AsArray().Select(offset => ((int)offset!["partition"]!, (long)offset["offset"]!)));
        (await PatchAsync($"{topics}/{topic}", """{"partitions_count":3}""")).Refused(400, 40002);
        (await PatchAsync($"{topics}/{topic}", """{"partitions_count":2}""")).Refused(400, 40002);
        (await PatchAsync($"{topics}/{topic}", """{"partitions_count":"4"}""")).Refused(400, 400);
        (await PatchAsync($"{topics}/{topic}", "{}")).Refused(400, 400);
        (await PatchAsync($"{topics}/no-such-topic", """{"partitions_count":2}""")).Refused(404, 40403);
    }

    [Fact]
    public async Task Settings_of_several_topics_are_changed_together_or_not_at_all()
    {
        string topics = await TopicsAsync(), one = await proxy.NewTopicAsync(), other = await proxy.NewTopicAsync(), alter = $"{topics}/-/configs:alter";
        static string Body(string one, string other, string value, string more = "") =>
            $$"""{"data":[{"topic_name":"{{one}}","configs":[{"name":"retention.ms","value":"{{value}}"}]},{"topic_name":"{{other}}","configs":[{"name":"cleanup.policy","value":"compact"}]}]{{more}}}""";
        async Task<(string?, string?)> NowAsync() => (
            (string?)(await proxy.Http.AskAsync($"{topics}/{one}/configs/retention.ms")).Json["value"],
            (string?)(await proxy.Http.AskAsync($"{topics}/{other}/configs/cleanup.policy")).Json["value"]);

        (await proxy.Http.PostAsync(alter, Json, Body(one, "no-such-topic", "5"))).Refused(404, 40403);
        (await proxy.Http.PostAsync(alter, Json, Body(one, other, "soon"))).Refused(400, 40002);
        (await proxy.Http.PostAsync(alter, Json, Body(one, one, "5"))).Refused(400, 400);
        (await proxy.Http.PostAsync(alter, Json, $$"""{"data":[{"topic_name":"{{one}}"}]}""")).Refused(400, 400);
        (await proxy.Http.PostAsync(alter, Json, """{"data":[{"configs":[{"name":"retention.ms","value":"5"}]}]}""")).Refused(400, 400);
        (await proxy.Http.PostAsync(alter, Json, """{"data":[]}""")).Refused(400, 400);
        Assert.Equal(204, (await proxy.Http.PostAsync(alter, Json, Body(one, other, "5", ",\"validate_only\":true"))).Status);
        Assert.Equal(("604800000", "delete"), await NowAsync());
        Assert.Equal(204, (await proxy.Http.PostAsync(alter, Json, Body(one, other, "5"))).Status);
        Assert.Equal(("5", "compact"), await NowAsync());
    }

    [Fact]
    public async Task Settings_of_all_brokers_are_defaults_of_their_topics()
    {
        string cluster = await ClusterAsync(), configs = $"{cluster}/broker-configs";
        Assert.Equal(204, (await PutAsync($"{configs}/log.retention.bytes", """{"value":"123456789"}""")).Status);
        JsonNode set = (await proxy.Http.AskAsync($"{configs}/log.retention.bytes")).Json;
        Assert.Equal(("log.retention.bytes", "123456789", false, "DYNAMIC_DEFAULT_BROKER_CONFIG"), Setting(set));
        Assert.Equal(("KafkaClusterConfig", "BROKER"), ((string?)set["kind"], (string?)set["config_type"]));
        JsonNode own = (await proxy.Http.AskAsync($"{cluster}/brokers/1/configs/log.retention.bytes")).Json;
        Assert.Equal(("KafkaBrokerConfig", 1, "123456789"), ((string?)own["kind"], (int)own["broker_id"]!, (string?)own["value"]));
        Assert.Equal(204, (await proxy.Http.SendAsync(HttpMethod.Delete, $"{configs}/log.retention.bytes", null, null, null)).Status);
        Answer refused = await PutAsync($"{configs}/log.retention.bytes", """{"value":"many"}""");
        refused.Refused(400, 40002);
        Assert.StartsWith("Settings of all brokers were not changed: ", (string?)refused.Json["message"], StringComparison.Ordinal);
        Assert.Contains((await proxy.Http.AskAsync($"{cluster}/brokers/-/configs")).Json["data"]!.AsArray(), config => (string?)config!["name"] == "log.retention.bytes");
    }

    [Theory]
    [InlineData("PUT", "/retention.ms", "{}", 400, 400)]
    [InlineData("PUT", "/retention.ms", """{"value":7}""", 400, 400)]
    [InlineData("PUT", "/retention.ms", """{"value":"soon"}""", 400, 40002)]
    [InlineData("PUT", "/no.such", """{"value":"7"}""", 400, 40002)]
    [InlineData("GET", "/no.such", null, 404, 404)]
    [InlineData("POST", ":alter", "{}", 400, 400)]
    [InlineData("POST", ":alter", """{"data":[{"name":"retention.ms"}]}""", 400, 400)]
    [InlineData("POST", ":alter", """{"data":[{"name":"retention.ms","operation":"APPEND","value":"1"}]}""", 400, 400)]
    public async Task A_setting_that_cannot_be_is_refused(string method, string path, string? body, int status, int code)
    {
        string configs = $"{await TopicsAsync()}/{await proxy.NewTopicAsync()}/configs";
        byte[]? bytes = body is null ? null : System.Text.Encoding.UTF8.GetBytes(body);
        (await proxy.Http.SendAsync(new HttpMethod(method), configs + path, Json, bytes, null)).Refused(status, code);
    }

    [Fact]
    public async Task Both_ends_of_a_partition_and_its_replica()
    {
        string topic = await proxy.NewTopicAsync();
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1},{"value":2}]}""");
        string partition = $"{await TopicsAsync()}/{topic}/partitions/0";
        JsonNode offsets = (await proxy.Http.AskAsync(partition + "/offset?offset_type=earliest_and_latest")).Json;
        Assert.Equal((0L, 2L), ((long)offsets["earliest_offset"]!, (long)offsets["latest_offset"]!));
        (await proxy.Http.AskAsync(partition + "/offset?offset_type=latest")).Refused(400, 400);
        JsonNode replica = (await proxy.Http.AskAsync(partition + "/replicas/1")).Json;
        Assert.Equal(("KafkaReplica", true, true), ((string?)replica["kind"], (bool)replica["is_leader"]!, (bool)replica["is_in_sync"]!));
    }

    [Theory]
    [InlineData("/v3/clusters/another", 404, 404)]
    [InlineData("/v3/clusters/another/topics", 404, 404)]
    [InlineData("CLUSTER/brokers/2", 404, 404)]
    [InlineData("CLUSTER/brokers/one", 404, 404)]
    [InlineData("CLUSTER/topics/no-such", 404, 40403)]
    [InlineData("CLUSTER/topics/no-such/configs", 404, 40403)]
    [InlineData("CLUSTER/topics/no-such/partitions", 404, 40403)]
    [InlineData("CLUSTER/topics/TOPIC/partitions/1", 404, 40403)]
    [InlineData("CLUSTER/topics/TOPIC/partitions/1/offset", 404, 40403)]
    [InlineData("CLUSTER/topics/TOPIC/partitions/0/replicas/2", 404, 404)]
    [InlineData("CLUSTER/consumer-groups/no-such", 404, 40405)]
    [InlineData("CLUSTER/consumer-groups/no-such/lags", 404, 40405)]
    [InlineData("CLUSTER/acls", 400, 40002)]
    [InlineData("CLUSTER/no-such", 404, 404)]
    public async Task What_is_not_there_has_its_code(string path, int status, int code)
    {
        string topic = await proxy.NewTopicAsync();
        Answer answer = await proxy.Http.AskAsync(
            path.Replace("CLUSTER", await ClusterAsync(), StringComparison.Ordinal).Replace("TOPIC", topic, StringComparison.Ordinal));
        answer.Refused(status, code);
        Assert.Equal(Json, answer.ContentType);
    }

    [Fact]
    public async Task Only_JSON_goes_in_and_comes_out()
    {
        (await proxy.Http.GetAsync(await TopicsAsync(), "text/html")).Refused(406, 406);
        (await proxy.Http.GetAsync(await TopicsAsync(), HttpCalls.V2)).Refused(406, 406);
        (await proxy.Http.PostAsync(await TopicsAsync(), HttpCalls.V2, """{"topic_name":"x"}""")).Refused(415, 415);
        (await proxy.Http.SendAsync(HttpMethod.Patch, await ClusterAsync(), Json, "{}"u8.ToArray(), null)).Refused(405, 405);
    }

    private static (string?, string?, int, int, bool) Facts(JsonNode topic) =>
        ((string?)topic["kind"], (string?)topic["topic_name"], (int)topic["partitions_count"]!, (int)topic["replication_factor"]!, (bool)topic["is_internal"]!);

    private static (string?, string?, bool, string?) Setting(JsonNode config) =>
        ((string?)config["name"], (string?)config["value"], (bool)config["is_default"]!, (string?)config["source"]);

    private static IEnumerable<string> Related(JsonNode? node) => node switch
    {
        JsonObject one => one.SelectMany(member => member is { Key: "related", Value: { } url } ? [(string)url!] : Related(member.Value)),
        JsonArray many => many.SelectMany(Related),
        _ => [],
    };

    private async Task<string> ClusterAsync() => (string)(await proxy.Http.AskAsync("/v3/clusters")).Json["data"]![0]!["metadata"]!["self"]!;

    private async Task<string> TopicsAsync() => await ClusterAsync() + "/topics";

    private Task<Answer> PatchAsync(string path, string body) => proxy.Http.SendAsync(HttpMethod.Patch, path, Json, System.Text.Encoding.UTF8.GetBytes(body), null);

    private Task<Answer> PutAsync(string path, string body) => proxy.Http.SendAsync(HttpMethod.Put, path, Json, System.Text.Encoding.UTF8.GetBytes(body), null);
}
