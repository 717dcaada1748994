using Gateway.Broker.Coordinators.Groups;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Tests.Groups;

public class JoinTests
{
    [Theory]
    [InlineData(5_999)]
    [InlineData(1_800_001)]
    public void A_session_timeout_out_of_bounds_is_refused_GRP_1(int sessionMs)
    {
        using var groups = new GroupsUnderTest();
        JoinGroupRequest request = Requests.Join();
        request.SessionTimeoutMs = sessionMs;
        Assert.Equal(ErrorCode.InvalidSessionTimeout, groups.Join(request).ErrorCode);
        Assert.Equal(GroupState.Dead, groups.State());
    }

    [Fact]
    public void From_version_4_a_dynamic_member_gets_its_id_first_and_joins_with_it_GRP_2()
    {
        using var groups = new GroupsUnderTest();
        JoinGroupResponse first = groups.Join(Requests.Join(), version: 4);
        Assert.Equal(ErrorCode.MemberIdRequired, first.ErrorCode);
        Assert.StartsWith("client-", first.MemberId, StringComparison.Ordinal);
        JoinGroupResponse second = groups.Join(Requests.Join(member: first.MemberId), version: 4);
        Assert.Equal((ErrorCode.None, 1, first.MemberId, first.MemberId), (second.ErrorCode, second.GenerationId, second.MemberId, second.Leader));
    }

    [Fact]
    public void A_member_id_always_fits_a_string_of_the_protocol()
    {
        using var groups = new GroupsUnderTest();
        var client = new GroupClient(3, new string('c', short.MaxValue), "/host");
        JoinGroupResponse joined = groups.Ask(p => p.JoinAsync(Requests.Join(), client));
        Assert.Equal(255 + 1 + 36, joined.MemberId.Length);
        Assert.Equal(ErrorCode.None, groups.Sync(Requests.Sync(joined)).ErrorCode);
    }

    [Fact]
    public void Below_version_4_a_member_gets_its_id_and_joins_at_once_GRP_2()
    {
        using var groups = new GroupsUnderTest();
        JoinGroupResponse joined = groups.Join(Requests.Join(), version: 3);
        Assert.Equal((ErrorCode.None, 1), (joined.ErrorCode, joined.GenerationId));
        Assert.StartsWith("client-", joined.MemberId, StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_that_was_given_out_is_forgotten_after_the_session_timeout_GRP_2()
    {
        using var groups = new GroupsUnderTest();
        string id = groups.Join(Requests.Join()).MemberId;
        groups.Advance(Requests.SessionMs);
        Assert.Equal(ErrorCode.UnknownMemberId, groups.Join(Requests.Join(member: id)).ErrorCode);
        Assert.Equal(GroupState.Dead, groups.State());
    }

    [Fact]
    public void A_member_that_still_has_to_join_with_its_id_holds_the_rebalance_up_GRP_2()
    {
        using var groups = new GroupsUnderTest();
        var (members, _) = groups.Stable();
        string pending = groups.Join(Requests.Join()).MemberId;
        Call<JoinGroupResponse> again = groups.StartJoin(Requests.Join(member: members[0], metadata: "changed"));
        Assert.False(again.IsCompleted);
        Call<JoinGroupResponse> newcomer = groups.StartJoin(Requests.Join(member: pending));
        Assert.Equal((2, 2), (again.Result.GenerationId, newcomer.Result.GenerationId));
    }

    [Fact]
    public void An_unknown_member_id_is_refused_GRP_3()
    {
        using var groups = new GroupsUnderTest();
        Assert.Equal(ErrorCode.UnknownMemberId, groups.Join(Requests.Join(member: "nobody")).ErrorCode);
        groups.Stable();
        Assert.Equal(ErrorCode.UnknownMemberId, groups.Join(Requests.Join(member: "nobody")).ErrorCode);
    }

    [Fact]
    public void A_full_group_takes_nobody_but_its_own_members_GRP_3()
    {
        using var groups = new GroupsUnderTest { Settings = new() { InitialRebalanceDelayMs = 0, MaxSize = 1 } };
        var (members, _) = groups.Stable();
        Assert.Equal(ErrorCode.GroupMaxSizeReached, groups.Join(Requests.Join()).ErrorCode);
        Assert.Equal(2, groups.Join(Requests.Join(member: members[0])).GenerationId);
    }

    [Fact]
    public void What_members_of_all_groups_say_of_themselves_is_bounded_together()
    {
        using var groups = new GroupsUnderTest();
        string much = new('x', GroupsUnderTest.MaxMemberBytes * 3 / 4);
        JoinGroupRequest first = Requests.Join("first", metadata: much);
        first.MemberId = groups.Join(first).MemberId;
        Assert.Equal(ErrorCode.None, groups.Join(first).ErrorCode);
        // Neither as a newcomer nor with many protocols instead of long ones; small members find the part that is kept for them.
        Assert.Equal(ErrorCode.GroupMaxSizeReached, groups.Join(Requests.Join("second", metadata: much)).ErrorCode);
        Assert.Equal(ErrorCode.GroupMaxSizeReached, groups.Join(Requests.Join("second", protocols: [.. Enumerable.Range(0, 5000).Select(static i => $"{i}")])).ErrorCode);
        Assert.Equal(ErrorCode.MemberIdRequired, groups.Join(Requests.Join("third")).ErrorCode);

        Assert.Equal(ErrorCode.None, groups.Leave(first.MemberId, group: "first").ErrorCode);
        Assert.Equal(ErrorCode.MemberIdRequired, groups.Join(Requests.Join("second", metadata: much)).ErrorCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("static")]
    public void A_member_joins_again_though_others_fill_the_memory(string? instance)
    {
        using var groups = new GroupsUnderTest();
        string half = new('x', GroupsUnderTest.MaxMemberBytes / 2);
        JoinGroupRequest mine = Requests.Join("mine", metadata: half);
        mine.GroupInstanceId = instance;
        string id = groups.Join(mine).MemberId;
        if (instance is null) mine.MemberId = id;
        Assert.Equal(ErrorCode.None, groups.Join(mine).ErrorCode);

        // What is left goes to somebody who does the worst.
        JoinGroupRequest filling = Requests.Join("others", metadata: new('x', GroupsUnderTest.MaxMemberBytes * 3 / 8 - 512));
        filling.MemberId = groups.Join(filling).MemberId;
        Assert.Equal(ErrorCode.None, groups.Join(filling).ErrorCode);

        Assert.Equal(ErrorCode.None, groups.Join(mine).ErrorCode);
        mine.Protocols[0].Metadata = new byte[GroupsUnderTest.MaxMemberBytes * 3 / 4];
        Assert.Equal(ErrorCode.GroupMaxSizeReached, groups.Join(mine).ErrorCode);
    }

    [Fact]
    public void Of_many_protocols_the_one_all_speak_is_found_GRP_4_GRP_6()
    {
        using var groups = new GroupsUnderTest();
        string[] Names(string prefix) => [.. Enumerable.Range(0, 1000).Select(i => $"{prefix}{i}")];
        Call<JoinGroupResponse> one = groups.StartJoinNew(protocols: [.. Names("a"), "common"]);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, groups.Join(Requests.Join(protocols: Names("b"))).ErrorCode);
        Call<JoinGroupResponse> two = groups.StartJoinNew(protocols: [.. Names("b"), "common"]);
        JoinGroupRequest again = Requests.Join(member: one.Result.MemberId, protocols: [.. Names("a"), "common"]);
        Assert.Equal("common", groups.Join(again).ProtocolName);
        Assert.Equal("common", two.Result.ProtocolName);
    }

    [Theory]
    [InlineData("connect", "range")]
    [InlineData("consumer", "sticky")]
    [InlineData("consumer", null)]
    [InlineData("", "range")]
    public void A_member_that_shares_no_protocol_with_the_others_is_refused_GRP_4(string type, string? protocol)
    {
        using var groups = new GroupsUnderTest();
        groups.Stable();
        JoinGroupRequest request = Requests.Join();
        request.ProtocolType = type;
        request.Protocols = protocol is null ? [] : [new() { Name = protocol }];
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, groups.Join(request).ErrorCode);
        Assert.Equal(GroupState.Stable, groups.State());
    }

    [Fact]
    public void The_first_generation_of_an_empty_group_waits_for_newcomers_up_to_the_rebalance_timeout_GRP_5()
    {
        using var groups = new GroupsUnderTest { Settings = new() { InitialRebalanceDelayMs = 3_000 } };
        Call<JoinGroupResponse> first = groups.StartJoinNew();
        groups.Advance(2_900);
        Call<JoinGroupResponse> second = groups.StartJoinNew();
        groups.Advance(200);
        Assert.False(first.IsCompleted); // prolonged by the second
        groups.Advance(2_899);
        Assert.False(first.IsCompleted);
        groups.Advance(1);
        Assert.Equal((1, 1), (first.Result.GenerationId, second.Result.GenerationId));
        Assert.Equal(2, first.Result.Members.Count);
        Assert.Empty(second.Result.Members);
    }

    [Fact]
    public void Newcomers_cannot_prolong_the_first_wait_beyond_the_rebalance_timeout_GRP_5()
    {
        using var groups = new GroupsUnderTest { Settings = new() { InitialRebalanceDelayMs = 20_000 } };
        Call<JoinGroupResponse> first = groups.StartJoinNew();
        groups.Advance(19_000);
        groups.StartJoinNew();
        groups.Advance(10_999);
        Assert.False(first.IsCompleted);
        groups.Advance(1);
        Assert.True(first.IsCompleted);
    }

    [Fact]
    public void A_dynamic_member_that_does_not_rejoin_in_time_is_out_GRP_6()
    {
        using var groups = new GroupsUnderTest();
        var (members, generation) = groups.Stable(2);
        Call<JoinGroupResponse> follower = groups.StartJoin(Requests.Join(member: members[1], metadata: "changed"));
        for (int waited = 0; waited < Requests.RebalanceMs; waited += 5_000)
        {
            Assert.False(follower.IsCompleted);
            Assert.Equal(ErrorCode.RebalanceInProgress, groups.Heartbeat(members[0], generation));
            groups.Advance(5_000);
        }
        Assert.Equal((generation + 1, members[1]), (follower.Result.GenerationId, follower.Result.Leader));
        Assert.Equal(ErrorCode.UnknownMemberId, groups.Heartbeat(members[0], generation));
    }

    [Fact]
    public void The_protocol_with_most_first_votes_among_those_all_speak_wins_GRP_6()
    {
        using var groups = new GroupsUnderTest { Settings = new() { InitialRebalanceDelayMs = 100 } };
        Call<JoinGroupResponse>[] joins =
        [
            groups.StartJoinNew("g", "own", "range", "sticky"),
            groups.StartJoinNew("g", "sticky", "range"),
            groups.StartJoinNew("g", "sticky", "range"),
        ];
        groups.Advance(300);
        Assert.All(joins, join => Assert.Equal("sticky", join.Result.ProtocolName));
    }

    [Fact]
    public void The_leader_stays_leader_while_it_is_present_GRP_6()
    {
        using var groups = new GroupsUnderTest();
        var (members, _) = groups.Stable(2);
        Call<JoinGroupResponse> follower = groups.StartJoin(Requests.Join(member: members[1], metadata: "changed"));
        Call<JoinGroupResponse> leader = groups.StartJoin(Requests.Join(member: members[0]));
        Assert.Equal((members[0], members[0]), (follower.Result.Leader, leader.Result.Leader));
        Assert.Equal(2, leader.Result.Members.Count);
    }

    [Fact]
    public void A_follower_that_says_the_same_gets_the_current_generation_at_once_GRP_7()
    {
        using var groups = new GroupsUnderTest();
        var (members, generation) = groups.Stable(2);
        JoinGroupResponse again = groups.Join(Requests.Join(member: members[1]));
        Assert.Equal((ErrorCode.None, generation, members[0]), (again.ErrorCode, again.GenerationId, again.Leader));
        Assert.Empty(again.Members);
        Assert.Equal(GroupState.Stable, groups.State());
    }

    [Fact]
    public void A_leader_that_joins_again_starts_a_rebalance_GRP_7()
    {
        using var groups = new GroupsUnderTest();
        var (members, _) = groups.Stable(2);
        Assert.False(groups.StartJoin(Requests.Join(member: members[0])).IsCompleted);
        Assert.Equal(GroupState.PreparingRebalance, groups.State());
    }

    [Fact]
    public void Before_the_assignment_a_repeated_join_gets_the_same_answer_GRP_7()
    {
        using var groups = new GroupsUnderTest();
        JoinGroupResponse first = groups.StartJoinNew().Result;
        JoinGroupResponse again = groups.Join(Requests.Join(member: first.MemberId));
        Assert.Equal((first.GenerationId, first.Leader, 1), (again.GenerationId, again.Leader, again.Members.Count));
        Assert.Equal(GroupState.CompletingRebalance, groups.State());
    }

    [Fact]
    public void A_new_member_that_never_gets_a_generation_is_forgotten()
    {
        using var groups = new GroupsUnderTest { Settings = new() { InitialRebalanceDelayMs = 0, NewMemberJoinTimeout = TimeSpan.FromSeconds(5) } };
        groups.Stable();
        Call<JoinGroupResponse> newcomer = groups.StartJoinNew();
        groups.Advance(5_000);
        Assert.Equal(ErrorCode.UnknownMemberId, newcomer.Result.ErrorCode);
    }
}
