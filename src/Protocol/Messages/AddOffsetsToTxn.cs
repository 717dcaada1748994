using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Adds a group's committed offsets to a transaction.</summary>
[KafkaRequest(ApiKey.AddOffsetsToTxn, 0, 4, FlexibleFrom = 3)]
public sealed partial class AddOffsetsToTxnRequest
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

    /// <summary>The group's id.</summary>
    [Field]
    public string GroupId { get; set; } = "";
}

/// <summary>Says whether they were added.</summary>
[KafkaResponse(ApiKey.AddOffsetsToTxn, 0, 4, FlexibleFrom = 3)]
public sealed partial class AddOffsetsToTxnResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
    [Field]
    public ErrorCode ErrorCode { get; set; }
}
