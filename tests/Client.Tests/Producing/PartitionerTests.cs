using System.Text;
using Gateway.Client.Producing;

namespace Gateway.Client.Tests.Producing;

public sealed class PartitionerTests
{
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("abc", 479470107)]
    public void Keys_have_the_hash_all_kafka_clients_give_them(string key, int hash) =>
        Assert.Equal(hash, (int)Murmur2.Hash(Encoding.UTF8.GetBytes(key)));

    [Fact]
    public void Calls_without_a_key_take_turns()
    {
        var partitioner = new Partitioner(new Random(1));
        Assert.Equal([0, 1, 2, 3], Enumerable.Range(0, 4).Select(_ => partitioner.NextWithoutKey(4)).Order());
    }
}
