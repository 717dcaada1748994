namespace Gateway.Shards;

/// <summary>A shard's timers, soonest first; taking one back is as cheap as firing it, because most are taken back.</summary>
/// <remarks>Invariant: every timer in the heap knows its index, and no parent is due after its child.</remarks>
internal sealed class TimerHeap
{
    private ShardTimer[] _heap = new ShardTimer[16];
    private long _sequence;

    internal int Count { get; private set; }

    /// <summary>When the soonest timer is due; <see cref="long.MaxValue"/> when there is none.</summary>
    internal long NextDue => Count == 0 ? long.MaxValue : _heap[0].Due;

    internal void Add(ShardTimer timer)
    {
        if (Count == _heap.Length) Array.Resize(ref _heap, Count * 2);
        timer.Sequence = _sequence++;
        Count++;
        Place(timer, Count - 1);
        RiseFrom(Count - 1);
    }

    /// <summary>Removes and returns the soonest timer if it is due at <paramref name="now"/>.</summary>
    internal ShardTimer? TakeDue(long now)
    {
        if (NextDue > now) return null;
        ShardTimer timer = _heap[0];
        Remove(timer);
        return timer;
    }

    internal void Remove(ShardTimer timer)
    {
        int hole = timer.HeapIndex;
        if (hole < 0) return;
        timer.HeapIndex = -1;
        Count--;
        ShardTimer last = _heap[Count];
        _heap[Count] = null!;
        if (hole == Count) return;
        Place(last, hole);
        SinkFrom(hole);
        RiseFrom(last.HeapIndex);
    }

    private static bool IsBefore(ShardTimer left, ShardTimer right) =>
        left.Due != right.Due ? left.Due < right.Due : left.Sequence < right.Sequence;

    private void Place(ShardTimer timer, int index)
    {
        _heap[index] = timer;
        timer.HeapIndex = index;
    }

    private void RiseFrom(int index)
    {
        ShardTimer timer = _heap[index];
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (!IsBefore(timer, _heap[parent])) break;
            Place(_heap[parent], index);
            index = parent;
        }
        Place(timer, index);
    }

    private void SinkFrom(int index)
    {
        ShardTimer timer = _heap[index];
        while (true)
        {
            int child = 2 * index + 1;
            if (child >= Count) break;
            if (child + 1 < Count && IsBefore(_heap[child + 1], _heap[child])) child++;
            if (!IsBefore(_heap[child], timer)) break;
            Place(_heap[child], index);
            index = child;
        }
        Place(timer, index);
    }
}
