using Gateway.Common.Ids;
using Microsoft.Extensions.Logging;

namespace Gateway.Settings;

/// <summary>What <c>gateway start</c> was told, checked and typed.</summary>
public sealed record GatewaySettings
{
    /// <summary>Directory that holds everything this node stores.</summary>
    public string DataDirectory { get; init; } = "./gateway-data";

    /// <summary>Number of shards.</summary>
    public int Shards { get; init; } = Environment.ProcessorCount;

    /// <summary>Where the Kafka door listens.</summary>
    public HostAndPort KafkaAddress { get; init; } = new("127.0.0.1", 9092);

    /// <summary>What Kafka clients are told to connect to; null means the door's own address.</summary>
    public HostAndPort? AdvertisedKafkaAddress { get; init; }

    /// <summary>Where the schema registry listens.</summary>
    public HostAndPort SchemaRegistryAddress { get; init; } = new("127.0.0.1", 8081);

    /// <summary>Where the HTTP proxy listens.</summary>
    public HostAndPort HttpProxyAddress { get; init; } = new("127.0.0.1", 8082);

    /// <summary>Where the admin door listens.</summary>
    public HostAndPort AdminAddress { get; init; } = new("127.0.0.1", 9644);

    /// <summary>Brokers of an existing cluster; empty means the embedded broker.</summary>
    public IReadOnlyList<HostAndPort> ExistingBrokers { get; init; } = [];

    /// <summary>Least level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Broker settings by Kafka's names, as text; the broker reads and checks the values.</summary>
    public IReadOnlyDictionary<string, SettingValue> BrokerSettings { get; init; } = new Dictionary<string, SettingValue>();

    /// <summary>Settings of the schema registry by their names, as text that the registry has checked.</summary>
    public IReadOnlyDictionary<string, SettingValue> RegistrySettings { get; init; } = new Dictionary<string, SettingValue>();

    /// <summary>Settings of the HTTP proxy by their names, as text that the proxy has checked.</summary>
    public IReadOnlyDictionary<string, SettingValue> ProxySettings { get; init; } = new Dictionary<string, SettingValue>();
}
