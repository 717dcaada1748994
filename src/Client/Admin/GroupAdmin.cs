using Gateway.Client.Connections;
using Gateway.Client.Consuming;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Links;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Admin;

/// <summary>Groups from outside: list, describe, delete, and their committed offsets.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class GroupAdmin
{
    private readonly RequestRouter _router;
    private readonly MetadataCache _metadata;
    private readonly BrokerLinks _links;
    private readonly GroupOffsets _offsets;
    private readonly Coordinators _coordinators;

    internal GroupAdmin(RequestRouter router, MetadataCache metadata, BrokerLinks links, GroupOffsets offsets, Coordinators coordinators)
    {
        _coordinators = coordinators;
        _router = router;
        _metadata = metadata;
        _links = links;
        _offsets = offsets;
    }

    /// <summary>All groups of the cluster, by name: every broker lists those it coordinates.</summary>
    /// <exception cref="KafkaErrorException">A broker refused or cannot be reached.</exception>
    public async ValueTask<IReadOnlyList<GroupListing>> ListAsync(CancellationToken cancel = default)
    {
        ClusterView cluster = await _metadata.RefreshClusterAsync(cancel).ConfigureAwait(false);
        var groups = new SortedDictionary<string, GroupListing>(StringComparer.Ordinal);
        foreach (HostAndPort broker in cluster.Brokers.Values)
        {
            ListGroupsResponse answer = await AskAsync(broker, cancel).ConfigureAwait(false);
            KafkaErrorException.ThrowIfError(answer.ErrorCode, "Groups cannot be listed");
            foreach (ListGroupsResponse.ListedGroup group in answer.Groups)
                groups[group.GroupId] = new GroupListing(group.GroupId, group.GroupState, group.ProtocolType, group.GroupType);
        }
        return [.. groups.Values];
    }

    /// <summary>
    /// One group with its members. A group that does not exist is described as <c>Dead</c>, or with GROUP_ID_NOT_FOUND by newer
    /// brokers.
    /// </summary>
    public async ValueTask<GroupDescription> DescribeAsync(string group, CancellationToken cancel = default)
    {
        DescribeGroupsResponse answer = await _router.ToCoordinatorAsync(
            group,
            _ => new DescribeGroupsRequest { Groups = [group] },
            static answer => answer.Groups is [{ } described] ? Passing(described.ErrorCode) : ErrorCode.None,
            cancel).ConfigureAwait(false);
        if (answer.Groups is not [{ } found])
            throw new KafkaErrorException(ErrorCode.UnknownServerError, $"The broker's answer does not cover group '{group}'.");
        return new GroupDescription(
            found.GroupId,
            found.ErrorCode,
            found.GroupState,
            found.ProtocolType,
            found.ProtocolData,
            [.. found.Members.Select(static member => new GroupMember(
                member.MemberId,
                member.GroupInstanceId,
                member.ClientId,
                member.ClientHost,
                ConsumerProtocol.TryReadAssignment(member.MemberAssignment)))]);
    }

    /// <summary>Deletes a group without members, and its offsets.</summary>
    /// <exception cref="KafkaErrorException">It has members, does not exist, or the broker refused.</exception>
    public async ValueTask DeleteAsync(string group, CancellationToken cancel = default)
    {
        DeleteGroupsResponse answer = await _router.ToCoordinatorAsync(
            group,
            _ => new DeleteGroupsRequest { GroupsNames = [group] },
            static answer => answer.Results is [{ } result] ? Passing(result.ErrorCode) : ErrorCode.None,
            cancel).ConfigureAwait(false);
        if (answer.Results is [{ } deleted])
            KafkaErrorException.ThrowIfError(deleted.ErrorCode, $"Group '{group}' was not deleted", deleted.ErrorMessage);
    }

    /// <summary>The node id of the broker that coordinates the group; -1 when its address is nobody's of the cluster.</summary>
    /// <exception cref="KafkaErrorException">No broker says which it is.</exception>
    public async ValueTask<int> CoordinatorOfAsync(string group, ClusterView cluster, CancellationToken cancel = default)
    {
        (ErrorCode error, HostAndPort address) = await _coordinators.FindAsync(group, cancel).ConfigureAwait(false);
        KafkaErrorException.ThrowIfError(error, $"The coordinator of group '{group}'");
        foreach ((int id, HostAndPort broker) in cluster.Brokers)
        {
            if (broker == address) return id;
        }
        return -1;
    }

    /// <summary>Every offset the group has committed.</summary>
    public ValueTask<IReadOnlyDictionary<TopicPartition, CommittedOffset>> OffsetsAsync(string group, CancellationToken cancel = default) =>
        _offsets.FetchAsync(group, null, cancel);

    private static ErrorCode Passing(ErrorCode code) => ErrorClasses.Of(code) == ErrorClass.Fatal ? ErrorCode.None : code;

    private async ValueTask<ListGroupsResponse> AskAsync(HostAndPort broker, CancellationToken cancel)
    {
        try
        {
            IBrokerLink link = await _links.ToAsync(broker, cancel).ConfigureAwait(false);
            return await link.SendAsync(new ListGroupsRequest(), cancel).ConfigureAwait(false);
        }
        catch (LinkClosedException failure)
        {
            throw new KafkaErrorException(ErrorCode.NetworkException, failure.Message, failure);
        }
    }
}
