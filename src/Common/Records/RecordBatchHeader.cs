using System.Buffers.Binary;

namespace Gateway.Common.Records;

/// <summary>The 61 bytes in front of every record batch of format 2, decoded. Nothing in it has been checked.</summary>
public readonly record struct RecordBatchHeader
{
    /// <summary>Bytes of a header; the records follow it.</summary>
    public const int Size = 61;

    /// <summary>Bytes in front of what <see cref="BatchLength"/> counts.</summary>
    public const int LengthPrefix = 12;

    /// <summary>The only format there is here.</summary>
    public const sbyte CurrentMagic = 2;

    /// <summary>"None" in <see cref="ProducerId"/>.</summary>
    public const long NoProducerId = -1;

    /// <summary>"None" in a timestamp.</summary>
    public const long NoTimestamp = -1;

    internal const short CodecMask = 0x07;
    internal const short LogAppendTimeBit = 0x08;
    internal const short TransactionalBit = 0x10;
    internal const short ControlBit = 0x20;
    internal const short DeleteHorizonBit = 0x40;

    /// <summary>Offset of the first record, kept when compaction removes it.</summary>
    public long BaseOffset { get; init; }

    /// <summary>Bytes after this field.</summary>
    public int BatchLength { get; init; }

    /// <summary>The leader's epoch when it appended the batch. Not under the checksum.</summary>
    public int PartitionLeaderEpoch { get; init; }

    /// <summary>The format.</summary>
    public sbyte Magic { get; init; }

    /// <summary>CRC-32C of everything from the attributes on.</summary>
    public uint Crc { get; init; }

    /// <summary>The attribute bits.</summary>
    public short Attributes { get; init; }

    /// <summary>Last offset minus base offset, kept when compaction removes the last record.</summary>
    public int LastOffsetDelta { get; init; }

    /// <summary>What the records' timestamp deltas count from, or the delete horizon when <see cref="HasDeleteHorizon"/>.</summary>
    public long BaseTimestamp { get; init; }

    /// <summary>The highest timestamp of the batch.</summary>
    public long MaxTimestamp { get; init; }

    /// <summary>The idempotent producer, or -1.</summary>
    public long ProducerId { get; init; }

    /// <summary>The producer's epoch, or -1.</summary>
    public short ProducerEpoch { get; init; }

    /// <summary>Sequence number of the first record, or -1.</summary>
    public int BaseSequence { get; init; }

    /// <summary>How many records follow.</summary>
    public int RecordsCount { get; init; }

    /// <summary>Bytes of the whole batch, header included. Long, because a hostile length may be any int.</summary>
    public long SizeInBytes => (long)BatchLength + LengthPrefix;

    /// <summary>Offset of the last record, or the one it had.</summary>
    public long LastOffset => BaseOffset + LastOffsetDelta;

    /// <summary>The offset of a record of this batch.</summary>
    internal long OffsetOf(int delta) => unchecked(BaseOffset + delta);

    /// <summary>The time of a record of this batch.</summary>
    internal long TimestampOf(long delta) => HasLogAppendTime ? MaxTimestamp : unchecked(BaseTimestamp + delta);

    /// <summary>Sequence number of the last record; numbers wrap from 2147483647 to 0.</summary>
    public int LastSequence => BaseSequence < 0 ? BaseSequence : (int)((BaseSequence + (long)LastOffsetDelta) & int.MaxValue);

    /// <summary>The codec; values 5 to 7 are nobody's.</summary>
    public CompressionType Compression => (CompressionType)(Attributes & CodecMask);

    /// <summary>Who decided the timestamps.</summary>
    public TimestampType TimestampType => HasLogAppendTime ? TimestampType.LogAppendTime : TimestampType.CreateTime;

    /// <summary>The broker decided the timestamps.</summary>
    public bool HasLogAppendTime => (Attributes & LogAppendTimeBit) != 0;

    /// <summary>Part of a transaction.</summary>
    public bool IsTransactional => (Attributes & TransactionalBit) != 0;

    /// <summary>Holds markers of the broker's own, never handed to applications.</summary>
    public bool IsControl => (Attributes & ControlBit) != 0;

    /// <summary>Compaction stored the time from which tombstones may go in <see cref="BaseTimestamp"/>.</summary>
    public bool HasDeleteHorizon => (Attributes & DeleteHorizonBit) != 0;

    /// <summary>An idempotent or transactional producer sent it.</summary>
    public bool HasProducerId => ProducerId > NoProducerId;

    /// <summary>Reads the header of one whole batch.</summary>
    /// <exception cref="CorruptRecordException">The bytes are something else.</exception>
    public static RecordBatchHeader OfWhole(ReadOnlySpan<byte> batch) =>
        TryRead(batch, out RecordBatchHeader header) && header.Magic == CurrentMagic && header.SizeInBytes == batch.Length
            ? header
            : throw new CorruptRecordException("Not one whole record batch of format 2.");

    /// <summary>Reads a header; false when there are fewer than 61 bytes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out RecordBatchHeader header)
    {
        if (bytes.Length < Size)
        {
            header = default;
            return false;
        }

        header = new RecordBatchHeader
        {
            BaseOffset = BinaryPrimitives.ReadInt64BigEndian(bytes),
            BatchLength = BinaryPrimitives.ReadInt32BigEndian(bytes[8..]),
            PartitionLeaderEpoch = BinaryPrimitives.ReadInt32BigEndian(bytes[12..]),
            Magic = (sbyte)bytes[16],
            Crc = BinaryPrimitives.ReadUInt32BigEndian(bytes[17..]),
            Attributes = BinaryPrimitives.ReadInt16BigEndian(bytes[21..]),
            LastOffsetDelta = BinaryPrimitives.ReadInt32BigEndian(bytes[23..]),
            BaseTimestamp = BinaryPrimitives.ReadInt64BigEndian(bytes[27..]),
            MaxTimestamp = BinaryPrimitives.ReadInt64BigEndian(bytes[35..]),
            ProducerId = BinaryPrimitives.ReadInt64BigEndian(bytes[43..]),
            ProducerEpoch = BinaryPrimitives.ReadInt16BigEndian(bytes[51..]),
            BaseSequence = BinaryPrimitives.ReadInt32BigEndian(bytes[53..]),
            RecordsCount = BinaryPrimitives.ReadInt32BigEndian(bytes[57..]),
        };
        return true;
    }

    /// <summary>Writes the 61 bytes, <see cref="Crc"/> as it stands.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt64BigEndian(bytes, BaseOffset);
        BinaryPrimitives.WriteInt32BigEndian(bytes[8..], BatchLength);
        BinaryPrimitives.WriteInt32BigEndian(bytes[12..], PartitionLeaderEpoch);
        bytes[16] = (byte)Magic;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[17..], Crc);
        BinaryPrimitives.WriteInt16BigEndian(bytes[21..], Attributes);
        BinaryPrimitives.WriteInt32BigEndian(bytes[23..], LastOffsetDelta);
        BinaryPrimitives.WriteInt64BigEndian(bytes[27..], BaseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(bytes[35..], MaxTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(bytes[43..], ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(bytes[51..], ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(bytes[53..], BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(bytes[57..], RecordsCount);
    }
}
