using System.Threading.Tasks.Sources;

namespace Gateway.HttpProxy.Streams;

/// <summary>Why a waiting stream is woken.</summary>
[Flags]
internal enum StreamEvents
{
    None = 0,

    /// <summary>Records were committed; they are among the deliveries, or are to be read.</summary>
    Records = 1,

    /// <summary>Nothing was sent for so long that the client should be told that all is well.</summary>
    Heartbeat = 2,

    /// <summary>The server stops, or the stream is as old as one may get.</summary>
    Stop = 4,

    /// <summary>The group of the stream has decided, or begun to.</summary>
    Share = 8,

    /// <summary>The topic may have changed.</summary>
    Look = 16,

    /// <summary>It is time to tell how far the stream is behind, if that has changed.</summary>
    Lag = 32,

    /// <summary>There is memory for a record that was refused.</summary>
    Memory = 64,
}

/// <summary>What a tail has for a stream: records of a partition, or null when it is to look for itself.</summary>
internal readonly record struct StreamDelivery(int Partition, SharedRecords? Records);

/// <summary>
/// What one stream waits on, again and again: no task, timer or request of its own per waiting reader, of which there may be thousands.
/// </summary>
/// <remarks>Thread-safe for those who raise; one stream waits.</remarks>
internal sealed class StreamSignal : IValueTaskSource
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _wake;
    private List<StreamDelivery>? _deliveries;
    private StreamEvents _events;
    private bool _isWaiting;
    private bool _isClosed;

    /// <summary>Ends when something was raised, at once if something was.</summary>
    internal ValueTask WaitAsync()
    {
        lock (_lock)
        {
            if (_events != StreamEvents.None) return ValueTask.CompletedTask;
            _wake.Reset();
            _isWaiting = true;
            return new ValueTask(this, _wake.Version);
        }
    }

    /// <summary>Takes what was raised since the last time.</summary>
    internal StreamEvents Take(List<StreamDelivery> deliveries)
    {
        lock (_lock)
        {
            (StreamEvents events, _events) = (_events, StreamEvents.None);
            if (_deliveries is null) return events;
            deliveries.AddRange(_deliveries);
            // A waiting stream holds nothing.
            _deliveries = null;
            return events;
        }
    }

    /// <summary>Wakes the stream.</summary>
    internal void Raise(StreamEvents events) => Raise(events, null, isAlone: false);

    /// <summary>Hands records over, one reference of which is the stream's, and wakes it; on this thread if nobody else waits for it.</summary>
    internal void Deliver(StreamDelivery delivery, bool isAlone) => Raise(StreamEvents.Records, delivery, isAlone);

    /// <summary>Takes nothing more; what was delivered and not taken is let go.</summary>
    internal void Close()
    {
        List<StreamDelivery>? left;
        lock (_lock)
        {
            _isClosed = true;
            (left, _deliveries) = (_deliveries, null);
        }
        foreach (StreamDelivery delivery in left ?? []) delivery.Records?.Release();
    }

    void IValueTaskSource.GetResult(short token) => _wake.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wake.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wake.OnCompleted(continuation, state, token, flags);

    private void Raise(StreamEvents events, StreamDelivery? delivery, bool isAlone)
    {
        bool wakes;
        lock (_lock)
        {
            if (_isClosed)
            {
                delivery?.Records?.Release();
                return;
            }
            if (delivery is { } records) (_deliveries ??= []).Add(records);
            _events |= events;
            (wakes, _isWaiting) = (_isWaiting, false);
            // Under the lock: the stream may wait anew as soon as it is woken.
            if (wakes) _wake.RunContinuationsAsynchronously = !isAlone;
        }
        if (wakes) _wake.SetResult(true);
    }
}
