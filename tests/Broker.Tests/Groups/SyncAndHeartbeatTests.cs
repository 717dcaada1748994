using Gateway.Broker.Coordinators.Groups;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Tests.Groups;

/// <summary>SyncGroup, Heartbeat and LeaveGroup (kafka: §8).</summary>
public class SyncAndHeartbeatTests
{
    [Fact]
    public void Followers_wait_for_the_leader_and_whom_it_leaves_out_gets_empty_bytes()
    {
        using var groups = new GroupsUnderTest { Settings = new() { InitialRebalanceDelayMs = 100 } };
        Call<JoinGroupResponse> leader = groups.StartJoinNew(), follower = groups.StartJoinNew(), leftOut = groups.StartJoinNew();
        groups.Advance(300);
        Call<SyncGroupResponse> first = groups.StartSync(Requests.Sync(follower.Result)), second = groups.StartSync(Requests.Sync(leftOut.Result));
        Assert.False(first.IsCompleted);
        SyncGroupResponse own = groups.Sync(Requests.Sync(leader.Result, leader.Result.MemberId, follower.Result.MemberId));
        Assert.Equal(Requests.AssignmentOf(leader.Result.MemberId), own.Assignment);
        Assert.Equal(Requests.AssignmentOf(follower.Result.MemberId), first.Result.Assignment);
        Assert.Empty(second.Result.Assignment);
        Assert.Equal(("consumer", "range"), (own.ProtocolType, own.ProtocolName));
    }

    [Fact]
    public void In_a_stable_group_a_sync_gets_the_current_assignment()
    {
        using var groups = new GroupsUnderTest();
        var (members, generation) = groups.Stable(2);
        SyncGroupResponse again = groups.Sync(new() { GroupId = "g", MemberId = members[1], GenerationId = generation });
        Assert.Equal(Requests.AssignmentOf(members[1]), again.Assignment);
    }

    [Theory]
    [InlineData("other", 0, null, null, ErrorCode.UnknownMemberId)]
    [InlineData(null, 1, null, null, ErrorCode.IllegalGeneration)]
    [InlineData(null, -1, null, null, ErrorCode.IllegalGeneration)]
    [InlineData(null, 0, "connect", null, ErrorCode.InconsistentGroupProtocol)]
    [InlineData(null, 0, null, "sticky", ErrorCode.InconsistentGroupProtocol)]
    [InlineData(null, 0, "consumer", "range", ErrorCode.None)]
    public void A_sync_is_checked_for_member_generation_and_protocol(string? member, int ahead, string? type, string? name, ErrorCode expected)
    {
        using var groups = new GroupsUnderTest();
        var (members, generation) = groups.Stable();
        SyncGroupResponse answer = groups.Sync(new()
        {
            GroupId = "g",
            MemberId = member ?? members[0],
            GenerationId = generation + ahead,
            ProtocolType = type,
            ProtocolName = name,
        });
        Assert.Equal(expected, answer.ErrorCode);
    }

    [Fact]
    public void During_a_rebalance_a_sync_says_so()
    {
        using var groups = new GroupsUnderTest();
        var (members, generation) = groups.Stable(2);
        groups.StartJoin(Requests.Join(member: members[1], metadata: "changed"));
        Assert.Equal(ErrorCode.RebalanceInProgress, groups.Sync(new() { GroupId = "g", MemberId = members[0], GenerationId = generation }).ErrorCode);
    }

    [Fact]
    public void Who_waits_for_an_assignment_is_told_to_join_again_when_a_rebalance_starts()
    {
        using var groups = new GroupsUnderTest { Settings = new() { InitialRebalanceDelayMs = 100 } };
        Call<JoinGroupResponse> leader = groups.StartJoinNew(), follower = groups.StartJoinNew();
        groups.Advance(300);
        Call<SyncGroupResponse> waiting = groups.StartSync(Requests.Sync(follower.Result));
        groups.StartJoin(Requests.Join(member: leader.Result.MemberId, metadata: "changed"));
        Assert.Equal(ErrorCode.RebalanceInProgress, waiting.Result.ErrorCode);
    }

    [Fact]
    public void Members_that_never_sync_are_out_after_the_rebalance_timeout()
    {
        using var groups = new GroupsUnderTest { Settings = new() { InitialRebalanceDelayMs = 100 } };
        Call<JoinGroupResponse> leader = groups.StartJoinNew(), idle = groups.StartJoinNew();
        groups.Advance(300);
        int generation = leader.Result.GenerationId;
        groups.Sync(Requests.Sync(leader.Result));
        for (int waited = 0; waited < Requests.RebalanceMs; waited += 5_000)
        {
            Assert.Equal(ErrorCode.None, groups.Heartbeat(leader.Result.MemberId, generation));
            Assert.Equal(ErrorCode.None, groups.Heartbeat(idle.Result.MemberId, generation));
            groups.Advance(5_000);
        }
        Assert.Equal(ErrorCode.UnknownMemberId, groups.Heartbeat(idle.Result.MemberId, generation));
        Assert.Equal(ErrorCode.RebalanceInProgress, groups.Heartbeat(leader.Result.MemberId, generation));
    }

    [Fact]
    public void A_heartbeat_is_checked_for_member_and_generation()
    {
        using var groups = new GroupsUnderTest();
        Assert.Equal(ErrorCode.UnknownMemberId, groups.Heartbeat("m", 1));
        var (members, generation) = groups.Stable();
        Assert.Equal(ErrorCode.None, groups.Heartbeat(members[0], generation));
        Assert.Equal(ErrorCode.IllegalGeneration, groups.Heartbeat(members[0], generation + 1));
        Assert.Equal(ErrorCode.UnknownMemberId, groups.Heartbeat("other", generation));
        Assert.Equal(ErrorCode.UnknownMemberId, groups.Heartbeat(members[0], generation, instance: "i"));
    }

    [Fact]
    public void A_silent_member_is_out_after_its_session_and_heartbeats_prolong_it()
    {
        using var groups = new GroupsUnderTest();
        var (members, generation) = groups.Stable();
        groups.Advance(Requests.SessionMs - 1);
        Assert.Equal(ErrorCode.None, groups.Heartbeat(members[0], generation));
        groups.Advance(Requests.SessionMs - 1);
        Assert.Equal(GroupState.Stable, groups.State());
        groups.Advance(1);
        Assert.Equal(GroupState.Empty, groups.State());
        Assert.Equal(ErrorCode.UnknownMemberId, groups.Heartbeat(members[0], generation));
    }

    [Fact]
    public void Waiting_for_a_join_counts_as_alive()
    {
        using var groups = new GroupsUnderTest();
        var (members, generation) = groups.Stable(2);
        Call<JoinGroupResponse> waiting = groups.StartJoin(Requests.Join(member: members[1], metadata: "changed"));
        for (int waited = 0; waited < 2 * Requests.SessionMs; waited += 5_000)
        {
            groups.Advance(5_000);
            groups.Heartbeat(members[0], generation);
        }
        Assert.False(waiting.IsCompleted);
        groups.StartJoin(Requests.Join(member: members[0]));
        Assert.Equal(ErrorCode.None, waiting.Result.ErrorCode);
    }

    [Fact]
    public void A_member_that_leaves_starts_a_rebalance_and_the_last_one_leaves_an_empty_group()
    {
        using var groups = new GroupsUnderTest();
        var (members, generation) = groups.Stable(2);
        Assert.Equal(ErrorCode.None, groups.Leave(members[1]).Members[0].ErrorCode);
        Assert.Equal(ErrorCode.RebalanceInProgress, groups.Heartbeat(members[0], generation));
        Assert.Equal(ErrorCode.None, groups.Leave(members[0], version: 2).ErrorCode);
        Assert.Equal((GroupState.Empty, generation + 1), (groups.State(), groups.Partition.Store.Find("g")!.Generation));
    }

    [Fact]
    public void Leaving_is_judged_member_by_member()
    {
        using var groups = new GroupsUnderTest();
        Assert.Equal(ErrorCode.UnknownMemberId, groups.Leave("nobody").Members[0].ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, groups.Leave("nobody", version: 0).ErrorCode);
        var (members, _) = groups.Stable();
        string pending = groups.Join(Requests.Join()).MemberId;
        LeaveGroupResponse answer = groups.Ask(partition => partition.LeaveAsync(
            new() { GroupId = "g", Members = [new() { MemberId = "nobody" }, new() { MemberId = pending }, new() { MemberId = members[0] }] }, 5));
        Assert.Equal((ErrorCode.None, 3), (answer.ErrorCode, answer.Members.Count));
        Assert.Equal([ErrorCode.UnknownMemberId, ErrorCode.None, ErrorCode.None], answer.Members.Select(m => m.ErrorCode));
    }
}
