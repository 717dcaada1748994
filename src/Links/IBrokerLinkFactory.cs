using Gateway.Common.Ids;

namespace Gateway.Links;

/// <summary>Makes links to brokers: over TCP, or into the broker of this process.</summary>
public interface IBrokerLinkFactory
{
    /// <summary>Addresses to ask first, before any metadata is known. Never empty.</summary>
    IReadOnlyList<HostAndPort> Bootstrap { get; }

    /// <summary>Connects and negotiates versions.</summary>
    /// <exception cref="LinkClosedException">The broker cannot be reached or broke off.</exception>
    ValueTask<IBrokerLink> ConnectAsync(HostAndPort broker, CancellationToken cancel);
}
