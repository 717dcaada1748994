using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Asks for the members and state of groups.</summary>
[KafkaRequest(ApiKey.DescribeGroups, 0, 6, FlexibleFrom = 5)]
public sealed partial class DescribeGroupsRequest
{
    /// <summary>The ids of the groups asked about.</summary>
    [Field]
    public List<string> Groups { get; set; } = [];

    /// <summary>Whether to say what the caller may do with each group.</summary>
    [Field(From = 3)]
    public bool IncludeAuthorizedOperations { get; set; }
}

/// <summary>The groups in detail.</summary>
[KafkaResponse(ApiKey.DescribeGroups, 0, 6, FlexibleFrom = 5)]
public sealed partial class DescribeGroupsResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(From = 1, Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>One answer per group asked about.</summary>
    [Field]
    public List<DescribedGroup> Groups { get; set; } = [];

    /// <summary>The answer for one group.</summary>
    public sealed partial class DescribedGroup
    {
        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>What went wrong, in words; null when there is nothing to say.</summary>
        [Field(From = 6)]
        public string? ErrorMessage { get; set; }

        /// <summary>The group's id.</summary>
        [Field]
        public string GroupId { get; set; } = "";

        /// <summary>The state by Kafka's name: Empty, PreparingRebalance, CompletingRebalance, Stable or Dead.</summary>
        [Field]
        public string GroupState { get; set; } = "";

        /// <summary>What kind of group this is; consumers say "consumer".</summary>
        [Field]
        public string ProtocolType { get; set; } = "";

        /// <summary>The name of the protocol the members agreed on.</summary>
        [Field]
        public string ProtocolData { get; set; } = "";

        /// <summary>The members.</summary>
        [Field]
        public List<DescribedGroupMember> Members { get; set; } = [];

        /// <summary>Bit set of the operations the caller may do on the group; int.MinValue when not asked for.</summary>
        [Field(From = 3)]
        public int AuthorizedOperations { get; set; } = int.MinValue;
    }

    /// <summary>A member of the group.</summary>
    public sealed partial class DescribedGroupMember
    {
        /// <summary>The id the coordinator gave the member; empty before that.</summary>
        [Field]
        public string MemberId { get; set; } = "";

        /// <summary>The name of a static member; null for a dynamic one.</summary>
        [Field(From = 4, Ignorable = true)]
        public string? GroupInstanceId { get; set; }

        /// <summary>The client id the member gave.</summary>
        [Field]
        public string ClientId { get; set; } = "";

        /// <summary>The address the member connects from.</summary>
        [Field]
        public string ClientHost { get; set; } = "";

        /// <summary>What the member said when it joined, for the protocol chosen.</summary>
        [Field]
        public byte[] MemberMetadata { get; set; } = [];

        /// <summary>The member's assignment, opaque to the broker.</summary>
        [Field]
        public byte[] MemberAssignment { get; set; } = [];
    }
}
