using Gateway.Broker.Cluster;
using Gateway.Broker.Coordinators.Groups;
using Gateway.Broker.Coordinators.Transactions;
using Gateway.Broker.InProcess;
using Gateway.Broker.Network;
using Gateway.Common.Ids;
using Gateway.Links;
using Gateway.Shards;
using Gateway.Storage;

namespace Gateway.Broker;

/// <summary>A broker that runs. Disposing it stops it in good order: no new connections, answers, flush, close, clean mark.</summary>
public sealed class KafkaBroker : IAsyncDisposable
{
    private readonly BrokerOptions _options;
    private readonly IShardHost _host;
    private readonly Stack<object> _owned = new();
    private KafkaListener? _listener;
    private InProcessLinks? _links;
    private BrokerServices? _services;
    private LogStore? _store;
    private ShardRef<CleaningSchedule>? _cleaning;
    private ShardRef<ScrubSchedule>? _scrubbing;
    private bool _isDisposed;

    internal KafkaBroker(BrokerOptions options, IShardHost host)
    {
        _options = options;
        _host = host;
    }

    /// <summary>Where clients are told to connect to.</summary>
    public HostAndPort KafkaAddress => Listener.AdvertisedAddress;

    /// <summary>Where it listens; the port is the real one.</summary>
    public HostAndPort BoundAddress => new(Listener.BoundAddress.Address.ToString(), Listener.BoundAddress.Port);

    /// <summary>False once a write or a sync failed: nothing is stored any more, and nothing is acknowledged. Any thread.</summary>
    public bool IsOnline => _store?.IsOnline ?? false;

    internal MemoryBudget Memory => Listener.Budget;

    private KafkaListener Listener => _listener ?? throw new InvalidOperationException("The broker has not started");

    /// <summary>Links into this broker, on behalf of a principal such as <c>User:ANONYMOUS</c>.</summary>
    public IBrokerLinkFactory InProcessLinks(string principal, string clientId = "in-process") => new InProcessLinkFactory(_links!, principal, clientId);

    /// <summary>Stops. Not from a shard.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (_scrubbing is { } scrubbing) await scrubbing.Call(static target => Done(target.Stop));
        if (_cleaning is { } cleaning) await cleaning.Call(static target => Done(target.Stop));
        // Groups first: members that wait for others would hold the listener up for all its grace.
        foreach (ShardRef<GroupCoordinator> shard in _services?.Groups.All ?? []) await shard.Call(static target => Done(target.Stop));
        foreach (ShardRef<TransactionCoordinator> shard in _services?.Transactions.All ?? []) await shard.Call(static target => Done(target.Stop));
        if (_listener is not null) await _listener.StopAsync(_options.StopGrace);
        _links?.CloseAll();
        if (_services is not null)
        {
            foreach (ShardRef<BrokerShard> shard in _services.Router.Shards) await shard.Call(static target => Done(target.Stop));
        }
        while (_owned.TryPop(out object? owned))
        {
            if (owned is IAsyncDisposable store) await store.DisposeAsync();
            else ((IDisposable)owned).Dispose();
        }
    }

    private static ValueTask<bool> Done(Action act)
    {
        act();
        return new ValueTask<bool>(true);
    }

    internal T Own<T>(T owned)
        where T : class
    {
        if (owned is LogStore store) _store = store;
        if (owned is BrokerServices services) _services = services;
        else _owned.Push(owned);
        return owned;
    }

    internal void Own(ShardRef<CleaningSchedule> cleaning) => _cleaning = cleaning;

    internal void Own(ShardRef<ScrubSchedule> scrubbing) => _scrubbing = scrubbing;

    internal void Open(KafkaListener listener, HandlerTable table)
    {
        _listener = listener;
        _links = new InProcessLinks(_host.Shards, table, listener.AdvertisedAddress, listener.Budget);
    }
}
