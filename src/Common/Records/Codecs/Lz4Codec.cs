using System.Buffers.Binary;

namespace Gateway.Common.Records.Codecs;

/// <summary>Writes LZ4 frames the way the Java client does: independent blocks of 64 KiB, no checksums.</summary>
internal static unsafe class Lz4Codec
{
    internal const int BlockSize = 64 * 1024;

    /// <summary>The default of Kafka's <c>compression.lz4.level</c>, which there means the fast compressor and no level.</summary>
    private const int KafkaDefaultLevel = 9;

    private const int MaxLevel = 12;

    internal static void Compress(GrowingBuffer to, int? level, ReadOnlySpan<byte> source)
    {
        if (Lz4Native.IsAvailable) CompressNative(to, level, source);
        else CompressManaged(to, source);
    }

    internal static void CompressNative(GrowingBuffer to, int? level, ReadOnlySpan<byte> source)
    {
        var preferences = new Lz4Native.Preferences
        {
            BlockSizeId = 4,
            BlockMode = 1,
            CompressionLevel = level is null or KafkaDefaultLevel ? 0 : Math.Clamp(level.Value, 1, MaxLevel),
        };
        int bound = checked((int)Lz4Native.LZ4F_compressFrameBound((nuint)source.Length, &preferences));
        Span<byte> span = to.GetSpan(bound);
        fixed (byte* from = source, target = span)
        {
            nuint written = Lz4Native.LZ4F_compressFrame(target, (nuint)span.Length, from, (nuint)source.Length, &preferences);
            Errors.Invariant.Check(!Lz4Native.IsError(written));
            to.Advance((int)written);
        }
    }

    /// <summary>Without the library there is one level: the fast one.</summary>
    internal static void CompressManaged(GrowingBuffer to, ReadOnlySpan<byte> source)
    {
        to.Advance(Lz4Frame.WriteHeader(to.GetSpan(Lz4Frame.MinSize)));
        var table = new Lz4Block.MatchTable();
        while (!source.IsEmpty)
        {
            ReadOnlySpan<byte> block = source[..Math.Min(BlockSize, source.Length)];
            source = source[block.Length..];
            Span<byte> span = to.GetSpan(sizeof(uint) + Lz4Block.MaxCompressedSize(block.Length));
            uint size = (uint)Lz4Block.Compress(block, span[sizeof(uint)..], ref table);
            if (size >= block.Length)
            {
                block.CopyTo(span[sizeof(uint)..]);
                size = (uint)block.Length;
                BinaryPrimitives.WriteUInt32LittleEndian(span, size | Lz4Frame.StoredBlockBit);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(span, size);
            }

            to.Advance(sizeof(uint) + (int)size);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(to.GetSpan(sizeof(uint)), 0);
        to.Advance(sizeof(uint));
    }
}
