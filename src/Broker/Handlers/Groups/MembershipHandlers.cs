using System.Net;
using Gateway.Broker.Cluster;
using Gateway.Broker.Coordinators.Groups;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers.Groups;

/// <summary>JoinGroup: passes the request on to where the group lives.</summary>
internal sealed class JoinGroupHandler(BrokerShard shard, GroupRouter groups) : Handler<JoinGroupRequest, JoinGroupResponse>
{
    public override async ValueTask<JoinGroupResponse?> HandleAsync(RequestContext context, JoinGroupRequest request)
    {
        if (request.GroupId.Length == 0) return Refused(ErrorCode.InvalidGroupId, request.MemberId);
        var client = new GroupClient(context.ApiVersion, context.ClientId ?? "", HostOf(context));
        return await groups.CallAsync(
            shard.Image, request.GroupId, (request, client),
            static (partition, call) => partition.JoinAsync(call.request, call.client),
            static (error, call) => Refused(error, call.request.MemberId));
    }

    private static JoinGroupResponse Refused(ErrorCode error, string memberId) =>
        new() { ErrorCode = error, MemberId = memberId, ProtocolName = "" };

    /// <summary>As Kafka shows it, with a slash in front; tools print it as it is.</summary>
    private static string HostOf(RequestContext context)
    {
        if (context.RemoteEndPoint is not IPEndPoint remote) return "/in-process";
        return $"/{(remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address)}";
    }
}

/// <summary>SyncGroup: passes the request on to where the group lives.</summary>
internal sealed class SyncGroupHandler(BrokerShard shard, GroupRouter groups) : Handler<SyncGroupRequest, SyncGroupResponse>
{
    public override async ValueTask<SyncGroupResponse?> HandleAsync(RequestContext context, SyncGroupRequest request)
    {
        if (request.GroupId.Length == 0) return new SyncGroupResponse { ErrorCode = ErrorCode.InvalidGroupId };
        return await groups.CallAsync(
            shard.Image, request.GroupId, request,
            static (partition, request) => partition.SyncAsync(request),
            static (error, _) => new SyncGroupResponse { ErrorCode = error });
    }
}

/// <summary>Heartbeat: passes the request on to where the group lives.</summary>
internal sealed class HeartbeatHandler(BrokerShard shard, GroupRouter groups) : Handler<HeartbeatRequest, HeartbeatResponse>
{
    public override async ValueTask<HeartbeatResponse?> HandleAsync(RequestContext context, HeartbeatRequest request)
    {
        if (request.GroupId.Length == 0) return new HeartbeatResponse { ErrorCode = ErrorCode.InvalidGroupId };
        return await groups.CallAsync(
            shard.Image, request.GroupId, request,
            static (partition, request) => new ValueTask<HeartbeatResponse>(new HeartbeatResponse { ErrorCode = partition.Heartbeat(request) }),
            static (error, _) => new HeartbeatResponse { ErrorCode = error });
    }
}

/// <summary>LeaveGroup: passes the request on to where the group lives.</summary>
internal sealed class LeaveGroupHandler(BrokerShard shard, GroupRouter groups) : Handler<LeaveGroupRequest, LeaveGroupResponse>
{
    public override async ValueTask<LeaveGroupResponse?> HandleAsync(RequestContext context, LeaveGroupRequest request)
    {
        if (request.GroupId.Length == 0) return new LeaveGroupResponse { ErrorCode = ErrorCode.InvalidGroupId };
        return await groups.CallAsync(
            shard.Image, request.GroupId, (request, context.ApiVersion),
            static (partition, call) => partition.LeaveAsync(call.request, call.ApiVersion),
            static (error, _) => new LeaveGroupResponse { ErrorCode = error });
    }
}
