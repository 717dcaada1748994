using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Joins a group, or joins again in a rebalance (classic protocol).</summary>
[KafkaRequest(ApiKey.JoinGroup, 0, 9, FlexibleFrom = 6)]
public sealed partial class JoinGroupRequest
{
    /// <summary>The group's id.</summary>
    [Field]
    public string GroupId { get; set; } = "";

    /// <summary>How long the member may stay silent before it is out, in ms.</summary>
    [Field]
    public int SessionTimeoutMs { get; set; }

    /// <summary>How long the group waits for the member to join again, in ms; -1 for its session timeout.</summary>
    [Field(From = 1, Ignorable = true)]
    public int RebalanceTimeoutMs { get; set; } = -1;

    /// <summary>The id the coordinator gave the member; empty before that.</summary>
    [Field]
    public string MemberId { get; set; } = "";

    /// <summary>The name of a static member; null for a dynamic one.</summary>
    [Field(From = 5)]
    public string? GroupInstanceId { get; set; }

    /// <summary>What kind of group this is; consumers say "consumer".</summary>
    [Field]
    public string ProtocolType { get; set; } = "";

    /// <summary>The protocols the member can speak, the preferred one first.</summary>
    [Field]
    public List<JoinGroupRequestProtocol> Protocols { get; set; } = [];

    /// <summary>Why, for the broker's log.</summary>
    [Field(From = 8, Ignorable = true)]
    public string? Reason { get; set; }

    /// <summary>A protocol the member can speak.</summary>
    public sealed partial class JoinGroupRequestProtocol
    {
        /// <summary>The protocol's name.</summary>
        [Field(MapKey = true)]
        public string Name { get; set; } = "";

        /// <summary>What the member has to say under this protocol, opaque to the broker.</summary>
        [Field]
        public byte[] Metadata { get; set; } = [];
    }
}

/// <summary>The generation the member is part of.</summary>
[KafkaResponse(ApiKey.JoinGroup, 0, 9, FlexibleFrom = 6)]
public sealed partial class JoinGroupResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(From = 2, Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>The generation, which rises with every rebalance; -1 when there is none.</summary>
    [Field]
    public int GenerationId { get; set; } = -1;

    /// <summary>What kind of group this is; consumers say "consumer".</summary>
    [Field(From = 7, Ignorable = true)]
    public string? ProtocolType { get; set; }

    /// <summary>The name of the protocol the members agreed on.</summary>
    [Field(NullableFrom = 7)]
    public string? ProtocolName { get; set; } = "";

    /// <summary>The member that assigns partitions.</summary>
    [Field]
    public string Leader { get; set; } = "";

    /// <summary>Whether the leader need not assign, because nothing changed.</summary>
    [Field(From = 9)]
    public bool SkipAssignment { get; set; }

    /// <summary>The id the coordinator gave the member; empty before that.</summary>
    [Field]
    public string MemberId { get; set; } = "";

    /// <summary>All members with their metadata, for the leader; empty for everybody else.</summary>
    [Field]
    public List<JoinGroupResponseMember> Members { get; set; } = [];

    /// <summary>A member and what it said.</summary>
    public sealed partial class JoinGroupResponseMember
    {
        /// <summary>The id the coordinator gave the member; empty before that.</summary>
        [Field]
        public string MemberId { get; set; } = "";

        /// <summary>The name of a static member; null for a dynamic one.</summary>
        [Field(From = 5, Ignorable = true)]
        public string? GroupInstanceId { get; set; }

        /// <summary>What the member said under the protocol chosen.</summary>
        [Field]
        public byte[] Metadata { get; set; } = [];
    }
}
