using System.Net;
using System.Text;
using System.Text.Json;
using Gateway.Broker;
using Gateway.Client;
using Gateway.Client.Admin;
using Gateway.Client.Fetching;
using Gateway.Common.Ids;
using Gateway.Schemas;
using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;
using Gateway.Shards;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.SchemaRegistry.Tests;

/// <summary>The registry on a real broker in this process, over both kinds of link.</summary>
public sealed class KafkaTopicTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"gateway-registry-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Schemas_survive_a_restart_of_everything(bool inProcess)
    {
        Guid before;
        await using (var node = await Node.StartAsync(_directory, inProcess))
        {
            Assert.Equal(1, await node.RegisterAsync("s", "\"int\""));
            Assert.Equal(2, await node.RegisterAsync("t", "\"string\""));
            Assert.Equal(1, await node.RegisterAsync("u", "\"int\""));
            before = StateHash.Of(node.Registry.Image);
        }
        await using (var node = await Node.StartAsync(_directory, inProcess))
        {
            Assert.Equal(before, StateHash.Of(node.Registry.Image));
            Assert.Equal(2, await node.RegisterAsync("v", "\"string\""));
            Assert.Equal(3, await node.RegisterAsync("v2", "\"bytes\""));
        }
    }

    [Fact]
    public async Task The_topic_is_one_compacted_partition_that_anybody_can_read()
    {
        await using var node = await Node.StartAsync(_directory, inProcess: true);
        await node.RegisterAsync("s", "\"int\"");
        var topic = await node.Client.Admin.DescribeTopicAsync("_schemas");
        Assert.Single(topic.Partitions);
        Assert.False(topic.IsInternal);
        var configs = await node.Client.Admin.DescribeConfigsAsync(ConfigResourceType.Topic, "_schemas");
        Assert.Equal("compact", configs.Single(config => config.Name == "cleanup.policy").Value);

        using var fetched = await node.Client.Fetcher.ReadAsync(new TopicPartition("_schemas", 0), 0, new FetchLimits(1 << 20, TimeSpan.FromSeconds(5)), default);
        var record = Assert.Single(fetched.ReadRecords());
        Assert.Equal("""{"keytype":"SCHEMA","subject":"s","version":1,"magic":1}""", Encoding.UTF8.GetString(record.Key!.Value.Span));
        Assert.Equal(
            """{"subject":"s","version":1,"id":1,"schemaType":"AVRO","schema":"\"int\"","deleted":false}""", Encoding.UTF8.GetString(record.Value!.Value.Span));
    }

    [Fact]
    public async Task A_policy_that_would_lose_schemas_is_put_right()
    {
        await using (var node = await Node.StartAsync(_directory, inProcess: true))
        {
            await node.Client.Admin.AlterConfigsAsync(
                ConfigResourceType.Topic, "_schemas", [new ConfigChange("cleanup.policy", ConfigOperation.Set, "delete")]);
        }
        await using (var node = await Node.StartAsync(_directory, inProcess: true))
        {
            var configs = await node.Client.Admin.DescribeConfigsAsync(ConfigResourceType.Topic, "_schemas");
            Assert.Equal("compact", configs.Single(config => config.Name == "cleanup.policy").Value);
        }
    }

    [Fact]
    public async Task What_is_left_of_a_topic_that_was_cut_is_read()
    {
        var schemas = new TopicPartition("_schemas", 0);
        await using (var node = await Node.StartAsync(_directory, inProcess: true))
        {
            await node.RegisterAsync("s", "\"int\"");
            await node.Client.Admin.AlterConfigsAsync(
                ConfigResourceType.Topic, "_schemas",
                [
                    new ConfigChange("cleanup.policy", ConfigOperation.Set, "delete"), new ConfigChange("retention.ms", ConfigOperation.Set, "1"),
                    new ConfigChange("segment.ms", ConfigOperation.Set, "1"),
                ]);
            while ((await node.Client.OffsetLookup.FindAsync(schemas, OffsetLookup.Earliest, default)).Offset == 0) await Task.Yield();
        }
        await using (var node = await Node.StartAsync(_directory, inProcess: true))
        {
            Assert.Empty(node.Registry.Image.Subjects);
            await node.RegisterAsync("t", "\"int\"");
        }
        await using (var node = await Node.StartAsync(_directory, inProcess: true))
        {
            Assert.Equal(["t"], node.Registry.Image.Subjects.Keys);
            // With compaction alone, time takes nothing.
            var configs = await node.Client.Admin.DescribeConfigsAsync(ConfigResourceType.Topic, "_schemas");
            Assert.Equal(["compact", "1"], configs.Where(config => config.Name is "cleanup.policy" or "retention.ms").Select(config => config.Value));
        }
    }

    [Fact]
    public async Task A_schema_that_the_topic_does_not_take_is_refused_with_the_topics_limit()
    {
        await using var node = await Node.StartAsync(_directory, inProcess: true);
        await node.Client.Admin.AlterConfigsAsync(ConfigResourceType.Topic, "_schemas", [new ConfigChange("max.message.bytes", ConfigOperation.Set, "250")]);
        var name = new string('n', 300);
        var answer = await node.Registry.RegisterAsync("s", SchemaTypes.Avro, $$"""{"type":"fixed","name":"{{name}}","size":1}""", [], default);
        Assert.Equal(
            (42209, "The record that is to keep it is larger than the topic _schemas takes: its max.message.bytes is 250"), (answer.ErrorCode, answer.Message));
        Assert.Equal(1, await node.RegisterAsync("s", "\"int\""));
    }

    [Fact]
    public async Task Two_registries_on_one_broker_agree()
    {
        await using var node = await Node.StartAsync(_directory, inProcess: true);
        await using var client = KafkaClient.OverTcp([node.Broker.BoundAddress]);
        var options = new RegistryOptions();
        await using var other = new RegistryService(new KafkaSchemaTopic(client, options), options);
        other.Start();
        await other.Ready;
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            var registry = i % 2 == 0 ? node.Registry : other;
            var answer = await registry.RegisterAsync($"s{i}", SchemaTypes.Avro, $$"""{"type":"fixed","name":"F","size":{{i}}}""", [], default);
            Assert.True(answer.Found is not null, answer.Message);
            return answer.Found!.Id;
        }));
        Assert.Equal(40, answers.Distinct().Count());
    }

    [Fact]
    public async Task Associations_are_bound_to_the_brokers_topics()
    {
        await using var node = await Node.StartAsync(_directory, inProcess: true);
        await node.RegisterAsync("s", "\"int\"");
        var created = await node.Client.Admin.CreateTopicAsync(new NewTopic("orders", 1, 1, new Dictionary<string, string?>()));
        var cluster = await node.Client.Admin.DescribeClusterAsync();
        using var body = JsonDocument.Parse("""{"resourceName":"orders","associations":[{"subject":"s"}]}""");
        var request = AssociationRequest.Read(body.RootElement, AssociationOperation.Create).Value;
        var bound = (await node.Registry.AssociatedTopics.BindAsync(request, isTrial: false, default)).Value;
        // As Kafka's tools write ids.
        var id = Convert.ToBase64String(created.Id.ToByteArray(bigEndian: true)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        Assert.Equal((cluster.ClusterId, id), (bound.ResourceNamespace, bound.ResourceId));
        var made = await node.Registry.WriteAsync(image => node.Registry.Associating.Decide(image, bound, ".", 0, node.Registry.Deliberate()), default);
        Assert.Equal("s", Assert.Single(made.Value).Association.Key.Subject);
        await node.Registry.AssociatedTopics.SweepAsync(default);
        await node.Registry.AssociatedTopics.SweepAsync(default);
        Assert.Single(node.Registry.Image.Associations.OfResource("-", "orders"));

        await node.Client.Admin.DeleteTopicAsync("orders");
        await node.Registry.AssociatedTopics.SweepAsync(default);
        await node.Registry.AssociatedTopics.SweepAsync(default);
        Assert.Empty(node.Registry.Image.Associations.All);
        Assert.Equal(42212, (await node.Registry.AssociatedTopics.BindAsync(request, isTrial: false, default)).Fault!.Code);
    }

    private sealed class Node : IAsyncDisposable
    {
        private readonly ThreadedShardHost _host = new();

        public KafkaBroker Broker { get; private set; } = null!;

        public KafkaClient Client { get; private set; } = null!;

        public RegistryService Registry { get; private set; } = null!;

        public static async Task<Node> StartAsync(string directory, bool inProcess)
        {
            var node = new Node();
            node._host.Start();
            node.Broker = await BrokerModule.StartAsync(
                new BrokerOptions
                {
                    DataDirectory = directory,
                    NewId = Guid.NewGuid,
                    KafkaEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
                    Settings = new Dictionary<string, string> { ["log.retention.check.interval.ms"] = "10" },
                },
                node._host, NullLoggerFactory.Instance);
            node.Client = inProcess ? new KafkaClient(node.Broker.InProcessLinks("User:ANONYMOUS")) : KafkaClient.OverTcp([node.Broker.BoundAddress]);
            var options = new RegistryOptions();
            node.Registry = new RegistryService(new KafkaSchemaTopic(node.Client, options), options);
            node.Registry.Start();
            await node.Registry.Ready.WaitAsync(TimeSpan.FromSeconds(30));
            return node;
        }

        public async Task<int> RegisterAsync(string subject, string schema)
        {
            var answer = await Registry.RegisterAsync(subject, SchemaTypes.Avro, schema, [], default);
            Assert.True(answer.Found is not null, answer.Message);
            return answer.Found!.Id;
        }

        public async ValueTask DisposeAsync()
        {
            await Registry.DisposeAsync();
            await Client.DisposeAsync();
            await Broker.DisposeAsync();
            _host.Dispose();
        }
    }
}
