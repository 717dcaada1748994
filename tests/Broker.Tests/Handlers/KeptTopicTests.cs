using Gateway.Broker.Tests.Support;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;
using static Gateway.Broker.Tests.Support.Batches;

namespace Gateway.Broker.Tests.Handlers;

/// <summary>Topics in which services keep what they know, in a broker whose defaults would break their promise.</summary>
public sealed class KeptTopicTests
{
    private const string Service = "_kept";
    private const int Largest = 2_000_000;

    private static readonly Dictionary<string, int> s_kept = new() { [Service] = Largest };

    [Fact]
    public async Task What_a_service_writes_is_taken_whatever_the_brokers_defaults_become()
    {
        await using TestBroker broker = await TestBroker.StartAsync(new Dictionary<string, string> { ["min.insync.replicas"] = "2", ["message.max.bytes"] = "1000" });
        await broker.RestartAsync(static options => options with { KeptTopics = s_kept });
        Guid kept = await broker.CreateTopic(Service);
        Guid other = await broker.CreateTopic("other");
        await AlterAllBrokersAsync(broker, ("log.message.timestamp.before.max.ms", "1"), ("compression.type", "gzip"), ("log.cleanup.policy", "delete"));
        Assert.Equal(0, await broker.Store(kept, Keyed("a", new string('v', Largest - 1000))));
        Assert.Equal(ErrorCode.NotEnoughReplicas, (await broker.Produce(other, Keyed("a", "b"))).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRecord, (await broker.Produce(kept, Of("without a key"))).ErrorCode);
    }

    [Fact]
    public async Task What_an_older_version_made_is_right_after_a_restart_and_stays_so()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid kept = await broker.CreateTopic(Service, 1, ("min.insync.replicas", "2"), ("max.message.bytes", "1000"), ("write.caching", "true"));
        Assert.Equal(ErrorCode.NotEnoughReplicas, (await broker.Produce(kept, Keyed("a", "b"))).ErrorCode);
        await broker.RestartAsync(static options => options with { KeptTopics = s_kept });
        Assert.Equal(0, await broker.Store(kept, Keyed("a", new string('v', Largest - 1000))));
        (string, string?, sbyte)[] set = [("cleanup.policy", "compact", 1), ("max.message.bytes", "2000000", 1), ("min.insync.replicas", "1", 1), ("write.caching", "false", 5)];
        Assert.Equal(set, await DescribeAsync(broker));
        // Nobody but the broker itself knows of it now, and the settings are the topic's own.
        await broker.RestartAsync(static options => options with { KeptTopics = new Dictionary<string, int>() });
        Assert.Equal(set, await DescribeAsync(broker));
    }

    private static async Task AlterAllBrokersAsync(TestBroker broker, params (string Name, string Value)[] configs)
    {
        IncrementalAlterConfigsResponse response = await broker.Send(new IncrementalAlterConfigsRequest
        {
            Resources =
            [
                new()
                {
                    ResourceType = 4,
                    ResourceName = "",
                    Configs = [.. configs.Select(static c => new IncrementalAlterConfigsRequest.AlterableConfig { Name = c.Name, Value = c.Value })],
                },
            ],
        });
        Assert.Equal((ErrorCode.None, null), (response.Responses[0].ErrorCode, response.Responses[0].ErrorMessage));
    }

    /// <summary>The settings in force, and where they come from: 1 the topic, 5 the default.</summary>
    private static async Task<(string Name, string? Value, sbyte Source)[]> DescribeAsync(TestBroker broker)
    {
        string[] names = ["cleanup.policy", "max.message.bytes", "min.insync.replicas", "write.caching"];
        DescribeConfigsResponse response = await broker.Send(
            new DescribeConfigsRequest { Resources = [new() { ResourceType = 2, ResourceName = Service, ConfigurationKeys = [.. names] }] });
        return [.. response.Results[0].Configs.Select(static config => (config.Name, config.Value, config.ConfigSource)).OrderBy(static config => config.Name)];
    }
}
