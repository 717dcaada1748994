using Gateway.Broker.Coordinators.Groups;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Tests.Groups;

public class StaticMemberTests
{
    [Fact]
    public void A_static_member_gets_its_id_from_its_instance_and_needs_no_second_round_GRP_2()
    {
        using var groups = new GroupsUnderTest();
        JoinGroupResponse joined = groups.Join(Requests.Join(instance: "i"));
        Assert.Equal((ErrorCode.None, 1), (joined.ErrorCode, joined.GenerationId));
        Assert.StartsWith("i-", joined.MemberId, StringComparison.Ordinal);
        Assert.Equal("i", joined.Members[0].GroupInstanceId);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(8)]
    public void A_static_leader_that_comes_back_takes_its_place_without_a_rebalance_GRP_8(short version)
    {
        using var groups = new GroupsUnderTest();
        JoinGroupResponse before = Stable(groups);
        JoinGroupResponse after = groups.Join(Requests.Join(instance: "i"), version);
        Assert.Equal((ErrorCode.None, before.GenerationId, GroupState.Stable), (after.ErrorCode, after.GenerationId, groups.State()));
        Assert.NotEqual(before.MemberId, after.MemberId);
        Assert.Equal(version >= 9, after.SkipAssignment);
        Assert.Equal(version >= 9 ? after.MemberId : before.MemberId, after.Leader);
        Assert.Equal(version >= 9 ? 1 : 0, after.Members.Count);
        SyncGroupResponse synced = groups.Sync(Requests.Sync(after));
        Assert.Equal(Requests.AssignmentOf(before.MemberId), synced.Assignment);
    }

    [Fact]
    public void The_old_id_of_a_static_member_is_fenced_GRP_8()
    {
        using var groups = new GroupsUnderTest();
        JoinGroupResponse before = Stable(groups);
        groups.Join(Requests.Join(instance: "i"));
        Assert.Equal(ErrorCode.FencedInstanceId, groups.Heartbeat(before.MemberId, before.GenerationId, instance: "i"));
        Assert.Equal(ErrorCode.FencedInstanceId, groups.Join(Requests.Join(member: before.MemberId, instance: "i")).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, groups.Heartbeat(before.MemberId, before.GenerationId));
    }

    [Fact]
    public void A_static_member_that_comes_back_with_another_protocol_causes_a_rebalance_GRP_8()
    {
        using var groups = new GroupsUnderTest();
        JoinGroupResponse before = Stable(groups);
        JoinGroupResponse after = groups.Join(Requests.Join(instance: "i", protocols: "sticky"));
        // The only member spoke "range" only: nothing is left in common, so it is refused as any other would be (GRP-4).
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, after.ErrorCode);
        after = groups.Join(Requests.Join(instance: "i", protocols: ["sticky", "range"]));
        Assert.Equal((before.GenerationId + 1, "sticky"), (after.GenerationId, after.ProtocolName));
    }

    [Fact]
    public void A_static_member_that_does_not_rejoin_stays_in_the_group_GRP_6()
    {
        using var groups = new GroupsUnderTest { Settings = new() { InitialRebalanceDelayMs = 100 } };
        JoinGroupRequest absent = Requests.Join(instance: "absent");
        absent.SessionTimeoutMs = 120_000;
        Call<JoinGroupResponse> first = groups.StartJoin(absent);
        Call<JoinGroupResponse> second = groups.StartJoin(Requests.Join(instance: "present"));
        groups.Advance(300);
        groups.StartSync(Requests.Sync(second.Result));
        groups.Sync(Requests.Sync(first.Result));
        Call<JoinGroupResponse> again = groups.StartJoin(Requests.Join(member: second.Result.MemberId, instance: "present", metadata: "changed"));
        groups.Advance(Requests.RebalanceMs);
        Assert.Equal((2, second.Result.MemberId), (again.Result.GenerationId, again.Result.Leader));
        Assert.Equal(["absent", "present"], again.Result.Members.Select(m => m.GroupInstanceId).Order());
    }

    [Fact]
    public void A_waiting_join_of_the_old_id_is_fenced_GRP_8()
    {
        using var groups = new GroupsUnderTest { Settings = new() { InitialRebalanceDelayMs = 1_000 } };
        Call<JoinGroupResponse> old = groups.StartJoin(Requests.Join(instance: "i"));
        Call<JoinGroupResponse> young = groups.StartJoin(Requests.Join(instance: "i"));
        Assert.Equal(ErrorCode.FencedInstanceId, old.Result.ErrorCode);
        groups.Advance(3_000);
        Assert.Equal((ErrorCode.None, 1), (young.Result.ErrorCode, young.Result.GenerationId));
    }

    [Fact]
    public void An_administrator_takes_a_static_member_out_by_its_instance_alone()
    {
        using var groups = new GroupsUnderTest();
        Stable(groups);
        Assert.Equal(ErrorCode.UnknownMemberId, groups.Leave("", "other").Members[0].ErrorCode);
        Assert.Equal(ErrorCode.FencedInstanceId, groups.Leave("wrong", "i").Members[0].ErrorCode);
        Assert.Equal(ErrorCode.None, groups.Leave("", "i").Members[0].ErrorCode);
        Assert.Equal(GroupState.Empty, groups.State());
    }

    private static JoinGroupResponse Stable(GroupsUnderTest groups)
    {
        JoinGroupResponse joined = groups.Join(Requests.Join(instance: "i"));
        groups.Sync(Requests.Sync(joined, joined.MemberId));
        return joined;
    }
}
