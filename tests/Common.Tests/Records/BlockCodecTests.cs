using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.Common.Records.Codecs;

namespace Gateway.Common.Tests.Records;

/// <summary>Our own LZ4 and Snappy against the implementations everybody else uses.</summary>
public sealed class BlockCodecTests
{
    private static readonly int[] Lengths = [0, 1, 4, 5, 11, 12, 13, 14, 100, 4095, 32768, 65535, 65536, 65537, 200_000];

    /// <summary>From incompressible to one byte repeated, by how many different bytes there are and how often runs repeat.</summary>
    public static TheoryData<int> Seeds => new(Enumerable.Range(0, 40));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Managed_and_native_lz4_read_each_other(int seed)
    {
        Assert.True(Lz4Native.IsAvailable, "These tests compare with liblz4.so.1 (Debian package liblz4-1).");
        byte[] data = Sample(seed);
        byte[] managed = Compressed(to => Lz4Codec.CompressManaged(to, data));
        byte[] native = Compressed(to => Lz4Codec.CompressNative(to, seed % 13, data));
        Assert.True(Inflating.All(new Lz4NativeInflater(), managed).AsSpan().SequenceEqual(data));
        Assert.True(Inflating.All(new Lz4ManagedInflater(), managed).AsSpan().SequenceEqual(data));
        Assert.True(Inflating.All(new Lz4ManagedInflater(), native).AsSpan().SequenceEqual(data));
        Assert.True(Inflating.All(new Lz4NativeInflater(), native).AsSpan().SequenceEqual(data));
    }

    [Fact]
    public void Managed_lz4_compresses_nearly_as_well()
    {
        byte[] data = JsonLines(64 * 1024);
        int managed = Compressed(to => Lz4Codec.CompressManaged(to, data)).Length;
        int native = Compressed(to => Lz4Codec.CompressNative(to, null, data)).Length;
        Assert.InRange(managed, 1, native * 110 / 100);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Snappy_blocks_and_IronSnappy_read_each_other(int seed)
    {
        byte[] data = Sample(seed).Take(65536).ToArray();
        byte[] ours = new byte[SnappyBlock.MaxCompressedSize(data.Length)];
        var table = new SnappyBlock.MatchTable();
        ours = ours[..SnappyBlock.Compress(data, ours, ref table)];
        Assert.True(IronSnappy.Snappy.Decode(ours).AsSpan().SequenceEqual(data));
        using RecordsLease back = Compression.Decompress(CompressionType.Snappy, IronSnappy.Snappy.Encode(data), 65536);
        Assert.True(back.Span.SequenceEqual(data));
        using RecordsLease own = Compression.Decompress(CompressionType.Snappy, ours, 65536);
        Assert.True(own.Span.SequenceEqual(data));
    }

    [Fact]
    public void A_snappy_block_that_claims_gigabytes_takes_no_memory()
    {
        byte[] liar = [0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00, 0x41];
        Assert.Throws<CorruptRecordException>(() => SnappyBlock.ReadInflatedSize(liar, out _));
        Assert.Throws<CorruptRecordException>(() => Compression.Decompress(CompressionType.Snappy, liar).Dispose());
    }

    [Theory]
    [InlineData("05 08 414243")] // a literal of three where five are claimed: the rest would be another request's bytes
    [InlineData("02 08 414243")] // a literal of three where two are claimed
    [InlineData("04 00 41 01 05")] // a copy from before the start
    [InlineData("05 00 41 01 00")] // a copy from nowhere
    [InlineData("04 00 41 01 01")] // a copy beyond the claimed end
    [InlineData("03 F0")] // a literal whose length is cut off
    public void A_snappy_block_fills_what_it_claims_and_nothing_else(string hex) =>
        Assert.Throws<CorruptRecordException>(
            () => Compression.Decompress(CompressionType.Snappy, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))).Dispose());

    [Theory]
    [InlineData(CompressionType.Gzip, -5, 100)]
    [InlineData(CompressionType.Lz4, 0, 17)]
    [InlineData(CompressionType.Zstd, -200_000, 30)]
    public void Levels_outside_the_range_are_drawn_into_it(CompressionType codec, int low, int high)
    {
        byte[] data = JsonLines(20_000);
        foreach (int level in new[] { low, 1, 3, 9, high })
        {
            using RecordsLease compressed = Compression.Compress(codec, level, data);
            using RecordsLease back = Compression.Decompress(codec, compressed.Span, data.Length);
            Assert.True(back.Span.SequenceEqual(data));
        }
    }

    internal static byte[] Sample(int seed)
    {
        var random = new Random(seed);
        byte[] data = new byte[Lengths[seed % Lengths.Length]];
        int alphabet = 1 << (seed % 9);
        for (int i = 0; i < data.Length; i++)
        {
            bool repeats = i > 40 && random.Next(100) < seed * 2;
            if (!repeats)
            {
                data[i] = (byte)random.Next(alphabet);
                continue;
            }

            int distance = 1 + random.Next(Math.Min(i, 70_000));
            int end = Math.Min(data.Length, i + random.Next(300));
            for (; i < end; i++) data[i] = data[i - distance];
        }

        return data;
    }

    internal static byte[] JsonLines(int length)
    {
        var random = new Random(7);
        var text = new System.Text.StringBuilder();
        while (text.Length < length)
            text.Append($"{{\"id\":{random.Next()},\"name\":\"user-{random.Next(1000)}\",\"active\":true,\"score\":{random.NextDouble():F4}}}\n");
        return System.Text.Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    private static byte[] Compressed(Action<GrowingBuffer> compress)
    {
        using var buffer = new GrowingBuffer(0, 16);
        compress(buffer);
        return buffer.Written.ToArray();
    }
}
