using System.Buffers.Binary;

namespace Gateway.Common.Records;

/// <summary>Reads and patches single fields of a batch where it lies. Every span is one whole batch.</summary>
public static class RecordBatchBytes
{
    private const int CrcPosition = 17;
    private const int AttributesPosition = 21;
    private const int MaxTimestampPosition = 35;
    private const int ProducerIdPosition = 43;
    private const int ProducerEpochPosition = 51;
    private const int BaseSequencePosition = 53;

    /// <summary>Sets the base offset. It lies outside the checksum, so nothing else changes (PRD-22).</summary>
    public static void SetBaseOffset(Span<byte> batch, long baseOffset) => BinaryPrimitives.WriteInt64BigEndian(batch, baseOffset);

    /// <summary>Sets the leader epoch. It lies outside the checksum, so nothing else changes (PRD-22).</summary>
    public static void SetPartitionLeaderEpoch(Span<byte> batch, int epoch) => BinaryPrimitives.WriteInt32BigEndian(batch[12..], epoch);

    /// <summary>Makes the broker's clock the records' time: bit 3, maximum timestamp and checksum change, deltas stay (PRD-20).</summary>
    public static void SetMaxTimestampAndLogAppendTime(Span<byte> batch, long nowMs)
    {
        short attributes = BinaryPrimitives.ReadInt16BigEndian(batch[AttributesPosition..]);
        BinaryPrimitives.WriteInt16BigEndian(batch[AttributesPosition..], (short)(attributes | RecordBatchHeader.LogAppendTimeBit));
        SetMaxTimestamp(batch, nowMs);
    }

    /// <summary>Sets the maximum timestamp and the checksum.</summary>
    public static void SetMaxTimestamp(Span<byte> batch, long maxTimestampMs)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch[MaxTimestampPosition..], maxTimestampMs);
        SetCrc(batch);
    }

    /// <summary>
    /// Sets producer id, epoch and base sequence: what an idempotent producer stamps on a batch. The checksum is to be made anew when nothing else changes
    /// any more.
    /// </summary>
    public static void SetProducer(Span<byte> batch, long producerId, short producerEpoch, int baseSequence)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch[ProducerIdPosition..], producerId);
        BinaryPrimitives.WriteInt16BigEndian(batch[ProducerEpochPosition..], producerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(batch[BaseSequencePosition..], baseSequence);
    }

    /// <summary>Computes the checksum anew and stores it.</summary>
    public static void SetCrc(Span<byte> batch) => BinaryPrimitives.WriteUInt32BigEndian(batch[CrcPosition..], ComputeCrc(batch));

    /// <summary>CRC-32C of everything from the attributes to the end of <paramref name="batch"/>.</summary>
    public static uint ComputeCrc(ReadOnlySpan<byte> batch) => Crc32C.Compute(batch[AttributesPosition..]);

    /// <summary>True when the stored checksum is the computed one.</summary>
    public static bool HasValidCrc(ReadOnlySpan<byte> batch) =>
        batch.Length >= RecordBatchHeader.Size && BinaryPrimitives.ReadUInt32BigEndian(batch[CrcPosition..]) == ComputeCrc(batch);
}
