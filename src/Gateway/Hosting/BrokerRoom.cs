using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gateway.Broker;
using Gateway.Broker.Configs;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Http;
using Gateway.Settings;
using Gateway.Shards;
using Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Gateway.Hosting;

/// <summary>The embedded broker with the shards it runs on.</summary>
internal sealed class BrokerRoom : IAsyncDisposable
{
    private readonly ThreadedShardHost _shards;

    private BrokerRoom(ThreadedShardHost shards, KafkaBroker broker)
    {
        _shards = shards;
        Broker = broker;
    }

    public KafkaBroker Broker { get; }

    /// <summary>Starts the shards, then the broker on them.</summary>
    /// <exception cref="StartupException">The data directory, the address or a setting cannot be used.</exception>
    public static async Task<BrokerRoom> OpenAsync(
        GatewaySettings settings, IReadOnlyDictionary<string, int> keptTopics, IRecordValidators validators, ILoggerFactory loggers, CancellationToken cancel)
    {
        IPAddress ip = await ListenAddress.ResolveAsync(SettingCatalog.KafkaAddress, settings.KafkaAddress, cancel);
        var shards = new ThreadedShardHost(new ShardOptions
        {
            ShardCount = settings.Shards,
            RandomSeed = Random.Shared.Next(),
            Logger = loggers.CreateLogger("Gateway.Shards"),
        });
        shards.Start();
        try
        {
            return new BrokerRoom(shards, await BrokerModule.StartAsync(OptionsOf(settings, ip) with { KeptTopics = keptTopics, Validators = validators }, shards, loggers));
        }
        catch (Exception e)
        {
            shards.Stop();
            if (Complaint(e, settings) is { } complaint) throw new StartupException(complaint, e);
            throw;
        }
    }

    /// <summary>Stops the broker, then its shards.</summary>
    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        _shards.Stop();
    }

    private static BrokerOptions OptionsOf(GatewaySettings settings, IPAddress ip)
    {
        var options = new BrokerOptions
        {
            DataDirectory = settings.DataDirectory,
            NewId = Guid.NewGuid,
            KafkaEndPoint = new IPEndPoint(ip, settings.KafkaAddress.Port),
            AdvertisedKafkaAddress = settings.AdvertisedKafkaAddress ?? Reachable(settings.KafkaAddress),
            Settings = settings.BrokerSettings.Where(s => s.Key != BrokerConfigs.NodeId).ToDictionary(s => s.Key, s => s.Value.Text, StringComparer.Ordinal),
        };
        return settings.BrokerSettings.TryGetValue(BrokerConfigs.NodeId, out SettingValue node)
            ? options with { NodeId = int.Parse(node.Text, CultureInfo.InvariantCulture) }
            : options;
    }

    // "Everywhere" is no address a client could connect to; this machine's own clients at least find the loopback one. Port 0
    // becomes the bound port.
    private static HostAndPort? Reachable(HostAndPort address) => ListenAddress.IsWildcard(address) ? new HostAndPort("127.0.0.1", 0) : null;

    private static string? Complaint(Exception e, GatewaySettings settings) => e switch
    {
        DataDirectoryException => $"{SettingCatalog.DataDirectory.Name}: {e.Message}",
        BrokerConfigException => e.Message,
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => ListenAddress.InUse(SettingCatalog.KafkaAddress, settings.KafkaAddress),
        SocketException => ListenAddress.Unusable(SettingCatalog.KafkaAddress, settings.KafkaAddress, e.Message),
        UnauthorizedAccessException or IOException => $"{SettingCatalog.DataDirectory.Name}: {settings.DataDirectory} cannot be used: {e.Message}",
        _ => null,
    };
}
