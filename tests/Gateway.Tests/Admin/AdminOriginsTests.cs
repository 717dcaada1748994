using Gateway.Common.Ids;
using Gateway.Http;

namespace Gateway.Tests.Admin;

public sealed class AdminOriginsTests
{
    [Theory]
    [InlineData("http://127.0.0.1:9644", true)]
    [InlineData("http://localhost:9644", true)]
    [InlineData("http://127.0.0.1:8081", false)]
    [InlineData("https://127.0.0.1:9644", false)]
    [InlineData("http://evil.example:9644", false)]
    [InlineData("null", false)]
    [InlineData(null, false)]
    public void A_loopback_door_lets_in_its_own_pages_only(string? origin, bool allowed) =>
        Assert.Equal(allowed, new AdminOrigins(new HostAndPort("127.0.0.1", 9644), ["host1"]).Allows(origin));

    [Theory]
    [InlineData("http://host1:9644", true)]
    [InlineData("http://localhost:9644", true)]
    [InlineData("http://evil.example:9644", false)]
    public void A_door_that_listens_everywhere_lets_in_the_names_of_this_machine(string origin, bool allowed) =>
        Assert.Equal(allowed, new AdminOrigins(new HostAndPort("0.0.0.0", 9644), ["host1"]).Allows(origin));

    [Fact]
    public void A_door_on_one_address_lets_in_that_address() =>
        Assert.True(new AdminOrigins(new HostAndPort("10.1.2.3", 80), []).Allows("http://10.1.2.3:80"));
}
