using System.Net;
using Gateway.Broker;
using Gateway.Client;
using Gateway.Common.Ids;
using Gateway.Shards;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Client.Tests.Brokers;

/// <summary>A real broker in this process on a data directory of its own; one per test class that asks for it.</summary>
public sealed class RunningBroker : IAsyncLifetime
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"gateway-test-{Guid.NewGuid():N}");
    private readonly ThreadedShardHost _host = new();
    private int _topics;

    public KafkaBroker Broker { get; private set; } = null!;

    public HostAndPort Address => Broker.BoundAddress;

    public async Task InitializeAsync()
    {
        _host.Start();
        Broker = await BrokerModule.StartAsync(
            new BrokerOptions
            {
                DataDirectory = _directory,
                NewId = Guid.NewGuid,
                KafkaEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
                Settings = new Dictionary<string, string>
                {
                    ["group.initial.rebalance.delay.ms"] = "0",
                    ["offsets.topic.num.partitions"] = "3",
                    ["num.partitions"] = "2",
                },
            },
            _host,
            NullLoggerFactory.Instance);
    }

    public async Task DisposeAsync()
    {
        await Broker.DisposeAsync();
        _host.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    public KafkaClient InProcessClient() => new(Broker.InProcessLinks("User:ANONYMOUS"));

    public KafkaClient TcpClient() => KafkaClient.OverTcp([Address]);

    /// <summary>A topic name nobody else in this test class uses.</summary>
    public string NewTopicName(string stem = "topic") => $"{stem}-{Interlocked.Increment(ref _topics)}";
}
