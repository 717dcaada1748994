using Gateway.Common.Errors;

namespace Gateway.Common.Records;

/// <summary>The records of a batch that are at fault. Nothing is allocated while there are none.</summary>
public struct RecordFaults
{
    /// <summary>More faults than this are counted but not listed: the answer must stay small whatever was sent.</summary>
    private const int MaxListed = 1000;

    private List<RecordError>? _listed;
    private int _count;
    private ErrorCode _error;

    /// <summary>No record is at fault.</summary>
    public readonly bool IsEmpty => _count == 0;

    /// <summary>How many are.</summary>
    public readonly int Count => _count;

    /// <summary>Adds the record with an index in the batch, from 0.</summary>
    public void Add(int index, ErrorCode error, string message)
    {
        // One bad timestamp makes the whole answer INVALID_TIMESTAMP, as in Kafka.
        if (_count++ == 0 || error == ErrorCode.InvalidTimestamp) _error = error;
        _listed ??= [];
        if (_listed.Count < MaxListed) _listed.Add(new RecordError(index, message));
    }

    /// <summary>What the producer is answered. Only when there are any.</summary>
    public readonly ValidationResult ToResult(in RecordBatchHeader header)
    {
        RecordError first = _listed![0];
        string message = $"{_count} of {header.RecordsCount} records are refused; the first is record {first.BatchIndex}: {first.Message}";
        return new ValidationResult(_error, message, _listed, header, RecordBatchHeader.NoTimestamp);
    }
}
