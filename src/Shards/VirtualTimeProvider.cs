namespace Gateway.Shards;

/// <summary>A clock that moves only when told to. For simulation and tests; not thread-safe beyond reading the time.</summary>
public sealed class VirtualTimeProvider : TimeProvider
{
    private readonly PriorityQueue<VirtualTimer, (long Due, long Sequence)> _timers = new();
    private readonly DateTimeOffset _start;
    private long _ticks;
    private long _sequence;

    /// <summary>Begins at 2026-01-01 00:00 UTC unless told otherwise.</summary>
    public VirtualTimeProvider(DateTimeOffset? start = null) => _start = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start.AddTicks(GetTimestamp());

    /// <summary>Moves the clock on, firing the timers made with <see cref="CreateTimer"/> on this thread, each at its own moment.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        MoveTo(_ticks + by.Ticks);
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    internal void MoveTo(long target)
    {
        while (_timers.TryPeek(out VirtualTimer? timer, out (long Due, long Sequence) key) && key.Due <= target)
        {
            _timers.Dequeue();
            if (timer.Scheduled != key.Sequence) continue; // changed or disposed since
            Volatile.Write(ref _ticks, Math.Max(_ticks, key.Due));
            timer.Fire();
        }
        Volatile.Write(ref _ticks, Math.Max(_ticks, target));
    }

    /// <summary>When the next of its own timers is due; <see cref="long.MaxValue"/> without one.</summary>
    internal long NextDue()
    {
        while (_timers.TryPeek(out VirtualTimer? timer, out (long Due, long Sequence) key))
        {
            if (timer.Scheduled == key.Sequence) return key.Due;
            _timers.Dequeue();
        }
        return long.MaxValue;
    }

    private sealed class VirtualTimer(VirtualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        /// <summary>Which entry of the queue counts; 0 for none.</summary>
        internal long Scheduled { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            if (dueTime == Timeout.InfiniteTimeSpan) Scheduled = 0;
            else Enqueue(dueTime);
            return true;
        }

        public void Dispose() => Scheduled = 0;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        internal void Fire()
        {
            Scheduled = 0;
            if (_period > TimeSpan.Zero) Enqueue(_period);
            callback(state);
        }

        private void Enqueue(TimeSpan due)
        {
            Scheduled = ++clock._sequence;
            clock._timers.Enqueue(this, (clock._ticks + due.Ticks, Scheduled));
        }
    }
}
