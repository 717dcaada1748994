using Gateway.Common.Errors;

namespace Gateway.Client.Producing;

/// <summary>What became of one record.</summary>
/// <remarks>A request may have thousands of them, so it is small: what few have, they share.</remarks>
public readonly record struct ProducedRecord
{
    private readonly Rest? _rest;

    /// <summary>What became of a record.</summary>
    /// <param name="error">None, or Kafka's code.</param>
    /// <param name="partition">Where it went, or was to go; -1 when that was not decided.</param>
    /// <param name="offset">Its offset; -1 with an error and with <see cref="Acks.None"/>.</param>
    /// <param name="message">The broker's words about an error, if it had any.</param>
    public ProducedRecord(ErrorCode error, int partition, long offset, string? message = null)
    {
        (Error, Partition, Offset) = (error, partition, offset);
        if (message is not null) _rest = new Rest { Message = message };
    }

    /// <summary>None, or Kafka's code.</summary>
    public ErrorCode Error { get; }

    /// <summary>Where it went, or was to go; -1 when that was not decided.</summary>
    public int Partition { get; }

    /// <summary>Its offset; -1 with an error and with <see cref="Acks.None"/>.</summary>
    public long Offset { get; init; }

    /// <summary>The broker's words about an error, if it had any.</summary>
    public string? Message => _rest?.Message;

    /// <summary>The highest timestamp of its batch, when that was stored by an earlier request with the same idempotency key; else -1.</summary>
    public long TimestampMs
    {
        get => _rest?.TimestampMs ?? -1;
        init => _rest = value == TimestampMs ? _rest : (_rest ?? new Rest()) with { TimestampMs = value };
    }

    /// <summary>The broker's time, which all records of its batch have where the topic wants that instead of their own; else -1.</summary>
    public long LogAppendTimeMs
    {
        get => _rest?.LogAppendTimeMs ?? -1;
        init => _rest = value == LogAppendTimeMs ? _rest : (_rest ?? new Rest()) with { LogAppendTimeMs = value };
    }

    private sealed record Rest
    {
        public string? Message { get; init; }

        public long TimestampMs { get; init; } = -1;

        public long LogAppendTimeMs { get; init; } = -1;
    }
}
