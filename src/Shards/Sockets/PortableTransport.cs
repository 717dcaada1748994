using System.Net;
using System.Net.Sockets;
using Gateway.Common.Errors;

namespace Gateway.Shards.Sockets;

/// <summary>Listening and accepting with <see cref="Socket"/>, where there is no epoll.</summary>
internal sealed class PortableTransport : ITransport
{
    public IShardListener Listen(Shard shard, IPEndPoint endPoint, Action<IIncomingSocket> accepted) =>
        new PortableListener(shard, ListeningSocket.Open(endPoint), accepted);
}

internal sealed class PortableListener(Shard shard, Socket socket, Action<IIncomingSocket> accepted) : IShardListener
{
    private static readonly TimeSpan RetryAfterExhaustion = TimeSpan.FromMilliseconds(100);

    private bool _accepting;
    private bool _paused;
    private bool _closed;

    public IPEndPoint BoundEndPoint { get; } = (IPEndPoint)socket.LocalEndPoint!;

    public void Start() => shard.Post(Begin);

    public void Pause()
    {
        Invariant.Check(shard.IsCurrent);
        _paused = true;
    }

    public void Resume()
    {
        Invariant.Check(shard.IsCurrent);
        _paused = false;
        if (!_accepting && !_closed) Accept();
    }

    public void Close()
    {
        Invariant.Check(shard.IsCurrent);
        if (_closed) return;
        _closed = true;
        ((PortableLoop)shard.Loop!).Remove(socket);
        socket.Dispose();
    }

    private void Begin()
    {
        if (_closed) return;
        ((PortableLoop)shard.Loop!).Add(socket);
        Accept();
    }

    // One accept is outstanding even while paused, so a pause lets through the one connection that it already awaits.
    private async void Accept()
    {
        _accepting = true;
        while (!_paused && !_closed)
        {
            try
            {
                Socket connection = await socket.AcceptAsync();
                if (_closed) connection.Dispose();
                else Accepted(connection);
            }
            catch (ObjectDisposedException)
            {
                break;
            }
            catch (SocketException e)
            {
                if (_closed) break;
                if (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable) await shard.Delay(RetryAfterExhaustion);
            }
        }
        _accepting = false;
    }

    private void Accepted(Socket connection)
    {
        IPEndPoint? remote = null;
        try
        {
            connection.NoDelay = true;
            connection.Blocking = false;
            remote = connection.RemoteEndPoint as IPEndPoint;
        }
        catch (SocketException)
        {
            // It died in the queue.
        }
        if (remote is null)
        {
            connection.Dispose();
            return;
        }
        if (remote.Address.IsIPv4MappedToIPv6) remote = new IPEndPoint(remote.Address.MapToIPv4(), remote.Port);
        accepted(new PortableIncoming(connection, remote));
    }
}

internal sealed class PortableIncoming(Socket socket, IPEndPoint remote) : IIncomingSocket
{
    private Socket? _socket = socket;

    public IPEndPoint RemoteEndPoint => remote;

    public void Attach(Shard shard, Func<IShardSocket, ISocketEvents> adopt)
    {
        Socket connection = Take();
        bool posted = shard.Enqueue(ActionWork<(Shard Shard, Socket Socket, IPEndPoint Remote, Func<IShardSocket, ISocketEvents> Adopt)>.Of(
            static work =>
            {
                var adopted = new PortableSocket(work.Shard, (PortableLoop)work.Shard.Loop!, work.Socket, work.Remote);
                adopted.Watch(work.Adopt(adopted));
            },
            (shard, connection, remote, adopt)));
        if (!posted) connection.Dispose();
    }

    public void Refuse() => Take().Dispose();

    private Socket Take()
    {
        Socket? taken = Interlocked.Exchange(ref _socket, null);
        Invariant.Check(taken is not null);
        return taken;
    }
}
