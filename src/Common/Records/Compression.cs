using Gateway.Common.Buffers;
using Gateway.Common.Records.Codecs;

namespace Gateway.Common.Records;

/// <summary>Kafka's codecs over whole buffers. Everything that inflates is bounded; native contexts are pooled.</summary>
public static class Compression
{
    /// <summary>
    /// What a batch may inflate to unless the caller knows better: far above what honest clients put into one batch, far below what
    /// a bomb of the same size would take.
    /// </summary>
    public const int DefaultMaxInflatedBytes = 128 << 20;

    /// <summary>Whether Zstandard can be had: it comes with the system, not with us.</summary>
    public static bool HasZstd => NativeCodecs.HasZstd;

    /// <summary>A stream that writes one Zstandard frame to another stream, whole when it is disposed. The other stays open.</summary>
    /// <param name="to">Where the frame goes.</param>
    /// <param name="level">The codec's own level. Values outside its range are drawn into it.</param>
    /// <exception cref="CodecUnavailableException">The library is missing.</exception>
    public static Stream OpenZstd(Stream to, int level) => new ZstdStream(to, level);

    /// <summary>A stream that reads Zstandard frames off another stream as they come, and takes that with it when it is disposed.</summary>
    /// <param name="from">Where the frames come from.</param>
    /// <param name="maxWindowLog">Frames that refer further back than this power of two are refused, which bounds what the stream holds.</param>
    /// <exception cref="CodecUnavailableException">The library is missing.</exception>
    public static Stream OpenZstdReader(Stream from, int maxWindowLog) => new ZstdReadStream(from, maxWindowLog);

    /// <summary>A stream that reads gzip members off another stream as they come, and refuses what is behind them and is none. The other stays open.</summary>
    /// <param name="from">Where the members come from.</param>
    public static Stream OpenGzipReader(Stream from) => new GzipReadStream(from);

    /// <summary>Inflates all of <paramref name="source"/>. The caller owns the lease.</summary>
    /// <param name="type">The codec.</param>
    /// <param name="source">What it has written.</param>
    /// <param name="maxBytes">How much may come of it.</param>
    /// <param name="toItsEnd">Whether bytes behind what the codec has written are an error, where it could pass over them.</param>
    /// <exception cref="CorruptRecordException">The bytes are not what <paramref name="type"/> writes, or are cut off.</exception>
    /// <exception cref="InflatedTooLargeException">There is more than <paramref name="maxBytes"/>.</exception>
    /// <exception cref="CodecUnavailableException">The codec's library is missing.</exception>
    public static unsafe RecordsLease Decompress(CompressionType type, ReadOnlySpan<byte> source, int maxBytes = DefaultMaxInflatedBytes, bool toItsEnd = false)
    {
        if (type == CompressionType.None)
            return source.Length <= maxBytes ? RecordsLease.Copy(source) : throw new InflatedTooLargeException(maxBytes);

        fixed (byte* start = source)
        {
            Inflater inflater = Inflaters.Rent(type);
            try
            {
                inflater.Start(start, source.Length);
                RecordsLease inflated = ReadAll(inflater, source.Length, maxBytes);
                if (!toItsEnd || !inflater.LeavesBytes) return inflated;
                inflated.Dispose();
                throw GzipInflater.GoesOn();
            }
            finally
            {
                Inflaters.Return(type, inflater);
            }
        }
    }

    /// <summary>Compresses all of <paramref name="source"/>. The caller owns the lease.</summary>
    /// <param name="type">The codec.</param>
    /// <param name="level">The codec's own level; null is its default. Values outside its range are drawn into it.</param>
    /// <param name="source">What to compress.</param>
    /// <exception cref="CodecUnavailableException">The codec's library is missing.</exception>
    public static RecordsLease Compress(CompressionType type, int? level, ReadOnlySpan<byte> source)
    {
        using var buffer = new GrowingBuffer(0, (source.Length / 2) + 64);
        CompressInto(buffer, type, level, source);
        return buffer.Detach();
    }

    internal static void CompressInto(GrowingBuffer to, CompressionType type, int? level, ReadOnlySpan<byte> source)
    {
        switch (type)
        {
            case CompressionType.None: to.Write(source); break;
            case CompressionType.Gzip: GzipCodec.Compress(to, level, source); break;
            case CompressionType.Snappy: SnappyCodec.Compress(to, source); break;
            case CompressionType.Lz4: Lz4Codec.Compress(to, level, source); break;
            case CompressionType.Zstd: ZstdCodec.Compress(to, level, source); break;
            default: throw new ArgumentOutOfRangeException(nameof(type), type, "No such codec.");
        }
    }

    private static RecordsLease ReadAll(Inflater inflater, int compressed, int maxBytes)
    {
        // A declared size is the writer's claim: believed only as far as ordinary ratios go, the rest grows with what really comes.
        long believable = Math.Min(maxBytes, 64 + (compressed * 8L));
        long claim = inflater.DeclaredSize is long declared and > 0 ? declared : compressed * 4L;
        long guess = Math.Min(claim, believable);
        using var buffer = new GrowingBuffer(0, (int)Math.Max(guess, 64));
        while (true)
        {
            // One byte beyond the limit is asked for, so that "exactly the limit" and "more" can be told apart.
            long room = (long)maxBytes + 1 - buffer.Length;
            Span<byte> free = buffer.GetSpan();
            if (free.Length > room) free = free[..(int)room];
            int read = inflater.Read(free);
            if (read == 0) return buffer.Detach();
            buffer.Advance(read);
            if (buffer.Length > maxBytes) throw new InflatedTooLargeException(maxBytes);
        }
    }
}
