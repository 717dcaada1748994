using Gateway.Common.Execution;

namespace Gateway.Storage.Execution;

/// <summary>
/// Reads that wait for the device, on the I/O executor: a few at once while nobody appends, and otherwise one after the other with rests between
/// them. A journal write stands behind whatever reads are in the device's queue, and everybody who produces stands behind the journal.
/// </summary>
/// <remarks>Thread-safe. Never more than <see cref="AtOnce"/> threads of the executor: checkpoints need the others.</remarks>
internal sealed class ColdReads(IExecutor io, DiskDemand demand, TimeProvider time)
{
    /// <summary>What one read asks the device for at a time.</summary>
    internal const int PieceBytes = 128 << 10;

    /// <summary>The most bytes of a read beside appends: what waits behind it does not wait long.</summary>
    internal const int MostBesideAppends = 1 << 20;

    internal const int AtOnce = 3;

    private const int MostAhead = 8 << 20;

    private readonly Lock _lock = new();
    private readonly Queue<Action> _waiting = new();
    private ITimer? _timer;
    private TimeSpan _owedRest;
    private int _running;
    private bool _isResting;

    internal DiskDemand Demand => demand;

    /// <summary>How many it has given the executor and not got back.</summary>
    internal int Running
    {
        get
        {
            lock (_lock) return _running;
        }
    }

    /// <summary>How many bytes one read may ask for now, of <paramref name="wanted"/>.</summary>
    internal int Allowed(int wanted) => demand.HasAppends ? Math.Min(wanted, MostBesideAppends) : wanted;

    /// <summary>How many bytes behind a read of <paramref name="length"/> may be fetched ahead now.</summary>
    internal int Ahead(int length) => demand.HasAppends ? 0 : (int)Math.Min(8L * length, MostAhead);

    /// <summary>Runs a read when it is its turn; the task completes on <paramref name="owner"/>.</summary>
    internal Task<T> Run<T>(IExecutor owner, Func<T> read)
    {
        var done = new TaskCompletionSource<T>();
        lock (_lock)
        {
            _waiting.Enqueue(() =>
            {
                try
                {
                    T result = read();
                    owner.Post(() => done.SetResult(result));
                }
                catch (Exception failure)
                {
                    owner.Post(() => done.SetException(failure));
                }
            });
            StartSome();
        }

        return done.Task;
    }

    private void StartSome()
    {
        while (!_isResting && _waiting.Count > 0 && _running < (demand.HasAppends ? 1 : AtOnce))
        {
            _running++;
            Action read = _waiting.Dequeue();
            io.Post(() => Do(read));
        }
    }

    private void Do(Action read)
    {
        long started = time.GetTimestamp();
        read();
        TimeSpan took = time.GetElapsedTime(started);
        lock (_lock)
        {
            _running--;
            _owedRest = demand.HasAppends ? _owedRest + Restraint.RestAfter(took) : TimeSpan.Zero;
            if (_owedRest >= Restraint.ShortestRest && !_isResting) Rest();
            StartSome();
        }
    }

    private void Rest()
    {
        _isResting = true;
        TimeSpan rest = _owedRest;
        _owedRest = TimeSpan.Zero;
        _timer ??= time.CreateTimer(static reads => ((ColdReads)reads!).Rested(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _ = _timer.Change(rest, Timeout.InfiniteTimeSpan);
    }

    private void Rested()
    {
        lock (_lock)
        {
            _isResting = false;
            StartSome();
        }
    }
}
