using Gateway.Common.Errors;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Coordinators.Groups;

/// <content>Staying in a group and getting out of it: heartbeats, sessions, LeaveGroup.</content>
internal sealed partial class GroupPartition
{
    private const short FirstLeavingMany = 3;

    /// <summary>Prolongs a member's session and says whether it has to join again.</summary>
    public ErrorCode Heartbeat(HeartbeatRequest request)
    {
        AssertOnShard();
        if (Unavailable != ErrorCode.None) return Unavailable;
        ClassicGroup? group = _store.Find(request.GroupId);
        if (group is null) return ErrorCode.UnknownMemberId;
        ErrorCode refused = CheckMember(group, request.MemberId, request.GroupInstanceId);
        if (refused != ErrorCode.None) return refused;
        if (request.GenerationId != group.Generation) return ErrorCode.IllegalGeneration;
        Prolong(group, request.MemberId);
        return group.State == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    /// <summary>Takes members out, each judged alone.</summary>
    public ValueTask<LeaveGroupResponse> LeaveAsync(LeaveGroupRequest request, short version)
    {
        AssertOnShard();
        if (Unavailable != ErrorCode.None) return new(new LeaveGroupResponse { ErrorCode = Unavailable });
        ClassicGroup? group = _store.Find(request.GroupId);
        var answer = new LeaveGroupResponse();
        if (version < FirstLeavingMany)
        {
            answer.ErrorCode = group is null ? ErrorCode.UnknownMemberId : Leave(group, request.MemberId, null);
        }
        else
        {
            foreach (LeaveGroupRequest.MemberIdentity member in request.Members)
            {
                answer.Members.Add(new()
                {
                    MemberId = member.MemberId,
                    GroupInstanceId = member.GroupInstanceId,
                    ErrorCode = group is null ? ErrorCode.UnknownMemberId : Leave(group, member.MemberId, member.GroupInstanceId),
                });
            }
        }
        if (group is not null) _store.DropIfVoid(group);
        return WhenCommitted(answer);
    }

    private ErrorCode Leave(ClassicGroup group, string memberId, string? instanceId)
    {
        if (memberId.Length == 0 && instanceId is not null)
        {
            // An administrator names a static member by its instance alone.
            if (group.MemberOf(instanceId) is not { } current) return ErrorCode.UnknownMemberId;
            memberId = current;
        }
        if (group.Pending.ContainsKey(memberId))
        {
            DropPending(group, memberId);
            return ErrorCode.None;
        }
        ErrorCode refused = CheckMember(group, memberId, instanceId);
        if (refused != ErrorCode.None) return refused;
        group.TryGet(memberId, out GroupMember? member);
        Remove(group, member!, ErrorCode.UnknownMemberId, "it left");
        return ErrorCode.None;
    }

    private async ValueTask<LeaveGroupResponse> WhenCommitted(LeaveGroupResponse answer)
    {
        ErrorCode error = await CommittedAsync();
        return error == ErrorCode.None ? answer : new LeaveGroupResponse { ErrorCode = error };
    }

    /// <summary>Whether the id is a member's; an instance id that meanwhile belongs to another id fences this one (GRP-3).</summary>
    private static ErrorCode CheckMember(ClassicGroup group, string memberId, string? instanceId)
    {
        if (instanceId is not null)
        {
            if (group.MemberOf(instanceId) is not { } current) return ErrorCode.UnknownMemberId;
            return current == memberId ? ErrorCode.None : ErrorCode.FencedInstanceId;
        }
        return group.Has(memberId) ? ErrorCode.None : ErrorCode.UnknownMemberId;
    }

    /// <summary>Starts a member's session anew, unless it waits for an answer of ours: that counts as alive.</summary>
    private void Prolong(ClassicGroup group, string memberId)
    {
        if (group.TryGet(memberId, out GroupMember? member) && member.Joining is null && member.Syncing is null) StartSession(group, member);
    }

    private void StartSession(ClassicGroup group, GroupMember member)
    {
        member.Session?.Dispose();
        member.Session = Shard.Schedule(
            TimeSpan.FromMilliseconds(member.SessionTimeoutMs), () => Expire(group, member, "its session timed out"));
    }

    private void Expire(ClassicGroup group, GroupMember member, string reason)
    {
        Remove(group, member, ErrorCode.UnknownMemberId, reason);
        _store.DropIfVoid(group);
    }

    private void Remove(ClassicGroup group, GroupMember member, ErrorCode toldIfWaiting, string reason)
    {
        GroupEvents.MemberOut(_logger, group.Id, member.Id, reason);
        member.Session?.Dispose();
        AnswerJoin(member, Failed(toldIfWaiting, member.Id));
        AnswerSync(member, Failed(toldIfWaiting));
        group.Remove(member);
        Rebalance(group, "a member is out");
    }

    private void DropPending(ClassicGroup group, string memberId)
    {
        if (!group.Pending.Remove(memberId, out ShardTimer? timer)) return;
        timer.Dispose();
        CompleteJoinIfAllJoined(group);
        _store.DropIfVoid(group);
    }
}
