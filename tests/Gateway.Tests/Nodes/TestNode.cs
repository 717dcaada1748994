using Gateway.Common.Ids;
using Gateway.Hosting;
using Gateway.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Nodes;

/// <summary>A node in this process, on free ports, with a directory of its own that can outlive a restart.</summary>
public sealed class TestNode : IAsyncLifetime
{
    private static readonly HostAndPort Free = new("127.0.0.1", 0);
    private GatewayHost? _host;

    public string Directory { get; } = Path.Combine(Path.GetTempPath(), "gateway-tests-" + Guid.NewGuid().ToString("N"));

    public GatewayHost Host => _host ?? throw new InvalidOperationException("the node is not running");

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    public string Registry => $"http://{Host.Addresses.SchemaRegistry}";

    public string Proxy => $"http://{Host.Addresses.HttpProxy}";

    public string Admin => $"http://{Host.Addresses.Admin}";

    public GatewaySettings Settings => new()
    {
        DataDirectory = Directory,
        Shards = 2,
        KafkaAddress = Free,
        SchemaRegistryAddress = Free,
        HttpProxyAddress = Free,
        AdminAddress = Free,
        BrokerSettings = new Dictionary<string, SettingValue> { ["group.initial.rebalance.delay.ms"] = new("0", "test") },
    };

    public async Task InitializeAsync() => _host = await GatewayHost.StartAsync(Settings, NullLoggerFactory.Instance, CancellationToken.None);

    public async Task RestartAsync()
    {
        await StopAsync();
        await InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        Http.Dispose();
        if (System.IO.Directory.Exists(Directory)) System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task StopAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _host = null;
    }
}

[CollectionDefinition(Name)]
public sealed class SharedNode : ICollectionFixture<TestNode>
{
    public const string Name = "one node for all";
}
