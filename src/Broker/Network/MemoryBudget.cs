namespace Gateway.Broker.Network;

/// <summary>How many bytes of requests the process holds at most; a frame is read only as far as its bytes are granted (design D2).</summary>
/// <remarks>Any thread. Whoever finds it exhausted waits in line, and its connection is not read meanwhile.</remarks>
public sealed class MemoryBudget
{
    private long _used;

    /// <summary>A budget of <paramref name="limit"/> bytes.</summary>
    public MemoryBudget(long limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        Limit = limit;
    }

    /// <summary>The bound.</summary>
    public long Limit { get; }

    /// <summary>How much is granted at the moment.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Takes <paramref name="bytes"/> if they are free now. What was taken must go back by <see cref="Release"/>.</summary>
    public bool TryTake(long bytes)
    {
        long used = Volatile.Read(ref _used);
        while (used + bytes <= Limit)
        {
            long seen = Interlocked.CompareExchange(ref _used, used + bytes, used);
            if (seen == used) return true;
            used = seen;
        }
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
