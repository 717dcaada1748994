using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Says that a member is alive.</summary>
[KafkaRequest(ApiKey.Heartbeat, 0, 4, FlexibleFrom = 4)]
public sealed partial class HeartbeatRequest
{
    /// <summary>The group's id.</summary>
    [Field]
    public string GroupId { get; set; } = "";

    /// <summary>The generation, which rises with every rebalance; -1 when there is none.</summary>
    [Field]
    public int GenerationId { get; set; }

    /// <summary>The id the coordinator gave the member; empty before that.</summary>
    [Field]
    public string MemberId { get; set; } = "";

    /// <summary>The name of a static member; null for a dynamic one.</summary>
    [Field(From = 3)]
    public string? GroupInstanceId { get; set; }
}

/// <summary>Says whether the member has to join again.</summary>
[KafkaResponse(ApiKey.Heartbeat, 0, 4, FlexibleFrom = 4)]
public sealed partial class HeartbeatResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(From = 1, Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
    [Field]
    public ErrorCode ErrorCode { get; set; }
}
