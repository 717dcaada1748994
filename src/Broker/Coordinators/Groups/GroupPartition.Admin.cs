using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Coordinators.Groups;

/// <content>What administrators ask: listing, describing and deleting groups.</content>
internal sealed partial class GroupPartition
{
    /// <summary>The groups here, in short.</summary>
    public async ValueTask<(ErrorCode Error, IReadOnlyList<ListGroupsResponse.ListedGroup> Groups)> ListAsync()
    {
        AssertOnShard();
        if (Unavailable != ErrorCode.None) return (Unavailable, []);
        List<ListGroupsResponse.ListedGroup> groups = [];
        foreach (ClassicGroup group in _store.Groups)
        {
            groups.Add(new()
            {
                GroupId = group.Id,
                ProtocolType = group.ProtocolType ?? "",
                GroupState = group.State.ToString(),
                GroupType = "classic",
            });
        }
        ErrorCode error = await CommittedAsync();
        return error == ErrorCode.None ? (error, groups) : (error, []);
    }

    /// <summary>A group in detail; from version 6 on an unknown one is an error, before it is a dead group.</summary>
    public async ValueTask<DescribeGroupsResponse.DescribedGroup> DescribeAsync(string groupId, short version)
    {
        AssertOnShard();
        if (Unavailable != ErrorCode.None) return NotDescribed(groupId, Unavailable, version);
        DescribeGroupsResponse.DescribedGroup answer =
            _store.Find(groupId) is { } group ? Described(group) : NotDescribed(groupId, ErrorCode.GroupIdNotFound, version);
        ErrorCode error = await CommittedAsync();
        return error == ErrorCode.None ? answer : NotDescribed(groupId, error, version);
    }

    /// <summary>Deletes an empty group with its offsets.</summary>
    public async ValueTask<ErrorCode> DeleteAsync(string groupId)
    {
        AssertOnShard();
        if (Unavailable != ErrorCode.None) return Unavailable;
        if (_store.Find(groupId) is not { } group) return ErrorCode.GroupIdNotFound;
        if (group.State != GroupState.Empty) return ErrorCode.NonEmptyGroup;
        foreach (ShardTimer pending in group.Pending.Values) pending.Dispose();
        group.Pending.Clear();
        List<CoordinatorRecord> records = [];
        foreach (TopicPartition partition in group.Offsets.Keys) records.Add(GroupRecords.Offset(groupId, partition, null));
        if (group.IsStored) records.Add(GroupRecords.Group(groupId, null));
        ErrorCode refusal = TryWrite(records);
        if (refusal != ErrorCode.None) return AnswerFor(refusal);
        _store.DropIfVoid(group);
        return await CommittedAsync();
    }

    internal static DescribeGroupsResponse.DescribedGroup NotDescribed(string groupId, ErrorCode error, short version)
    {
        const short firstWithNotFound = 6;
        bool isDead = error == ErrorCode.GroupIdNotFound;
        return new()
        {
            GroupId = groupId,
            ErrorCode = isDead && version < firstWithNotFound ? ErrorCode.None : error,
            ErrorMessage = isDead && version >= firstWithNotFound ? "The group does not exist." : null,
            GroupState = isDead ? nameof(GroupState.Dead) : "",
        };
    }

    /// <summary>Metadata and assignments are only meaningful in a stable group.</summary>
    private static DescribeGroupsResponse.DescribedGroup Described(ClassicGroup group)
    {
        bool isStable = group.State == GroupState.Stable;
        return new()
        {
            GroupId = group.Id,
            GroupState = group.State.ToString(),
            ProtocolType = group.ProtocolType ?? "",
            ProtocolData = isStable ? group.Protocol ?? "" : "",
            Members =
            [
                .. group.Members.Select(member => new DescribeGroupsResponse.DescribedGroupMember
                {
                    MemberId = member.Id,
                    GroupInstanceId = member.InstanceId,
                    ClientId = member.ClientId,
                    ClientHost = member.ClientHost,
                    MemberMetadata = isStable ? member.MetadataFor(group.Protocol) : [],
                    MemberAssignment = isStable ? member.Assignment : [],
                }),
            ],
        };
    }
}
