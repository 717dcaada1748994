using Gateway.Shards.Sockets;

namespace Gateway.Shards.Tests;

public sealed class DescriptorSharesTests
{
    [Theory]
    [InlineData(600)]
    [InlineData(1_024)]
    [InlineData(20_000)]
    [InlineData(int.MaxValue)]
    public void Connections_and_segments_never_take_all_descriptors(long limit)
    {
        DescriptorShares shares = DescriptorShares.Of(limit);

        // Three HTTP doors; what is left over is the runtime's, the journal's and that of files being read.
        long promised = shares.KafkaConnections + 3L * shares.HttpConnections + shares.Segments;
        Assert.InRange(promised, 1, limit - 256);
        Assert.InRange(shares.Segments, 32, int.MaxValue);
    }

    [Fact]
    public void The_limit_is_the_system_s() => Assert.InRange(DescriptorShares.OfThisProcess().KafkaConnections, 32, int.MaxValue / 2);
}
