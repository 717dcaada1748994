using Gateway.Common.Errors;

namespace Gateway.Broker.Partitions;

/// <summary>What to do with a batch of an idempotent producer.</summary>
public enum ProducerVerdict : byte
{
    /// <summary>Append it.</summary>
    Append,
    /// <summary>It is stored already: answer with where it is, once that part of the log is committed (IDM-1).</summary>
    Duplicate,
    /// <summary>Refuse it with the error.</summary>
    Refused,
}

/// <summary>The outcome of <see cref="ProducerStates.Check"/>.</summary>
/// <param name="Verdict">What to do.</param>
/// <param name="Error">The error of a refusal.</param>
/// <param name="Message">The same in words; null without a refusal.</param>
/// <param name="BaseOffset">Where a duplicate is stored: its first offset; else -1.</param>
/// <param name="LastOffset">Its last offset: the answer waits until this one is committed; else -1.</param>
/// <param name="LogAppendTimeMs">The time to answer for a duplicate: the broker's where the batch carries it, else -1.</param>
public readonly record struct ProducerCheck(
    ProducerVerdict Verdict, ErrorCode Error, string? Message, long BaseOffset, long LastOffset, long LogAppendTimeMs)
{
    /// <summary>The highest timestamp of a batch that is known by its idempotency key; else 0.</summary>
    public long RepeatedTimestampMs { get; init; }

    internal static ProducerCheck Append => new(ProducerVerdict.Append, ErrorCode.None, null, -1, -1, -1);

    /// <summary>Nothing is left to be done.</summary>
    internal static ProducerCheck Done => new(ProducerVerdict.Duplicate, ErrorCode.None, null, -1, -1, -1);

    internal static ProducerCheck Duplicate(in StoredBatch batch) =>
        new(ProducerVerdict.Duplicate, ErrorCode.None, null, batch.BaseOffset, batch.LastOffset, batch.LogAppendTimeMs);

    internal static ProducerCheck Repeated(in KeyedBatch batch) =>
        new(ProducerVerdict.Duplicate, ErrorCode.None, null, batch.BaseOffset, batch.LastOffset, batch.LogAppendTimeMs) { RepeatedTimestampMs = batch.TimestampMs };

    internal static ProducerCheck Refused(ErrorCode error, string message) => new(ProducerVerdict.Refused, error, message, -1, -1, -1);
}
