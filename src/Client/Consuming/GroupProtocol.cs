using Gateway.Client.Connections;
using Gateway.Client.Consuming.Assignors;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Consuming;

/// <summary>
/// The requests of a group member, over a link of its own: a join waits at the coordinator for the other members and would
/// hold up whatever stands behind it.
/// </summary>
/// <remarks>Used by one loop only.</remarks>
internal sealed class GroupProtocol(Coordinators coordinators, ExclusiveLinks links, ConsumerOptions options) : IAsyncDisposable
{
    private const string ProtocolType = "consumer";
    private IBrokerLink? _link;
    private HostAndPort _address;

    private string Group => options.Group!;

    internal async ValueTask<JoinGroupResponse> JoinAsync(string memberId, IReadOnlyList<string> topics, CancellationToken cancel)
    {
        byte[] subscription = ConsumerProtocol.WriteSubscription(topics);
        IBrokerLink link = await LinkAsync(cancel).ConfigureAwait(false);
        return await link.SendAsync(
            new JoinGroupRequest
            {
                GroupId = Group,
                SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
                RebalanceTimeoutMs = (int)options.RebalanceTimeout.TotalMilliseconds,
                MemberId = memberId,
                GroupInstanceId = options.InstanceId,
                ProtocolType = ProtocolType,
                Protocols = [.. options.Assignors.Select(assignor => new JoinGroupRequest.JoinGroupRequestProtocol { Name = assignor.Name, Metadata = subscription })],
            },
            cancel).ConfigureAwait(false);
    }

    /// <summary>Gets this member's share; the leader (who knows the partition counts) hands in everybody's.</summary>
    internal async ValueTask<SyncGroupResponse> SyncAsync(
        JoinGroupResponse joined, IReadOnlyDictionary<string, int>? partitionsOfTopic, CancellationToken cancel)
    {
        IBrokerLink link = await LinkAsync(cancel).ConfigureAwait(false);
        return await link.SendAsync(
            new SyncGroupRequest
            {
                GroupId = Group,
                GenerationId = joined.GenerationId,
                MemberId = joined.MemberId,
                GroupInstanceId = options.InstanceId,
                ProtocolType = joined.ProtocolType,
                ProtocolName = joined.ProtocolName,
                Assignments = partitionsOfTopic is null || joined.SkipAssignment ? [] : ShareOut(joined, partitionsOfTopic),
            },
            cancel).ConfigureAwait(false);
    }

    internal async ValueTask<ErrorCode> HeartbeatAsync(GroupState state, CancellationToken cancel)
    {
        IBrokerLink link = await LinkAsync(cancel).ConfigureAwait(false);
        HeartbeatResponse answer = await link.SendAsync(
            new HeartbeatRequest
            {
                GroupId = Group,
                GenerationId = state.Generation,
                MemberId = state.MemberId,
                GroupInstanceId = options.InstanceId,
            },
            cancel).ConfigureAwait(false);
        return answer.ErrorCode;
    }

    /// <summary>Leaves, as far as the coordinator can be reached.</summary>
    /// <param name="memberId">The id it has.</param>
    /// <param name="isForGood">A static member leaves only then: else it may come back under its name.</param>
    internal async ValueTask LeaveAsync(string memberId, bool isForGood)
    {
        bool isStatic = options.InstanceId is not null;
        if (isStatic ? !isForGood : memberId.Length == 0) return;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            // A link with a join still waiting on it would only answer after the rebalance.
            await DropLinkAsync().ConfigureAwait(false);
            IBrokerLink link = await LinkAsync(limit.Token).ConfigureAwait(false);
            var request = new LeaveGroupRequest { GroupId = Group };
            if (link.NegotiatedVersion(ApiKey.LeaveGroup) >= 3)
                request.Members = [LeavingOf(isStatic ? "" : memberId)];
            else request.MemberId = memberId;
            await link.SendAsync(request, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is LinkClosedException or OperationCanceledException or KafkaErrorException)
        {
            // The session will time out instead.
        }
    }

    /// <summary>A static member is named by its instance: its id may still be on its way in the answer to a join.</summary>
    private LeaveGroupRequest.MemberIdentity LeavingOf(string memberId) => new() { MemberId = memberId, GroupInstanceId = options.InstanceId };

    internal async ValueTask ForgetCoordinatorAsync()
    {
        coordinators.Forget(Group);
        await DropLinkAsync().ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => DropLinkAsync();

    private async ValueTask DropLinkAsync()
    {
        if (_link is not { } link) return;
        _link = null;
        await links.GiveBackAsync(_address, link, isClean: false).ConfigureAwait(false);
    }

    private async ValueTask<IBrokerLink> LinkAsync(CancellationToken cancel)
    {
        if (_link is { IsOpen: true } open) return open;
        await DropLinkAsync().ConfigureAwait(false);
        (ErrorCode error, HostAndPort address) = await coordinators.FindAsync(Group, cancel).ConfigureAwait(false);
        KafkaErrorException.ThrowIfError(error, $"Coordinator of group '{Group}'");
        _address = address;
        return _link = await links.BorrowAsync(address, cancel).ConfigureAwait(false);
    }

    private List<SyncGroupRequest.SyncGroupRequestAssignment> ShareOut(JoinGroupResponse joined, IReadOnlyDictionary<string, int> partitionsOfTopic)
    {
        IAssignor assignor = options.Assignors.FirstOrDefault(assignor => assignor.Name == joined.ProtocolName)
            ?? throw new KafkaErrorException(ErrorCode.InconsistentGroupProtocol, $"Group '{Group}' chose the unknown assignor '{joined.ProtocolName}'.");
        Dictionary<string, IReadOnlyList<string>> topicsOfMember = joined.Members.ToDictionary(
            static member => member.MemberId, static member => ConsumerProtocol.TryReadSubscription(member.Metadata));
        return [.. assignor.Assign(topicsOfMember, partitionsOfTopic).Select(static share => new SyncGroupRequest.SyncGroupRequestAssignment
        {
            MemberId = share.Key,
            Assignment = ConsumerProtocol.WriteAssignment(share.Value),
        })];
    }
}
