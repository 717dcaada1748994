namespace Gateway.Common.Records;

/// <summary>What a <see cref="RecordBatchBuilder"/> writes into the header of its batch.</summary>
public sealed record RecordBatchOptions
{
    /// <summary>The codec of the records.</summary>
    public CompressionType Compression { get; init; } = CompressionType.None;

    /// <summary>The codec's level; null is the codec's own default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>Bit 3 of the attributes.</summary>
    public TimestampType TimestampType { get; init; } = TimestampType.CreateTime;

    /// <summary>Offset of the first record; 0 in what a client sends.</summary>
    public long BaseOffset { get; init; }

    /// <summary>-1 in what a client sends; the broker's epoch in what it stores.</summary>
    public int PartitionLeaderEpoch { get; init; } = -1;

    /// <summary>The idempotent producer, or -1.</summary>
    public long ProducerId { get; init; } = RecordBatchHeader.NoProducerId;

    /// <summary>Its epoch, or -1.</summary>
    public short ProducerEpoch { get; init; } = -1;

    /// <summary>Sequence of the first record, or -1.</summary>
    public int BaseSequence { get; init; } = -1;

    /// <summary>Part of a transaction.</summary>
    public bool IsTransactional { get; init; }

    /// <summary>Holds markers.</summary>
    public bool IsControl { get; init; }
}
