using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Asks for the groups this broker coordinates.</summary>
[KafkaRequest(ApiKey.ListGroups, 0, 5, FlexibleFrom = 3)]
public sealed partial class ListGroupsRequest
{
    /// <summary>The states wanted; empty for all.</summary>
    [Field(From = 4)]
    public List<string> StatesFilter { get; set; } = [];

    /// <summary>The types wanted; empty for all.</summary>
    [Field(From = 5)]
    public List<string> TypesFilter { get; set; } = [];
}

/// <summary>The groups, in short.</summary>
[KafkaResponse(ApiKey.ListGroups, 0, 5, FlexibleFrom = 3)]
public sealed partial class ListGroupsResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(From = 1, Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>The groups found.</summary>
    [Field]
    public List<ListedGroup> Groups { get; set; } = [];

    /// <summary>A group found.</summary>
    public sealed partial class ListedGroup
    {
        /// <summary>The group's id.</summary>
        [Field]
        public string GroupId { get; set; } = "";

        /// <summary>What kind of group this is; consumers say "consumer".</summary>
        [Field]
        public string ProtocolType { get; set; } = "";

        /// <summary>The state by Kafka's name: Empty, PreparingRebalance, CompletingRebalance, Stable or Dead.</summary>
        [Field(From = 4, Ignorable = true)]
        public string GroupState { get; set; } = "";

        /// <summary>The protocol the group speaks, such as classic or consumer.</summary>
        [Field(From = 5, Ignorable = true)]
        public string GroupType { get; set; } = "";
    }
}
