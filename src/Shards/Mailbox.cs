namespace Gateway.Shards;

/// <summary>
/// Work from any thread for one shard: a lock-free list many push to and one takes whole, so that a burst costs the owner one exchange.
/// Order is the order of the pushes.
/// </summary>
/// <remarks>
/// Invariant: when the owner sleeps with <see cref="_asleep"/> set, the list is empty or somebody is about to wake it. The owner
/// raises the flag before its last look at the list and a pusher reads the flag after its push, both with full fences, so one of
/// them sees the other.
/// </remarks>
internal sealed class Mailbox
{
    private static readonly WorkItem Closed = ActionWork<object?>.Of(static _ => { }, null);

    private WorkItem? _incoming;
    private WorkItem? _batch;
    private int _asleep;

    /// <summary>Whether nothing is waiting. The owner's view; a push may race it.</summary>
    internal bool IsEmpty => _batch is null && (Volatile.Read(ref _incoming) is null || IsClosed);

    internal bool IsClosed => ReferenceEquals(Volatile.Read(ref _incoming), Closed);

    /// <summary>Adds work. False when the shard has stopped: the work will never run.</summary>
    internal bool TryPush(WorkItem item, out bool mustWake)
    {
        mustWake = false;
        WorkItem? head = Volatile.Read(ref _incoming);
        while (true)
        {
            if (ReferenceEquals(head, Closed)) return false;
            item.Next = head;
            WorkItem? seen = Interlocked.CompareExchange(ref _incoming, item, head);
            if (ReferenceEquals(seen, head)) break;
            head = seen;
        }
        mustWake = Volatile.Read(ref _asleep) == 1 && Interlocked.Exchange(ref _asleep, 0) == 1;
        return true;
    }

    /// <summary>The oldest work, or null. Owner only.</summary>
    internal WorkItem? Take()
    {
        if (_batch is null) _batch = TakeIncoming();
        WorkItem? item = _batch;
        if (item is null) return null;
        _batch = item.Next;
        item.Next = null;
        return item;
    }

    /// <summary>Says that the owner is about to block. False when there is work after all. Owner only.</summary>
    internal bool TrySleep()
    {
        Interlocked.Exchange(ref _asleep, 1);
        if (IsEmpty) return true;
        Awake();
        return false;
    }

    /// <summary>The owner runs again and needs no waking. Owner only.</summary>
    internal void Awake() => Volatile.Write(ref _asleep, 0);

    /// <summary>Refuses work from now on, provided that nothing waits. Owner only.</summary>
    internal bool TryClose()
    {
        if (_batch is not null) return false;
        Interlocked.CompareExchange(ref _incoming, Closed, null);
        return IsClosed;
    }

    private WorkItem? TakeIncoming()
    {
        if (Volatile.Read(ref _incoming) is null || IsClosed) return null;
        WorkItem? newest = Interlocked.Exchange(ref _incoming, null);
        WorkItem? oldest = null;
        while (newest is not null)
        {
            WorkItem? next = newest.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = next;
        }
        return oldest;
    }
}
