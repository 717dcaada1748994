using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Takes members out of a group.</summary>
[KafkaRequest(ApiKey.LeaveGroup, 0, 5, FlexibleFrom = 4)]
public sealed partial class LeaveGroupRequest
{
    /// <summary>The group's id.</summary>
    [Field]
    public string GroupId { get; set; } = "";

    /// <summary>The id the coordinator gave the member; empty before that.</summary>
    [Field(To = 2)]
    public string MemberId { get; set; } = "";

    /// <summary>The members that leave.</summary>
    [Field(From = 3)]
    public List<MemberIdentity> Members { get; set; } = [];

    /// <summary>A member that leaves.</summary>
    public sealed partial class MemberIdentity
    {
        /// <summary>The id the coordinator gave the member; empty before that.</summary>
        [Field]
        public string MemberId { get; set; } = "";

        /// <summary>The name of a static member; null for a dynamic one.</summary>
        [Field]
        public string? GroupInstanceId { get; set; }

        /// <summary>Why, for the broker's log.</summary>
        [Field(From = 5, Ignorable = true)]
        public string? Reason { get; set; }
    }
}

/// <summary>Says which members are out.</summary>
[KafkaResponse(ApiKey.LeaveGroup, 0, 5, FlexibleFrom = 4)]
public sealed partial class LeaveGroupResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(From = 1, Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>One answer per member that wanted to leave.</summary>
    [Field(From = 3)]
    public List<MemberResponse> Members { get; set; } = [];

    /// <summary>The answer for one member.</summary>
    public sealed partial class MemberResponse
    {
        /// <summary>The id the coordinator gave the member; empty before that.</summary>
        [Field]
        public string MemberId { get; set; } = "";

        /// <summary>The name of a static member; null for a dynamic one.</summary>
        [Field]
        public string? GroupInstanceId { get; set; } = "";

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }
    }
}
