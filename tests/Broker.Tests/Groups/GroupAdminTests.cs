using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Tests.Groups;

/// <summary>ListGroups, DescribeGroups and DeleteGroups (kafka: §8).</summary>
public class GroupAdminTests
{
    [Fact]
    public void Groups_are_listed_with_state_and_type()
    {
        using var groups = new GroupsUnderTest();
        groups.Stable();
        groups.Commit("t", 1, group: "simple");
        var (error, listed) = groups.Ask(p => p.ListAsync());
        Assert.Equal(ErrorCode.None, error);
        Assert.Equal(
            [("g", "consumer", "Stable", "classic"), ("simple", "", "Empty", "classic")],
            listed.Select(g => (g.GroupId, g.ProtocolType, g.GroupState, g.GroupType)).Order());
    }

    [Fact]
    public void A_stable_group_is_described_with_what_its_members_said_and_got()
    {
        using var groups = new GroupsUnderTest();
        var (members, _) = groups.Stable();
        DescribeGroupsResponse.DescribedGroup group = groups.Ask(p => p.DescribeAsync("g", 6));
        Assert.Equal((ErrorCode.None, "Stable", "consumer", "range"), (group.ErrorCode, group.GroupState, group.ProtocolType, group.ProtocolData));
        DescribeGroupsResponse.DescribedGroupMember member = Assert.Single(group.Members);
        Assert.Equal((members[0], "client", "/host"), (member.MemberId, member.ClientId, member.ClientHost));
        Assert.Equal("m"u8.ToArray(), member.MemberMetadata);
        Assert.Equal(Requests.AssignmentOf(members[0]), member.MemberAssignment);
    }

    [Fact]
    public void Metadata_and_assignments_are_shown_only_when_stable()
    {
        using var groups = new GroupsUnderTest();
        groups.StartJoinNew();
        DescribeGroupsResponse.DescribedGroup group = groups.Ask(p => p.DescribeAsync("g", 6));
        Assert.Equal(("CompletingRebalance", ""), (group.GroupState, group.ProtocolData));
        Assert.Empty(group.Members[0].MemberMetadata);
        Assert.Empty(group.Members[0].MemberAssignment);
    }

    [Theory]
    [InlineData(5, ErrorCode.None)]
    [InlineData(6, ErrorCode.GroupIdNotFound)]
    public void An_unknown_group_is_dead_and_from_version_6_an_error(short version, ErrorCode expected)
    {
        using var groups = new GroupsUnderTest();
        DescribeGroupsResponse.DescribedGroup group = groups.Ask(p => p.DescribeAsync("g", version));
        Assert.Equal((expected, "Dead", version >= 6), (group.ErrorCode, group.GroupState, group.ErrorMessage is not null));
    }

    [Fact]
    public void Only_an_empty_group_is_deleted_and_its_offsets_go_with_it()
    {
        using var groups = new GroupsUnderTest();
        Assert.Equal(ErrorCode.GroupIdNotFound, groups.Ask(p => p.DeleteAsync("g")));
        var (members, generation) = groups.Stable();
        groups.Commit("t", 5, generation, members[0]);
        Assert.Equal(ErrorCode.NonEmptyGroup, groups.Ask(p => p.DeleteAsync("g")));
        groups.Leave(members[0]);
        Assert.Equal(ErrorCode.None, groups.Ask(p => p.DeleteAsync("g")));
        Assert.Null(groups.Committed("t"));
        Assert.Equal(ErrorCode.GroupIdNotFound, groups.Ask(p => p.DeleteAsync("g")));
        using var restarted = new GroupsUnderTest(groups.Log);
        Assert.Empty(restarted.Partition.Store.Groups);
    }
}
