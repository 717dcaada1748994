using Gateway.Shards.Sockets;

namespace Gateway.Shards.Tests;

/// <summary>Sends back what comes in, in several segments, and stops reading while it cannot send.</summary>
internal sealed class EchoServer(ThreadedShardHost host)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _partialSend = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _allClosed;
    private int _open;
    private int _accepted;

    internal int Closed { get; private set; }

    /// <summary>Ends when the kernel has first taken less than it was offered.</summary>
    internal Task PartialSend => _partialSend.Task;

    internal void Accepted(IIncomingSocket incoming)
    {
        lock (_gate) _open++;
        Shard shard = host.Shards[_accepted++ % host.Shards.Count];
        incoming.Attach(shard, socket => new Echo(this, socket));
    }

    internal Task AllClosed()
    {
        lock (_gate)
        {
            if (_open == 0) return Task.CompletedTask;
            _allClosed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _allClosed.Task.InTime();
        }
    }

    private void OneClosed()
    {
        lock (_gate)
        {
            Closed++;
            if (--_open == 0) _allClosed?.TrySetResult();
        }
    }

    private sealed class Echo(EchoServer server, IShardSocket socket) : ShardOwned(socket.Shard), ISocketEvents
    {
        private readonly byte[] _bytes = new byte[16 * 1024];
        private ReadOnlyMemory<byte> _unsent;
        private bool _closed;

        public void OnReadable()
        {
            AssertOnShard();
            Assert.False(_closed);
            while (_unsent.IsEmpty && !_closed)
            {
                switch (socket.Receive(_bytes, out int received))
                {
                    case TransferStatus.Done:
                        _unsent = _bytes.AsMemory(0, received);
                        Send();
                        break;
                    case TransferStatus.WouldBlock:
                        return;
                    default:
                        Close();
                        return;
                }
            }
        }

        public void OnWritable()
        {
            AssertOnShard();
            Assert.False(_closed);
            Send();
            OnReadable();
        }

        public void OnHangup()
        {
            AssertOnShard();
            Assert.False(_closed);
            Close();
        }

        private void Send()
        {
            int third = _unsent.Length / 3;
            ReadOnlyMemory<byte>[] segments = [_unsent[..third], _unsent[third..^third], _unsent[^third..]];
            TransferStatus status = socket.Send(segments, out int sent);
            if (status is TransferStatus.Failed) Close();
            if (sent < _unsent.Length) server._partialSend.TrySetResult();
            _unsent = _unsent[sent..];
        }

        private void Close()
        {
            if (_closed) return;
            _closed = true;
            socket.Close();
            server.OneClosed();
        }
    }
}
