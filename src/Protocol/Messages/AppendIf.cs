using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>
/// Appends one batch to a partition if its log ends where the caller believes, and if no batch with its idempotency key is there. Ours, not Kafka's:
/// between the rooms of a process, never on a socket.
/// </summary>
[KafkaRequest(ApiKey.AppendIf, 0, 0, FlexibleFrom = 0)]
public sealed partial class AppendIfRequest
{
    /// <summary>The topic's id.</summary>
    [Field]
    public Guid TopicId { get; set; }

    /// <summary>The partition's index.</summary>
    [Field]
    public int Partition { get; set; }

    /// <summary>The offset the first record is to have: where the log has to end; -1 for anywhere.</summary>
    [Field]
    public long ExpectedEndOffset { get; set; }

    /// <summary>A record batch; owned by the message until somebody takes it. Its header may carry an idempotency key.</summary>
    [Field]
    public RecordsLease? Records { get; set; }
}

/// <summary>Says whether the batch was appended.</summary>
[KafkaResponse(ApiKey.AppendIf, 0, 0, FlexibleFrom = 0)]
public sealed partial class AppendIfResponse
{
    /// <summary>
    /// What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>; <see cref="Gateway.Common.Errors.ErrorCode.OperationNotAttempted"/> when
    /// the log ends elsewhere, <see cref="Gateway.Common.Errors.ErrorCode.DuplicateSequenceNumber"/> when another request's batch has the key.
    /// </summary>
    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>What went wrong, in words; null when there is nothing to say.</summary>
    [Field]
    public string? ErrorMessage { get; set; }

    /// <summary>The offset of the first record; -1 on error.</summary>
    [Field]
    public long BaseOffset { get; set; } = -1;

    /// <summary>True when the batch was there already, by its key.</summary>
    [Field]
    public bool IsRepetition { get; set; }

    /// <summary>The highest timestamp of the batch that was there already, else -1.</summary>
    [Field]
    public long TimestampMs { get; set; } = -1;

    /// <summary>The broker's time, where it stands in the records instead of theirs; else -1.</summary>
    [Field]
    public long LogAppendTimeMs { get; set; } = -1;
}
