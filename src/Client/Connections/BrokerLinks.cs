using Gateway.Common.Ids;
using Gateway.Links;

namespace Gateway.Client.Connections;

/// <summary>The open shared link to each broker. A link that closed is replaced at the next use.</summary>
/// <remarks>Thread-safe; callers who ask for the same broker at the same time share one attempt to connect.</remarks>
internal sealed class BrokerLinks(IBrokerLinkFactory factory) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<HostAndPort, Task<IBrokerLink>> _links = [];
    private int _nextBootstrap;
    private bool _disposed;

    /// <summary>A link to the broker at this address.</summary>
    internal async ValueTask<IBrokerLink> ToAsync(HostAndPort broker, CancellationToken cancel)
    {
        Task<IBrokerLink> link;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_links.TryGetValue(broker, out link!) || IsUseless(link))
            {
                // Not the caller's token: the attempt belongs to all who wait for it. The factory limits its time.
                _links[broker] = link = factory.ConnectAsync(broker, CancellationToken.None).AsTask();
            }
        }
        return await link.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>A link to any broker: an open one if there is one, otherwise by turns along the bootstrap addresses.</summary>
    internal ValueTask<IBrokerLink> ToAnyAsync(CancellationToken cancel)
    {
        HostAndPort bootstrap;
        lock (_lock)
        {
            foreach (Task<IBrokerLink> link in _links.Values)
            {
                if (link.IsCompletedSuccessfully && link.Result.IsOpen) return ValueTask.FromResult(link.Result);
            }
            bootstrap = factory.Bootstrap[_nextBootstrap++ % factory.Bootstrap.Count];
        }
        return ToAsync(bootstrap, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        Task<IBrokerLink>[] links;
        lock (_lock)
        {
            _disposed = true;
            links = [.. _links.Values];
            _links.Clear();
        }
        foreach (Task<IBrokerLink> link in links)
        {
            try
            {
                await (await link.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            }
            catch (LinkClosedException)
            {
                // Never connected: nothing to close.
            }
        }
    }

    private static bool IsUseless(Task<IBrokerLink> link) =>
        link.IsFaulted || link.IsCanceled || (link.IsCompletedSuccessfully && !link.Result.IsOpen);
}
