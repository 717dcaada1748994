using Gateway.Broker.Tests.Network;
using Gateway.Common.Errors;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Tests.Groups;

/// <summary>Every version of every group request against a running broker, over TCP: what old clients send is answered in their own form.</summary>
public sealed class EveryVersionTests : IAsyncLifetime
{
    private RunningBroker _broker = null!;
    private RawClient _client = null!;
    private Guid _topic;
    private int _sent;

    public async Task InitializeAsync()
    {
        _broker = await RunningBroker.StartAsync();
        _client = await RawClient.Connect(_broker.EndPoint);
        await AskAsync(new FindCoordinatorRequest { CoordinatorKeys = ["g"] }, 6);
        CreateTopicsResponse created = await AskAsync(
            new CreateTopicsRequest { Topics = [new() { Name = "t", NumPartitions = 1, ReplicationFactor = 1 }], TimeoutMs = 30_000 }, 7);
        _topic = created.Topics[0].TopicId;
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task FindCoordinator()
    {
        foreach (short version in Versions(ApiKey.FindCoordinator))
        {
            var request = new FindCoordinatorRequest();
            if (version >= 4) request.CoordinatorKeys.Add("g");
            else request.Key = "g";
            FindCoordinatorResponse found = await AskAsync(request, version);
            (ErrorCode error, int node, int port) = version >= 4
                ? (found.Coordinators[0].ErrorCode, found.Coordinators[0].NodeId, found.Coordinators[0].Port)
                : (found.ErrorCode, found.NodeId, found.Port);
            Assert.Equal((ErrorCode.None, 1, _broker.EndPoint.Port), (error, node, port));
        }
    }

    [Fact]
    public async Task A_members_life_from_join_to_leave()
    {
        for (short join = 0; join <= 9; join++)
        {
            JoinGroupRequest request = Requests.Join();
            JoinGroupResponse joined = await AskAsync(request, join);
            if (join >= 4)
            {
                Assert.Equal(ErrorCode.MemberIdRequired, joined.ErrorCode);
                request.MemberId = joined.MemberId;
                joined = await AskAsync(request, join);
            }
            Assert.Equal((ErrorCode.None, "range", joined.MemberId), (joined.ErrorCode, joined.ProtocolName, joined.Leader));
            Assert.Equal(join >= 7 ? "consumer" : null, joined.ProtocolType);

            short sync = Math.Min(join, (short)5), beat = Math.Min(join, (short)4), leave = Math.Min(join, (short)5);
            SyncGroupResponse synced = await AskAsync(Requests.Sync(joined, joined.MemberId), sync);
            Assert.Equal(Requests.AssignmentOf(joined.MemberId), synced.Assignment);
            var heartbeat = new HeartbeatRequest { GroupId = "g", MemberId = joined.MemberId, GenerationId = joined.GenerationId };
            Assert.Equal(ErrorCode.None, (await AskAsync(heartbeat, beat)).ErrorCode);
            var leaving = new LeaveGroupRequest { GroupId = "g" };
            if (leave >= 3) leaving.Members.Add(new() { MemberId = joined.MemberId });
            else leaving.MemberId = joined.MemberId;
            LeaveGroupResponse left = await AskAsync(leaving, leave);
            Assert.Equal(ErrorCode.None, leave >= 3 ? left.Members[0].ErrorCode : left.ErrorCode);
        }
    }

    [Fact]
    public async Task Offsets_committed_in_one_version_are_fetched_in_all()
    {
        foreach (short commit in Versions(ApiKey.OffsetCommit))
        {
            var request = new OffsetCommitRequest
            {
                GroupId = "offsets",
                Topics = [new() { Partitions = [new() { CommittedOffset = 100 + commit, CommittedMetadata = null }, new() { PartitionIndex = 5 }] }],
            };
            if (commit >= 10) request.Topics[0].TopicId = _topic;
            else request.Topics[0].Name = "t";
            OffsetCommitResponse committed = await AskAsync(request, commit);
            Assert.Equal([ErrorCode.None, ErrorCode.UnknownTopicOrPartition], committed.Topics[0].Partitions.Select(p => p.ErrorCode));
            foreach (short fetch in Versions(ApiKey.OffsetFetch)) Assert.Equal((100 + commit, ErrorCode.None), await FetchAsync("offsets", fetch));
        }
    }

    [Fact]
    public async Task A_partition_without_an_offset_is_answered_with_minus_one_and_no_error()
    {
        foreach (short version in Versions(ApiKey.OffsetFetch)) Assert.Equal((-1, ErrorCode.None), await FetchAsync("nothing", version));
    }

    [Fact]
    public async Task All_offsets_of_a_group()
    {
        await AskAsync(
            new OffsetCommitRequest { GroupId = "all", Topics = [new() { Name = "t", Partitions = [new() { CommittedOffset = 9 }] }] }, 2);
        for (short version = 2; version <= 10; version++)
        {
            OffsetFetchResponse all = await AskAsync(
                version >= 8
                    ? new OffsetFetchRequest { Groups = [new() { GroupId = "all", Topics = null }] }
                    : new OffsetFetchRequest { GroupId = "all", Topics = null },
                version);
            Assert.Equal(9, version >= 8 ? all.Groups[0].Topics[0].Partitions[0].CommittedOffset : all.Topics[0].Partitions[0].CommittedOffset);
            if (version >= 10) Assert.Equal(_topic, all.Groups[0].Topics[0].TopicId);
        }
    }

    [Fact]
    public async Task Administration()
    {
        foreach (short version in Versions(ApiKey.ListGroups)) Assert.Equal(ErrorCode.None, (await AskAsync(new ListGroupsRequest(), version)).ErrorCode);
        foreach (short version in Versions(ApiKey.DescribeGroups))
        {
            DescribeGroupsResponse described = await AskAsync(
                new DescribeGroupsRequest { Groups = ["nobody"], IncludeAuthorizedOperations = version >= 3 }, version);
            Assert.Equal(version >= 6 ? ErrorCode.GroupIdNotFound : ErrorCode.None, described.Groups[0].ErrorCode);
            Assert.Equal("Dead", described.Groups[0].GroupState);
        }
        foreach (short version in Versions(ApiKey.DeleteGroups))
        {
            DeleteGroupsResponse deleted = await AskAsync(new DeleteGroupsRequest { GroupsNames = ["nobody"] }, version);
            Assert.Equal(ErrorCode.GroupIdNotFound, deleted.Results[0].ErrorCode);
        }
    }

    private static IEnumerable<short> Versions(ApiKey key)
    {
        MessageInfo info = MessageInfo.Of(key);
        return Enumerable.Range(info.LowestVersion, info.HighestVersion - info.LowestVersion + 1).Select(v => (short)v);
    }

    private async Task<(long Offset, ErrorCode Error)> FetchAsync(string group, short version)
    {
        if (version < 8)
        {
            OffsetFetchResponse one = await AskAsync(
                new OffsetFetchRequest { GroupId = group, Topics = [new() { Name = "t", PartitionIndexes = [0] }] }, version);
            OffsetFetchResponse.OffsetFetchResponsePartition partition = one.Topics[0].Partitions[0];
            return (partition.CommittedOffset, one.ErrorCode != ErrorCode.None ? one.ErrorCode : partition.ErrorCode);
        }
        var topic = new OffsetFetchRequest.OffsetFetchRequestTopics { PartitionIndexes = [0, 0] };
        if (version >= 10) topic.TopicId = _topic;
        else topic.Name = "t";
        OffsetFetchResponse many = await AskAsync(new OffsetFetchRequest { Groups = [new() { GroupId = group, Topics = [topic] }] }, version);
        OffsetFetchResponse.OffsetFetchResponsePartitions found = many.Groups[0].Topics[0].Partitions[0];
        return (found.CommittedOffset, many.Groups[0].ErrorCode != ErrorCode.None ? many.Groups[0].ErrorCode : found.ErrorCode);
    }

    private async Task<TResponse> AskAsync<TResponse>(IRequest<TResponse> request, short version)
        where TResponse : class, IResponse, new()
    {
        int id = ++_sent;
        await _client.Send(request, version, id);
        return await _client.Receive(request, version, id);
    }
}
