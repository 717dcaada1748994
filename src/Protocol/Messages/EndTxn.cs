using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Commits or aborts a transaction.</summary>
[KafkaRequest(ApiKey.EndTxn, 0, 5, FlexibleFrom = 3)]
public sealed partial class EndTxnRequest
{
    /// <summary>The transactional id.</summary>
    [Field]
    public string TransactionalId { get; set; } = "";

    /// <summary>The producer's id.</summary>
    [Field]
    public long ProducerId { get; set; }

    /// <summary>The producer's epoch.</summary>
    [Field]
    public short ProducerEpoch { get; set; }

    /// <summary>True to commit, false to abort.</summary>
    [Field]
    public bool Committed { get; set; }
}

/// <summary>Says whether the decision stands.</summary>
[KafkaResponse(ApiKey.EndTxn, 0, 5, FlexibleFrom = 3)]
public sealed partial class EndTxnResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>The producer's id.</summary>
    [Field(From = 5, Ignorable = true)]
    public long ProducerId { get; set; } = -1;

    /// <summary>The producer's epoch.</summary>
    [Field(From = 5, Ignorable = true)]
    public short ProducerEpoch { get; set; } = -1;
}
