using System.Net;
using Gateway.Common.Buffers;
using Gateway.Shards;
using Gateway.Shards.Sockets;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Network;

/// <summary>
/// A client's connection: frames in, answers out, on one shard. Requests are taken while neither too many of them nor too many
/// bytes of answers are waiting; what is not taken stays in the kernel, so that a slow reader slows only itself down.
/// </summary>
/// <remarks>
/// The shard's scratch is in use during <see cref="Pump"/> only, and nothing that a handler may run inline calls it: completions
/// post <see cref="Continue"/> instead.
/// </remarks>
internal sealed partial class Connection : ShardOwned, ISocketEvents
{
    private const int FramesPerTurn = 256;
    private const int BytesPerTurn = 1024 * 1024;
    private const int StallTicks = 5;

    private readonly ListenerShard _home;
    private readonly IShardSocket _socket;
    private readonly ConnectionLimits _limits;
    private readonly FrameReader _reader;
    private readonly ResponseQueue _answers = new();
    private readonly RequestRunner _runner;
    private readonly CancellationTokenSource _closing = new();
    private readonly Continuation _continuation;
    private PendingRequest? _held;
    private MemoryWaiter? _waiter;
    private ShardTimer? _idleTimer;
    private ShardTimer? _stallTimer;
    private ShardTimer? _waitTimer;
    private ShardTimer? _readerTimer;
    private long _lastActivity;
    private long _bytesSent;
    private long _sentAtReaderCheck;
    private bool _readerKeptUp;
    private long _receivedAtStallCheck;
    private int _stallTicks;
    private bool _pumps;
    private bool _continues;
    private bool _starved;
    private bool _takesNoMore;
    private bool _closed;

    internal Connection(ListenerShard home, IShardSocket socket) : base(home.Owner)
    {
        _home = home;
        _socket = socket;
        _limits = home.Listener.Options.Limits;
        _reader = new FrameReader(socket, home.Scratch, home.Listener.Budget, _limits.MaxFrameBytes);
        _continuation = new Continuation(this);
        _runner = new RequestRunner(home, socket.RemoteEndPoint, _closing.Token, Answered);
    }

    internal IPEndPoint RemoteEndPoint => _socket.RemoteEndPoint;

    /// <summary>Whether another request may be taken now.</summary>
    private bool TakesRequests =>
        !_closed && !_takesNoMore && _held is null && _waiter is null
        && _answers.Unanswered < _limits.MaxInFlightRequests && _answers.QueuedBytes < _limits.MaxQueuedAnswerBytes;

    /// <summary>Starts the clock; the first event may come any time.</summary>
    internal void Start()
    {
        AssertOnShard();
        _lastActivity = Shard.Time.GetTimestamp();
        _idleTimer = Shard.Schedule(_limits.MaxIdle, static connection => connection.CheckIdle(), this);
    }

    /// <inheritdoc/>
    public void OnReadable() => Pump();

    /// <inheritdoc/>
    public void OnWritable()
    {
        AssertOnShard();
        Proceed();
    }

    /// <inheritdoc/>
    public void OnHangup() => Close();

    /// <summary>Takes no more requests, ends long polls, and closes once everything is answered.</summary>
    internal void Drain()
    {
        AssertOnShard();
        if (_closed) return;
        TakeNoMore();
        Flush();
    }

    /// <summary>Closes at once. Idempotent.</summary>
    internal void Close()
    {
        AssertOnShard();
        if (_closed) return;
        _closed = true;
        _socket.Close();
        _idleTimer?.Dispose();
        _stallTimer?.Dispose();
        _waitTimer?.Dispose();
        _readerTimer?.Dispose();
        if (_waiter is not null) _home.Listener.Budget.Leave(_waiter);
        _held?.Drop();
        _held = null;
        _reader.Close();
        _answers.Clear();
        _home.Closed(this);
        _closing.Cancel();
    }

    private void Pump()
    {
        AssertOnShard();
        if (!TakesRequests) return;
        long before = _reader.BytesReceived;
        bool wasStarved = _starved;
        _starved = false;
        _pumps = true;
        try
        {
            Read(before);
        }
        finally
        {
            _pumps = false;
            if (!_closed) _reader.Park();
        }
        if (_reader.BytesReceived != before)
        {
            _lastActivity = Shard.Time.GetTimestamp();
            _home.CountReceived(_reader.BytesReceived - before);
        }
        if (_closed) return;
        WatchForStalls(wasStarved);
        Flush();
        // Sending may have made room for the requests that were left where they are, and no event will tell of those.
        if (!_starved && TakesRequests) ContinueLater();
    }

    private void Read(long before)
    {
        for (int frames = 0; TakesRequests; frames++)
        {
            if (frames == FramesPerTurn || _reader.BytesReceived - before > BytesPerTurn)
            {
                ContinueLater();
                return;
            }
            switch (_reader.Next(out RecordsLease? frame))
            {
                case FrameStatus.Complete:
                    Take(frame!);
                    break;
                case FrameStatus.WouldBlock:
                    _starved = true;
                    return;
                case FrameStatus.NeedsMemory:
                    WaitForMemory();
                    return;
                case FrameStatus.Refused:
                    PendingRequest refused = _home.TakeRequest();
                    _answers.Add(refused);
                    CloseAt(refused, _reader.Refusal);
                    return;
                case FrameStatus.Ended:
                    TakeNoMore();
                    return;
                default:
                    Close();
                    return;
            }
        }
    }

    private void Take(RecordsLease frame)
    {
        PendingRequest request = _home.TakeRequest();
        _answers.Add(request);
        if (!_runner.Decode(frame, request, out string? refusal))
        {
            CloseAt(request, refusal!);
            return;
        }
        if (request.StartsAlone && (_answers.Unanswered > 1 || !_answers.IsFlushed)) _held = request;
        else _runner.Start(request);
    }

    /// <summary>A request's answer is known. On the shard, but possibly in the middle of another connection's turn.</summary>
    private void Answered(AnswerSlot slot, RequestOutcome outcome)
    {
        AssertOnShard();
        if (_closed)
        {
            outcome.Frame?.Dispose();
            return;
        }
        if (outcome.CloseReason is not null) CloseAt(slot, outcome.CloseReason);
        else _answers.Complete(slot, outcome.Frame);
        // Several answers often become ready in the same round; sent together they cost one system call.
        if (!_pumps) ContinueLater();
    }

    /// <summary>The connection ends where this answer would be: no frame says "I do not understand" (CON-2).</summary>
    private void CloseAt(AnswerSlot slot, string reason)
    {
        _home.Listener.Logger.LogInformation("Closing connection from {Remote}: {Reason}", RemoteEndPoint, reason);
        _answers.CloseAt(slot, reason);
        _takesNoMore = true;
    }

    private void TakeNoMore()
    {
        _takesNoMore = true;
        _closing.Cancel();
    }

    private void ContinueLater()
    {
        if (_continues) return;
        _continues = true;
        Shard.Post(_continuation);
    }

    private void Continue()
    {
        _continues = false;
        if (!_closed) Proceed();
    }

    private void Proceed()
    {
        Flush();
        if (!_closed && !_starved) Pump();
    }

    private void Flush()
    {
        TransferStatus status = _answers.Flush(_socket, _home.Gather, out long sent);
        if (sent > 0)
        {
            _lastActivity = Shard.Time.GetTimestamp();
            _bytesSent += sent;
            _home.CountSent(sent);
        }
        if (status == TransferStatus.Failed)
        {
            Close();
            return;
        }
        if (!_answers.IsFlushed)
        {
            WatchReader();
            return;
        }
        _readerKeptUp = true;
        if (_answers.CloseReason is not null || (_takesNoMore && _answers.Unanswered == 0))
        {
            Close();
            return;
        }
        if (_held is null || _answers.Unanswered > 1) return;
        PendingRequest held = _held;
        _held = null;
        _runner.Start(held);
    }

    public override string ToString() => $"connection from {RemoteEndPoint}";

    /// <summary>Posted whenever the connection has something left to do; once at a time.</summary>
    private sealed class Continuation(Connection connection) : WorkItem
    {
        protected override void Run() => connection.Continue();

        public override string ToString() => connection.ToString();
    }
}
