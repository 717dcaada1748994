using System.Net;
using Gateway.Common.Ids;

namespace Gateway.Broker.Network;

/// <summary>What a listener is called, where it listens and what it allows.</summary>
public sealed record KafkaListenerOptions
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "PLAINTEXT";

    /// <summary>Where to listen; port 0 picks a free one.</summary>
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>What clients are told to connect to; a port of 0 means the bound one, null means the bound address.</summary>
    public HostAndPort? AdvertisedAddress { get; init; }

    /// <summary>What clients may ask.</summary>
    public ConnectionLimits Limits { get; init; } = new();
}
