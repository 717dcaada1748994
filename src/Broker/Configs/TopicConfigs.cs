using System.Collections.Frozen;
using static Gateway.Broker.Configs.ConfigValues;

namespace Gateway.Broker.Configs;

/// <summary>
/// Every topic config there is: all of Apache Kafka's, so that tools may store and read them back, those of schema validation under Confluent's
/// and Redpanda's names, and our own, <c>write.caching</c> (which other brokers have too), <c>record.validation</c> and two more of schema
/// validation. docs/known-gaps.md names those that are stored but have no effect here.
/// </summary>
public static class TopicConfigs
{
#pragma warning disable CS1591 // The names speak; each one's meaning is its Documentation below.
    public const string CleanupPolicy = "cleanup.policy";
    public const string CompressionType = "compression.type";
    public const string CompressionGzipLevel = "compression.gzip.level";
    public const string CompressionLz4Level = "compression.lz4.level";
    public const string CompressionZstdLevel = "compression.zstd.level";
    public const string DeleteRetentionMs = "delete.retention.ms";
    public const string FileDeleteDelayMs = "file.delete.delay.ms";
    public const string FlushMessages = "flush.messages";
    public const string FlushMs = "flush.ms";
    public const string IndexIntervalBytes = "index.interval.bytes";
    public const string MaxMessageBytes = "max.message.bytes";
    public const string MessageTimestampType = "message.timestamp.type";
    public const string MessageTimestampBeforeMaxMs = "message.timestamp.before.max.ms";
    public const string MessageTimestampAfterMaxMs = "message.timestamp.after.max.ms";
    public const string MinCleanableDirtyRatio = "min.cleanable.dirty.ratio";
    public const string MinCompactionLagMs = "min.compaction.lag.ms";
    public const string MaxCompactionLagMs = "max.compaction.lag.ms";
    public const string MinInsyncReplicas = "min.insync.replicas";
    public const string Preallocate = "preallocate";
    public const string RetentionBytes = "retention.bytes";
    public const string RetentionMs = "retention.ms";
    public const string SegmentBytes = "segment.bytes";
    public const string SegmentIndexBytes = "segment.index.bytes";
    public const string SegmentJitterMs = "segment.jitter.ms";
    public const string SegmentMs = "segment.ms";
    public const string UncleanLeaderElectionEnable = "unclean.leader.election.enable";
    public const string LeaderThrottledReplicas = "leader.replication.throttled.replicas";
    public const string FollowerThrottledReplicas = "follower.replication.throttled.replicas";
    public const string RemoteStorageEnable = "remote.storage.enable";
    public const string LocalRetentionMs = "local.retention.ms";
    public const string LocalRetentionBytes = "local.retention.bytes";
    public const string RemoteLogCopyDisable = "remote.log.copy.disable";
    public const string RemoteLogDeleteOnDisable = "remote.log.delete.on.disable";
    public const string DeadLetterQueueGroupEnable = "errors.deadletterqueue.group.enable";
    public const string WriteCaching = "write.caching";
    public const string RecordValidation = "record.validation";
    public const string ConfluentKeyValidation = "confluent.key.schema.validation";
    public const string ConfluentValueValidation = "confluent.value.schema.validation";
    public const string ConfluentKeyNaming = "confluent.key.subject.name.strategy";
    public const string ConfluentValueNaming = "confluent.value.subject.name.strategy";
    public const string RedpandaKeyValidation = "redpanda.key.schema.id.validation";
    public const string RedpandaValueValidation = "redpanda.value.schema.id.validation";
    public const string RedpandaKeyNaming = "redpanda.key.subject.name.strategy";
    public const string RedpandaValueNaming = "redpanda.value.subject.name.strategy";
    public const string SchemaValidationMode = "schema.validation.mode";
    public const string SchemaValidationDeadLetterTopic = "schema.validation.dead.letter.topic";
#pragma warning restore CS1591

    private const long HourMs = 3_600_000;
    private const long MinuteMs = 60_000;

    /// <summary>All of them by name.</summary>
    public static FrozenDictionary<string, ConfigDefinition> All { get; } = Define().ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);

    /// <summary>
    /// Configs Apache Kafka knew once and refuses since 4.0. Old deployment tools still send them; they are dropped with a
    /// log line unless the broker is told to refuse them.
    /// </summary>
    public static FrozenSet<string> Retired { get; } = FrozenSet.ToFrozenSet(
        ["message.format.version", "message.timestamp.difference.max.ms", "message.downconversion.enable"], StringComparer.Ordinal);

    private static IEnumerable<ConfigDefinition> Define()
    {
        yield return Of(CleanupPolicy, ConfigType.List, "delete", "What happens to old records: delete by age or size, compact by key, or both. Empty keeps everything.",
            EachOneOf("compact", "delete"), "log.cleanup.policy");
        yield return Of(CompressionType, ConfigType.String, "producer", "The codec batches are stored with; 'producer' keeps what the producer chose.",
            OneOf("producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"), "compression.type");
        yield return Of(CompressionGzipLevel, ConfigType.Int, "-1", "Level used when compression.type is gzip; -1 is the codec's own default.",
            value => Int(value) is -1 or (>= 1 and <= 9) ? null : "must be -1 or from 1 to 9", CompressionGzipLevel);
        yield return Of(CompressionLz4Level, ConfigType.Int, "9", "Level used when compression.type is lz4.", Between(1, 17), CompressionLz4Level);
        yield return Of(CompressionZstdLevel, ConfigType.Int, "3", "Level used when compression.type is zstd.", Between(-131_072, 22), CompressionZstdLevel);
        yield return Of(DeleteRetentionMs, ConfigType.Long, "86400000", "How long a tombstone stays readable in a compacted topic.",
            AtLeast(0), "log.cleaner.delete.retention.ms");
        yield return Of(FileDeleteDelayMs, ConfigType.Long, "60000", "How long to wait before a removed file is deleted from the disk.",
            AtLeast(0), "log.segment.delete.delay.ms");
        yield return Of(FlushMessages, ConfigType.Long, "9223372036854775807", "Kept for tools. Every record is synced to disk before it is acknowledged.",
            AtLeast(1), "log.flush.interval.messages");
        yield return Of(FlushMs, ConfigType.Long, "9223372036854775807", "Kept for tools. Every record is synced to disk before it is acknowledged.",
            AtLeast(0), "log.flush.interval.ms");
        yield return Of(IndexIntervalBytes, ConfigType.Int, "4096", "How many bytes of log lie between two entries of the offset index.",
            AtLeast(0), "log.index.interval.bytes");
        yield return Of(MaxMessageBytes, ConfigType.Int, "1048588", "The largest record batch taken, as it is sent (compressed, header included).",
            AtLeast(0), "message.max.bytes");
        yield return Of(MessageTimestampType, ConfigType.String, "CreateTime", "Whose clock stamps records: the producer's or the broker's at append.",
            OneOf("CreateTime", "LogAppendTime"), "log.message.timestamp.type");
        yield return Of(MessageTimestampBeforeMaxMs, ConfigType.Long, "9223372036854775807", "How far in the past a producer's timestamp may lie.",
            AtLeast(0), "log.message.timestamp.before.max.ms");
        yield return Of(MessageTimestampAfterMaxMs, ConfigType.Long, "3600000", "How far in the future a producer's timestamp may lie.",
            AtLeast(0), "log.message.timestamp.after.max.ms");
        yield return Of(MinCleanableDirtyRatio, ConfigType.Double, "0.5", "The share of uncompacted bytes from which a log is compacted.",
            Fraction(), "log.cleaner.min.cleanable.ratio");
        yield return Of(MinCompactionLagMs, ConfigType.Long, "0", "How long a record stays uncompacted at least.",
            AtLeast(0), "log.cleaner.min.compaction.lag.ms");
        yield return Of(MaxCompactionLagMs, ConfigType.Long, "9223372036854775807", "How long a record stays uncompacted at most.",
            AtLeast(1), "log.cleaner.max.compaction.lag.ms");
        yield return Of(MinInsyncReplicas, ConfigType.Int, "1", "How many replicas must be in sync for acks=all to be accepted.",
            AtLeast(1), "min.insync.replicas");
        yield return Of(Preallocate, ConfigType.Boolean, "false", "Reserve a segment's disk space when it is created.", null, "log.preallocate");
        yield return Of(RetentionBytes, ConfigType.Long, "-1", "How large one partition may grow before its oldest segments go; -1 is no limit.",
            null, "log.retention.bytes");
        yield return Of(RetentionMs, ConfigType.Long, "604800000", "How long records are kept; -1 is for ever.", AtLeast(-1)) with
        {
            Synonyms = [new("log.retention.ms"), new("log.retention.minutes", MinuteMs), new("log.retention.hours", HourMs)],
        };
        yield return Of(SegmentBytes, ConfigType.Int, "1073741824", "How large one segment file grows before the next begins.",
            AtLeast(1_048_576), "log.segment.bytes");
        yield return Of(SegmentIndexBytes, ConfigType.Int, "10485760", "How large a segment's index may grow.", AtLeast(4), "log.index.size.max.bytes");
        yield return Of(SegmentJitterMs, ConfigType.Long, "0", "How much a segment's age limit is varied, so that logs do not roll all at once.",
            AtLeast(0)) with
        {
            Synonyms = [new("log.roll.jitter.ms"), new("log.roll.jitter.hours", HourMs)],
        };
        yield return Of(SegmentMs, ConfigType.Long, "604800000", "How old a segment grows before the next begins.", AtLeast(1)) with
        {
            Synonyms = [new("log.roll.ms"), new("log.roll.hours", HourMs)],
        };
        yield return Of(UncleanLeaderElectionEnable, ConfigType.Boolean, "false", "May a replica that is not in sync become leader, losing records?",
            null, UncleanLeaderElectionEnable);
        yield return Of(LeaderThrottledReplicas, ConfigType.List, "", "Replicas whose replication is throttled on the leader's side.", null);
        yield return Of(FollowerThrottledReplicas, ConfigType.List, "", "Replicas whose replication is throttled on the follower's side.", null);
        yield return Of(RemoteStorageEnable, ConfigType.Boolean, "false", "Move old segments to object storage.",
            value => Boolean(value) ? "tiered storage is not available" : null);
        yield return Of(LocalRetentionMs, ConfigType.Long, "-2", "How long records stay on local disk in a tiered topic; -2 follows retention.ms.",
            AtLeast(-2), "log.local.retention.ms");
        yield return Of(LocalRetentionBytes, ConfigType.Long, "-2", "How many bytes stay on local disk in a tiered topic; -2 follows retention.bytes.",
            AtLeast(-2), "log.local.retention.bytes");
        yield return Of(RemoteLogCopyDisable, ConfigType.Boolean, "false", "Stop copying a tiered topic's segments to object storage.", null);
        yield return Of(RemoteLogDeleteOnDisable, ConfigType.Boolean, "false", "Delete a tiered topic's remote data when tiering is switched off.", null);
        yield return Of(DeadLetterQueueGroupEnable, ConfigType.Boolean, "false", "May share groups use this topic as their dead letter queue?", null);
        yield return Of(WriteCaching, ConfigType.Boolean, "false", "Acknowledge and show records once written, before they are synced to disk. A power cut may lose them.",
            null);
        yield return Of(RecordValidation, ConfigType.String, "full", "How much of a produced batch is checked: every record in it, or header and checksum only.",
            OneOf("full", "header"));
        foreach (ConfigDefinition definition in SchemaConfigs.Define()) yield return definition;
    }

    private static ConfigDefinition Of(
        string name, ConfigType type, string value, string documentation, Func<string, string?>? constraint, string? synonym = null) =>
        new(name, type, value, documentation)
        {
            Constraint = constraint ?? (static _ => null),
            Synonyms = synonym is null ? [] : [new ConfigSynonym(synonym)],
        };
}
