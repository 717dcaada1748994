using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <summary>
/// The records of a batch in two heaps: those that stay, as stretches of the batch, and those that go elsewhere. Where none may go elsewhere, or
/// too many would, nothing is gathered: the batch is refused as a whole if any does not fit.
/// </summary>
/// <param name="letters">Takes what goes elsewhere; null where nothing may.</param>
internal sealed class SortedRecords(DeadLetterBatches? letters) : IDisposable
{
    private readonly List<RecordRun> _runs = [];

    /// <summary>What goes elsewhere; null where nothing may or more would than can.</summary>
    public DeadLetterBatches? Letters { get; private set; } = letters;

    /// <summary>Whether more would go elsewhere than can.</summary>
    public bool AreTooMany { get; private set; }

    public IReadOnlyList<RecordRun> KeptRuns => _runs;

    public int KeptCount { get; private set; }

    public int KeptBytes { get; private set; }

    /// <summary>The highest timestamp of what stays.</summary>
    public long MaxTimestamp { get; private set; } = RecordBatchHeader.NoTimestamp;

    public void Keep(int start, int end, long timestampMs)
    {
        if (Letters is null) return;
        if (_runs.Count > 0 && _runs[^1].End == start) _runs[^1] = new RecordRun(_runs[^1].Start, end);
        else _runs.Add(new RecordRun(start, end));
        KeptCount++;
        KeptBytes += end - start;
        MaxTimestamp = Math.Max(MaxTimestamp, timestampMs);
    }

    public void Take(in RecordView record, string fault)
    {
        if (Letters is null || Letters.TryAdd(record, fault)) return;
        AreTooMany = true;
        Dispose();
        _runs.Clear();
        _runs.TrimExcess();
    }

    public void Dispose()
    {
        Letters?.Dispose();
        Letters = null;
    }
}
