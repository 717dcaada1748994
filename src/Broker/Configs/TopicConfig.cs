using Gateway.Common.Records;
using Gateway.Storage;

namespace Gateway.Broker.Configs;

/// <summary>A topic's configs in force, read once into types: what partitions work with. Immutable.</summary>
public sealed record TopicConfig
{
    /// <summary>What produced batches must look like and what becomes of them.</summary>
    public required ValidationRules Rules { get; init; }

    /// <summary>What the schemas of produced records must be; null when nobody asks for schemas.</summary>
    public SchemaRules? Schemas { get; init; }

    /// <summary>How the partitions' logs roll and when old segments go.</summary>
    public required LogSettings Log { get; init; }

    /// <summary>cleanup.policy holds compact.</summary>
    public required bool IsCompacted { get; init; }

    /// <summary>min.insync.replicas.</summary>
    public required int MinInsyncReplicas { get; init; }

    /// <summary>write.caching: what is written counts as committed before it is synced.</summary>
    public required bool WriteCaching { get; init; }

    /// <summary>Reads a topic's configs in force. The values were validated when they were stored.</summary>
    public static TopicConfig Read(EffectiveConfigs configs, IReadOnlyDictionary<string, string> overrides)
    {
        ConfigValue InForce(string name) => configs.TopicValues(TopicConfigs.All[name], overrides)[0];
        string Text(string name) => InForce(name).Value!;
        long Long(string name) => ConfigValues.Long(Text(name));
        int Int(string name) => ConfigValues.Int(Text(name));

        IReadOnlyList<string> policy = ConfigValues.List(Text(TopicConfigs.CleanupPolicy));
        bool compacted = policy.Contains("compact");
        (CompressionType? Codec, int? Level) stored = Text(TopicConfigs.CompressionType) switch
        {
            "uncompressed" => (CompressionType.None, null),
            "gzip" => (CompressionType.Gzip, Int(TopicConfigs.CompressionGzipLevel) is > 0 and int gzip ? gzip : null),
            "snappy" => (CompressionType.Snappy, null),
            "lz4" => (CompressionType.Lz4, Int(TopicConfigs.CompressionLz4Level)),
            "zstd" => (CompressionType.Zstd, Int(TopicConfigs.CompressionZstdLevel)),
            _ => (null, null),
        };
        int segmentBytes = Int(TopicConfigs.SegmentBytes);
        ConfigValue indexInterval = InForce(TopicConfigs.IndexIntervalBytes);
        return new TopicConfig
        {
            IsCompacted = compacted,
            MinInsyncReplicas = Int(TopicConfigs.MinInsyncReplicas),
            WriteCaching = ConfigValues.Boolean(Text(TopicConfigs.WriteCaching)),
            Rules = new ValidationRules
            {
                MaxMessageBytes = Int(TopicConfigs.MaxMessageBytes),
                SegmentBytes = segmentBytes,
                IsCompacted = compacted,
                TimestampType = Text(TopicConfigs.MessageTimestampType) == "LogAppendTime" ? TimestampType.LogAppendTime : TimestampType.CreateTime,
                TimestampBeforeMaxMs = Long(TopicConfigs.MessageTimestampBeforeMaxMs),
                TimestampAfterMaxMs = Long(TopicConfigs.MessageTimestampAfterMaxMs),
                Compression = stored.Codec,
                CompressionLevel = stored.Level,
                Validation = Text(TopicConfigs.RecordValidation) == "header" ? RecordValidation.Header : RecordValidation.Full,
            },
            Schemas = SchemaConfigs.Read(configs, overrides),
            Log = new LogSettings
            {
                SegmentBytes = segmentBytes,
                SegmentMs = Long(TopicConfigs.SegmentMs),
                SegmentJitterMs = Long(TopicConfigs.SegmentJitterMs),
                SegmentIndexBytes = Int(TopicConfigs.SegmentIndexBytes),
                // Kafka's default suits a mapped index; ours is held in memory, so only a value somebody chose counts.
                IndexIntervalBytes = indexInterval.Source == ConfigSource.Default
                    ? LogSettings.Default.IndexIntervalBytes : ConfigValues.Int(indexInterval.Value!),
                RetentionMs = Long(TopicConfigs.RetentionMs),
                RetentionBytes = Long(TopicConfigs.RetentionBytes),
                WriteCaching = ConfigValues.Boolean(Text(TopicConfigs.WriteCaching)),
                DeleteOldSegments = policy.Contains("delete"),
                Compact = compacted,
                MinCleanableDirtyRatio = ConfigValues.Double(Text(TopicConfigs.MinCleanableDirtyRatio)),
                MinCompactionLagMs = Long(TopicConfigs.MinCompactionLagMs),
                MaxCompactionLagMs = Long(TopicConfigs.MaxCompactionLagMs),
                DeleteRetentionMs = Long(TopicConfigs.DeleteRetentionMs),
            },
        };
    }
}
