using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Coordinators.Groups;

/// <content>SyncGroup: the leader brings the assignments, everybody else waits for them.</content>
internal sealed partial class GroupPartition
{
    /// <summary>Fetches a member's assignment; answered when the leader has assigned and that is committed.</summary>
    public ValueTask<SyncGroupResponse> SyncAsync(SyncGroupRequest request)
    {
        AssertOnShard();
        if (Unavailable != ErrorCode.None) return new(Failed(Unavailable));
        ClassicGroup? group = _store.Find(request.GroupId);
        if (group is null) return new(Failed(ErrorCode.UnknownMemberId));
        ErrorCode refused = CheckMember(group, request.MemberId, request.GroupInstanceId);
        if (refused == ErrorCode.None) refused = CheckGenerationAndProtocol(group, request);
        if (refused != ErrorCode.None) return new(Failed(refused));
        group.TryGet(request.MemberId, out GroupMember? member);
        switch (group.State)
        {
            case GroupState.PreparingRebalance:
                return new(Failed(ErrorCode.RebalanceInProgress));
            case GroupState.CompletingRebalance:
                ValueTask<SyncGroupResponse> answer = WaitForAssignment(group, member!);
                if (group.LeaderId == member!.Id) Assign(group, request.Assignments);
                return answer;
            case GroupState.Stable:
                Synced(group, member!);
                StartSession(group, member!);
                return WhenCommitted(Assigned(group, member!));
            default:
                return new(Failed(ErrorCode.UnknownMemberId));
        }
    }

    private static ErrorCode CheckGenerationAndProtocol(ClassicGroup group, SyncGroupRequest request)
    {
        if (request.GenerationId != group.Generation) return ErrorCode.IllegalGeneration;
        bool otherType = request.ProtocolType is not null && request.ProtocolType != group.ProtocolType;
        bool otherName = request.ProtocolName is not null && request.ProtocolName != group.Protocol;
        return otherType || otherName ? ErrorCode.InconsistentGroupProtocol : ErrorCode.None;
    }

    private static ValueTask<SyncGroupResponse> WaitForAssignment(ClassicGroup group, GroupMember member)
    {
        Synced(group, member);
        member.Session?.Dispose();
        AnswerSync(member, Failed(ErrorCode.RebalanceInProgress));
        member.Syncing = new TaskCompletionSource<SyncGroupResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        return new(member.Syncing.Task);
    }

    private static void Synced(ClassicGroup group, GroupMember member)
    {
        group.HasToSync.Remove(member.Id);
        if (group.HasToSync.Count > 0) return;
        group.Phase?.Dispose();
        group.Phase = null;
    }

    /// <summary>
    /// Stores what the leader assigned; whom it left out gets empty bytes. Everybody who waits is answered at the commit. Assignments the
    /// log refuses (too large, say) are the group's own trouble: it tries again.
    /// </summary>
    private void Assign(ClassicGroup group, List<SyncGroupRequest.SyncGroupRequestAssignment> assignments)
    {
        var byMember = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (SyncGroupRequest.SyncGroupRequestAssignment assigned in assignments) byMember[assigned.MemberId] = assigned.Assignment;
        ErrorCode refusal = TryWrite([GroupRecords.Group(group.Id, group.ToRecord(NowMs(), m => byMember.GetValueOrDefault(m.Id) ?? []))]);
        if (refusal != ErrorCode.None)
        {
            foreach (GroupMember member in group.Members) AnswerSync(member, Failed(AnswerFor(refusal)));
            Rebalance(group, "its assignments could not be stored");
            return;
        }
        foreach (GroupMember member in group.Members)
        {
            if (member.Syncing is not { } syncing) continue;
            member.Syncing = null;
            StartSession(group, member);
            AnswerAtCommit(syncing, Assigned(group, member));
        }
    }

    // async void: the answer goes into the task of the waiting request; what else goes wrong surfaces on the shard.
    private async void AnswerAtCommit(TaskCompletionSource<SyncGroupResponse> syncing, SyncGroupResponse answer) =>
        syncing.SetResult(await WhenCommitted(answer));

    private async ValueTask<SyncGroupResponse> WhenCommitted(SyncGroupResponse answer)
    {
        ErrorCode error = await CommittedAsync();
        return error == ErrorCode.None ? answer : Failed(error);
    }

    private static SyncGroupResponse Assigned(ClassicGroup group, GroupMember member) =>
        new() { ProtocolType = group.ProtocolType, ProtocolName = group.Protocol, Assignment = member.Assignment };

    private static SyncGroupResponse Failed(ErrorCode error) => new() { ErrorCode = error };

    private static void AnswerSync(GroupMember member, SyncGroupResponse answer)
    {
        TaskCompletionSource<SyncGroupResponse>? syncing = member.Syncing;
        member.Syncing = null;
        syncing?.SetResult(answer);
    }
}
