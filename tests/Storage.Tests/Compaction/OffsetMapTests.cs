using System.Text;
using Gateway.Storage.Compaction;

namespace Gateway.Storage.Tests.Compaction;

public class OffsetMapTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 16).Select(static i => (byte)i)];

    /// <summary>The first vectors that the authors of SipHash publish for 128 bits: the input is 0, 1, 2, … of each length.</summary>
    [Theory]
    [InlineData(0, "A3817F04BA25A8E66DF67214C7550293")]
    [InlineData(1, "DA87C1D86B99AF44347659119B22FC45")]
    [InlineData(2, "8177228DA4A45DC7FCA38BDEF60AFFE4")]
    public void SipHash_128_gives_the_published_values(int length, string expected)
    {
        byte[] input = [.. Enumerable.Range(0, length).Select(static i => (byte)i)];
        (ulong low, ulong high) = SipHash128.WithKey(Key).Hash(input);
        byte[] hash = [.. BitConverter.GetBytes(low), .. BitConverter.GetBytes(high)];
        Assert.Equal(expected, Convert.ToHexString(hash));
    }

    [Fact]
    public void Knows_the_last_offset_of_as_many_keys_as_fit()
    {
        var map = new OffsetMap(SipHash128.WithKey(Key), 24 * 10_000);
        int fitted = 0;
        while (map.TryPut(Encoding.UTF8.GetBytes($"key {fitted}"), fitted)) fitted++;
        Assert.Equal(8_000, fitted);
        // A key that is there already needs no room.
        Assert.True(map.TryPut("key 5"u8, 100_000));
        Assert.True(map.HasLater("key 5"u8, 99_999));
        Assert.False(map.HasLater("key 5"u8, 100_000));
        for (int i = 6; i < fitted; i++)
        {
            Assert.True(map.HasLater(Encoding.UTF8.GetBytes($"key {i}"), i - 1));
            Assert.False(map.HasLater(Encoding.UTF8.GetBytes($"key {i}"), i));
        }

        Assert.False(map.HasLater("key 8000"u8, 0));
    }
}
