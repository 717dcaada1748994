using Gateway.Common.Errors;

namespace Gateway.Client.Producing;

/// <summary>What became of one record.</summary>
/// <param name="Error">None, or Kafka's code.</param>
/// <param name="Partition">Where it went, or was to go; -1 when that was not decided.</param>
/// <param name="Offset">Its offset; -1 with an error and with <see cref="Acks.None"/>.</param>
/// <param name="Message">The broker's words about an error, if it had any.</param>
public readonly record struct ProducedRecord(ErrorCode Error, int Partition, long Offset, string? Message = null)
{
    /// <summary>The highest timestamp of its batch, when that was stored by an earlier request with the same idempotency key; else -1.</summary>
    public long TimestampMs { get; init; } = -1;

    /// <summary>The broker's time, which all records of its batch have where the topic wants that instead of their own; else -1.</summary>
    public long LogAppendTimeMs { get; init; } = -1;
}
