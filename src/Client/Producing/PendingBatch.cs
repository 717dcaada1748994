using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Client.Producing;

/// <summary>What the broker said to a range of a batch's records.</summary>
internal sealed record BatchOutcome(ErrorCode Error, long BaseOffset, string? Message = null)
{
    /// <summary>The records the broker found at fault, by their place in the range, with its words about each.</summary>
    internal IReadOnlyDictionary<int, string?> AtFault { get; init; } = new Dictionary<int, string?>();
}

/// <summary>Records that travel together to one partition, and their callers' way to wait for it.</summary>
/// <remarks>Guarded by its lane's lock until it is taken for sending; from then on only the sender touches it.</remarks>
internal sealed class PendingBatch
{
    private readonly record struct Range(int Start, int End, BatchOutcome Outcome);

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Range> _outcomes = [];
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
        ShareStarts.Add(0);
    }

    internal long CreatedAt { get; }

    internal int Count { get; private set; }

    internal int EstimatedSize => _builder?.EstimatedSize ?? _prepared!.Length;

    /// <summary>First record of each caller: where the batch is cut if one caller's records spoil the others'.</summary>
    internal List<int> ShareStarts { get; } = [];

    internal Task Done => _done.Task;

    internal void Append(RecordSet records, int index, long nowMs)
    {
        RecordSet.Entry entry = records[index];
        _builder!.Append(
            entry.TimestampMs < 0 ? nowMs : entry.TimestampMs,
            records.BytesOf(entry.Key),
            entry.Key.IsNull,
            records.BytesOf(entry.Value),
            entry.Value.IsNull,
            entry.Headers);
        Count++;
    }

    /// <summary>The finished bytes; the caller owns them.</summary>
    internal RecordsLease Build() => _builder?.Build() ?? _prepared!;

    internal void SetOutcome(int start, int end, BatchOutcome outcome) => _outcomes.Add(new Range(start, end, outcome));

    internal void Complete()
    {
        _builder?.Dispose();
        _done.SetResult();
    }

    /// <summary>What became of the record at <paramref name="index"/>. Only after <see cref="Done"/>.</summary>
    internal ProducedRecord ResultOf(int index, int partition)
    {
        foreach (Range range in _outcomes)
        {
            if (index < range.Start || index >= range.End) continue;
            BatchOutcome outcome = range.Outcome;
            if (outcome.Error == ErrorCode.None)
                return new ProducedRecord(ErrorCode.None, partition, outcome.BaseOffset < 0 ? -1 : outcome.BaseOffset + index - range.Start);
            string? message = outcome.AtFault.TryGetValue(index - range.Start, out string? own) ? own ?? outcome.Message : outcome.Message;
            return new ProducedRecord(outcome.Error, partition, -1, message);
        }
        throw new InvariantBrokenException($"Record {index} of {Count} has no outcome.");
    }
}
