using Gateway.Broker.Cluster;
using Gateway.Broker.Coordinators.Groups;
using Gateway.Broker.Network;
using Gateway.Protocol;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Handlers.Groups;

/// <summary>The lines of the handler table about groups.</summary>
internal static class GroupHandlers
{
    /// <summary>Adds them.</summary>
    public static void AddTo(HandlerTable table, BrokerServices services)
    {
        GroupRouter groups = services.Groups;
        BrokerShard Local(Shard shard) => services.On(shard);
        table.Add<FindCoordinatorRequest, FindCoordinatorResponse>(
            ApiKey.FindCoordinator, 0, 6, shard => new FindCoordinatorHandler(Local(shard), services));
        table.Add<JoinGroupRequest, JoinGroupResponse>(ApiKey.JoinGroup, 0, 9, shard => new JoinGroupHandler(Local(shard), groups));
        table.Add<SyncGroupRequest, SyncGroupResponse>(ApiKey.SyncGroup, 0, 5, shard => new SyncGroupHandler(Local(shard), groups));
        table.Add<HeartbeatRequest, HeartbeatResponse>(ApiKey.Heartbeat, 0, 4, shard => new HeartbeatHandler(Local(shard), groups));
        table.Add<LeaveGroupRequest, LeaveGroupResponse>(ApiKey.LeaveGroup, 0, 5, shard => new LeaveGroupHandler(Local(shard), groups));
        table.Add<OffsetCommitRequest, OffsetCommitResponse>(
            ApiKey.OffsetCommit, 0, 10, shard => new OffsetCommitHandler(Local(shard), groups));
        table.Add<OffsetFetchRequest, OffsetFetchResponse>(
            ApiKey.OffsetFetch, 0, 10, shard => new OffsetFetchHandler(Local(shard), groups));
        table.Add<ListGroupsRequest, ListGroupsResponse>(ApiKey.ListGroups, 0, 5, _ => new ListGroupsHandler(groups));
        table.Add<DescribeGroupsRequest, DescribeGroupsResponse>(
            ApiKey.DescribeGroups, 0, 6, shard => new DescribeGroupsHandler(Local(shard), groups));
        table.Add<DeleteGroupsRequest, DeleteGroupsResponse>(
            ApiKey.DeleteGroups, 0, 3, shard => new DeleteGroupsHandler(Local(shard), groups));
    }
}
