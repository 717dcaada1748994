using System.Collections.Concurrent;
using Gateway.Broker.Network;
using Gateway.Common.Ids;
using Gateway.Links;
using Gateway.Shards;

namespace Gateway.Broker.InProcess;

/// <summary>Makes links into the broker of this process, spread over its shards. Any address leads to it: it is the only broker.</summary>
internal sealed class InProcessLinkFactory(InProcessLinks links, string principal, string clientId) : IBrokerLinkFactory
{
    public IReadOnlyList<HostAndPort> Bootstrap => [links.Advertised];

    public ValueTask<IBrokerLink> ConnectAsync(HostAndPort broker, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(links.Open(principal, clientId));
    }
}

/// <summary>All links into one broker, so that they end when it stops. Thread-safe.</summary>
internal sealed class InProcessLinks(IReadOnlyList<Shard> shards, HandlerTable table, HostAndPort advertised, MemoryBudget memory)
{
    private const string Stopped = "The broker of this process has stopped";

    private readonly ConcurrentDictionary<InProcessLink, bool> _links = new();
    private int _next = -1;
    private volatile bool _isStopped;

    public HostAndPort Advertised => advertised;

    public InProcessLink Open(string principal, string clientId)
    {
        if (_isStopped) throw new LinkClosedException(Stopped);
        Shard shard = shards[(int)((uint)Interlocked.Increment(ref _next) % (uint)shards.Count)];
        var link = new InProcessLink(shard, shards, table, advertised, memory, principal, clientId, closed => _links.TryRemove(closed, out _));
        _links.TryAdd(link, true);
        // Stopping may have run between the check and the add.
        if (_isStopped) link.Close(Stopped);
        return link;
    }

    public void CloseAll()
    {
        _isStopped = true;
        foreach (InProcessLink link in _links.Keys) link.Close(Stopped);
    }
}
