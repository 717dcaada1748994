namespace Gateway.Common.Records;

/// <summary>How much of a produced batch is looked at: the topic setting <c>record.validation</c>.</summary>
public enum RecordValidation : byte
{
    /// <summary>Everything: every record is walked, compressed data is inflated as a stream. The default.</summary>
    Full,
    /// <summary>Only header and checksum; what is inside is the producer's affair.</summary>
    Header,
}

/// <summary>What a topic demands of the batches produced to it. One object per topic configuration.</summary>
public sealed record ValidationRules
{
    /// <summary><c>max.message.bytes</c>: the whole batch as sent, header included (PRD-12).</summary>
    public int MaxMessageBytes { get; init; } = 1_048_588;

    /// <summary><c>segment.bytes</c>: what can never fit a segment is refused (PRD-15).</summary>
    public int SegmentBytes { get; init; } = 1 << 30;

    /// <summary><c>cleanup.policy</c> contains <c>compact</c>: records without a key are refused.</summary>
    public bool IsCompacted { get; init; }

    /// <summary><c>message.timestamp.type</c>.</summary>
    public TimestampType TimestampType { get; init; } = TimestampType.CreateTime;

    /// <summary><c>message.timestamp.before.max.ms</c>.</summary>
    public long TimestampBeforeMaxMs { get; init; } = long.MaxValue;

    /// <summary><c>message.timestamp.after.max.ms</c>.</summary>
    public long TimestampAfterMaxMs { get; init; } = 3_600_000;

    /// <summary><c>compression.type</c>; null is <c>producer</c>: keep what was sent (PRD-21).</summary>
    public CompressionType? Compression { get; init; }

    /// <summary><c>compression.[codec].level</c> of <see cref="Compression"/>; null is the codec's default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary><c>record.validation</c>.</summary>
    public RecordValidation Validation { get; init; } = RecordValidation.Full;

    /// <summary>What one batch may inflate to.</summary>
    public int MaxInflatedBytes { get; init; } = Records.Compression.DefaultMaxInflatedBytes;
}
