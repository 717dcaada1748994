using System.Diagnostics.Metrics;
using System.Net;
using Gateway.Broker.Metrics;
using Gateway.Broker.Tests.Support;
using Gateway.Protocol.Messages;
using Gateway.Shards;
using Gateway.Shards.Sockets;
using Gateway.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using static Gateway.Broker.Tests.Support.Batches;

namespace Gateway.Broker.Tests;

public sealed class BrokerModuleTests
{
    [Theory]
    [InlineData("no.such.setting", "1")]
    [InlineData("num.partitions", "0")]
    [InlineData("log.retention.hours", "soon")]
    public async Task Settings_the_broker_does_not_know_or_cannot_have_stop_the_start_by_name(string name, string value)
    {
        BrokerConfigException refusal = await Assert.ThrowsAsync<BrokerConfigException>(
            () => TestBroker.StartAsync(new Dictionary<string, string> { [name] = value }));
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Idle_connections_leave_descriptors_for_the_log()
    {
        DescriptorShares few = DescriptorShares.Of(0);
        await using TestBroker broker = await TestBroker.StartAsync(descriptors: few);
        List<WireClient> idle = [];
        for (int i = 0; i < few.KafkaConnections; i++) idle.Add(await broker.Connect());
        foreach (WireClient client in idle) await client.Ask(new MetadataRequest { Topics = [] }, 1);
        using WireClient newcomer = await broker.Connect();
        Task<MetadataResponse> waiting = newcomer.Ask(new MetadataRequest { Topics = [] }, 1);
        await idle[0].Ask(new MetadataRequest { Topics = [] }, 1);
        Assert.False(waiting.IsCompleted);
        Assert.Equal(0, await broker.Store(await broker.CreateTopic("stored"), Of("a")));
        foreach (WireClient client in idle) client.Dispose();
        Assert.NotNull(await waiting);
    }

    [Fact]
    public async Task A_data_directory_serves_one_broker_at_a_time()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using var host = new ThreadedShardHost(new ShardOptions { ShardCount = 1 });
        host.Start();
        var options = new BrokerOptions { DataDirectory = broker.Directory, NewId = Guid.NewGuid, KafkaEndPoint = new IPEndPoint(IPAddress.Loopback, 0) };
        await Assert.ThrowsAsync<DataDirectoryException>(() => BrokerModule.StartAsync(options, host, NullLoggerFactory.Instance));
    }

    [Fact]
    public async Task A_port_that_is_taken_stops_the_start_and_leaves_the_directory_free()
    {
        await using TestBroker other = await TestBroker.StartAsync();
        string directory = Path.Combine(Path.GetTempPath(), $"gateway-broker-{Guid.NewGuid():N}");
        using var host = new ThreadedShardHost(new ShardOptions { ShardCount = 1 });
        host.Start();
        var options = new BrokerOptions
        {
            DataDirectory = directory,
            NewId = Guid.NewGuid,
            KafkaEndPoint = new IPEndPoint(IPAddress.Loopback, other.Address.Port),
        };
        await Assert.ThrowsAnyAsync<System.Net.Sockets.SocketException>(() => BrokerModule.StartAsync(options, host, NullLoggerFactory.Instance));
        await using (await BrokerModule.StartAsync(options with { KafkaEndPoint = new IPEndPoint(IPAddress.Loopback, 0) }, host, NullLoggerFactory.Instance))
        {
        }
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task The_meter_shows_bytes_and_records_per_topic_and_direction()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        string name = $"metered-{Guid.NewGuid():N}";
        Guid topic = await broker.CreateTopic(name, 2);
        int size = Of("a", "b").Length;
        await broker.Store(topic, Of("a", "b"), 0);
        await broker.Store(topic, Of("a", "b"), 1);
        (await broker.Fetch(topic, 0, 1)).Records!.Dispose();
        Dictionary<string, long> seen = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == BrokerMetrics.MeterName) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            Dictionary<string, object?> byName = tags.ToArray().ToDictionary(t => t.Key, t => t.Value);
            if (byName.GetValueOrDefault("topic") is string measured && measured == name) seen[$"{instrument.Name} {byName.GetValueOrDefault("direction")}"] = value;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal(4, seen["gateway.topic.records produce"]);
        Assert.Equal(2, seen["gateway.topic.records fetch"]);
        Assert.Equal(2 * size, seen["gateway.topic.bytes produce"]);
        Assert.Equal(size, seen["gateway.topic.bytes fetch"]);
        Assert.Equal(2 * size, seen["gateway.topic.size "]);
    }
}
