using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Deletes empty groups with their offsets.</summary>
[KafkaRequest(ApiKey.DeleteGroups, 0, 3, FlexibleFrom = 2)]
public sealed partial class DeleteGroupsRequest
{
    /// <summary>The ids of the groups to delete.</summary>
    [Field]
    public List<string> GroupsNames { get; set; } = [];
}

/// <summary>Says which groups were deleted.</summary>
[KafkaResponse(ApiKey.DeleteGroups, 0, 3, FlexibleFrom = 2)]
public sealed partial class DeleteGroupsResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    /// <summary>One answer per group.</summary>
    [Field]
    public List<DeletableGroupResult> Results { get; set; } = [];

    /// <summary>The answer for one group.</summary>
    public sealed partial class DeletableGroupResult
    {
        /// <summary>The group's id.</summary>
        [Field(MapKey = true)]
        public string GroupId { get; set; } = "";

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>What went wrong, in words; null when there is nothing to say.</summary>
        [Field(From = 3, Ignorable = true)]
        public string? ErrorMessage { get; set; }
    }
}
