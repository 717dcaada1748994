using Gateway.Broker.Coordinators.Groups;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;
using Gateway.Protocol.Stored;

namespace Gateway.Broker.Tests.Groups;

public class OffsetTests
{
    private const int DayMs = 86_400_000;

    [Fact]
    public void A_commit_from_outside_makes_a_simple_group_OFC_2()
    {
        using var groups = new GroupsUnderTest();
        Assert.Equal(ErrorCode.None, groups.Commit("t", 5));
        Assert.Equal(5, groups.Committed("t"));
        Assert.Null(groups.Committed("other"));
        Assert.Equal(GroupState.Empty, groups.State());
    }

    [Theory]
    [InlineData(8, ErrorCode.IllegalGeneration)]
    [InlineData(9, ErrorCode.GroupIdNotFound)]
    public void A_commit_with_a_generation_to_an_unknown_group_is_refused_OFC_2(short version, ErrorCode expected)
    {
        using var groups = new GroupsUnderTest();
        Assert.Equal(expected, groups.Commit("t", 5, generation: 1, member: "m", version: version));
        Assert.Equal(GroupState.Dead, groups.State());
    }

    [Fact]
    public void From_outside_only_an_empty_group_takes_commits_OFC_3()
    {
        using var groups = new GroupsUnderTest();
        var (members, generation) = groups.Stable();
        Assert.Equal(ErrorCode.UnknownMemberId, groups.Commit("t", 5));
        Assert.Equal(ErrorCode.UnknownMemberId, groups.Commit("t", 5, generation, "other"));
        Assert.Equal(ErrorCode.IllegalGeneration, groups.Commit("t", 5, generation + 1, members[0]));
        Assert.Equal(ErrorCode.None, groups.Commit("t", 6, generation, members[0]));
        groups.Leave(members[0]);
        Assert.Equal(ErrorCode.None, groups.Commit("t", 7));
        Assert.Equal(7, groups.Committed("t"));
    }

    [Fact]
    public void While_the_leader_assigns_nobody_commits_and_in_a_rebalance_the_old_generation_still_does_OFC_3()
    {
        using var groups = new GroupsUnderTest();
        JoinGroupResponse joined = groups.StartJoinNew().Result;
        Assert.Equal(ErrorCode.RebalanceInProgress, groups.Commit("t", 5, joined.GenerationId, joined.MemberId));
        groups.Sync(Requests.Sync(joined));
        groups.StartJoinNew();
        Assert.Equal(GroupState.PreparingRebalance, groups.State());
        Assert.Equal(ErrorCode.None, groups.Commit("t", 5, joined.GenerationId, joined.MemberId));
    }

    [Fact]
    public void A_commit_prolongs_the_session_OFC_3()
    {
        using var groups = new GroupsUnderTest();
        var (members, generation) = groups.Stable();
        groups.Advance(Requests.SessionMs - 1);
        groups.Commit("t", 5, generation, members[0]);
        groups.Advance(Requests.SessionMs - 1);
        Assert.Equal(ErrorCode.None, groups.Heartbeat(members[0], generation));
    }

    [Fact]
    public void Metadata_above_the_limit_is_refused_and_the_other_partitions_still_commit_OFC_5()
    {
        using var groups = new GroupsUnderTest();
        OffsetToCommit[] offsets =
        [
            Requests.Offset("long", 1, new string('ä', 2049)), Requests.Offset("fits", 2, new string('ä', 2048)), Requests.Offset("null", 3, null),
        ];
        var (error, tooLarge) = groups.Ask(p => p.CommitOffsetsAsync(new Committer("g", -1, "", null, -1), offsets, 8));
        Assert.Equal(ErrorCode.None, error);
        Assert.Equal([new TopicPartition("long", 0)], tooLarge);
        var found = groups.Ask(p => p.FetchOffsetsAsync("g", null)).Offsets.ToDictionary(o => o.Partition.Topic, o => o.Offset);
        Assert.Equal(["fits", "null"], found.Keys.Order());
        Assert.Equal(("", 3, 3), (found["null"].Metadata, found["null"].LeaderEpoch, found["null"].Offset));
    }

    [Fact]
    public void An_unknown_group_has_no_offsets_and_no_error_OFF_1()
    {
        using var groups = new GroupsUnderTest();
        var (error, offsets) = groups.Ask(p => p.FetchOffsetsAsync("nobody", null));
        Assert.Equal(ErrorCode.None, error);
        Assert.Empty(offsets);
    }

    [Fact]
    public void Offsets_of_a_simple_group_expire_after_the_retention_from_the_commit_OFF_2()
    {
        using var groups = new GroupsUnderTest();
        groups.Commit("old", 1);
        groups.Advance(DayMs);
        groups.Commit("young", 2);
        groups.Advance(6 * DayMs);
        Assert.Null(groups.Committed("old"));
        Assert.Equal(2, groups.Committed("young"));
        groups.Advance(DayMs);
        Assert.Equal(GroupState.Dead, groups.State());
    }

    [Fact]
    public void Offsets_of_a_group_with_members_expire_only_for_topics_nobody_subscribes_to_and_after_it_is_empty_OFF_2()
    {
        using var groups = new GroupsUnderTest();
        JoinGroupRequest request = Requests.Join();
        request.SessionTimeoutMs = 1_800_000;
        request.Protocols[0].Metadata = VersionedBytes.Write(new ConsumerProtocolSubscription { Topics = ["read"] }, 3);
        request.MemberId = groups.Join(request).MemberId;
        JoinGroupResponse joined = groups.Join(request);
        groups.Sync(Requests.Sync(joined));
        groups.Commit("read", 1, joined.GenerationId, joined.MemberId);
        groups.Commit("dropped", 2, joined.GenerationId, joined.MemberId);
        Beat(groups, joined, 8 * DayMs);
        Assert.Equal(1, groups.Committed("read"));
        Assert.Null(groups.Committed("dropped"));
        groups.Leave(joined.MemberId);
        groups.Advance(7 * DayMs - 1);
        Assert.Equal(1, groups.Committed("read"));
        groups.Advance(1_200_000);
        Assert.Equal(GroupState.Dead, groups.State());
        Assert.Null(groups.Log.Records[^1].Value);
    }

    [Fact]
    public void An_expiry_of_its_own_counts_whatever_the_retention_OFC_5()
    {
        using var groups = new GroupsUnderTest();
        groups.Commit("t", 1, retentionMs: 3_600_000, version: 4);
        groups.Advance(3_500_000);
        Assert.Equal(1, groups.Committed("t"));
        groups.Advance(700_000);
        Assert.Null(groups.Committed("t"));
    }

    [Fact]
    public void Offsets_of_a_deleted_topic_are_deleted_and_do_not_pass_to_one_that_takes_its_name_OFF_2()
    {
        using var groups = new GroupsUnderTest();
        var id = new Guid(9, 9, 9, new byte[8]);
        groups.Ask(p => p.CommitOffsetsAsync(new Committer("g", -1, "", null, -1), [Requests.Offset("t", 5, id: id), Requests.Offset("u", 6)], 8));
        groups.GoneIds.Add(id);
        groups.Run(() => groups.Partition.DropOffsetsOfGoneTopics());
        Assert.Null(groups.Committed("t"));
        Assert.Equal(6, groups.Committed("u"));

        // The same when the topic went while nobody was looking: at the next start.
        groups.GoneTopics.Add("u");
        using var restarted = new GroupsUnderTest(groups.Log, load: false);
        restarted.GoneTopics.Add("u");
        restarted.Run(() => restarted.Partition.LoadAsync());
        Assert.Equal(GroupState.Dead, restarted.State());
    }

    private static void Beat(GroupsUnderTest groups, JoinGroupResponse joined, int milliseconds)
    {
        const int step = 1_700_000;
        for (int waited = 0; waited < milliseconds; waited += step)
        {
            Assert.Equal(ErrorCode.None, groups.Heartbeat(joined.MemberId, joined.GenerationId));
            groups.Advance(Math.Min(step, milliseconds - waited));
        }
    }
}
