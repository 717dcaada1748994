using System.Net;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Shards;
using Gateway.Shards.Sockets;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Network;

/// <summary>
/// A port that speaks Kafka. One shard accepts and deals the connections out to all shards in turn; from then on a connection's
/// shard does everything for it.
/// </summary>
public sealed class KafkaListener
{
    private readonly IShardHost _host;
    private readonly Shard _acceptor;
    private readonly ListenerShard[] _shards;
    private readonly IShardListener _socket;
    private readonly NetworkMeters _meters;
    // These belong to the accepting shard.
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private int _open;
    private int _next;
    private bool _stopped;

    private KafkaListener(KafkaListenerOptions options, HandlerTable table, IShardHost host, MemoryBudget budget, ILogger logger)
    {
        _host = host;
        _acceptor = host.Shards[0];
        Options = options;
        Table = table;
        Budget = budget;
        Logger = logger;
        _shards = [.. host.Shards.Select(shard => new ListenerShard(shard, this))];
        _meters = new NetworkMeters(_shards, table);
        ITransport transport = host.Transport ?? throw new InvalidOperationException("This host has no network");
        _socket = transport.Listen(_acceptor, options.EndPoint, Accepted);
        BoundAddress = _socket.BoundEndPoint;
        HostAndPort advertised = options.AdvertisedAddress ?? new HostAndPort(BoundAddress.Address.ToString(), BoundAddress.Port);
        AdvertisedAddress = advertised.Port == 0 ? advertised with { Port = BoundAddress.Port } : advertised;
    }

    /// <summary>Where it listens; the port is the real one when 0 was asked for.</summary>
    public IPEndPoint BoundAddress { get; }

    /// <summary>What clients of this listener are told to connect to (CON-8).</summary>
    public HostAndPort AdvertisedAddress { get; }

    /// <summary>How many connections are open.</summary>
    public int ConnectionCount => _shards.Sum(static shard => shard.ConnectionCount);

    internal KafkaListenerOptions Options { get; }

    internal HandlerTable Table { get; }

    internal MemoryBudget Budget { get; }

    internal ILogger Logger { get; }

    internal NetworkMeters Meters => _meters;

    /// <summary>Listens from now on. Throws <see cref="System.Net.Sockets.SocketException"/> when the address is taken.</summary>
    public static KafkaListener Start(KafkaListenerOptions options, HandlerTable table, IShardHost host, MemoryBudget budget, ILogger logger)
    {
        var listener = new KafkaListener(options, table, host, budget, logger);
        listener._socket.Start();
        return listener;
    }

    /// <summary>
    /// Stops accepting, answers what has been read, closes. Long polls are told to end; connections that are not done after
    /// <paramref name="grace"/> are cut. Not from a shard.
    /// </summary>
    public async Task StopAsync(TimeSpan grace)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _acceptor.Post(() =>
        {
            _stopped = true;
            _socket.Close();
            stopped.TrySetResult();
        });
        await stopped.Task;
        await Task.WhenAll(_shards.Select(shard =>
        {
            var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            shard.Owner.Post(static work => work.Shard.Drain(work.Drained, work.Grace), (Shard: shard, Drained: drained, Grace: grace));
            return drained.Task;
        }));
        _meters.Dispose();
    }

    /// <summary>A connection is gone. Any shard.</summary>
    internal void ConnectionClosed(IPEndPoint remote) =>
        _acceptor.Post(static closed => closed.Listener.Forget(closed.Address), (Listener: this, remote.Address));

    private void Accepted(IIncomingSocket incoming)
    {
        Invariant.Check(_acceptor.IsCurrent);
        IPAddress address = incoming.RemoteEndPoint.Address;
        ConnectionLimits limits = Options.Limits;
        int ofAddress = _perAddress.GetValueOrDefault(address);
        int allowed = limits.MaxConnectionsPerIpOverrides.GetValueOrDefault(address, limits.MaxConnectionsPerIp);
        if (_stopped || ofAddress >= allowed)
        {
            if (!_stopped) Logger.LogInformation("Refused connection from {Remote}: {Count} of its address are open", incoming.RemoteEndPoint, ofAddress);
            incoming.Refuse();
            return;
        }
        _perAddress[address] = ofAddress + 1;
        _open++;
        if (_open == limits.MaxConnections)
        {
            Logger.LogWarning("Accepting no more connections: {Count} are open", _open);
            _socket.Pause();
        }
        ListenerShard shard = _shards[_next++ % _shards.Length];
        incoming.Attach(_host.Shards[shard.Owner.Index], shard.Adopt);
    }

    private void Forget(IPAddress address)
    {
        if (_perAddress[address] == 1) _perAddress.Remove(address);
        else _perAddress[address]--;
        _open--;
        if (_open == Options.Limits.MaxConnections - 1 && !_stopped) _socket.Resume();
    }
}
