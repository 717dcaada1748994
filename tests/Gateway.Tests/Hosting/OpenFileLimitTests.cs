using Gateway.Hosting;
using Gateway.Shards.Sockets;

namespace Gateway.Tests.Hosting;

public sealed class OpenFileLimitTests
{
    [Fact]
    public void A_limit_below_what_a_node_needs_is_refused_with_the_way_out()
    {
        StartupException refused = Assert.Throws<StartupException>(() => OpenFileLimit.Require(DescriptorShares.Of(256)));
        Assert.Contains("may have 256 files", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ulimit -n", refused.Message, StringComparison.Ordinal);
        OpenFileLimit.Require(DescriptorShares.Of(DescriptorShares.Least));
    }

    [Fact]
    public void At_the_least_limit_all_shares_fit_into_it()
    {
        DescriptorShares shares = DescriptorShares.Of(DescriptorShares.Least);
        Assert.InRange(shares.KafkaConnections + 3 * shares.HttpConnections + shares.Segments + 256, 1, DescriptorShares.Least);
    }
}
