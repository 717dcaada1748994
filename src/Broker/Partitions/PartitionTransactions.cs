using System.Runtime.InteropServices;
using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <summary>
/// The transactions of one partition: which are open, which ended with a marker that is not committed yet, which were aborted (FET-5, TXN-13).
/// Part of <see cref="ProducerStates"/>, and like them a function of the log.
/// </summary>
/// <remarks>
/// Invariant: the aborted ones are in the order of their markers. They are kept as long as their markers are in the log, 32 bytes each; a marker
/// alone takes 78 bytes there.
/// </remarks>
internal sealed class PartitionTransactions
{
    private readonly SortedSet<long> _open = [];
    private readonly Queue<(long First, long Marker)> _ending = new();
    private readonly List<AbortedTransaction> _aborted = [];

    /// <summary>Where the first transaction starts that is open, or whose end is not committed; null when there is none.</summary>
    public long? FirstUndecidedOffset { get; private set; }

    /// <summary>The aborted ones, in the order of their markers.</summary>
    public ReadOnlySpan<AbortedTransaction> Aborted => CollectionsMarshal.AsSpan(_aborted);

    /// <summary>A transaction begins.</summary>
    public void Open(long firstOffset)
    {
        Invariant.Check(_open.Add(firstOffset));
        FirstUndecidedOffset = Math.Min(FirstUndecidedOffset ?? long.MaxValue, firstOffset);
    }

    /// <summary>A transaction has got its marker.</summary>
    public void End(long producerId, long firstOffset, long markerOffset, bool isAborted)
    {
        Invariant.Check(_open.Remove(firstOffset));
        _ending.Enqueue((firstOffset, markerOffset));
        if (isAborted) _aborted.Add(new AbortedTransaction(producerId, firstOffset, markerOffset, _open.Count == 0 ? markerOffset + 1 : _open.Min));
    }

    /// <summary>Markers below the high watermark count.</summary>
    public void CommitTo(long highWatermark)
    {
        if (_ending.Count == 0 || _ending.Peek().Marker >= highWatermark) return;
        while (_ending.TryPeek(out (long First, long Marker) ended) && ended.Marker < highWatermark) _ending.Dequeue();
        long first = _open.Count == 0 ? long.MaxValue : _open.Min;
        foreach ((long start, _) in _ending) first = Math.Min(first, start);
        FirstUndecidedOffset = first == long.MaxValue ? null : first;
    }

    /// <summary>Those whose range overlaps [<paramref name="from"/>, <paramref name="to"/>), as a fetch has to name them.</summary>
    public IReadOnlyList<AbortedTransaction> AbortedIn(long from, long to)
    {
        int at = FirstAbortedFrom(from);
        if (at == _aborted.Count) return [];
        List<AbortedTransaction> found = [];
        for (; at < _aborted.Count; at++)
        {
            AbortedTransaction aborted = _aborted[at];
            if (aborted.FirstOffset < to) found.Add(aborted);
            if (aborted.LastStableOffset >= to) break;
        }
        return found;
    }

    /// <summary>Forgets those whose markers are below the log's start.</summary>
    public void ForgetBelow(long logStart) => _aborted.RemoveRange(0, FirstAbortedFrom(logStart));

    /// <summary>Forgets those whose records compaction has removed.</summary>
    public void Forget(IReadOnlySet<long> markerOffsets) => _aborted.RemoveAll(aborted => markerOffsets.Contains(aborted.LastOffset));

    /// <summary>Takes over what a snapshot holds.</summary>
    public void Restore(AbortedTransaction aborted) => _aborted.Add(aborted);

    private int FirstAbortedFrom(long offset)
    {
        int low = 0;
        for (int high = _aborted.Count; low < high;)
        {
            int middle = (low + high) >>> 1;
            if (_aborted[middle].LastOffset < offset) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
