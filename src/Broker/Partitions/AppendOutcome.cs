using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <summary>What became of a produced batch.</summary>
public readonly record struct AppendOutcome
{
    /// <summary>None when it is stored (or was before, for a duplicate).</summary>
    public ErrorCode Error { get; init; }

    /// <summary>For people; null without an error.</summary>
    public string? Message { get; init; }

    /// <summary>Offset of the batch's first record; −1 on error (PRD-23).</summary>
    public long BaseOffset { get; init; }

    /// <summary>True when the batch was there already, so that nothing was written.</summary>
    public bool IsRepetition { get; init; }

    /// <summary>The highest timestamp of the batch that was there already, where it is known by its idempotency key; else 0.</summary>
    public long RepeatedTimestampMs { get; init; }

    /// <summary>The broker's time in the records, or −1 when they carry the producer's (PRD-20).</summary>
    public long LogAppendTimeMs { get; init; }

    /// <summary>Where the log starts; −1 on error.</summary>
    public long LogStartOffset { get; init; }

    /// <summary>The leader's epoch.</summary>
    public int LeaderEpoch { get; init; }

    /// <summary>The records that made the batch unacceptable; empty in most answers.</summary>
    public IReadOnlyList<RecordError> RefusedRecords { get; init; }

    /// <summary>A refusal.</summary>
    public static AppendOutcome Refused(ErrorCode error, string? message = null, IReadOnlyList<RecordError>? records = null) => new()
    {
        Error = error,
        Message = message,
        BaseOffset = -1,
        LogAppendTimeMs = -1,
        LogStartOffset = -1,
        LeaderEpoch = -1,
        RefusedRecords = records ?? [],
    };
}

/// <summary>Who waits for an append. Told once, on the partition's shard.</summary>
public interface IAppendReply
{
    /// <summary>The batch is stored as durably as the topic asks, or was refused.</summary>
    void Complete(in AppendOutcome outcome);
}

/// <summary>Whose batch it is.</summary>
public enum AppendOrigin : byte
{
    /// <summary>A client's: everything is checked.</summary>
    Client,
    /// <summary>The broker's own coordinators': control batches are theirs to write.</summary>
    Coordinator,
    /// <summary>Records that another topic did not take: checked as a client's are, but for their schemas.</summary>
    DeadLetter,
}

/// <summary>When an append counts as done.</summary>
public enum AckAt : byte
{
    /// <summary>As soon as it has its offset (acks=0, where nobody hears of it).</summary>
    Append,
    /// <summary>When it is under the high watermark. acks=1 as well: an acknowledgement means durable (design §1).</summary>
    Commit,
}
