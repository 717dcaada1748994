using Gateway.Common.Errors;

namespace Gateway.Common.Records;

/// <summary>Why one record of a batch is refused.</summary>
/// <param name="BatchIndex">Its index in the batch, from 0.</param>
/// <param name="Message">What is wrong, for the client's log.</param>
public readonly record struct RecordError(int BatchIndex, string Message);

/// <summary>What a look at produced records found.</summary>
/// <param name="Error">None, or what the produce answers.</param>
/// <param name="Message">The same in words; null without an error.</param>
/// <param name="RecordErrors">The records at fault, where single records are.</param>
/// <param name="Header">The batch's header; default when there is none to read.</param>
/// <param name="MaxTimestampMs">The highest timestamp of the records, which is not always what the header claims.</param>
public readonly record struct ValidationResult(
    ErrorCode Error, string? Message, IReadOnlyList<RecordError> RecordErrors, RecordBatchHeader Header, long MaxTimestampMs)
{
    /// <summary>The batch may be appended.</summary>
    public bool IsValid => Error == ErrorCode.None;

    internal static ValidationResult Refused(ErrorCode error, string message, in RecordBatchHeader header = default) =>
        new(error, message, [], header, RecordBatchHeader.NoTimestamp);
}
