using Gateway.Common.Ids;
using Gateway.Links;

namespace Gateway.Client.Connections;

/// <summary>
/// Links lent to one user at a time, for requests that wait at the broker (long-poll fetches, joins): brokers answer a
/// connection in order, so a waiting request would hold up everybody else's.
/// </summary>
internal sealed class ExclusiveLinks(IBrokerLinkFactory factory) : IAsyncDisposable
{
    private const int MaxIdlePerBroker = 16;
    private readonly Lock _lock = new();
    private readonly Dictionary<HostAndPort, Stack<IBrokerLink>> _idle = [];
    private bool _disposed;

    /// <summary>A link nobody else uses until it is given back with <see cref="GiveBackAsync"/>.</summary>
    internal async ValueTask<IBrokerLink> BorrowAsync(HostAndPort broker, CancellationToken cancel)
    {
        while (TakeIdle(broker) is { } link)
        {
            if (link.IsOpen) return link;
            await link.DisposeAsync().ConfigureAwait(false);
        }
        return await factory.ConnectAsync(broker, cancel).ConfigureAwait(false);
    }

    /// <summary>Gives a link back. <paramref name="isClean"/> is false when a request on it may still be waiting for its answer.</summary>
    internal async ValueTask GiveBackAsync(HostAndPort broker, IBrokerLink link, bool isClean)
    {
        if (link.IsOpen && (isClean || link.IsInProcess) && Keep(broker, link)) return;
        await link.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        IBrokerLink[] links;
        lock (_lock)
        {
            _disposed = true;
            links = [.. _idle.Values.SelectMany(static stack => stack)];
            _idle.Clear();
        }
        foreach (IBrokerLink link in links) await link.DisposeAsync().ConfigureAwait(false);
    }

    private IBrokerLink? TakeIdle(HostAndPort broker)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _idle.TryGetValue(broker, out Stack<IBrokerLink>? stack) && stack.TryPop(out IBrokerLink? link) ? link : null;
        }
    }

    private bool Keep(HostAndPort broker, IBrokerLink link)
    {
        lock (_lock)
        {
            if (_disposed) return false;
            if (!_idle.TryGetValue(broker, out Stack<IBrokerLink>? stack)) _idle[broker] = stack = new Stack<IBrokerLink>();
            if (stack.Count >= MaxIdlePerBroker) return false;
            stack.Push(link);
            return true;
        }
    }
}
