using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.Common.Tests.Records;

/// <summary>A frame written piece by piece.</summary>
public sealed class ZstdStreamTests
{
    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 300_000, 1_000)]
    [InlineData(3, 300_000, 299_999)]
    [InlineData(19, 3_000_000, 700_000)]
    [InlineData(1_000_000, 1_000, 10)]
    public void Pieces_come_out_as_one_frame_of_what_went_in(int level, int length, int piece)
    {
        byte[] bytes = new byte[length];
        new Random(level).NextBytes(bytes.AsSpan(0, length / 2));
        using var packed = new MemoryStream();
        using (Stream zstd = Compression.OpenZstd(packed, level))
        {
            for (int at = 0; at < length; at += piece)
            {
                zstd.Write(bytes, at, Math.Min(piece, length - at));
                zstd.Flush();
            }
        }
        Assert.True(packed.CanWrite, "the other stream stays open");
        byte[] frame = packed.ToArray();
        using RecordsLease inflated = Compression.Decompress(CompressionType.Zstd, frame, Math.Max(length, 1));
        Assert.True(inflated.Span.SequenceEqual(bytes));
        // The magic number of RFC 8878, 3.1.1, at the start and nowhere else: what is random would have to repeat it.
        Assert.Equal([0x28, 0xB5, 0x2F, 0xFD], frame[..4]);
        Assert.Equal(-1, frame.AsSpan(4).IndexOf(frame.AsSpan(0, 4)));
        Assert.InRange(frame.Length, 1, (length / 2) + 1_000 + (length / 20));
    }

    [Fact]
    public void What_is_disposed_takes_no_more()
    {
        using var packed = new MemoryStream();
        Stream zstd = Compression.OpenZstd(packed, 1);
        zstd.Dispose();
        zstd.Dispose();
        long length = packed.Length;
        Assert.False(zstd.CanWrite);
        Assert.Throws<ObjectDisposedException>(() => zstd.Write([1]));
        Assert.Equal(length, packed.Length);
    }
}
