using System.Buffers.Binary;

namespace Gateway.Common.Records.Codecs;

/// <summary>The header of an LZ4 frame, checked.</summary>
internal readonly record struct Lz4Frame(
    int Size, int MaxBlockSize, bool HasLinkedBlocks, bool HasBlockChecksums, bool HasContentChecksum, long? ContentSize)
{
    internal const uint Magic = 0x184D2204;
    internal const uint StoredBlockBit = 0x80000000;

    private const byte VersionMask = 0xC0;
    private const byte Version1 = 0x40;
    private const byte IndependentBlocksBit = 0x20;
    private const byte BlockChecksumBit = 0x10;
    private const byte ContentSizeBit = 0x08;
    private const byte ContentChecksumBit = 0x04;
    private const byte ReservedBit = 0x02;
    private const byte DictionaryBit = 0x01;

    /// <summary>Bytes of a header that has nothing optional.</summary>
    internal const int MinSize = 7;

    /// <exception cref="CorruptRecordException">It is no header, or one of a frame nobody sends to Kafka.</exception>
    internal static Lz4Frame ReadHeader(ReadOnlySpan<byte> source)
    {
        if (source.Length < MinSize) throw CutOff();
        if (BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic) throw new CorruptRecordException("This is no LZ4 frame.");
        byte flags = source[4];
        byte block = source[5];
        int blockId = (block >> 4) & 7;
        if ((flags & VersionMask) != Version1 || (flags & (ReservedBit | DictionaryBit)) != 0 || (block & 0x8F) != 0 || blockId < 4)
            throw new CorruptRecordException("This LZ4 frame is of a kind that is not supported.");

        long? contentSize = null;
        int position = 6;
        if ((flags & ContentSizeBit) != 0)
        {
            if (source.Length < MinSize + sizeof(ulong)) throw CutOff();
            ulong declared = BinaryPrimitives.ReadUInt64LittleEndian(source[position..]);
            if (declared > long.MaxValue) throw Damaged();
            contentSize = (long)declared;
            position += sizeof(ulong);
        }

        if (source[position] != HeaderChecksum(source[4..position]))
            throw new CorruptRecordException("The LZ4 frame header's checksum is wrong.");
        return new Lz4Frame(
            position + 1,
            1 << (8 + (2 * blockId)),
            (flags & IndependentBlocksBit) == 0,
            (flags & BlockChecksumBit) != 0,
            (flags & ContentChecksumBit) != 0,
            contentSize);
    }

    /// <summary>Writes the plainest header: 64 KiB independent blocks, no checksums. It is all the Java client reads.</summary>
    internal static int WriteHeader(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, Magic);
        to[4] = Version1 | IndependentBlocksBit;
        to[5] = 4 << 4;
        to[6] = HeaderChecksum(to[4..6]);
        return MinSize;
    }

    internal static CorruptRecordException CutOff() => new("The LZ4 frame is cut off.");

    internal static CorruptRecordException Damaged() => new("The LZ4 frame is damaged.");

    internal static CorruptRecordException BytesAfterTheEnd() => new("Bytes follow the end of the LZ4 frame.");

    private static byte HeaderChecksum(ReadOnlySpan<byte> descriptor) => (byte)(XxHash32.Compute(descriptor) >> 8);
}
