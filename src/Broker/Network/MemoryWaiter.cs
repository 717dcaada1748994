using Gateway.Shards;

namespace Gateway.Broker.Network;

/// <summary>Somebody in line for memory.</summary>
/// <param name="shard">Where to tell.</param>
/// <param name="bytes">How much it waits for.</param>
/// <param name="wholeFrame">How much its frame will need in all.</param>
/// <param name="isSmall">Which line.</param>
/// <param name="granted">Told once, on the shard, unless it has left the line: the bytes are taken, and the waiter's to give back.</param>
internal sealed class MemoryWaiter(Shard shard, long bytes, long wholeFrame, bool isSmall, Action<MemoryWaiter> granted)
{
    internal long Bytes => bytes;

    internal long WholeFrame => wholeFrame;

    internal bool IsSmall => isSmall;

    /// <summary>Whether it got its whole frame, in the express lane.</summary>
    internal bool IsExpress { get; private set; }

    /// <summary>How much it got.</summary>
    internal long Granted => IsExpress ? wholeFrame : bytes;

    internal void Answer(bool express)
    {
        IsExpress = express;
        shard.Post(granted, this);
    }
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
}
