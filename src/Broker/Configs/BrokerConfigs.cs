using System.Collections.Frozen;
using static Gateway.Broker.Configs.ConfigValues;

namespace Gateway.Broker.Configs;

/// <summary>The broker's configs that clients may read, and which of them may be altered while it runs.</summary>
public static class BrokerConfigs
{
#pragma warning disable CS1591 // The names speak; each one's meaning is its Documentation below.
    public const string AutoCreateTopicsEnable = "auto.create.topics.enable";
    public const string NumPartitions = "num.partitions";
    public const string DefaultReplicationFactor = "default.replication.factor";
    public const string DeleteTopicEnable = "delete.topic.enable";
    public const string FetchMaxBytes = "fetch.max.bytes";
    public const string SocketRequestMaxBytes = "socket.request.max.bytes";
    public const string ConnectionsMaxIdleMs = "connections.max.idle.ms";
    public const string MaxConnections = "max.connections";
    public const string MaxConnectionsPerIp = "max.connections.per.ip";
    public const string ProducerIdExpirationMs = "producer.id.expiration.ms";
    public const string IdempotencyKeyMax = "idempotency.key.max";
    public const string IdempotencyKeyRetentionMs = "idempotency.key.retention.ms";
    public const string RetentionCheckIntervalMs = "log.retention.check.interval.ms";
    public const string CleanerEnable = "log.cleaner.enable";
    public const string CleanerThreads = "log.cleaner.threads";
    public const string CleanerDedupeBufferSize = "log.cleaner.dedupe.buffer.size";
    public const string CleanerIoMaxBytesPerSecond = "log.cleaner.io.max.bytes.per.second";
    public const string CleanerBackoffMs = "log.cleaner.backoff.ms";
    public const string ScrubIntervalMs = "log.scrub.interval.ms";
    public const string ScrubIoMaxBytesPerSecond = "log.scrub.io.max.bytes.per.second";
    public const string OffsetsTopicNumPartitions = "offsets.topic.num.partitions";
    public const string OffsetsTopicReplicationFactor = "offsets.topic.replication.factor";
    public const string OffsetsTopicSegmentBytes = "offsets.topic.segment.bytes";
    public const string TransactionStateTopicNumPartitions = "transaction.state.log.num.partitions";
    public const string TransactionStateTopicReplicationFactor = "transaction.state.log.replication.factor";
    public const string TransactionStateTopicSegmentBytes = "transaction.state.log.segment.bytes";
    public const string TransactionMaxTimeoutMs = "transaction.max.timeout.ms";
    public const string TransactionTimeoutCheckIntervalMs = "transaction.abort.timed.out.transaction.cleanup.interval.ms";
    public const string TransactionalIdExpirationMs = "transactional.id.expiration.ms";
    public const string TransactionalIdExpirationCheckIntervalMs = "transaction.remove.expired.transaction.cleanup.interval.ms";
    public const string OffsetsRetentionMinutes = "offsets.retention.minutes";
    public const string OffsetsRetentionCheckIntervalMs = "offsets.retention.check.interval.ms";
    public const string OffsetMetadataMaxBytes = "offset.metadata.max.bytes";
    public const string OffsetsCommitTimeoutMs = "offsets.commit.timeout.ms";
    public const string GroupMinSessionTimeoutMs = "group.min.session.timeout.ms";
    public const string GroupMaxSessionTimeoutMs = "group.max.session.timeout.ms";
    public const string GroupInitialRebalanceDelayMs = "group.initial.rebalance.delay.ms";
    public const string GroupMaxSize = "group.max.size";
    public const string BrokerId = "broker.id";
    public const string NodeId = "node.id";
    public const string LogDirs = "log.dirs";
    public const string Listeners = "listeners";
    public const string AdvertisedListeners = "advertised.listeners";
    public const string ListenerSecurityProtocolMap = "listener.security.protocol.map";
    public const string BrokerRack = "broker.rack";
#pragma warning restore CS1591

    /// <summary>All of them by name: the broker's own and the suppliers of topic defaults.</summary>
    public static FrozenDictionary<string, ConfigDefinition> All { get; } =
        Own().Concat(SuppliersOfTopicDefaults()).DistinctBy(d => d.Name).ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);

    private static IEnumerable<ConfigDefinition> Own()
    {
        yield return Of(AutoCreateTopicsEnable, ConfigType.Boolean, "true", "Create a topic when a client asks for the metadata of one that does not exist.");
        yield return Of(NumPartitions, ConfigType.Int, "1", "How many partitions a topic gets when its creator does not say.", Between(1, 10_000));
        yield return Of(DefaultReplicationFactor, ConfigType.Int, "1", "How many replicas a topic gets when its creator does not say.", AtLeast(1));
        yield return Of(DeleteTopicEnable, ConfigType.Boolean, "true", "May topics be deleted?");
        yield return Of(FetchMaxBytes, ConfigType.Int, "57671680", "The most record bytes one fetch answer holds.", AtLeast(1024));
        yield return Of(SocketRequestMaxBytes, ConfigType.Int, "104857600", "The largest request frame; a longer one closes the connection.", AtLeast(1));
        yield return Of(ConnectionsMaxIdleMs, ConfigType.Long, "600000", "How long a connection may be idle before it is closed.");
        yield return Of(MaxConnections, ConfigType.Int, "2147483647", "How many connections are taken at once.", AtLeast(0));
        yield return Of(MaxConnectionsPerIp, ConfigType.Int, "2147483647", "How many connections are taken at once from one address.", AtLeast(0));
        yield return Of(ProducerIdExpirationMs, ConfigType.Int, "86400000", "How long the broker remembers an idle producer's sequence numbers.", AtLeast(1));
        yield return Of(
            IdempotencyKeyMax, ConfigType.Int, "65536", "How many idempotency keys a partition remembers; one more makes it forget the oldest. Read at start.",
            Between(1, 10_000_000));
        yield return Of(
            IdempotencyKeyRetentionMs, ConfigType.Long, "86400000", "How long a partition remembers the idempotency key of a produce request. Read at start.",
            AtLeast(1));
        yield return Of(RetentionCheckIntervalMs, ConfigType.Long, "300000", "How often logs are checked for segments whose time is over.", AtLeast(1));
        yield return Of(CleanerEnable, ConfigType.Boolean, "true", "Compact the topics whose cleanup.policy says so.");
        yield return Of(CleanerThreads, ConfigType.Int, "1", "How many logs are compacted at once.", Between(1, 64));
        yield return Of(CleanerDedupeBufferSize, ConfigType.Long, "134217728", "Memory for keys while logs are compacted, for all threads together; taken when it is needed.",
            AtLeast(1_048_576));
        yield return Of(CleanerIoMaxBytesPerSecond, ConfigType.Double, "1.7976931348623157E308", "How many bytes a second compaction may read and write, all threads together.",
            static value => Double(value) < 1 ? "must be at least 1" : null);
        yield return Of(CleanerBackoffMs, ConfigType.Long, "15000", "How long compaction rests when no log is due.", AtLeast(1));
        yield return Of(ScrubIntervalMs, ConfigType.Long, "604800000", "How long rests between two readings of all stored data that look for damage; -1 never reads. The first comes ten minutes after a start at the latest.",
            static value => Long(value) is -1 or >= 1 ? null : "must be -1 or at least 1");
        yield return Of(ScrubIoMaxBytesPerSecond, ConfigType.Double, "16777216", "How many bytes a second the search for damage may read.",
            static value => Double(value) < 1 ? "must be at least 1" : null);
        yield return Of(OffsetsTopicNumPartitions, ConfigType.Int, "50", "How many partitions the topic of committed offsets has.", AtLeast(1));
        yield return Of(OffsetsTopicReplicationFactor, ConfigType.Short, "1", "How many replicas the topic of committed offsets has.", AtLeast(1));
        yield return Of(OffsetsTopicSegmentBytes, ConfigType.Int, "104857600", "Segment size of the topic of committed offsets.", AtLeast(1_048_576));
        yield return Of(TransactionStateTopicNumPartitions, ConfigType.Int, "50", "How many partitions the topic of transactions has.", AtLeast(1));
        yield return Of(TransactionStateTopicReplicationFactor, ConfigType.Short, "1", "How many replicas the topic of transactions has.", AtLeast(1));
        yield return Of(TransactionStateTopicSegmentBytes, ConfigType.Int, "104857600", "Segment size of the topic of transactions.", AtLeast(1_048_576));
        yield return Of(TransactionMaxTimeoutMs, ConfigType.Int, "900000", "The longest timeout a transactional producer may ask for.", AtLeast(1));
        yield return Of(TransactionTimeoutCheckIntervalMs, ConfigType.Int, "10000", "How often transactions are looked for that were open for too long.", AtLeast(1));
        yield return Of(TransactionalIdExpirationMs, ConfigType.Int, "604800000", "How long a transactional id is kept that nobody uses.", AtLeast(1));
        yield return Of(TransactionalIdExpirationCheckIntervalMs, ConfigType.Int, "3600000", "How often transactional ids are looked for that nobody uses.", AtLeast(1));
        yield return Of(OffsetsRetentionMinutes, ConfigType.Int, "10080", "How long offsets of an empty group are kept.", AtLeast(1));
        yield return Of(OffsetsRetentionCheckIntervalMs, ConfigType.Long, "600000", "How often expired offsets are looked for.", AtLeast(1));
        yield return Of(OffsetMetadataMaxBytes, ConfigType.Int, "4096", "The longest metadata a committed offset may carry.");
        yield return Of(OffsetsCommitTimeoutMs, ConfigType.Int, "5000", "How long an offset commit may wait to become durable.", AtLeast(1));
        yield return Of(GroupMinSessionTimeoutMs, ConfigType.Int, "6000", "The shortest session timeout a group member may ask for.");
        yield return Of(GroupMaxSessionTimeoutMs, ConfigType.Int, "1800000", "The longest session timeout a group member may ask for.");
        // Kafka's default is 3000, for fleets that start one by one; here a lone consumer should not wait three seconds for company.
        yield return Of(GroupInitialRebalanceDelayMs, ConfigType.Int, "100", "How long an empty group waits for more members before its first rebalance.", AtLeast(0));
        yield return Of(GroupMaxSize, ConfigType.Int, "2147483647", "How many members a group may have.", AtLeast(1));
        yield return Of(BrokerId, ConfigType.Int, "-1", "This broker's number.");
        yield return Of(NodeId, ConfigType.Int, "-1", "This node's number.");
        yield return Of(LogDirs, ConfigType.String, null, "Where the logs are kept.");
        yield return Of(Listeners, ConfigType.String, null, "The addresses this broker listens on.");
        yield return Of(AdvertisedListeners, ConfigType.String, null, "The addresses clients are told to connect to.");
        yield return Of(ListenerSecurityProtocolMap, ConfigType.String, "PLAINTEXT:PLAINTEXT", "Which security protocol each listener speaks.");
        yield return Of(BrokerRack, ConfigType.String, null, "The rack this broker stands in.");
    }

    /// <summary>
    /// Kafka's broker-wide defaults of topic configs. The strongest synonym has the topic config's own default; weaker ones
    /// (minutes, hours) are unset, but for the two that Kafka states in hours.
    /// </summary>
    private static IEnumerable<ConfigDefinition> SuppliersOfTopicDefaults()
    {
        foreach (ConfigDefinition topic in TopicConfigs.All.Values)
        {
            for (int i = 0; i < topic.Synonyms.Count; i++)
            {
                ConfigSynonym synonym = topic.Synonyms[i];
                bool stated = topic.Synonyms.Count == 1;
                bool inHours = synonym.Name is "log.retention.hours" or "log.roll.hours";
                string? value = stated ? topic.Default : inHours ? "168" : null;
                yield return new ConfigDefinition(synonym.Name, topic.Type, value, $"Default of the topic config {topic.Name}. {topic.Documentation}")
                {
                    // A unit other than the topic's own has bounds of its own: it is checked after conversion.
                    Constraint = text => topic.Constraint(synonym.Convert(text)),
                    IsDynamic = true,
                };
            }
        }
    }

    private static ConfigDefinition Of(string name, ConfigType type, string? value, string documentation, Func<string, string?>? constraint = null) =>
        new(name, type, value, documentation) { Constraint = constraint ?? (static _ => null) };
}
