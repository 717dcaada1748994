namespace Gateway.Storage;

/// <summary>The topic settings a log goes by. Replaced as a whole when a topic's settings change; they apply to old data too (LOG-6).</summary>
public sealed record LogSettings
{
    /// <summary>Kafka's defaults.</summary>
    public static LogSettings Default { get; } = new();

    /// <summary><c>segment.bytes</c>: a segment that would grow beyond it is rolled first.</summary>
    public int SegmentBytes { get; init; } = 1 << 30;

    /// <summary><c>segment.ms</c>: the longest span between a segment's first record and its last.</summary>
    public long SegmentMs { get; init; } = 604_800_000;

    /// <summary><c>segment.jitter.ms</c>: taken off <see cref="SegmentMs"/>, by an amount fixed per segment.</summary>
    public long SegmentJitterMs { get; init; }

    /// <summary><c>segment.index.bytes</c>: a segment whose index is full is rolled.</summary>
    public int SegmentIndexBytes { get; init; } = 10_485_760;

    /// <summary>
    /// Bytes of log per index entry. Kafka's <c>index.interval.bytes</c> of 4096 suits an index that is mapped; ours is held in
    /// memory, so the default is coarser. Map only a value the user set.
    /// </summary>
    public int IndexIntervalBytes { get; init; } = 32_768;

    /// <summary>
    /// <c>write.caching</c>: nobody waits for what is appended to be durable, so it waits for <see cref="PartitionLog.Flush"/>, in larger runs that
    /// are written once.
    /// </summary>
    public bool WriteCaching { get; init; }

    /// <summary><c>retention.ms</c>; -1 keeps forever.</summary>
    public long RetentionMs { get; init; } = 604_800_000;

    /// <summary><c>retention.bytes</c>; -1 keeps all.</summary>
    public long RetentionBytes { get; init; } = -1;

    /// <summary>False for a topic whose <c>cleanup.policy</c> lacks <c>delete</c>: retention then only removes what lies below the log start.</summary>
    public bool DeleteOldSegments { get; init; } = true;

    /// <summary>True for a topic whose <c>cleanup.policy</c> has <c>compact</c>: of each key only the latest record need stay (LOG-3).</summary>
    public bool Compact { get; init; }

    /// <summary><c>min.cleanable.dirty.ratio</c>: the share of dirty bytes above which the log is due for cleaning.</summary>
    public double MinCleanableDirtyRatio { get; init; } = 0.5;

    /// <summary><c>min.compaction.lag.ms</c>: how long a record stays as it is at least.</summary>
    public long MinCompactionLagMs { get; init; }

    /// <summary><c>max.compaction.lag.ms</c>: when the oldest dirty record is older, the log is due whatever the ratio.</summary>
    public long MaxCompactionLagMs { get; init; } = long.MaxValue;

    /// <summary><c>delete.retention.ms</c>: how long a tombstone can be read after its first cleaning (LOG-4).</summary>
    public long DeleteRetentionMs { get; init; } = 86_400_000;

    /// <summary>
    /// An active segment of this size is rolled for cleaning when the log is dirty enough with it. Waiting for <see cref="SegmentBytes"/>
    /// would keep a gigabyte of a table that has a few kilobytes.
    /// </summary>
    public int CompactionRollBytes { get; init; } = 16 << 20;
}
