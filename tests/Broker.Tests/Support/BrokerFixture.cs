namespace Gateway.Broker.Tests.Support;

/// <summary>One broker with default settings for all tests of a class; each makes topics of its own.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    public TestBroker Broker { get; private set; } = null!;

    public async Task InitializeAsync() => Broker = await TestBroker.StartAsync();

    public async Task DisposeAsync() => await Broker.DisposeAsync();
}
