namespace Gateway.Settings;

/// <summary>Every setting of the process, in the order the help prints them.</summary>
public static class SettingCatalog
{
    /// <summary>Where logs, topics and ids are kept.</summary>
    public static readonly SettingDefinition DataDirectory =
        new("data-dir", "DIR", "./gateway-data", "Directory that holds everything this node stores.");

    /// <summary>Number of shards.</summary>
    public static readonly SettingDefinition Shards =
        new("shards", "N", null, "Number of shards, one thread each. Default: the number of cores.");

    /// <summary>The Kafka door.</summary>
    public static readonly SettingDefinition KafkaAddress =
        new("kafka-addr", "H:P", "127.0.0.1:9092", "Address of the Kafka door.");

    /// <summary>What Kafka clients are told to connect to.</summary>
    public static readonly SettingDefinition AdvertisedKafkaAddress =
        new("advertise-kafka-addr", "H:P", null, "Address that Kafka clients are told to connect to. Default: the Kafka door's own.");

    /// <summary>The schema registry's door.</summary>
    public static readonly SettingDefinition SchemaRegistryAddress =
        new("schema-registry-addr", "H:P", "127.0.0.1:8081", "Address of the schema registry.");

    /// <summary>The HTTP proxy's door.</summary>
    public static readonly SettingDefinition HttpProxyAddress =
        new("http-proxy-addr", "H:P", "127.0.0.1:8082", "Address of the HTTP proxy.");

    /// <summary>The admin door.</summary>
    public static readonly SettingDefinition AdminAddress =
        new("admin-addr", "H:P", "127.0.0.1:9644", "Address of health checks, metrics and Swagger UI.");

    /// <summary>An existing cluster to serve instead of the embedded broker.</summary>
    public static readonly SettingDefinition Brokers =
        new("brokers", "H:P,…", null, "Serve the registry and the proxy on this existing Kafka cluster; no embedded broker.", HasEnvironment: false);

    /// <summary>How much is logged.</summary>
    public static readonly SettingDefinition LogLevel =
        new("log-level", "LEVEL", "info", "error, warn, info, debug or trace.");

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<SettingDefinition> All =
    [
        DataDirectory, Shards, KafkaAddress, AdvertisedKafkaAddress, SchemaRegistryAddress, HttpProxyAddress, AdminAddress, Brokers, LogLevel,
    ];
}
