using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests;

/// <summary>Paths the proxy does not serve: whoever asks is told which it was and where to look.</summary>
public sealed class UnknownPathTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    [Theory]
    [InlineData("/topic/orders", "/topic/orders")]
    [InlineData("/v3/cluster?x=1", "/v3/cluster")]
    [InlineData("/a%0Ab%22", "/a%0Ab%22")]
    public async Task It_is_named(string asked, string path)
    {
        Answer answer = await proxy.Http.AskAsync(asked);
        answer.Refused(404, 404);
        Assert.Equal(
            $"HTTP 404 Not Found; nothing is at {path}. The paths there are: openapi/http-proxy.yaml, or the admin address in a browser.", (string?)answer.Json["message"]);
    }

    [Fact]
    public async Task Of_a_long_one_the_beginning_is_named()
    {
        string message = (string)(await proxy.Http.AskAsync("/" + new string('a', 5000))).Json["message"]!;
        Assert.Contains($"nothing is at /{new string('a', 199)}…. The", message, StringComparison.Ordinal);
    }
}
