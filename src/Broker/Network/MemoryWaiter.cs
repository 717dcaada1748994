using Gateway.Shards;

namespace Gateway.Broker.Network;

/// <summary>Somebody in line for memory.</summary>
/// <param name="shard">Where to tell.</param>
/// <param name="bytes">How much it waits for.</param>
/// <param name="isSmall">Which line.</param>
/// <param name="done">Told once, on the shard: true when the bytes are taken for it (and are its to give back), false when it was refused.</param>
internal sealed class MemoryWaiter(Shard shard, long bytes, bool isSmall, Action<MemoryWaiter, bool> done)
{
    internal long Bytes => bytes;

    internal bool IsSmall => isSmall;

    /// <summary>How many grants there had been when it last looked.</summary>
    internal long GrantsSeen { get; set; }

    internal void Answer(bool granted) => shard.Post(static answer => answer.Waiter.Done(answer.Waiter, answer.Granted), (Waiter: this, Granted: granted));

    private Action<MemoryWaiter, bool> Done => done;
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
internal sealed class MemoryCharge(MemoryBudget budget, long bytes) : IDisposable
{
    private long _bytes = bytes;

    public void Dispose() => budget.Release(Interlocked.Exchange(ref _bytes, 0));
}
