using System.Text;
using Gateway.Protocol.Wire;

namespace Gateway.Protocol.Tests.Wire;

public class StringCacheTests
{
    [Theory]
    [InlineData("")]
    [InlineData("orders")]
    [InlineData("größe")]
    [InlineData("\u0001\u007f")]
    public void What_was_cached_is_what_was_sent(string text)
    {
        var cache = new StringCache();
        for (int i = 0; i < 3; i++) Assert.Equal(text, cache.Get(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void A_name_is_made_once_and_found_again()
    {
        var cache = new StringCache();
        Assert.Same(cache.Get("orders"u8), cache.Get("orders"u8));
    }

    [Fact]
    public void Names_that_fall_on_one_place_do_not_become_each_other()
    {
        var cache = new StringCache();
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 20_000; i++) Assert.Equal($"name-{i}", cache.Get(Encoding.UTF8.GetBytes($"name-{i}")));
        }
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_read_as_without_a_cache()
    {
        var cache = new StringCache();
        byte[] bytes = [0x61, 0xff, 0xc3];
        for (int i = 0; i < 2; i++) Assert.Equal(Encoding.UTF8.GetString(bytes), cache.Get(bytes));
    }
}
