using System.Net;
using System.Runtime.InteropServices;
using Gateway.Common.Errors;

namespace Gateway.Shards.Sockets;

/// <summary>A connection watched by an epoll loop, edge-triggered: registered once, so pausing and resuming cost no system call.</summary>
internal sealed unsafe class EpollSocket : IShardSocket, IEpollTarget
{
    private readonly EpollLoop _loop;
    private int _fd;
    private ulong _token;
    private ISocketEvents? _events;
    private bool _peerFinished;
    private bool _drained;
    private bool _wantsRoom;

    internal EpollSocket(Shard shard, EpollLoop loop, int fd, IPEndPoint remote)
    {
        Shard = shard;
        _loop = loop;
        _fd = fd;
        RemoteEndPoint = remote;
    }

    public Shard Shard { get; }

    public IPEndPoint RemoteEndPoint { get; }

    /// <summary>Events go to <paramref name="events"/> from now on; what has already arrived raises one.</summary>
    internal void Watch(ISocketEvents events)
    {
        if (_fd < 0) return;
        _events = events;
        _token = _loop.Add(_fd, Libc.EpollIn | Libc.EpollOut | Libc.EpollPeerFinished | Libc.EpollEdge, this);
    }

    public TransferStatus Receive(Span<byte> into, out int received)
    {
        Invariant.Check(Shard.IsCurrent);
        received = 0;
        if (_fd < 0) return TransferStatus.Failed;
        if (_drained) return TransferStatus.WouldBlock;
        while (true)
        {
            nint count;
            fixed (byte* buffer = into) count = Libc.Receive(_fd, buffer, into.Length, 0);
            if (count > 0)
            {
                received = (int)count;
                // A short read emptied the queue, and what comes next raises an event: asking again would be a call for nothing.
                // Unless the end has been announced already, which raises no second one.
                _drained = count < into.Length && !_peerFinished;
                return TransferStatus.Done;
            }
            if (count == 0) return TransferStatus.Ended;
            int error = Marshal.GetLastPInvokeError();
            if (error == Libc.Interrupted) continue;
            return error == Libc.Again ? TransferStatus.WouldBlock : TransferStatus.Failed;
        }
    }

    public TransferStatus Send(ReadOnlySpan<ReadOnlyMemory<byte>> segments, out int sent)
    {
        Invariant.Check(Shard.IsCurrent);
        sent = 0;
        if (_fd < 0) return TransferStatus.Failed;
        TransferStatus status = TransferStatus.Done;
        while (!segments.IsEmpty)
        {
            nint count = _loop.Sender.Send(_fd, segments, out int taken, out nint offered);
            if (count >= 0)
            {
                sent += (int)count;
                if (count < offered) break; // the kernel's buffer is full
                segments = segments[taken..];
                continue;
            }
            int error = Marshal.GetLastPInvokeError();
            if (error == Libc.Interrupted) continue;
            if (sent == 0) status = error == Libc.Again ? TransferStatus.WouldBlock : TransferStatus.Failed;
            break;
        }
        _wantsRoom = !segments.IsEmpty;
        return status;
    }

    public void Close()
    {
        Invariant.Check(Shard.IsCurrent);
        if (_fd < 0) return;
        if (_events is not null) _loop.Remove(_fd, _token);
        Libc.Close(_fd);
        _fd = -1;
        _events = null;
    }

    void IEpollTarget.OnEvents(uint events)
    {
        if ((events & (Libc.EpollHup | Libc.EpollErr)) != 0)
        {
            _events?.OnHangup();
            return;
        }
        if ((events & (Libc.EpollIn | Libc.EpollPeerFinished)) != 0)
        {
            _drained = false;
            _peerFinished |= (events & Libc.EpollPeerFinished) != 0;
            _events?.OnReadable();
        }
        // The first handler may have closed the socket.
        if ((events & Libc.EpollOut) != 0 && _wantsRoom && _events is not null)
        {
            _wantsRoom = false;
            _events.OnWritable();
        }
    }

    void IEpollTarget.Abandon()
    {
        if (_fd >= 0) Libc.Close(_fd);
        _fd = -1;
    }

    public override string ToString() => $"socket from {RemoteEndPoint}";
}
