using Gateway.Broker.Coordinators;
using Gateway.Broker.Coordinators.Groups;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Tests.Groups;

/// <summary>Answers wait for the commit, and what the log says is what is there (design D6).</summary>
public class DurabilityTests
{
    [Fact]
    public void A_commit_is_answered_when_its_record_is_committed()
    {
        using var groups = new GroupsUnderTest();
        groups.Log.Holds = true;
        var committing = groups.Start(p => p.CommitOffsetsAsync(new Committer("g", -1, "", null, -1), [Requests.Offset("t", 5)], 8));
        var reading = groups.Start(p => p.FetchOffsetsAsync("g", null));
        Assert.False(committing.IsCompleted);
        Assert.False(reading.IsCompleted); // what it found may still be lost
        groups.Run(groups.Log.Commit);
        Assert.Equal(ErrorCode.None, committing.Result.Error);
        Assert.Equal(5, Assert.Single(reading.Result.Offsets).Offset.Offset);
    }

    [Fact]
    public void Assignments_are_handed_out_when_they_are_committed()
    {
        using var groups = new GroupsUnderTest();
        JoinGroupResponse joined = groups.StartJoinNew().Result;
        groups.Log.Holds = true;
        Call<SyncGroupResponse> leader = groups.StartSync(Requests.Sync(joined, joined.MemberId));
        Call<SyncGroupResponse> repeated = groups.StartSync(Requests.Sync(joined));
        Assert.False(leader.IsCompleted || repeated.IsCompleted);
        groups.Run(groups.Log.Commit);
        Assert.Equal(Requests.AssignmentOf(joined.MemberId), leader.Result.Assignment);
        Assert.Equal(Requests.AssignmentOf(joined.MemberId), repeated.Result.Assignment);
    }

    [Theory]
    [InlineData(ErrorCode.KafkaStorageError, ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.NotLeaderOrFollower, ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.UnknownTopicOrPartition, ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ErrorCode.RequestTimedOut, ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ErrorCode.MessageTooLarge, ErrorCode.UnknownServerError)]
    public void A_lost_append_is_told_to_everybody_who_waits_and_the_state_is_what_the_log_has(ErrorCode lost, ErrorCode told)
    {
        using var groups = new GroupsUnderTest();
        groups.Commit("kept", 1);
        groups.Log.Holds = true;
        var first = groups.Start(p => p.CommitOffsetsAsync(new Committer("g", -1, "", null, -1), [Requests.Offset("kept", 2)], 8));
        var second = groups.Start(p => p.CommitOffsetsAsync(new Committer("g", -1, "", null, -1), [Requests.Offset("lost", 3)], 8));
        groups.Run(() => groups.Log.FailHeld(lost, recordsLost: 2));
        Assert.Equal((told, told), (first.Result.Error, second.Result.Error));
        Assert.Equal(1, groups.Committed("kept"));
        Assert.Null(groups.Committed("lost"));
    }

    [Fact]
    public void Members_that_wait_when_an_append_is_lost_are_answered_and_find_the_group_as_it_was_stored()
    {
        using var groups = new GroupsUnderTest();
        var (members, generation) = groups.Stable(2);
        Call<JoinGroupResponse> joining = groups.StartJoin(Requests.Join(member: members[1], metadata: "changed"));
        groups.Log.Holds = true;
        groups.Start(p => p.CommitOffsetsAsync(new Committer("g", generation, members[0], null, -1), [Requests.Offset("t", 1)], 8));
        groups.Run(() => groups.Log.FailHeld(ErrorCode.KafkaStorageError, recordsLost: 1));
        Assert.Equal(ErrorCode.NotCoordinator, joining.Result.ErrorCode);
        Assert.Equal(GroupState.Stable, groups.State());
        Assert.Equal(ErrorCode.None, groups.Heartbeat(members[0], generation));
    }

    [Fact]
    public void A_refused_offset_is_refused_and_nothing_else_happens()
    {
        using var groups = new GroupsUnderTest();
        var (members, generation) = groups.Stable(2);
        Call<JoinGroupResponse> joining = groups.StartJoin(Requests.Join(member: members[1], metadata: "changed"));
        groups.Log.RefuseNext = ErrorCode.KafkaStorageError;
        Assert.Equal(ErrorCode.NotCoordinator, groups.Commit("t", 1, generation, members[0]));
        Assert.Null(groups.Committed("t"));
        Assert.False(joining.IsCompleted);
        Assert.Equal(ErrorCode.None, groups.Commit("t", 2, generation, members[0]));
        Assert.Equal(2, groups.Committed("t"));
    }

    [Fact]
    public void An_assignment_the_log_refuses_makes_its_group_try_again_and_no_other()
    {
        using var groups = new GroupsUnderTest();
        Call<JoinGroupResponse> other = groups.StartJoinNew("other");
        JoinGroupResponse joined = groups.StartJoinNew().Result;
        groups.Log.RefuseNext = ErrorCode.MessageTooLarge;
        Assert.Equal(ErrorCode.UnknownServerError, groups.Sync(Requests.Sync(joined, joined.MemberId)).ErrorCode);
        Assert.Equal(ErrorCode.RebalanceInProgress, groups.Heartbeat(joined.MemberId, joined.GenerationId));
        JoinGroupResponse again = groups.Join(Requests.Join(member: joined.MemberId));
        Assert.Equal(Requests.AssignmentOf(joined.MemberId), groups.Sync(Requests.Sync(again, joined.MemberId)).Assignment);
        Assert.Equal(ErrorCode.None, groups.Heartbeat(other.Result.MemberId, 1, "other"));
    }

    [Fact]
    public void Until_the_log_is_replayed_every_request_is_told_to_come_back_14()
    {
        using var groups = new GroupsUnderTest(load: false);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, groups.Join(Requests.Join()).ErrorCode);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, groups.Sync(new() { GroupId = "g" }).ErrorCode);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, groups.Heartbeat("m", 1));
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, groups.Leave("m").ErrorCode);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, groups.Commit("t", 1));
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, groups.Ask(p => p.FetchOffsetsAsync("g", null)).Error);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, groups.Ask(p => p.ListAsync()).Error);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, groups.Ask(p => p.DescribeAsync("g", 6)).ErrorCode);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, groups.Ask(p => p.DeleteAsync("g")));
    }

    [Fact]
    public void A_log_that_cannot_be_read_is_not_served_and_tried_again()
    {
        var log = new MemoryCoordinatorLog { ReplayError = ErrorCode.KafkaStorageError };
        using var groups = new GroupsUnderTest(log);
        Assert.Equal(ErrorCode.NotCoordinator, groups.Commit("t", 1));
        log.ReplayError = ErrorCode.None;
        groups.Advance(5_000);
        Assert.Equal(ErrorCode.None, groups.Commit("t", 1));
    }

    [Fact]
    public void A_damaged_record_keeps_its_partition_offline_and_harms_nothing_else()
    {
        var log = new MemoryCoordinatorLog();
        log.Records.Add(new CoordinatorRecord(new byte[] { 0, 1, 0, 9 }, []));
        using var groups = new GroupsUnderTest(log);
        Assert.Equal(ErrorCode.NotCoordinator, groups.Commit("t", 1));
    }

    [Fact]
    public void After_a_restart_members_go_on_with_their_generation_and_silent_ones_time_out()
    {
        using var groups = new GroupsUnderTest();
        var (members, generation) = groups.Stable(2);
        groups.Commit("t", 5, generation, members[0]);
        using var restarted = new GroupsUnderTest(groups.Log);
        Assert.Equal(5, restarted.Committed("t"));
        Assert.Equal(ErrorCode.None, restarted.Heartbeat(members[0], generation));
        Assert.Equal(ErrorCode.None, restarted.Commit("t", 6, generation, members[1]));
        Assert.Equal(
            Requests.AssignmentOf(members[1]),
            restarted.Sync(new() { GroupId = "g", MemberId = members[1], GenerationId = generation }).Assignment);
        restarted.Advance(2 * Requests.SessionMs);
        Assert.Equal(GroupState.Empty, restarted.State());
    }

    [Fact]
    public void Closing_answers_everybody_who_waits()
    {
        using var groups = new GroupsUnderTest();
        var (members, _) = groups.Stable(2);
        Call<JoinGroupResponse> joining = groups.StartJoin(Requests.Join(member: members[1], metadata: "changed"));
        groups.Run(() => groups.Partition.Close(ErrorCode.CoordinatorNotAvailable));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, joining.Result.ErrorCode);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, groups.Join(Requests.Join()).ErrorCode);
    }
}
