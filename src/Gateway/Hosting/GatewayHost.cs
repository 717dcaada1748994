using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Gateway.Admin;
using Gateway.Client;
using Gateway.Common.Ids;
using Gateway.Http;
using Gateway.HttpProxy;
using Gateway.HttpProxy.Handover;
using Gateway.Links;
using Gateway.Links.Tcp;
using Gateway.Metrics;
using Gateway.SchemaRegistry;
using Gateway.SchemaRegistry.Http;
using Gateway.SchemaRegistry.Topic;
using Gateway.Settings;
using Gateway.Shards.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Gateway.Hosting;

/// <summary>
/// A running node: opens the rooms in order and closes them in reverse. The admin door opens first and closes last, so that health
/// checks see a start or a stop that takes long.
/// </summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private const string BrokerCheck = "broker", RegistryCheck = "schema-registry", ProxyCheck = "http-proxy";

    private readonly GatewaySettings _settings;
    private readonly ILoggerFactory _loggers;
    private readonly Stack<IAsyncDisposable> _open = new();
    private readonly LateValidators _validators = new();
    private readonly Readiness _readiness = new(BrokerCheck, RegistryCheck, ProxyCheck);
    private readonly ConcurrentDictionary<string, HttpDoor> _doors = [];
    private AdminOrigins? _origins;
    private DoorAddresses? _addresses;

    private GatewayHost(GatewaySettings settings, ILoggerFactory loggers)
    {
        _settings = settings;
        _loggers = loggers;
    }

    /// <summary>Where the doors listen.</summary>
    public DoorAddresses Addresses => _addresses ?? throw new InvalidOperationException("the node has not started");

    /// <summary>The HTTP doors, by the name of their API document.</summary>
    public IReadOnlyDictionary<string, HttpDoor> Doors => _doors;

    /// <summary>Starts a node; when the task completes, every door answers.</summary>
    /// <exception cref="StartupException">The operator has to change something first.</exception>
    public static async Task<GatewayHost> StartAsync(GatewaySettings settings, ILoggerFactory loggers, CancellationToken cancel)
    {
        OpenFileLimit.Require(DescriptorShares.OfThisProcess());
        var host = new GatewayHost(settings, loggers);
        try
        {
            await host.OpenAsync(cancel);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Closes every door, flushes, and gives the data directory back.</summary>
    public async ValueTask DisposeAsync()
    {
        _readiness.Stopping();
        while (_open.TryPop(out IAsyncDisposable? room)) await room.DisposeAsync();
    }

    private async Task OpenAsync(CancellationToken cancel)
    {
        // Side by side: most of a start is the runtime compiling code, and a long recovery must not keep /livez from answering.
        Task<BrokerRoom?> opening = Task.Run(() => OpenBrokerAsync(cancel), CancellationToken.None);
        HttpDoor admin;
        BrokerRoom? broker = null;
        try
        {
            admin = await OpenAdminAsync(cancel);
            _origins = new AdminOrigins(admin.Address, MachineHosts());
        }
        finally
        {
            // Also when the admin door could not open: a broker under way has to be closed with the rest, and before the admin door.
            broker = await opening;
            if (broker is not null) Opened(broker);
        }
        KafkaClient client = Opened(new KafkaClient(LinksTo(broker, "gateway")));
        KafkaClient keeper = Opened(new KafkaClient(LinksTo(broker, KafkaClient.AdminClientId)));
        _readiness.Passed(BrokerCheck);

        RegistryService registry = OpenRegistry(client);
        ProxyService proxy = Opened(new ProxyService(client, registry, Proxy, _loggers, keeper));
        // Side by side, for the same reason.
        HttpDoor[] doors = await Task.WhenAll(
            Task.Run(() => OpenDoorAsync("schema-registry", SettingCatalog.SchemaRegistryAddress, _settings.SchemaRegistryAddress, app => RegistryEndpoints.Map(app, registry), cancel), CancellationToken.None),
            Task.Run(() => OpenDoorAsync("http-proxy", SettingCatalog.HttpProxyAddress, _settings.HttpProxyAddress, app => ProxyEndpoints.Map(app, proxy), cancel, ConnectionHandover.Use), CancellationToken.None));
        _readiness.Passed(ProxyCheck);

        await registry.Ready.WaitAsync(cancel);
        _readiness.Passed(RegistryCheck);
        HostAndPort kafka = broker?.Broker.BoundAddress ?? _settings.ExistingBrokers[0];
        _addresses = new DoorAddresses(kafka, doors[0].Address, doors[1].Address, admin.Address);
    }

    private RegistryOptions Registry => RegistrySettings.Read(_settings.RegistrySettings.Select(static setting => KeyValuePair.Create(setting.Key, setting.Value.Text)));

    private ProxyOptions Proxy => ProxySettings.Read(_settings.ProxySettings.Select(static setting => KeyValuePair.Create(setting.Key, setting.Value.Text))) with
    {
        ServiceTopics = new HashSet<string>(StringComparer.Ordinal) { Registry.TopicName },
    };

    private async Task<HttpDoor> OpenAdminAsync(CancellationToken cancel)
    {
        MetricsCollector collector = Opened(new MetricsCollector());
        Opened(new ProcessMetrics());
        var documents = new ApiDocuments(() => _addresses, () => _origins);
        return await OpenDoorAsync("admin", SettingCatalog.AdminAddress, _settings.AdminAddress, app =>
        {
            SwaggerPages.Use(app);
            AdminEndpoints.Map(app, _readiness, collector, documents);
        }, cancel);
    }

    private async Task<BrokerRoom?> OpenBrokerAsync(CancellationToken cancel)
    {
        if (_settings.ExistingBrokers.Count > 0) return null;
        var kept = new Dictionary<string, int>(StringComparer.Ordinal) { [Proxy.ConsumersTopic] = ProxyOptions.LargestInstanceBytes, [Registry.TopicName] = Registry.MaxBodyBytes };
        BrokerRoom room = await BrokerRoom.OpenAsync(_settings, kept, _validators, _loggers, cancel);
        _readiness.Watch(BrokerCheck, () => room.Broker.IsOnline ? null : "the data directory is offline, see the log");
        if (ListenAddress.IsWildcard(_settings.KafkaAddress) && _settings.AdvertisedKafkaAddress is null)
            HostEvents.NoAdvertisedAddress(_loggers.CreateLogger("Gateway"), room.Broker.BoundAddress, room.Broker.KafkaAddress);
        return room;
    }

    private IBrokerLinkFactory LinksTo(BrokerRoom? broker, string clientId) =>
        broker?.Broker.InProcessLinks("User:ANONYMOUS", clientId) ?? new TcpLinkFactory(_settings.ExistingBrokers, new TcpLinkOptions { ClientId = clientId });

    private RegistryService OpenRegistry(KafkaClient client)
    {
        RegistryOptions options = Registry;
        RegistryService registry = Opened(new RegistryService(
            new KafkaSchemaTopic(client, options), options, logger: _loggers.CreateLogger<RegistryService>()));
        registry.Start();
        _validators.Come(registry.RecordValidators);
        return registry;
    }

    private async Task<HttpDoor> OpenDoorAsync(string name, SettingDefinition setting, HostAndPort address, Action<WebApplication> map, CancellationToken cancel, Action<IConnectionBuilder>? connect = null)
    {
        // Bodies are bounded by the endpoints, which answer in their API's own words.
        HttpDoor door = Opened(await HttpDoor.OpenAsync(setting, address, maxRequestBytes: null, _loggers, app =>
        {
            RequestMetrics.Use(app, name);
            _origins?.Use(app);
            map(app);
        }, connect, cancel));
        _doors[name + ".yaml"] = door;
        return door;
    }

    private T Opened<T>(T room) where T : class
    {
        lock (_open) _open.Push(room as IAsyncDisposable ?? new Synchronous((IDisposable)room));
        return room;
    }

    /// <summary>Names and addresses under which a browser may know this machine.</summary>
    private static IEnumerable<string> MachineHosts() =>
        NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Where(a => a.Address.AddressFamily == AddressFamily.InterNetwork || !a.Address.IsIPv6LinkLocal)
            .Select(a => a.Address.ToString()).Prepend(Dns.GetHostName());

    private sealed class Synchronous(IDisposable room) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            room.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
