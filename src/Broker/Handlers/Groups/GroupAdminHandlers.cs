using Gateway.Broker.Cluster;
using Gateway.Broker.Coordinators.Groups;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;
using Gateway.Shards;
using Listed = (
    Gateway.Common.Errors.ErrorCode Error,
    System.Collections.Generic.IReadOnlyList<Gateway.Protocol.Messages.ListGroupsResponse.ListedGroup> Groups);

namespace Gateway.Broker.Handlers.Groups;

/// <summary>ListGroups: asks every shard. Names in filters are compared without case; unknown ones match nothing.</summary>
internal sealed class ListGroupsHandler(GroupRouter groups) : Handler<ListGroupsRequest, ListGroupsResponse>
{
    public override async ValueTask<ListGroupsResponse?> HandleAsync(RequestContext context, ListGroupsRequest request)
    {
        ValueTask<Listed>[] asked = [.. groups.All.Select(shard => shard.Call(ListAsync))];
        var answer = new ListGroupsResponse();
        foreach (ValueTask<Listed> one in asked)
        {
            Listed listed = await one;
            if (listed.Error != ErrorCode.None) answer.ErrorCode = listed.Error;
            answer.Groups.AddRange(listed.Groups.Where(
                group => Wants(request.StatesFilter, group.GroupState) && Wants(request.TypesFilter, group.GroupType)));
        }
        answer.Groups.Sort(static (left, right) => string.CompareOrdinal(left.GroupId, right.GroupId));
        return answer;
    }

    private static bool Wants(List<string> filter, string value) =>
        filter.Count == 0 || filter.Contains(value, StringComparer.OrdinalIgnoreCase);

    private static async ValueTask<Listed> ListAsync(GroupCoordinator coordinator)
    {
        var error = ErrorCode.None;
        List<ListGroupsResponse.ListedGroup> all = [];
        foreach (GroupPartition partition in coordinator.Partitions.ToArray())
        {
            Listed listed = await partition.ListAsync();
            if (listed.Error != ErrorCode.None) error = listed.Error;
            all.AddRange(listed.Groups);
        }
        return (error, all);
    }
}

/// <summary>DescribeGroups: asks where each group lives.</summary>
internal sealed class DescribeGroupsHandler(BrokerShard shard, GroupRouter groups) : Handler<DescribeGroupsRequest, DescribeGroupsResponse>
{
    public override async ValueTask<DescribeGroupsResponse?> HandleAsync(RequestContext context, DescribeGroupsRequest request)
    {
        ValueTask<DescribeGroupsResponse.DescribedGroup>[] asked = [.. request.Groups.Select(id => groups.CallAsync(
            shard.Image, id, (id, context.ApiVersion),
            static (partition, call) => partition.DescribeAsync(call.id, call.ApiVersion),
            static (error, call) => GroupPartition.NotDescribed(call.id, error, call.ApiVersion)))];
        var answer = new DescribeGroupsResponse();
        foreach (ValueTask<DescribeGroupsResponse.DescribedGroup> one in asked)
        {
            DescribeGroupsResponse.DescribedGroup group = await one;
            if (request.IncludeAuthorizedOperations && group.ErrorCode == ErrorCode.None)
                group.AuthorizedOperations = AuthorizedOperations.OnGroup;
            answer.Groups.Add(group);
        }
        return answer;
    }
}

/// <summary>DeleteGroups: has each group deleted where it lives.</summary>
internal sealed class DeleteGroupsHandler(BrokerShard shard, GroupRouter groups) : Handler<DeleteGroupsRequest, DeleteGroupsResponse>
{
    private const short FirstWithMessages = 3;

    public override async ValueTask<DeleteGroupsResponse?> HandleAsync(RequestContext context, DeleteGroupsRequest request)
    {
        (string Id, ValueTask<ErrorCode> Deleted)[] asked = [.. request.GroupsNames.Select(id => (id, groups.CallAsync(
            shard.Image, id, id, static (partition, id) => partition.DeleteAsync(id), static (error, _) => error)))];
        var answer = new DeleteGroupsResponse();
        foreach ((string id, ValueTask<ErrorCode> deleted) in asked)
        {
            ErrorCode error = await deleted;
            string? message = error switch
            {
                ErrorCode.NonEmptyGroup => "The group has members.",
                ErrorCode.GroupIdNotFound => "The group does not exist.",
                _ => null,
            };
            answer.Results.Add(new() { GroupId = id, ErrorCode = error, ErrorMessage = context.ApiVersion >= FirstWithMessages ? message : null });
        }
        return answer;
    }
}
