using System.Net;
using Gateway.Common.Ids;
using Gateway.Shards;

namespace Gateway.Broker.Network;

/// <summary>Where a request comes from and how it was asked.</summary>
public sealed class RequestContext
{
    /// <summary>The principal of a connection that did not authenticate.</summary>
    public const string Anonymous = "User:ANONYMOUS";

    /// <summary>The version the request was sent in and is answered in.</summary>
    public required short ApiVersion { get; init; }

    /// <summary>The client's name for itself: identity for quotas and logs only; may be null or empty (CON-6).</summary>
    public string? ClientId { get; init; }

    /// <summary>On whose behalf.</summary>
    public string Principal { get; init; } = Anonymous;

    /// <summary>The name of the listener the request came in on.</summary>
    public required string Listener { get; init; }

    /// <summary>The client's address; null inside the process.</summary>
    public EndPoint? RemoteEndPoint { get; init; }

    /// <summary>The shard the handler runs on.</summary>
    public required Shard Shard { get; init; }

    /// <summary>
    /// Cancelled, on the shard, when the client has gone or finished sending: a long poll should end now, since nobody may be
    /// waiting for it.
    /// </summary>
    public CancellationToken ConnectionClosed { get; init; }

    /// <summary>The address clients of this listener are told to connect to (CON-8).</summary>
    public required HostAndPort AdvertisedAddress { get; init; }

    /// <summary>
    /// The budget that also bounds frames. Answers that hold much memory (fetched records) should take their size from it.
    /// </summary>
    public MemoryBudget? Memory { get; init; }
}
