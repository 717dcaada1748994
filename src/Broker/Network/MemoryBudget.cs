using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Shards;

namespace Gateway.Broker.Network;

/// <summary>
/// How many bytes of requests and answers the process holds at most; a frame is read only as far as its bytes are granted
/// (design D2). Whoever finds it exhausted waits in line, and its connection is not read meanwhile.
/// </summary>
/// <remarks>
/// <para>Large frames grow step by step and together fill half of it. When that is full, each may hold a part and wait for the rest,
/// so three more eighths are an express lane: the first in line gets all that its frame will ever need, one at a time. The last
/// eighth is for small frames only, so that heartbeats and metadata pass whatever large ones do.</para>
/// <para>Any thread. Invariant: what is taken is at most <see cref="Limit"/>, and nobody is served while somebody waits in the same line.</para>
/// </remarks>
public sealed class MemoryBudget : IMemoryGrants
{
    /// <summary>With less, connections would wait for memory that can never be granted.</summary>
    public const long Smallest = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly MemoryLine _small;
    private readonly MemoryLine _large;
    private bool _expressTaken;
    private long _used;

    /// <summary>A budget of <paramref name="limit"/> bytes, at least <see cref="Smallest"/>.</summary>
    public MemoryBudget(long limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, Smallest);
        Limit = limit;
        ExpressLimit = limit - limit / 8;
        _small = new MemoryLine(Limit);
        _large = new MemoryLine(limit / 2);
    }

    /// <summary>The bound.</summary>
    public long Limit { get; }

    /// <summary>How far the one frame in the express lane may fill it.</summary>
    public long ExpressLimit { get; }

    /// <summary>How much is taken at the moment.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Whether connections should take no more than they need just now.</summary>
    public bool IsTight => Used > Limit / 4 || _small.Length > 0 || _large.Length > 0;

    /// <summary>How many wait for memory.</summary>
    public int Waiting => _small.Length + _large.Length;

    /// <summary>Takes memory for something large if it is free now. What was taken goes back by <see cref="Release(long)"/>.</summary>
    public bool TryTake(long bytes) => TryTake(bytes, _large);

    long IMemoryGrants.Most => Limit / 2;

    /// <summary>Little comes from the share of the small, so that it is to be had while large frames wait.</summary>
    IMemoryGrant? IMemoryGrants.TryTake(long bytes) =>
        TryTake(bytes, small: bytes <= FrameReader.SmallFrame) ? MemoryCharge.On(this, bytes) : null;

    /// <summary>Gives bytes back, and hands them to who waits.</summary>
    public void Release(long bytes) => Release(bytes, express: false);

    /// <summary>As <see cref="Release(long)"/>; <paramref name="express"/> leaves the express lane to the next.</summary>
    internal void Release(long bytes, bool express)
    {
        if (bytes == 0 && !express) return;
        Invariant.Check(Interlocked.Add(ref _used, -bytes) >= 0);
        if (!express && Waiting == 0) return;
        lock (_gate)
        {
            if (express) _expressTaken = false;
            ServeLines();
        }
    }

    /// <summary>As <see cref="TryTake(long)"/>, from the share for small frames too when <paramref name="small"/>.</summary>
    internal bool TryTake(long bytes, bool small) => TryTake(bytes, small ? _small : _large);

    /// <summary>Gets in line; its callback will run on its shard.</summary>
    internal void Wait(MemoryWaiter waiter)
    {
        lock (_gate)
        {
            MemoryLine line = waiter.IsSmall ? _small : _large;
            line.Add(waiter);
            // What was released before the line was visible has woken nobody.
            Interlocked.MemoryBarrier();
            ServeLines();
        }
    }

    /// <summary>Leaves the line. False when the grant is already on its way.</summary>
    internal bool Leave(MemoryWaiter waiter)
    {
        lock (_gate)
        {
            if (!(waiter.IsSmall ? _small : _large).Remove(waiter)) return false;
            ServeLines();
            return true;
        }
    }

    private bool TryTake(long bytes, MemoryLine line) => line.Length == 0 && TryTakeUpTo(bytes, line.Ceiling);

    private bool TryTakeUpTo(long bytes, long ceiling)
    {
        long used = Volatile.Read(ref _used);
        while (used + bytes <= ceiling)
        {
            long seen = Interlocked.CompareExchange(ref _used, used + bytes, used);
            if (seen == used) return true;
            used = seen;
        }
        return false;
    }

    private void ServeLines()
    {
        Serve(_small);
        Serve(_large);
        if (_large.First is not { } first || _expressTaken || !TryTakeUpTo(first.WholeFrame, ExpressLimit)) return;
        _expressTaken = true;
        Grant(_large, first, express: true);
    }

    private void Serve(MemoryLine line)
    {
        while (line.First is { } first && TryTakeUpTo(first.Bytes, line.Ceiling)) Grant(line, first, express: false);
    }

    private static void Grant(MemoryLine line, MemoryWaiter waiter, bool express)
    {
        line.Remove(waiter);
        waiter.Answer(express);
    }
}
