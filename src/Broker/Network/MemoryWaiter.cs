using Gateway.Shards;

namespace Gateway.Broker.Network;

/// <summary>How a wait for memory ended.</summary>
internal enum MemoryGrant
{
    /// <summary>Nothing was taken: make room for others.</summary>
    Refused,

    /// <summary><see cref="MemoryWaiter.Bytes"/> are taken, and the waiter's to give back.</summary>
    Bytes,

    /// <summary><see cref="MemoryWaiter.WholeFrame"/> bytes are taken, in the express lane.</summary>
    WholeFrame,
}

/// <summary>Somebody in line for memory.</summary>
/// <param name="shard">Where to tell.</param>
/// <param name="bytes">How much it waits for.</param>
/// <param name="wholeFrame">How much its frame will need in all.</param>
/// <param name="isSmall">Which line.</param>
/// <param name="done">Told once, on the shard.</param>
internal sealed class MemoryWaiter(Shard shard, long bytes, long wholeFrame, bool isSmall, Action<MemoryWaiter, MemoryGrant> done)
{
    internal long Bytes => bytes;

    internal long WholeFrame => wholeFrame;

    internal bool IsSmall => isSmall;

    /// <summary>How many grants there had been when it last looked.</summary>
    internal long GrantsSeen { get; set; }

    internal void Answer(MemoryGrant grant) => shard.Post(static answer => answer.Waiter.Tell(answer.Grant), (Waiter: this, Grant: grant));

    private void Tell(MemoryGrant grant) => done(this, grant);
}

/// <summary>First come, first served, up to a ceiling. Under the budget's lock, except for the length.</summary>
internal sealed class MemoryLine(long ceiling)
{
    private readonly LinkedList<MemoryWaiter> _waiters = [];
    private readonly Dictionary<MemoryWaiter, LinkedListNode<MemoryWaiter>> _places = [];
    private int _length;

    internal long Ceiling => ceiling;

    internal int Length => Volatile.Read(ref _length);

    internal MemoryWaiter? First => _waiters.First?.Value;

    internal void Add(MemoryWaiter waiter)
    {
        _places.Add(waiter, _waiters.AddLast(waiter));
        Volatile.Write(ref _length, _waiters.Count);
    }

    internal bool Remove(MemoryWaiter waiter)
    {
        if (!_places.Remove(waiter, out LinkedListNode<MemoryWaiter>? place)) return false;
        _waiters.Remove(place);
        Volatile.Write(ref _length, _waiters.Count);
        return true;
    }

    internal MemoryWaiter? TakeYoungest()
    {
        MemoryWaiter? youngest = _waiters.Last?.Value;
        if (youngest is not null) Remove(youngest);
        return youngest;
    }
}

/// <summary>Bytes of the budget that belong to a piece of memory and go back with it.</summary>
internal sealed class MemoryCharge(MemoryBudget budget, long bytes, bool express) : IDisposable
{
    private int _returned;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _returned, 1) == 0) budget.Release(bytes, express);
    }
}
