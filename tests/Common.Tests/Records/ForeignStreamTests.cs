using System.Text;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.Common.Records.Codecs;

namespace Gateway.Common.Tests.Records;

/// <summary>Compressed streams of shapes our own compressors never write.</summary>
public sealed class ForeignStreamTests
{
    [Theory]
    [InlineData("lz4-linked-checksums", CompressionType.Lz4, 150_000)]
    [InlineData("lz4-independent", CompressionType.Lz4, 150_000)]
    [InlineData("lz4-sized", CompressionType.Lz4, 150_000)]
    [InlineData("lz4-stored", CompressionType.Lz4, 3_000)]
    [InlineData("zstd-unknown-size", CompressionType.Zstd, 150_000)]
    [InlineData("zstd-two-frames", CompressionType.Zstd, 300_000)]
    [InlineData("gzip-two-members", CompressionType.Gzip, 150_000)]
    [InlineData("xerial-chunks", CompressionType.Snappy, 10_000)]
    [InlineData("snappy-bare", CompressionType.Snappy, 10_000)]
    public void They_inflate_to_what_went_in(string name, CompressionType codec, int length)
    {
        byte[] expected = Expected(length);
        using RecordsLease inflated = Compression.Decompress(codec, Golden.Read(name), length);
        Assert.True(inflated.Span.SequenceEqual(expected));
        Assert.Throws<InflatedTooLargeException>(() => Compression.Decompress(codec, Golden.Read(name), length - 1));
    }

    [Theory]
    [InlineData("lz4-linked-checksums", 150_000)]
    [InlineData("lz4-independent", 150_000)]
    [InlineData("lz4-sized", 150_000)]
    [InlineData("lz4-stored", 3_000)]
    public void Lz4_needs_no_library(string name, int length) =>
        Assert.True(Inflating.All(new Lz4ManagedInflater(), Golden.Read(name)).AsSpan().SequenceEqual(Expected(length)));

    [Fact]
    public unsafe void A_frame_that_is_left_in_the_middle_does_no_harm_to_the_next()
    {
        byte[] sized = Golden.Read("lz4-sized"), unsized = Golden.Read("lz4-independent"), expected = Expected(150_000);
        // Contexts are used again: each round may get the one of the round before.
        for (int round = 0; round < 20; round++)
        {
            Assert.Throws<InflatedTooLargeException>(() => Compression.Decompress(CompressionType.Lz4, sized, 1_000));
            Assert.Throws<CorruptRecordException>(() => Compression.Decompress(CompressionType.Lz4, sized.AsSpan(0, sized.Length / 2), 150_000));
            using RecordsLease inflated = Compression.Decompress(CompressionType.Lz4, unsized, 150_000);
            Assert.True(inflated.Span.SequenceEqual(expected));
        }
        var inflater = new Lz4NativeInflater();
        fixed (byte* start = sized)
        {
            inflater.Start(start, sized.Length);
            Assert.NotEqual(0, inflater.Read(new byte[100]));
            inflater.Stop();
        }
        Assert.False(inflater.IsWorthKeeping);
        inflater.Free();
    }

    [Fact]
    public void Xerial_streams_one_after_the_other_read_as_one()
    {
        byte[] one = Golden.Read("xerial-chunks");
        using RecordsLease inflated = Compression.Decompress(CompressionType.Snappy, one.Concat(one).ToArray());
        Assert.True(inflated.Span.SequenceEqual(Expected(10_000).Concat(Expected(10_000)).ToArray()));
    }

    [Theory]
    [InlineData("lz4-linked-checksums", 30)]
    [InlineData("lz4-independent", 30)]
    public void A_wrong_lz4_checksum_is_damage(string name, int at)
    {
        byte[] content = Golden.Read(name);
        content[at] ^= 1; // a literal: still a well-formed block
        Assert.Throws<CorruptRecordException>(() => Compression.Decompress(CompressionType.Lz4, content).Dispose());
        Assert.Throws<CorruptRecordException>(() => Inflating.All(new Lz4ManagedInflater(), content));
        byte[] end = Golden.Read(name);
        end[^1] ^= 1; // the content checksum itself
        Assert.Throws<CorruptRecordException>(() => Compression.Decompress(CompressionType.Lz4, end).Dispose());
        Assert.Throws<CorruptRecordException>(() => Inflating.All(new Lz4ManagedInflater(), end));
    }

    [Fact]
    public void Bytes_after_an_lz4_frame_are_damage()
    {
        byte[] frame = [.. Golden.Read("lz4-stored"), 0];
        Assert.Throws<CorruptRecordException>(() => Compression.Decompress(CompressionType.Lz4, frame).Dispose());
        Assert.Throws<CorruptRecordException>(() => Inflating.All(new Lz4ManagedInflater(), frame));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("123456789")]
    public void Checksums_have_their_published_values(string text)
    {
        (uint crc, uint xx) = text switch
        {
            "" => (0u, 0x02CC5D05u),
            "a" => (0xC1D04330u, 0x550D7456u),
            _ => (0xE3069283u, 0x937BAD67u),
        };
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        Assert.Equal(crc, Crc32C.Compute(bytes));
        Assert.Equal(xx, XxHash32.Compute(bytes));
    }

    [Fact]
    public void Checksums_do_not_depend_on_how_the_bytes_are_cut()
    {
        byte[] bytes = Golden.Repeated(1000);
        for (int cut = 0; cut <= 100; cut++)
        {
            Assert.Equal(Crc32C.Compute(bytes), Crc32C.Append(Crc32C.Compute(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
            var hash = new XxHash32();
            hash.Append(bytes.AsSpan(0, cut));
            hash.Append(bytes.AsSpan(cut, 3));
            hash.Append(bytes.AsSpan(cut + 3));
            Assert.Equal(XxHash32.Compute(bytes), hash.Finish());
        }
    }

    [Fact]
    public void A_missing_zstd_names_the_package_that_brings_it()
    {
        Assert.Equal(0, NativeCodecs.LoadFirst(["libnobodyhasthis.so.77"]));
        var missing = Assert.Throws<CodecUnavailableException>(() => ZstdCodec.Require(isAvailable: false));
        Assert.Equal(CompressionType.Zstd, missing.Codec);
        Assert.Contains("libzstd1", missing.Message, StringComparison.Ordinal);
    }

    private static byte[] Expected(int length) =>
        length <= 150_000 ? Golden.Repeated(length) : [.. Golden.Repeated(150_000), .. Golden.Repeated(length - 150_000)];
}
