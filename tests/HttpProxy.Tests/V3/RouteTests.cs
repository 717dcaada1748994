using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.HttpProxy.Tests.Running;
using Gateway.HttpProxy.V3;

namespace Gateway.HttpProxy.Tests.V3;

/// <summary>Every route of the v3 dialect is asked for something that is there.</summary>
public sealed class RouteTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Below = "/v3/clusters/{cluster}";
    private const string Setting = "log.retention.bytes";
    private const string Set =
        "name=log.retention.bytes value=1000000 is_default=false is_read_only=false is_sensitive=false source=DYNAMIC_DEFAULT_BROKER_CONFIG";

    private const string Cluster = "KafkaCluster";
    private const string Broker = "KafkaBroker broker_id=1 host=127.0.0.1 port={port} rack=null";
    private const string Topic = "KafkaTopic topic_name={topic} is_internal=false replication_factor=1 partitions_count=1";
    private const string TopicSet = "KafkaTopicConfig topic_name={topic} name=retention.ms value=500000000 is_default=false is_read_only=false "
        + "is_sensitive=false source=DYNAMIC_TOPIC_CONFIG";

    private const string Partition = "KafkaPartition topic_name={topic} partition_id=0";
    private const string Replica = "KafkaReplica topic_name={topic} partition_id=0 broker_id=1 is_leader=true is_in_sync=true";
    private const string Group = "KafkaConsumerGroup consumer_group_id={group} is_simple=false partition_assignor=range state=STABLE type=CLASSIC "
        + "is_mixed_consumer_group=false";

    private const string Consumer = "KafkaConsumer consumer_group_id={group} consumer_id={consumer} instance_id={instance} client_id=in-process";
    private const string Assignment = "KafkaConsumerAssignment consumer_group_id={group} consumer_id={consumer} topic_name={topic} partition_id=0";
    private const string Lag = "KafkaConsumerLag consumer_group_id={group} topic_name={topic} partition_id=0 current_offset=1 log_end_offset=3 lag=2 "
        + "consumer_id={consumer} instance_id={instance} client_id=in-process";

    /// <summary>What is found where one reads below the cluster: the kind, and the members that are no links. A star is a list it stands in.</summary>
    private static readonly Dictionary<string, string> s_found = new()
    {
        [""] = Cluster,
        ["/brokers"] = "*" + Broker,
        ["/brokers/{broker}"] = Broker,
        ["/brokers/{broker}/partition-replicas"] = "*" + Replica,
        ["/broker-configs"] = "*KafkaClusterConfig config_type=BROKER " + Set,
        ["/broker-configs/{name}"] = "KafkaClusterConfig config_type=BROKER " + Set,
        ["/brokers/-/configs"] = "*KafkaBrokerConfig broker_id=1 " + Set,
        ["/brokers/{broker}/configs"] = "*KafkaBrokerConfig broker_id=1 " + Set,
        ["/brokers/{broker}/configs/{name}"] = "KafkaBrokerConfig broker_id=1 " + Set,
        ["/topics"] = "*" + Topic,
        ["/topics/{topic}"] = Topic,
        ["/topics/-/configs"] = "*" + TopicSet,
        ["/topics/{topic}/configs"] = "*" + TopicSet,
        ["/topics/{topic}/configs/{name}"] = TopicSet,
        ["/topics/{topic}/partitions"] = "*" + Partition,
        ["/topics/{topic}/partitions/{partition}"] = Partition,
        ["/topics/{topic}/partitions/{partition}/offset"] =
            "KafkaPartitionOffset topic_name={topic} partition_id=0 earliest_offset=0 latest_offset=3",
        ["/topics/{topic}/partitions/{partition}/replicas"] = "*" + Replica,
        ["/topics/{topic}/partitions/{partition}/replicas/{broker}"] = Replica,
        // Nothing is ever on the move.
        ["/topics/-/partitions/-/reassignment"] = "*KafkaReassignment",
        ["/topics/{topic}/partitions/-/reassignment"] = "*KafkaReassignment",
        ["/topics/{topic}/partitions/{partition}/reassignment"] = "",
        ["/consumer-groups"] = "*" + Group,
        ["/consumer-groups/{group}"] = Group,
        ["/consumer-groups/{group}/consumers"] = "*" + Consumer,
        ["/consumer-groups/{group}/consumers/{consumer}"] = Consumer,
        ["/consumer-groups/{group}/consumers/{consumer}/assignments"] = "*" + Assignment,
        ["/consumer-groups/{group}/consumers/{consumer}/assignments/{topic}/partitions/{partition}"] = Assignment,
        ["/consumer-groups/{group}/lag-summary"] = "KafkaConsumerGroupLagSummary consumer_group_id={group} max_lag_consumer_id={consumer} "
            + "max_lag_instance_id={instance} max_lag_client_id=in-process max_lag_topic_name={topic} max_lag_partition_id=0 max_lag=2 total_lag=2",
        ["/consumer-groups/{group}/lags"] = "*" + Lag,
        ["/consumer-groups/{group}/lags/{topic}/partitions/{partition}"] = Lag,
    };

    [Fact]
    public async Task Every_route_that_reads_answers_with_what_is_there()
    {
        string topic = await proxy.NewTopicAsync(1, ("retention.ms", "500000000"));
        await proxy.Http.PostAsync($"/topics/{topic}", HttpCalls.V2Json, """{"records":[{"value":1},{"value":2},{"value":3}]}""");
        (string group, string consumer, string instance) = await JoinAsync(topic);
        string cluster = await proxy.Http.ClusterIdAsync();
        // The cluster lists what was set for all brokers, and nothing else.
        string setting = $"/v3/clusters/{cluster}/broker-configs/{Setting}";
        Assert.Equal(204, (await SendAsync(HttpMethod.Put, setting, """{"value":"1000000"}""")).Status);
        int port = (await proxy.Client.Admin.DescribeClusterAsync()).Brokers[1].Port;
        string Filled(string text) => text.Replace("{topic}", topic, StringComparison.Ordinal).Replace("{group}", group, StringComparison.Ordinal)
            .Replace("{consumer}", consumer, StringComparison.Ordinal).Replace("{instance}", instance, StringComparison.Ordinal)
            .Replace("{broker}", "1", StringComparison.Ordinal).Replace("{partition}", "0", StringComparison.Ordinal)
            .Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

        IEnumerable<string> reads = V3Routes.All.Where(static route => route.Method == "GET").Select(static route => route.Pattern)
            .Where(static path => path.StartsWith(Below, StringComparison.Ordinal)).Select(static path => path[Below.Length..])
            .Where(static path => path != "/acls" && !path.EndsWith("/records", StringComparison.Ordinal) && !path.EndsWith(":stream", StringComparison.Ordinal));
        Assert.Equal(s_found.Keys.Order(), reads.Order());
        Assert.Equal(["KafkaCluster"], (await proxy.Http.AskAsync("/v3/clusters")).Json["data"]!.AsArray().Select(Told));
        foreach ((string pattern, string found) in s_found)
        {
            string path = Filled(pattern.Replace("{name}", found == TopicSet ? "retention.ms" : Setting, StringComparison.Ordinal));
            Answer answer = await proxy.Http.AskAsync($"/v3/clusters/{cluster}{path}");
            if (found.Length == 0)
            {
                answer.Refused(404, 404);
                continue;
            }
            Assert.True(answer.Status == 200, $"{path}: {answer.Status} {answer.Text}");
            Assert.Equal($"{proxy.Http.BaseAddress}v3/clusters/{cluster}{path}", Uri.UnescapeDataString((string)answer.Json["metadata"]!["self"]!));
            Check(answer.Json, Filled(found), cluster);
        }
    }

    [Theory]
    [InlineData("/broker-configs")]
    [InlineData("/brokers/1/configs")]
    public async Task Settings_of_brokers_are_set_altered_and_taken_back(string scope)
    {
        string configs = $"/v3/clusters/{await proxy.Http.ClusterIdAsync()}{scope}";
        Assert.Equal(204, (await SendAsync(HttpMethod.Put, $"{configs}/{Setting}", """{"value":"1000000"}""")).Status);
        Assert.Equal("1000000", (string?)(await proxy.Http.AskAsync($"{configs}/{Setting}")).Json["value"]);
        Assert.Equal(204, (await SendAsync(HttpMethod.Post, $"{configs}:alter", $$"""{"data":[{"name":"{{Setting}}","value":"2000000"}]}""")).Status);
        Assert.Equal("2000000", (string?)(await proxy.Http.AskAsync($"{configs}/{Setting}")).Json["value"]);
        Assert.Equal(204, (await SendAsync(HttpMethod.Delete, $"{configs}/{Setting}", null)).Status);
        Answer after = await proxy.Http.AskAsync($"{configs}/{Setting}");
        Assert.NotEqual("2000000", after.Status == 200 ? (string?)after.Json["value"] : null);
    }

    [Theory]
    [InlineData("GET", "acls")]
    [InlineData("POST", "acls")]
    [InlineData("POST", "acls:batch")]
    [InlineData("DELETE", "acls")]
    public async Task Access_lists_say_that_authorisation_is_off(string method, string path)
    {
        Answer answer = await SendAsync(new HttpMethod(method), $"/v3/clusters/{await proxy.Http.ClusterIdAsync()}/{path}", method == "POST" ? "{}" : null);
        answer.Refused(400, 40002);
    }

    private static void Check(JsonNode answer, string found, string cluster)
    {
        if (found[0] != '*')
        {
            Assert.Equal((found, cluster), (Told(answer), (string?)answer["cluster_id"]));
            return;
        }
        string item = found[1..];
        Assert.Equal(item.Split(' ')[0] + "List", (string?)answer["kind"]);
        if (item == "KafkaReassignment") Assert.Empty(answer["data"]!.AsArray());
        else Assert.Contains(item, answer["data"]!.AsArray().Select(Told));
    }

    /// <summary>A resource as far as it tells something itself: its kind and its members, but for links, lists and the cluster's name.</summary>
    private static string Told(JsonNode? resource) => string.Join(' ', resource!.AsObject()
        .Where(static member => member.Key != "cluster_id" && member.Value is null or JsonValue)
        .Select(static member => member.Key == "kind" ? $"{member.Value}" : $"{member.Key}={(member.Value is null ? "null" : Text(member.Value))}"));

    private static string Text(JsonNode value) => value.GetValueKind() == JsonValueKind.String ? (string)value! : value.ToJsonString();

    private async Task<(string Group, string Consumer, string Instance)> JoinAsync(string topic)
    {
        string group = proxy.NewName("g");
        string instance = (string)(await proxy.Http.PostAsync($"/consumers/{group}", HttpCalls.V2, """{"auto.offset.reset":"earliest"}""")).Json["base_uri"]!;
        await proxy.Http.PostAsync($"{instance}/subscription", HttpCalls.V2, $$"""{"topics":["{{topic}}"]}""");
        // Whoever asks for the assignment waits until there is one.
        Assert.Single((await proxy.Http.AskAsync($"{instance}/assignments")).Json["partitions"]!.AsArray());
        Assert.Equal(204, (await proxy.Http.PostAsync($"{instance}/offsets", HttpCalls.V2, $$"""{"partitions":[{"topic":"{{topic}}","partition":0,"offset":1}]}""")).Status);
        JsonArray members = (await proxy.Http.AskAsync($"/v3/clusters/{await proxy.Http.ClusterIdAsync()}/consumer-groups/{group}/consumers")).Json["data"]!.AsArray();
        JsonNode member = Assert.Single(members)!;
        return (group, (string)member["consumer_id"]!, (string)member["instance_id"]!);
    }

    private Task<Answer> SendAsync(HttpMethod method, string path, string? body) =>
        proxy.Http.SendAsync(method, path, "application/json", body is null ? null : System.Text.Encoding.UTF8.GetBytes(body), null);
}
