using Gateway.Protocol;
using Gateway.Protocol.Wire;
using Gateway.Shards;
using Gateway.Shards.Sockets;

namespace Gateway.Broker.Network;

/// <summary>A listener's part on one shard: its connections there, and what they share.</summary>
internal sealed class ListenerShard(Shard shard, KafkaListener listener) : ShardOwned(shard)
{
    private const int MaxApiKey = 128;
    private const int GatherSegments = 256;
    private const int RequestsKept = 1024;

    private readonly HashSet<Connection> _connections = [];
    private readonly long[] _requests = new long[MaxApiKey];
    private readonly Stack<PendingRequest> _spareRequests = new();
    private TaskCompletionSource? _drained;
    private long _bytesReceived;
    private long _bytesSent;
    private int _connectionCount;

    internal KafkaListener Listener => listener;

    internal Shard Owner => Shard;

    internal ReadScratch Scratch { get; } = new();

    /// <summary>Names that clients of this shard send again and again.</summary>
    internal StringCache Strings { get; } = new();

    /// <summary>Where connections gather what they send, one at a time.</summary>
    internal ReadOnlyMemory<byte>[] Gather { get; } = new ReadOnlyMemory<byte>[GatherSegments];

    internal int ConnectionCount => Volatile.Read(ref _connectionCount);

    internal long BytesReceived => Volatile.Read(ref _bytesReceived);

    internal long BytesSent => Volatile.Read(ref _bytesSent);

    internal long RequestCount(ApiKey key) => (uint)key < MaxApiKey ? Volatile.Read(ref _requests[(int)key]) : 0;

    internal void CountReceived(long bytes) => Volatile.Write(ref _bytesReceived, _bytesReceived + bytes);

    internal void CountSent(long bytes) => Volatile.Write(ref _bytesSent, _bytesSent + bytes);

    internal void CountRequest(ApiKey key)
    {
        if ((uint)key < MaxApiKey) Volatile.Write(ref _requests[(int)key], _requests[(int)key] + 1);
    }

    internal PendingRequest TakeRequest() => _spareRequests.TryPop(out PendingRequest? used) ? used : new PendingRequest(this);

    internal void Keep(PendingRequest used)
    {
        if (_spareRequests.Count < RequestsKept) _spareRequests.Push(used);
    }

    internal ISocketEvents Adopt(IShardSocket socket)
    {
        AssertOnShard();
        var connection = new Connection(this, socket);
        _connections.Add(connection);
        Volatile.Write(ref _connectionCount, _connections.Count);
        connection.Start();
        if (_drained is not null) connection.Drain();
        return connection;
    }

    internal void Closed(Connection connection)
    {
        AssertOnShard();
        if (!_connections.Remove(connection)) return;
        Volatile.Write(ref _connectionCount, _connections.Count);
        listener.ConnectionClosed(connection.RemoteEndPoint);
        if (_connections.Count == 0) _drained?.TrySetResult();
    }

    /// <summary>Lets every connection answer what it has read, and close; those that take longer than <paramref name="grace"/> are cut.</summary>
    internal void Drain(TaskCompletionSource drained, TimeSpan grace)
    {
        AssertOnShard();
        _drained = drained;
        foreach (Connection connection in _connections.ToArray()) connection.Drain();
        if (_connections.Count == 0)
        {
            drained.TrySetResult();
            return;
        }
        Shard.Schedule(grace, () =>
        {
            foreach (Connection connection in _connections.ToArray()) connection.Close();
            drained.TrySetResult();
        });
    }
}
