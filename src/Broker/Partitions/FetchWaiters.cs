namespace Gateway.Broker.Partitions;

/// <summary>
/// Somebody who waits until the partitions it reads on one shard have gained so many bytes, or something else worth a look
/// happens to one of them (FET-1). Fires once, until it is made to wait again. Owned by that shard.
/// </summary>
public abstract class FetchWaiter
{
    private readonly List<FetchWaiters> _places = [];
    private long _missingBytes;
    private bool _hasFired;

    /// <summary>True while it is registered and has not fired.</summary>
    public bool IsWaiting => _places.Count > 0;

    /// <summary>It reads no further than everything is decided (read committed), so new records alone are nothing to it.</summary>
    protected internal bool ReadsCommitted { get; set; }

    /// <summary>Says how many bytes it takes to wake this up. Before <see cref="FetchWaiters.Add"/>.</summary>
    protected void WaitFor(long bytes)
    {
        _missingBytes = Math.Max(1, bytes);
        _hasFired = false;
    }

    /// <summary>Stops waiting; nothing fires any more.</summary>
    public void StopWaiting()
    {
        _hasFired = true;
        foreach (FetchWaiters place in _places) place.Remove(this);
        _places.Clear();
    }

    /// <summary>Enough has come, or something happened. Called on the shard, once, when it waits no longer.</summary>
    protected abstract void OnWake();

    /// <summary>Fires at once: what it would wait for has happened already.</summary>
    protected void WakeNow() => Wake();

    internal void Joined(FetchWaiters place) => _places.Add(place);

    internal void Gained(long bytes)
    {
        if (!IsWaiting) return;
        _missingBytes -= bytes;
        if (_missingBytes <= 0) Wake();
    }

    internal void Wake()
    {
        if (_hasFired) return;
        StopWaiting();
        OnWake();
    }
}

/// <summary>The waiters of one partition. Owned by it.</summary>
public sealed class FetchWaiters
{
    private readonly List<FetchWaiter> _waiters = [];
    private FetchWaiter[] _firing = [];

    /// <summary>How many wait.</summary>
    public int Count => _waiters.Count;

    /// <summary>Adds a waiter, which may stand in several partitions, and joins all of them in one turn.</summary>
    public void Add(FetchWaiter waiter)
    {
        // A request may name a partition any number of times. Each place is looked for when the waiter leaves, so a place a mention would let one
        // request of some megabytes hold the shard for a minute.
        if (_waiters.Count > 0 && ReferenceEquals(_waiters[^1], waiter)) return;
        _waiters.Add(waiter);
        waiter.Joined(this);
    }

    /// <summary>So many bytes became visible.</summary>
    internal void Gained(long bytes)
    {
        if (_waiters.Count == 0) return;
        int count = Snapshot();
        for (int i = 0; i < count; i++) _firing[i].Gained(bytes);
        Array.Clear(_firing, 0, count);
    }

    /// <summary>So many bytes became visible while transactions are undecided; and the last stable offset may have moved.</summary>
    internal void Gained(long bytes, bool stableMoved)
    {
        int count = Snapshot();
        for (int i = 0; i < count; i++)
        {
            if (!_firing[i].ReadsCommitted) _firing[i].Gained(bytes);
            else if (stableMoved) _firing[i].Wake();
        }
        Array.Clear(_firing, 0, count);
    }

    /// <summary>Something changed that every waiter must look at: the partition went, moved, or lost its head.</summary>
    internal void WakeAll()
    {
        int count = Snapshot();
        for (int i = 0; i < count; i++) _firing[i].Wake();
        Array.Clear(_firing, 0, count);
    }

    internal void Remove(FetchWaiter waiter) => _waiters.Remove(waiter);

    // Those that fire leave the list while it is walked, and may come back at once with their next round.
    private int Snapshot()
    {
        int count = _waiters.Count;
        if (_firing.Length < count) _firing = new FetchWaiter[Math.Max(4, count * 2)];
        _waiters.CopyTo(_firing);
        return count;
    }
}
