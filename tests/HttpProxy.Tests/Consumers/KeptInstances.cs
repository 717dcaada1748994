using Gateway.HttpProxy.Tests.Running;

namespace Gateway.HttpProxy.Tests.Consumers;

/// <summary>Tests of consumer instances over the ends of their proxy: each test is a proxy of its own, with instances of its own.</summary>
public abstract class KeptInstances(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    protected const string Manual = """{"name":"one","format":"json","auto.offset.reset":"earliest","auto.commit.enable":false}""";

    protected ProxyOptions Options { get; } = new() { Id = Guid.NewGuid().ToString("N") };

    protected string Group { get; } = proxy.NewName("group");

    protected string One => $"/consumers/{Group}/instances/one";

    protected RunningProxy Proxy => proxy;

    protected async Task<HttpClient> CreatedAsync(string config)
    {
        HttpClient http = await proxy.StartAsync(Options);
        Answer created = await http.PostAsync($"/consumers/{Group}", HttpCalls.V2, config);
        Assert.True(created.Status == 200, created.Text);
        return http;
    }

    protected async Task<HttpClient> StoppedAndStartedAsync(HttpClient http)
    {
        await proxy.EndAsync(http);
        return await proxy.StartAsync(Options);
    }

    /// <summary>The proxy before goes on as one that hangs: nothing of it is stopped or kept, and its members still stand in their groups.</summary>
    protected Task<HttpClient> CrashedAndStartedAsync() => proxy.StartAsync(Options);
}
