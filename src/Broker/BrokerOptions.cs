using System.Collections.Immutable;
using System.Net;
using Gateway.Broker.Configs;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Shards.Sockets;
using Gateway.Storage;
using Gateway.Storage.Files;

namespace Gateway.Broker;

/// <summary>What a broker is started with.</summary>
public sealed record BrokerOptions
{
    /// <summary>Where its data lies.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where ids of clusters and topics come from: random ones in production.</summary>
    public required Func<Guid> NewId { get; init; }

    /// <summary>The node id of a new data directory; an old one keeps its own.</summary>
    public int NodeId { get; init; } = 1;

    /// <summary>Where to listen; port 0 picks a free one.</summary>
    public IPEndPoint KafkaEndPoint { get; init; } = new(IPAddress.Loopback, 9092);

    /// <summary>What clients are told to connect to; null is where it listens.</summary>
    public HostAndPort? AdvertisedKafkaAddress { get; init; }

    /// <summary>Broker configs by Kafka's names; see <see cref="BrokerConfigs.All"/>. A name or value it does not know stops the start.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Topic configs that Kafka retired (message.format.version and the like) are dropped, as old tools still send them; false refuses them.</summary>
    public bool DropsRetiredConfigs { get; init; } = true;

    /// <summary>
    /// Topics of one partition in which services beside the broker keep what they know, with the largest batch each has to take: they are compacted and
    /// stay so, and settings that would lose some of it, or keep more of it from being written, are refused.
    /// </summary>
    public IReadOnlyDictionary<string, int> KeptTopics { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Bytes that requests may hold at once; 0 is a quarter of the machine's memory, at most 1 GiB.</summary>
    public long MemoryBudgetBytes { get; init; }

    /// <summary>How descriptors are divided; null goes by the limit of this process.</summary>
    public DescriptorShares? Descriptors { get; init; }

    /// <summary>Sizes and bounds of the log store.</summary>
    public LogStoreOptions Store { get; init; } = new();

    /// <summary>The disk.</summary>
    public IFileSystem? FileSystem { get; init; }

    /// <summary>Who validates the schemas of records where topics ask for it; without, such topics refuse whatever is produced to them.</summary>
    public IRecordValidators? Validators { get; init; }

    /// <summary>How long a stop waits for requests under way before it cuts their connections.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    internal long EffectiveMemoryBudget => MemoryBudgetBytes > 0 ? MemoryBudgetBytes
        : Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4, 64L << 20, 1L << 30);
}
