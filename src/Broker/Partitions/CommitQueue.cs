namespace Gateway.Broker.Partitions;

/// <summary>
/// Appends that are written and wait for the high watermark, in log order, and duplicates that wait for the batch they repeat
/// (IDM-1). Owned by its partition.
/// </summary>
internal sealed class CommitQueue
{
    private readonly Queue<Entry> _written = new();
    private readonly List<Entry> _duplicates = [];

    private readonly record struct Entry(long EndOffset, int Bytes, IAppendReply? Reply, AppendOutcome Outcome);

    /// <summary>Adds what was just written; without a reply it only counts towards what waiting fetches see.</summary>
    public void Add(long endOffset, int bytes, IAppendReply? reply, in AppendOutcome outcome) =>
        _written.Enqueue(new Entry(endOffset, bytes, reply, outcome));

    /// <summary>Adds a repetition of a batch that is written but not committed.</summary>
    public void AddDuplicate(long endOffset, IAppendReply reply, in AppendOutcome outcome) =>
        _duplicates.Add(new Entry(endOffset, 0, reply, outcome));

    /// <summary>Answers what lies under the high watermark; returns how many bytes became visible.</summary>
    public long CommitTo(long highWatermark)
    {
        long bytes = 0;
        while (_written.TryPeek(out Entry entry) && entry.EndOffset <= highWatermark)
        {
            _written.Dequeue();
            bytes += entry.Bytes;
            entry.Reply?.Complete(entry.Outcome);
        }
        for (int i = 0; i < _duplicates.Count;)
        {
            Entry entry = _duplicates[i];
            if (entry.EndOffset > highWatermark)
            {
                i++;
                continue;
            }
            _duplicates.RemoveAt(i);
            entry.Reply!.Complete(entry.Outcome);
        }
        return bytes;
    }

    /// <summary>Answers everything with one refusal: the partition cannot commit any more.</summary>
    public void FailAll(in AppendOutcome outcome)
    {
        while (_written.TryDequeue(out Entry entry)) entry.Reply?.Complete(outcome);
        foreach (Entry entry in _duplicates) entry.Reply!.Complete(outcome);
        _duplicates.Clear();
    }
}
