using Gateway.Common.Errors;

namespace Gateway.Links.Tcp;

/// <summary>Requests that were sent and wait for their answer: at most so many, each with a time to give up at.</summary>
/// <remarks>Thread-safe: the send loop adds, the receive loop removes, the clock looks.</remarks>
internal sealed class InFlightRequests(TimeProvider time, int limit, TimeSpan timeout)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, PendingRequest> _waiting = [];
    private readonly SemaphoreSlim _slots = new(limit, limit);
    private int _lastCorrelationId;
    private long _busyUntil;
    private bool _closed;

    internal int NextCorrelationId() => ++_lastCorrelationId;

    internal bool TryTakeSlot() => _slots.Wait(0);

    internal Task TakeSlotAsync(CancellationToken cancel) => _slots.WaitAsync(cancel);

    internal void ReturnSlot() => _slots.Release();

    /// <summary>
    /// Notes a request as sent. A broker answers in order and may wait on each, so the waits of the requests ahead count
    /// into the deadline of this one.
    /// </summary>
    internal void Add(PendingRequest pending)
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            _busyUntil = Math.Max(_busyUntil, now) + Ticks(ServerWait.Of(pending.Request));
            pending.Deadline = _busyUntil + Ticks(timeout);
            if (!_closed)
            {
                Invariant.Check(_waiting.TryAdd(pending.CorrelationId, pending));
                return;
            }
        }
        pending.Fail(new LinkClosedException("The link closed while the request was being sent."));
    }

    internal PendingRequest? Remove(int correlationId)
    {
        lock (_lock)
        {
            if (!_waiting.Remove(correlationId, out PendingRequest? pending)) return null;
            if (_waiting.Count == 0) _busyUntil = 0;
            _slots.Release();
            return pending;
        }
    }

    internal PendingRequest? FirstOverdue()
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            foreach (PendingRequest pending in _waiting.Values)
            {
                if (pending.Deadline <= now) return pending;
            }
            return null;
        }
    }

    /// <summary>Empties the table for good: what is added later fails at once.</summary>
    internal IReadOnlyList<PendingRequest> TakeAll()
    {
        lock (_lock)
        {
            _closed = true;
            PendingRequest[] all = [.. _waiting.Values];
            _waiting.Clear();
            return all;
        }
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
