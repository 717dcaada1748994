using System.Buffers.Binary;

namespace Gateway.Common.Records.Codecs;

/// <summary>
/// What a codec holds while it inflates, as far as the bytes say beforehand: how far they refer back, or what comes in one piece. Writers choose it,
/// within what the format allows.
/// </summary>
internal static class CodecMemory
{
    private const int Least = 64 << 10;
    private const uint ZstdMagic = 0xFD2FB528;
    private const int MostOfZstd = 128 << 20;

    /// <summary>How many bytes.</summary>
    /// <exception cref="CorruptRecordException">These are no bytes of that codec.</exception>
    internal static long Of(CompressionType type, ReadOnlySpan<byte> source) => type switch
    {
        CompressionType.Snappy => Least + (source.StartsWith(SnappyCodec.Magic) ? LargestSnappyChunk(source) : SnappyBlock.ReadInflatedSize(source, out _)),
        CompressionType.Lz4 => Least + (2L * Lz4Frame.ReadHeader(source).MaxBlockSize),
        CompressionType.Zstd => Least + WindowOfZstd(source),
        _ => Least,
    };

    /// <summary>Each chunk is inflated as a whole. One that does not fit is an error, which the codec has the words for.</summary>
    private static long LargestSnappyChunk(ReadOnlySpan<byte> source)
    {
        long largest = 0;
        for (ReadOnlySpan<byte> rest = source; rest.Length > sizeof(int);)
        {
            if (rest.StartsWith(SnappyCodec.Magic) && rest.Length >= SnappyCodec.FrameHeader.Length)
            {
                rest = rest[SnappyCodec.FrameHeader.Length..];
                continue;
            }
            int length = BinaryPrimitives.ReadInt32BigEndian(rest);
            if (length <= 0 || length > rest.Length - sizeof(int)) break;
            largest = Math.Max(largest, SnappyBlock.ReadInflatedSize(rest.Slice(sizeof(int), length), out _));
            rest = rest[(sizeof(int) + length)..];
        }
        return largest;
    }

    /// <summary>RFC 8878, 3.1.1.1. Of several frames the first speaks for all.</summary>
    private static long WindowOfZstd(ReadOnlySpan<byte> source)
    {
        if (source.Length < 18 || BinaryPrimitives.ReadUInt32LittleEndian(source) != ZstdMagic) return source.Length < 18 ? 0 : MostOfZstd;
        byte descriptor = source[4];
        bool isSingleSegment = (descriptor & 0x20) != 0;
        if (!isSingleSegment)
        {
            long from = 1L << (10 + (source[5] >> 3));
            return Math.Min(from + (from / 8 * (source[5] & 7)), MostOfZstd);
        }
        // The whole content is the window; its size stands behind the id of a dictionary, which there is none of.
        return Math.Min((descriptor >> 6) switch
        {
            0 => source[5],
            1 => BinaryPrimitives.ReadUInt16LittleEndian(source[5..]) + 256L,
            2 => BinaryPrimitives.ReadUInt32LittleEndian(source[5..]),
            _ => (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(source[5..]), MostOfZstd),
        }, MostOfZstd);
    }
}
