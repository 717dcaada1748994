using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gateway.Common.Errors;

namespace Gateway.Shards.Sockets;

/// <summary>Accepts by epoll, level-triggered, so that whoever is left in the kernel's queue is offered again.</summary>
internal sealed unsafe class EpollListener : IShardListener, IEpollTarget
{
    private const int AcceptsPerTurn = 64;
    private const int AddressSize = 128;
    private static readonly TimeSpan RetryAfterExhaustion = TimeSpan.FromMilliseconds(100);

    private readonly Shard _shard;
    private readonly EpollLoop _loop;
    private readonly Action<IIncomingSocket> _accepted;
    // The Socket is kept, not just its descriptor: once collected it would close the port.
    private readonly Socket _socket;
    private readonly int _fd;
    private ulong _token;
    private bool _watched;
    private bool _paused;
    private bool _closed;

    internal EpollListener(Shard shard, Socket socket, Action<IIncomingSocket> accepted)
    {
        _shard = shard;
        _loop = (EpollLoop)shard.Loop!;
        _socket = socket;
        _accepted = accepted;
        _fd = (int)socket.SafeHandle.DangerousGetHandle();
        BoundEndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    public IPEndPoint BoundEndPoint { get; }

    public void Start() => _shard.Post(Watch);

    public void Pause()
    {
        Invariant.Check(_shard.IsCurrent);
        _paused = true;
        if (_watched) _loop.Modify(_fd, 0, _token);
    }

    public void Resume()
    {
        Invariant.Check(_shard.IsCurrent);
        _paused = false;
        if (_watched) _loop.Modify(_fd, Libc.EpollIn, _token);
    }

    public void Close()
    {
        Invariant.Check(_shard.IsCurrent);
        if (_closed) return;
        _closed = true;
        if (_watched) _loop.Remove(_fd, _token);
        _watched = false;
        _socket.Dispose();
    }

    private void Watch()
    {
        if (_closed) return;
        _token = _loop.Add(_fd, _paused ? 0 : Libc.EpollIn, this);
        _watched = true;
    }

    void IEpollTarget.OnEvents(uint events)
    {
        byte* address = stackalloc byte[AddressSize];
        for (int i = 0; i < AcceptsPerTurn && !_paused && !_closed; i++)
        {
            int addressLength = AddressSize;
            int fd = Libc.Accept(_fd, address, &addressLength, Libc.NonBlocking | Libc.CloseOnExec);
            if (fd >= 0)
            {
                NoDelay(fd);
                _accepted(new EpollIncoming(fd, RemoteOf(address)));
                continue;
            }
            switch (Marshal.GetLastPInvokeError())
            {
                case Libc.Again:
                    return;
                case Libc.TooManyFiles or Libc.FileTableFull or Libc.NoBuffers or Libc.NoMemory:
                    RestForAWhile();
                    return;
                default:
                    continue; // that one connection died in the queue
            }
        }
    }

    void IEpollTarget.Abandon()
    {
        _closed = true;
        _watched = false;
        _socket.Dispose();
    }

    public override string ToString() => $"listener on {BoundEndPoint}";

    /// <summary>Out of descriptors: the queue stays readable, and asking again at once would spin.</summary>
    private void RestForAWhile()
    {
        _loop.Modify(_fd, 0, _token);
        _shard.Schedule(RetryAfterExhaustion, static listener =>
        {
            if (listener._watched && !listener._paused) listener._loop.Modify(listener._fd, Libc.EpollIn, listener._token);
        }, this);
    }

    private static void NoDelay(int fd)
    {
        const int Tcp = 6, TcpNoDelay = 1;
        int on = 1;
        _ = Libc.SetSocketOption(fd, Tcp, TcpNoDelay, &on, sizeof(int));
    }

    /// <summary>Reads struct sockaddr_in or sockaddr_in6; addresses are compared with limits, so mapped ones become plain IPv4.</summary>
    private static IPEndPoint RemoteOf(byte* address)
    {
        const ushort V4 = 2, V6 = 10;
        ushort family = *(ushort*)address;
        int port = (address[2] << 8) | address[3];
        if (family == V4) return new IPEndPoint(new IPAddress(new ReadOnlySpan<byte>(address + 4, 4)), port);
        if (family != V6) return new IPEndPoint(IPAddress.None, 0);
        var v6 = new IPAddress(new ReadOnlySpan<byte>(address + 8, 16), *(uint*)(address + 24));
        return new IPEndPoint(v6.IsIPv4MappedToIPv6 ? v6.MapToIPv4() : v6, port);
    }
}

/// <summary>An accepted descriptor on its way to the shard that will own it.</summary>
internal sealed class EpollIncoming(int fd, IPEndPoint remote) : IIncomingSocket
{
    private int _fd = fd;

    public IPEndPoint RemoteEndPoint => remote;

    public void Attach(Shard shard, Func<IShardSocket, ISocketEvents> adopt)
    {
        int fd = Take();
        bool posted = shard.Enqueue(ActionWork<(Shard Shard, int Fd, IPEndPoint Remote, Func<IShardSocket, ISocketEvents> Adopt)>.Of(
            static work =>
            {
                var socket = new EpollSocket(work.Shard, (EpollLoop)work.Shard.Loop!, work.Fd, work.Remote);
                socket.Watch(work.Adopt(socket));
            },
            (shard, fd, remote, adopt)));
        if (!posted) Libc.Close(fd);
    }

    public void Refuse() => Libc.Close(Take());

    private int Take()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        Invariant.Check(fd >= 0);
        return fd;
    }
}
