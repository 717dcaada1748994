using System.Net;
using System.Net.Sockets;
using Gateway.Common.Errors;

namespace Gateway.Shards.Sockets;

/// <summary>
/// A connection over <see cref="Socket"/>'s asynchronous calls, made to look ready or not: a receive of zero bytes completes when
/// there is something, and a send that does not fit is finished in the background.
/// </summary>
/// <remarks>Completions arrive on the pool and only post; what they find closed they leave alone.</remarks>
internal sealed class PortableSocket : IShardSocket, IDisposable
{
    private const int BackgroundSend = 64 * 1024;

    private readonly PortableLoop _loop;
    private readonly Socket _socket;
    private ISocketEvents? _events;
    private bool _awaitsData;
    private bool _sendsInBackground;
    private bool _closed;

    internal PortableSocket(Shard shard, PortableLoop loop, Socket socket, IPEndPoint remote)
    {
        Shard = shard;
        _loop = loop;
        _socket = socket;
        RemoteEndPoint = remote;
        loop.Add(this);
    }

    public Shard Shard { get; }

    public IPEndPoint RemoteEndPoint { get; }

    internal void Watch(ISocketEvents events)
    {
        if (_closed) return;
        _events = events;
        AwaitData();
    }

    public TransferStatus Receive(Span<byte> into, out int received)
    {
        Invariant.Check(Shard.IsCurrent);
        received = 0;
        if (_closed) return TransferStatus.Failed;
        if (_awaitsData) return TransferStatus.WouldBlock;
        received = _socket.Receive(into, SocketFlags.None, out SocketError error);
        if (error == SocketError.Success) return received > 0 ? TransferStatus.Done : TransferStatus.Ended;
        received = 0;
        if (error != SocketError.WouldBlock) return TransferStatus.Failed;
        AwaitData();
        return TransferStatus.WouldBlock;
    }

    public TransferStatus Send(ReadOnlySpan<ReadOnlyMemory<byte>> segments, out int sent)
    {
        Invariant.Check(Shard.IsCurrent);
        sent = 0;
        if (_closed) return TransferStatus.Failed;
        if (_sendsInBackground) return TransferStatus.WouldBlock;
        foreach (ReadOnlyMemory<byte> segment in segments)
        {
            int count = _socket.Send(segment.Span, SocketFlags.None, out SocketError error);
            if (error is not (SocketError.Success or SocketError.WouldBlock)) return sent > 0 ? TransferStatus.Done : TransferStatus.Failed;
            if (error == SocketError.WouldBlock) count = 0;
            sent += count;
            if (count == segment.Length) continue;
            ReadOnlyMemory<byte> rest = segment[count..];
            if (rest.Length > BackgroundSend) rest = rest[..BackgroundSend];
            // Copied, since the caller may reuse what was taken.
            _ = FinishSend(rest.ToArray());
            sent += rest.Length;
            break;
        }
        return sent > 0 ? TransferStatus.Done : TransferStatus.WouldBlock;
    }

    public void Close()
    {
        Invariant.Check(Shard.IsCurrent);
        if (_closed) return;
        _closed = true;
        _events = null;
        _loop.Remove(this);
        Dispose();
        DisposeWhenQuiet();
    }

    /// <summary>
    /// Says goodbye and ends what is outstanding. Not more: a Socket that is disposed with an operation under way resets the
    /// connection, and the client would lose the answers it has not read yet.
    /// </summary>
    public void Dispose()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The other side was first.
        }
    }

    public override string ToString() => $"socket from {RemoteEndPoint}";

    private bool DisposeWhenQuiet()
    {
        if (_closed && !_awaitsData && !_sendsInBackground) _socket.Dispose();
        return _closed;
    }

    // Both are awaited on the shard, whose context brings them back to it.
    private async void AwaitData()
    {
        _awaitsData = true;
        bool broken = false;
        try
        {
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            broken = true;
        }
        // It may have completed at once, inside Receive or Watch; events never come from inside a call.
        await Task.Yield();
        _awaitsData = false;
        if (DisposeWhenQuiet()) return;
        if (broken) _events?.OnHangup();
        else _events?.OnReadable();
    }

    private async Task FinishSend(byte[] bytes)
    {
        _sendsInBackground = true;
        bool broken = false;
        try
        {
            for (int at = 0; at < bytes.Length;) at += await _socket.SendAsync(bytes.AsMemory(at), SocketFlags.None);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            broken = true;
        }
        await Task.Yield();
        _sendsInBackground = false;
        if (DisposeWhenQuiet()) return;
        if (broken) _events?.OnHangup();
        else _events?.OnWritable();
    }
}
