using Gateway.Admin;

namespace Gateway.Tests.Admin;

public sealed class ReadinessTests
{
    [Fact]
    public void A_check_that_passed_fails_again_while_what_it_watches_has_a_problem()
    {
        string? problem = null;
        var readiness = new Readiness("broker", "registry");
        readiness.Watch("broker", () => problem);
        readiness.Passed("broker");
        Assert.False(readiness.IsReady);
        readiness.Passed("registry");
        Assert.True(readiness.IsReady);

        problem = "the data directory is offline";
        Assert.False(readiness.IsReady);
        Assert.Equal("[-] broker: the data directory is offline\n[+] registry: ok\n", readiness.Describe());
    }
}
