using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Client.Producing;

/// <summary>What the broker said to a range of a batch's records.</summary>
internal sealed record BatchOutcome(ErrorCode Error, long BaseOffset, string? Message = null)
{
    private static readonly Dictionary<int, string?> NoFaults = [];

    /// <summary>The records the broker found at fault, by their place in the range, with its words about each.</summary>
    internal IReadOnlyDictionary<int, string?> AtFault { get; init; } = NoFaults;

    /// <summary>The broker's time, where it stands in the records instead of theirs; else -1.</summary>
    internal long LogAppendTimeMs { get; init; } = -1;
}

/// <summary>Records that travel together to one partition, and their callers' way to wait for it.</summary>
/// <remarks>Guarded by its lane's lock until it is taken for sending; from then on only the sender touches it.</remarks>
internal sealed class PendingBatch
{
    private readonly record struct Range(int Start, int End, BatchOutcome Outcome);

    private readonly List<ProduceCall> _calls = new(1);
    private readonly List<Range> _outcomes = new(1);
    private readonly RecordBatchBuilder? _builder;
    private readonly RecordsLease? _prepared;

    internal PendingBatch(RecordBatchBuilder builder, long createdAt)
    {
        _builder = builder;
        CreatedAt = createdAt;
    }

    internal PendingBatch(RecordsLease prepared, int count, long createdAt)
    {
        _prepared = prepared;
        Count = count;
        CreatedAt = createdAt;
    }

    internal long CreatedAt { get; }

    internal int Count { get; private set; }

    internal int EstimatedSize => _builder?.EstimatedSize ?? _prepared!.Length;

    /// <summary>First record of each caller: where the batch is cut if one caller's records spoil the others'.</summary>
    internal List<int> ShareStarts { get; } = new(1);

    /// <summary>Records of another call are there from <paramref name="first"/> on, or follow.</summary>
    internal void Admit(ProduceCall call, int first)
    {
        ShareStarts.Add(first);
        _calls.Add(call);
        call.Joined(this, first);
    }

    internal void Append(RecordSet records, int index, long nowMs)
    {
        records.AppendTo(_builder!, index, nowMs);
        Count++;
    }

    /// <summary>Adds the records of a source, if they can be.</summary>
    internal bool TryAppend<TSource>(ref TSource source, long nowMs, bool mayHaveKeys)
        where TSource : IRecordSource, allows ref struct
    {
        RecordBatchBuilder.Mark before = _builder!.Here();
        bool isAdded = false;
        try
        {
            isAdded = source.TryAppendTo(_builder, nowMs, mayHaveKeys);
        }
        finally
        {
            // Whatever happened: other callers' records are in the batch.
            if (!isAdded) _builder.TakeBackTo(before);
        }
        Count = _builder.Count;
        return isAdded;
    }

    /// <summary>What is to be delivered. Once; the caller disposes it.</summary>
    internal Delivery Build() =>
        _builder is null ? new Delivery(_prepared!, Count, hasChecksum: true) : new Delivery(_builder.Build(withChecksum: false), Count, hasChecksum: false);

    internal void SetOutcome(int start, int end, BatchOutcome outcome) => _outcomes.Add(new Range(start, end, outcome));

    /// <summary>It has no records and is not needed.</summary>
    internal void Discard() => _builder?.Dispose();

    /// <summary>Lets the callers go on, each on a thread of the pool.</summary>
    /// <param name="mayRunCallers">
    /// Whether the last of them may go on right here, which spares a hop: only when the lane has nothing to send, since a caller may do
    /// anything, also wait for the lane.
    /// </param>
    internal void Complete(bool mayRunCallers)
    {
        _builder?.Dispose();
        for (int i = 0; i < _calls.Count; i++)
        {
            ProduceCall call = _calls[i];
            if (!call.LeaveOne()) continue;
            if (mayRunCallers && i == _calls.Count - 1) call.Finish();
            else ThreadPool.UnsafeQueueUserWorkItem(call, preferLocal: true);
        }
    }

    /// <summary>What became of <paramref name="count"/> records from <paramref name="first"/> on. Only after the batch is complete.</summary>
    internal ProducedRecords ResultsOf(int first, int count, int partition)
    {
        if (_outcomes is [{ Start: 0, Outcome: { Error: ErrorCode.None, BaseOffset: >= 0 } stored }])
            return new ProducedRecords(new ProducedRecord(ErrorCode.None, partition, stored.BaseOffset + first) { LogAppendTimeMs = stored.LogAppendTimeMs }, count);
        var each = new ProducedRecord[count];
        for (int i = 0; i < count; i++) each[i] = ResultOf(first + i, partition);
        return new ProducedRecords(each);
    }

    /// <summary>What became of the records from <paramref name="first"/> on, to <paramref name="places"/> of the results. Only after the batch is complete.</summary>
    internal void ResultsOf(int first, int partition, ReadOnlySpan<int> places, Span<ProducedRecord> results)
    {
        if (_outcomes is [{ Start: 0, Outcome: { Error: ErrorCode.None, BaseOffset: >= 0 } stored }])
        {
            var one = new ProducedRecord(ErrorCode.None, partition, stored.BaseOffset + first) { LogAppendTimeMs = stored.LogAppendTimeMs };
            for (int i = 0; i < places.Length; i++) results[places[i]] = one with { Offset = one.Offset + i };
            return;
        }
        for (int i = 0; i < places.Length; i++) results[places[i]] = ResultOf(first + i, partition);
    }

    /// <summary>What became of the record at <paramref name="index"/>. Only after the batch is complete.</summary>
    internal ProducedRecord ResultOf(int index, int partition)
    {
        foreach (Range range in _outcomes)
        {
            if (index < range.Start || index >= range.End) continue;
            BatchOutcome outcome = range.Outcome;
            if (outcome.Error == ErrorCode.None)
            {
                long offset = outcome.BaseOffset < 0 ? -1 : outcome.BaseOffset + index - range.Start;
                return new ProducedRecord(ErrorCode.None, partition, offset) { LogAppendTimeMs = outcome.LogAppendTimeMs };
            }
            string? message = outcome.AtFault.TryGetValue(index - range.Start, out string? own) ? own ?? outcome.Message : outcome.Message;
            return new ProducedRecord(outcome.Error, partition, -1, message);
        }
        throw new InvariantBrokenException($"Record {index} of {Count} has no outcome.");
    }
}
