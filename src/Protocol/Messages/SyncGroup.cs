using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Fetches a member's assignment; the leader's request brings everybody's.</summary>
[KafkaRequest(ApiKey.SyncGroup, 0, 5, FlexibleFrom = 4)]
public sealed partial class SyncGroupRequest
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

    /// <summary>What kind of group this is; consumers say "consumer".</summary>
    [Field(From = 5, Ignorable = true)]
    public string? ProtocolType { get; set; }

    /// <summary>The name of the protocol the members agreed on.</summary>
    [Field(From = 5, Ignorable = true)]
    public string? ProtocolName { get; set; }

    /// <summary>What the leader assigned to each member; empty from everybody else.</summary>
    [Field]
    public List<SyncGroupRequestAssignment> Assignments { get; set; } = [];

    /// <summary>One member's assignment.</summary>
    public sealed partial class SyncGroupRequestAssignment
    {
        /// <summary>The id the coordinator gave the member; empty before that.</summary>
        [Field]
        public string MemberId { get; set; } = "";

        /// <summary>The assignment, opaque to the broker.</summary>
        [Field]
        public byte[] Assignment { get; set; } = [];
    }
}

/// <summary>The member's assignment.</summary>
[KafkaResponse(ApiKey.SyncGroup, 0, 5, FlexibleFrom = 4)]
public sealed partial class SyncGroupResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(From = 1, Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>What kind of group this is; consumers say "consumer".</summary>
    [Field(From = 5, Ignorable = true)]
    public string? ProtocolType { get; set; }

    /// <summary>The name of the protocol the members agreed on.</summary>
    [Field(From = 5, Ignorable = true)]
    public string? ProtocolName { get; set; }

    /// <summary>The assignment, opaque to the broker.</summary>
    [Field]
    public byte[] Assignment { get; set; } = [];
}
