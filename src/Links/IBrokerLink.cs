using Gateway.Protocol;

namespace Gateway.Links;

/// <summary>
/// One broker as a client sees it (design D1). Every door of the process talks Kafka through this interface, whether the
/// broker is in the same process or at the other end of a socket.
/// </summary>
/// <remarks>
/// Records: <see cref="SendAsync"/> takes the leases inside the request and releases them whatever comes of it; a caller who
/// may need the bytes again passes <c>RecordsLease.Share()</c>: a link may write into records only it holds (the broker of
/// this process does), and leaves shared ones as they are; or <c>RecordsLease.Lend()</c>, of which it may write to the headers. Leases inside a response belong to the caller.
/// Order: requests leave in the order in which <see cref="SendAsync"/> was called. Thread-safe.
/// </remarks>
public interface IBrokerLink : IAsyncDisposable
{
    /// <summary>True when the broker runs in this process, so that a waiting request does not hold up the ones behind it.</summary>
    bool IsInProcess { get; }

    /// <summary>False once the link can no longer carry requests; whoever keeps links connects anew.</summary>
    bool IsOpen { get; }

    /// <summary>Sends a request in the newest version both sides know and waits for its answer.</summary>
    /// <returns>The answer; the default value for a produce with <c>Acks = 0</c>, which has none.</returns>
    /// <exception cref="LinkClosedException">The connection is gone; whether the broker acted on the request is unknown.</exception>
    /// <exception cref="ApiNotSupportedException">The peer does not offer the API in any version known here.</exception>
    ValueTask<TResponse> SendAsync<TResponse>(IRequest<TResponse> request, CancellationToken cancel)
        where TResponse : class, IResponse, new();

    /// <summary>Whether the peer offers the API in a version known here.</summary>
    bool Supports(ApiKey api);

    /// <summary>The newest version both sides know.</summary>
    /// <exception cref="ApiNotSupportedException">There is none.</exception>
    short NegotiatedVersion(ApiKey api);
}
