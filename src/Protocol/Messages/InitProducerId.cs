using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Asks for a producer id, for idempotence or transactions.</summary>
[KafkaRequest(ApiKey.InitProducerId, 0, 6, FlexibleFrom = 2)]
public sealed partial class InitProducerIdRequest
{
    /// <summary>The transactional id; null for a producer without transactions.</summary>
    [Field]
    public string? TransactionalId { get; set; } = "";

    /// <summary>How long a transaction may stay open, in ms.</summary>
    [Field]
    public int TransactionTimeoutMs { get; set; }

    /// <summary>The producer's id; -1 when it has none.</summary>
    [Field(From = 3)]
    public long ProducerId { get; set; } = -1;

    /// <summary>The producer's epoch; -1 when it has none.</summary>
    [Field(From = 3)]
    public short ProducerEpoch { get; set; } = -1;

    /// <summary>Whether the caller takes part in two-phase commits run by somebody else.</summary>
    [Field(From = 6)]
    public bool Enable2Pc { get; set; }

    /// <summary>Whether a prepared transaction of this id survives.</summary>
    [Field(From = 6)]
    public bool KeepPreparedTxn { get; set; }
}

/// <summary>The producer id and epoch.</summary>
[KafkaResponse(ApiKey.InitProducerId, 0, 6, FlexibleFrom = 2)]
public sealed partial class InitProducerIdResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>The producer's id; -1 when it has none.</summary>
    [Field]
    public long ProducerId { get; set; } = -1;

    /// <summary>The producer's epoch; -1 when it has none.</summary>
    [Field]
    public short ProducerEpoch { get; set; }

    /// <summary>The producer id of a prepared transaction that was kept; -1 for none.</summary>
    [Field(From = 6)]
    public long OngoingTxnProducerId { get; set; } = -1;

    /// <summary>The epoch of a prepared transaction that was kept; -1 for none.</summary>
    [Field(From = 6)]
    public short OngoingTxnProducerEpoch { get; set; } = -1;
}
