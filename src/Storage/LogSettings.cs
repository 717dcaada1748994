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

    /// <summary><c>retention.ms</c>; -1 keeps forever.</summary>
    public long RetentionMs { get; init; } = 604_800_000;

    /// <summary><c>retention.bytes</c>; -1 keeps all.</summary>
    public long RetentionBytes { get; init; } = -1;

    /// <summary>False for a topic whose <c>cleanup.policy</c> lacks <c>delete</c>: retention then only removes what lies below the log start.</summary>
    public bool DeleteOldSegments { get; init; } = true;
}
