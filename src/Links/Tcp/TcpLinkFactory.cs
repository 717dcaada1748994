using Gateway.Common.Ids;

namespace Gateway.Links.Tcp;

/// <summary>Links over TCP to the brokers of any Kafka-compatible cluster.</summary>
public sealed class TcpLinkFactory : IBrokerLinkFactory
{
    private readonly TcpLinkOptions _options;

    /// <summary>Links to a cluster reached first at one of <paramref name="bootstrap"/>.</summary>
    public TcpLinkFactory(IReadOnlyList<HostAndPort> bootstrap, TcpLinkOptions? options = null)
    {
        if (bootstrap.Count == 0) throw new ArgumentException("At least one broker address is needed.", nameof(bootstrap));
        Bootstrap = bootstrap;
        _options = options ?? new TcpLinkOptions();
    }

    /// <inheritdoc/>
    public IReadOnlyList<HostAndPort> Bootstrap { get; }

    /// <inheritdoc/>
    public async ValueTask<IBrokerLink> ConnectAsync(HostAndPort broker, CancellationToken cancel) =>
        await TcpLink.ConnectAsync(broker, _options, cancel).ConfigureAwait(false);
}
