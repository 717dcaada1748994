using Gateway.Shards;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Network;

/// <summary>What a connection waits for, and for how long: memory, the rest of a frame, a client that reads, anything at all.</summary>
internal sealed partial class Connection
{
    private void WaitForMemory()
    {
        _waiter = new MemoryWaiter(Shard, _reader.Wanted, _reader.WholeFrame, _reader.WantsSmall, MemoryGranted);
        _waitTimer = Shard.Schedule(_limits.MaxMemoryWait, static connection => connection.GiveUp("no memory for its request"), this);
        // Into line only after Park has given back what is granted but unused.
        Shard.Post(static waiting => waiting.Connection.GetInLine(waiting.Waiter), (Connection: this, Waiter: _waiter));
    }

    private void GetInLine(MemoryWaiter waiter)
    {
        if (!_closed && _waiter == waiter) _home.Listener.Budget.Wait(waiter);
    }

    private void MemoryGranted(MemoryWaiter waiter)
    {
        if (_closed)
        {
            _home.Listener.Budget.Release(waiter.Granted, waiter.IsExpress);
            return;
        }
        _waiter = null;
        _waitTimer?.Dispose();
        _reader.Grant(waiter.Granted, waiter.IsExpress);
        Pump();
        // A grant that could not be used now (the connection takes no requests) must not be kept from others.
        if (!_closed) _reader.Park();
    }

    /// <summary>Runs the stall clock while memory is held for a frame of which the client owes us the rest.</summary>
    private void WatchForStalls(bool wasStarved)
    {
        bool watches = _starved && _reader.HoldsUnfinished;
        // What was not read because we did not want to is not the client's delay: the clock begins when the socket runs dry.
        if (_stallTimer is { IsPending: true } && watches && wasStarved) return;
        _stallTimer?.Dispose();
        _stallTimer = null;
        if (!watches) return;
        _stallTicks = 0;
        _receivedAtStallCheck = _reader.BytesReceived;
        StartStallTick();
    }

    private void StartStallTick() =>
        _stallTimer = Shard.Schedule(_limits.StallTimeout / StallTicks, static connection => connection.CheckStall(), this);

    private void CheckStall()
    {
        _stallTicks++;
        long progress = _reader.BytesReceived - _receivedAtStallCheck;
        bool isTime = _stallTicks == StallTicks;
        if (progress < _limits.StallProgressBytes * _stallTicks / StallTicks && (isTime || _home.Listener.Budget.Waiting > 0))
        {
            GiveUp($"{progress} bytes of an unfinished request within {_limits.StallTimeout * _stallTicks / StallTicks}");
            return;
        }
        if (isTime)
        {
            _stallTicks = 0;
            _receivedAtStallCheck = _reader.BytesReceived;
        }
        StartStallTick();
    }

    /// <summary>
    /// Runs the clock of a client that does not read its answers, which hold memory. It is left running when they have gone: one that
    /// reads as fast as most would otherwise cost a timer for each answer.
    /// </summary>
    private void WatchReader()
    {
        if (_readerTimer is { IsPending: true }) return;
        _readerKeptUp = false;
        _sentAtReaderCheck = _bytesSent;
        if (_readerTimer is null) _readerTimer = Shard.Schedule(_limits.StallTimeout, static connection => connection.CheckReader(), this);
        else _readerTimer.Start(_limits.StallTimeout);
    }

    private void CheckReader()
    {
        if (_answers.IsFlushed) return;
        long progress = _bytesSent - _sentAtReaderCheck;
        // A consumer that pauses is nobody's harm while there is memory for all.
        if (!_readerKeptUp && progress < _limits.StallProgressBytes && _home.Listener.Budget.IsTight)
        {
            GiveUp($"{progress} bytes of its answers taken within {_limits.StallTimeout} while memory is short");
            return;
        }
        WatchReader();
    }

    private void GiveUp(string reason)
    {
        _home.Listener.Logger.LogInformation("Closing connection from {Remote}: {Reason}", RemoteEndPoint, reason);
        Close();
    }

    private void CheckIdle()
    {
        TimeSpan idle = Shard.Time.GetElapsedTime(_lastActivity);
        // A request that is being worked on is no idleness, however long it takes; an answer that nobody reads is.
        bool works = _answers.Unanswered > 0 && _answers.IsFlushed;
        if (idle >= _limits.MaxIdle && !works)
        {
            Close();
            return;
        }
        TimeSpan next = works || idle >= _limits.MaxIdle ? _limits.MaxIdle : _limits.MaxIdle - idle;
        _idleTimer = Shard.Schedule(next, static connection => connection.CheckIdle(), this);
    }
}
