using System.Collections.Concurrent;
using Gateway.Common.Ids;
using Gateway.Links;
using Gateway.Protocol;

namespace Gateway.HttpProxy.Tests.Running;

/// <summary>Links that tell of each request that goes over them.</summary>
internal sealed class OverheardLinks(IBrokerLinkFactory links) : IBrokerLinkFactory
{
    private readonly ConcurrentQueue<string> _heard = new();

    public IReadOnlyList<HostAndPort> Bootstrap => links.Bootstrap;

    /// <summary>What is told of a request, while it is whole: its records are gone later. Null for nothing.</summary>
    public required Func<IRequest, string?> Tell { get; init; }

    /// <summary>What has been told since the last time.</summary>
    public List<string> Told()
    {
        var told = new List<string>();
        while (_heard.TryDequeue(out string? one)) told.Add(one);
        return told;
    }

    public async ValueTask<IBrokerLink> ConnectAsync(HostAndPort broker, CancellationToken cancel) =>
        new Link(await links.ConnectAsync(broker, cancel), this);

    private sealed class Link(IBrokerLink link, OverheardLinks owner) : IBrokerLink
    {
        public bool IsInProcess => link.IsInProcess;

        public bool IsOpen => link.IsOpen;

        public ValueTask<TResponse> SendAsync<TResponse>(IRequest<TResponse> request, CancellationToken cancel)
            where TResponse : class, IResponse, new()
        {
            if (owner.Tell(request) is { } told) owner._heard.Enqueue(told);
            return link.SendAsync(request, cancel);
        }

        public bool Supports(ApiKey api) => link.Supports(api);

        public short NegotiatedVersion(ApiKey api) => link.NegotiatedVersion(api);

        public ValueTask DisposeAsync() => link.DisposeAsync();
    }
}
