using System.Numerics;
using Gateway.Common.Records;

namespace Gateway.Common.Tests.Records;

/// <summary>The checksum of many bytes at once is that of one byte after the other.</summary>
public sealed class Crc32CTests
{
    [Fact]
    public void RFC_3720_B_4_examples()
    {
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute([.. Enumerable.Range(0, 32).Select(static i => (byte)i)]));
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
    }

    [Fact]
    public void Of_any_length_from_any_place()
    {
        byte[] bytes = new byte[5000];
        new Random(5).NextBytes(bytes);
        for (int start = 0; start < 9; start++)
        {
            uint state = uint.MaxValue;
            for (int end = start; end <= bytes.Length; end++)
            {
                Assert.Equal(~state, Crc32C.Compute(bytes.AsSpan(start..end)));
                if (end < bytes.Length) state = BitOperations.Crc32C(state, bytes[end]);
            }
        }
    }

    [Theory]
    [InlineData(767)]
    [InlineData(768)]
    [InlineData(769)]
    [InlineData(4096)]
    public void In_pieces(int piece)
    {
        byte[] bytes = new byte[20_000];
        new Random(piece).NextBytes(bytes);
        uint crc = 0;
        for (int at = 0; at < bytes.Length; at += piece) crc = Crc32C.Append(crc, bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
        Assert.Equal(Crc32C.Compute(bytes), crc);
    }
}
