using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Tests.Groups;

/// <summary>The handlers and the real log: what the state machine's own tests leave out.</summary>
public class GroupsInABrokerTests
{
    private const string Missing = "missing";

    [Fact]
    public async Task The_first_question_for_a_coordinator_creates_the_topic_of_offsets()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await broker.SendAsync(new HeartbeatRequest { GroupId = "g" })).ErrorCode);
        FindCoordinatorResponse found = await broker.SendAsync(new FindCoordinatorRequest { CoordinatorKeys = ["g", "h"] });
        Assert.Equal([("g", ErrorCode.None, 1), ("h", ErrorCode.None, 1)], found.Coordinators.Select(c => (c.Key, c.ErrorCode, c.NodeId)));
        Assert.All(found.Coordinators, c => Assert.InRange(c.Port, 1, 65535));
        Assert.Equal(ErrorCode.UnknownMemberId, (await broker.SendAsync(new HeartbeatRequest { GroupId = "g" })).ErrorCode);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public async Task There_are_only_coordinators_of_groups_and_transactions(sbyte keyType)
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        FindCoordinatorResponse found = await broker.SendAsync(new FindCoordinatorRequest { KeyType = keyType, CoordinatorKeys = ["k"] });
        Assert.Equal((ErrorCode.InvalidRequest, -1), (found.Coordinators[0].ErrorCode, found.Coordinators[0].NodeId));
    }

    [Fact]
    public async Task An_empty_group_id_is_refused_where_members_are_meant()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        Assert.Equal(ErrorCode.InvalidGroupId, (await broker.SendAsync(Requests.Join(""))).ErrorCode);
        Assert.Equal(ErrorCode.InvalidGroupId, (await broker.SendAsync(new SyncGroupRequest())).ErrorCode);
        Assert.Equal(ErrorCode.InvalidGroupId, (await broker.SendAsync(new HeartbeatRequest())).ErrorCode);
        Assert.Equal(ErrorCode.InvalidGroupId, (await broker.SendAsync(new LeaveGroupRequest())).ErrorCode);
    }

    [Fact]
    public async Task A_group_goes_on_after_a_restart_with_its_members_assignments_and_offsets()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        Guid topic = await CreateAsync(broker, "t");
        JoinGroupResponse joined = await JoinAsync(broker);
        SyncGroupResponse synced = await broker.SendAsync(Requests.Sync(joined, joined.MemberId));
        Assert.Equal(Requests.AssignmentOf(joined.MemberId), synced.Assignment);
        await CommitAsync(broker, joined, topic, 42);

        await broker.RestartAsync();
        HeartbeatResponse beat = await broker.SendAsync(
            new HeartbeatRequest { GroupId = "g", MemberId = joined.MemberId, GenerationId = joined.GenerationId });
        Assert.Equal(ErrorCode.None, beat.ErrorCode);
        DescribeGroupsResponse described = await broker.SendAsync(new DescribeGroupsRequest { Groups = ["g", "nobody"] });
        Assert.Equal([("Stable", ErrorCode.None), ("Dead", ErrorCode.GroupIdNotFound)], described.Groups.Select(g => (g.GroupState, g.ErrorCode)));
        Assert.Equal(Requests.AssignmentOf(joined.MemberId), described.Groups[0].Members[0].MemberAssignment);
        OffsetFetchResponse.OffsetFetchResponsePartitions offset = await FetchAsync(broker, topic);
        Assert.Equal((42, 3, "note"), (offset.CommittedOffset, offset.CommittedLeaderEpoch, offset.Metadata));
        ListGroupsResponse listed = await broker.SendAsync(new ListGroupsRequest { StatesFilter = ["STABLE"], TypesFilter = ["Classic"] });
        Assert.Equal("g", Assert.Single(listed.Groups).GroupId);
        Assert.Empty((await broker.SendAsync(new ListGroupsRequest { StatesFilter = ["Empty"] })).Groups);
    }

    [Fact]
    public async Task A_group_that_says_too_much_to_be_stored_is_refused_and_others_go_on()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        await broker.SendAsync(new FindCoordinatorRequest { CoordinatorKeys = ["g"] });
        JoinGroupRequest request = Requests.Join();
        request.Protocols[0].Metadata = new byte[17 << 20];
        request.MemberId = (await broker.SendAsync(request)).MemberId;
        JoinGroupResponse joined = await broker.SendAsync(request);
        Assert.Equal(ErrorCode.UnknownServerError, (await broker.SendAsync(Requests.Sync(joined))).ErrorCode);
        request.Protocols[0].Metadata = [1];
        joined = await broker.SendAsync(request);
        Assert.Equal(ErrorCode.None, (await broker.SendAsync(Requests.Sync(joined))).ErrorCode);
    }

    [Fact]
    public async Task A_log_of_more_than_one_read_is_replayed_to_its_end()
    {
        const int partitions = 300, rounds = 2;
        await using RunningBroker broker = await RunningBroker.StartAsync();
        Guid topic = await CreateAsync(broker, "wide", partitions);
        await broker.SendAsync(new FindCoordinatorRequest { CoordinatorKeys = ["g"] });
        for (int round = 0; round < rounds; round++)
        {
            var request = new OffsetCommitRequest { GroupId = "g", Topics = [new() { TopicId = topic }] };
            for (int i = 0; i < partitions; i++)
                request.Topics[0].Partitions.Add(new() { PartitionIndex = i, CommittedOffset = 1000 * round + i, CommittedMetadata = new string('m', 4000) });
            Assert.All((await broker.SendAsync(request)).Topics[0].Partitions, p => Assert.Equal(ErrorCode.None, p.ErrorCode));
        }
        await broker.RestartAsync();
        OffsetFetchResponse all = await broker.SendAsync(new OffsetFetchRequest { Groups = [new() { GroupId = "g", Topics = null }] });
        Assert.Equal(
            Enumerable.Range(0, partitions).Select(i => (i, 1000L * (rounds - 1) + i)),
            all.Groups[0].Topics[0].Partitions.Select(p => (p.PartitionIndex, p.CommittedOffset)).Order());
    }

    [Fact]
    public async Task Offsets_of_topics_that_do_not_exist_are_refused_and_the_others_committed_OFC_1()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        Guid topic = await CreateAsync(broker, "t");
        await broker.SendAsync(new FindCoordinatorRequest { CoordinatorKeys = ["g"] });
        var request = new OffsetCommitRequest
        {
            GroupId = "g",
            Topics =
            [
                new() { TopicId = Guid.NewGuid(), Partitions = [new() { CommittedOffset = 1 }] },
                new() { TopicId = topic, Partitions = [new() { CommittedOffset = 7 }, new() { PartitionIndex = 9, CommittedOffset = 1 }] },
            ],
        };
        OffsetCommitResponse answer = await broker.SendAsync(request);
        Assert.Equal(
            [ErrorCode.UnknownTopicId, ErrorCode.None, ErrorCode.UnknownTopicOrPartition],
            answer.Topics.SelectMany(t => t.Partitions).Select(p => p.ErrorCode));
        Assert.Equal(7, (await FetchAsync(broker, topic)).CommittedOffset);
    }

    [Fact]
    public async Task A_topic_that_takes_a_deleted_ones_name_does_not_inherit_its_offsets_OFF_2()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        Guid first = await CreateAsync(broker, "t");
        JoinGroupResponse joined = await JoinAsync(broker);
        await broker.SendAsync(Requests.Sync(joined));
        await CommitAsync(broker, joined, first, 42);
        await broker.SendAsync(new DeleteTopicsRequest { Topics = [new() { Name = "t" }], TimeoutMs = 30_000 });
        Guid second = await CreateAsync(broker, "t");
        Assert.Equal(-1, (await FetchAsync(broker, second)).CommittedOffset);
        await broker.RestartAsync();
        Assert.Equal(-1, (await FetchAsync(broker, second)).CommittedOffset);
        OffsetFetchResponse all = await broker.SendAsync(new OffsetFetchRequest { Groups = [new() { GroupId = "g", Topics = null }] });
        Assert.Empty(all.Groups[0].Topics);
    }

    [Fact]
    public async Task A_group_is_deleted_with_its_offsets_once_it_is_empty()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        Guid topic = await CreateAsync(broker, "t");
        JoinGroupResponse joined = await JoinAsync(broker);
        await broker.SendAsync(Requests.Sync(joined));
        await CommitAsync(broker, joined, topic, 42);
        Assert.Equal([ErrorCode.NonEmptyGroup, ErrorCode.GroupIdNotFound], await DeleteAsync(broker, "g", Missing));
        await broker.SendAsync(new LeaveGroupRequest { GroupId = "g", Members = [new() { MemberId = joined.MemberId }] });
        Assert.Equal([ErrorCode.None], await DeleteAsync(broker, "g"));
        Assert.Equal(-1, (await FetchAsync(broker, topic)).CommittedOffset);
    }

    private static async Task<ErrorCode[]> DeleteAsync(RunningBroker broker, params string[] groups) =>
        [.. (await broker.SendAsync(new DeleteGroupsRequest { GroupsNames = [.. groups] })).Results.Select(r => r.ErrorCode)];

    private static async Task<Guid> CreateAsync(RunningBroker broker, string name, int partitions = 1)
    {
        CreateTopicsResponse created = await broker.SendAsync(new CreateTopicsRequest
        {
            Topics = [new() { Name = name, NumPartitions = partitions, ReplicationFactor = 1 }],
            TimeoutMs = 30_000,
        });
        Assert.Equal(ErrorCode.None, created.Topics[0].ErrorCode);
        return created.Topics[0].TopicId;
    }

    private static async Task<JoinGroupResponse> JoinAsync(RunningBroker broker)
    {
        await broker.SendAsync(new FindCoordinatorRequest { CoordinatorKeys = ["g"] });
        JoinGroupResponse first = await broker.SendAsync(Requests.Join());
        Assert.Equal(ErrorCode.MemberIdRequired, first.ErrorCode);
        JoinGroupResponse joined = await broker.SendAsync(Requests.Join(member: first.MemberId));
        Assert.Equal(ErrorCode.None, joined.ErrorCode);
        return joined;
    }

    private static async Task CommitAsync(RunningBroker broker, JoinGroupResponse member, Guid topic, long offset)
    {
        OffsetCommitResponse answer = await broker.SendAsync(new OffsetCommitRequest
        {
            GroupId = "g",
            MemberId = member.MemberId,
            GenerationIdOrMemberEpoch = member.GenerationId,
            Topics =
            [
                new() { TopicId = topic, Partitions = [new() { CommittedOffset = offset, CommittedLeaderEpoch = 3, CommittedMetadata = "note" }] },
            ],
        });
        Assert.Equal(ErrorCode.None, answer.Topics[0].Partitions[0].ErrorCode);
    }

    private static async Task<OffsetFetchResponse.OffsetFetchResponsePartitions> FetchAsync(RunningBroker broker, Guid topic)
    {
        OffsetFetchResponse answer = await broker.SendAsync(
            new OffsetFetchRequest { Groups = [new() { GroupId = "g", Topics = [new() { TopicId = topic, PartitionIndexes = [0] }] }] });
        Assert.Equal(ErrorCode.None, answer.Groups[0].ErrorCode);
        return answer.Groups[0].Topics[0].Partitions[0];
    }
}
