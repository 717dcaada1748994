using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Coordinators.Groups;

/// <content>JoinGroup: who may join, as whom, and whether that starts a rebalance (GRP-1 to GRP-9).</content>
internal sealed partial class GroupPartition
{
    private const short FirstWithMemberIdRequired = 4;
    private const short FirstWithSkipAssignment = 9;
    private const int MemberNameMax = 255;

    /// <summary>Joins a group; answered when the group has its next generation, or at once when nothing changes or may change.</summary>
    public ValueTask<JoinGroupResponse> JoinAsync(JoinGroupRequest request, GroupClient client)
    {
        AssertOnShard();
        if (Unavailable != ErrorCode.None) return new(Failed(Unavailable, request.MemberId));
        if (request.SessionTimeoutMs < Settings.MinSessionTimeoutMs || request.SessionTimeoutMs > Settings.MaxSessionTimeoutMs)
            return new(Failed(ErrorCode.InvalidSessionTimeout, request.MemberId));
        ClassicGroup? known = _store.Find(request.GroupId);
        if (known is null && request.MemberId.Length > 0) return new(Failed(ErrorCode.UnknownMemberId, request.MemberId));

        ClassicGroup group = known ?? _store.FindOrAdd(request.GroupId);
        var join = new Join(request, client);
        ValueTask<JoinGroupResponse> answer = HasRoom(group, request.MemberId) && HasMemory(group, join)
            ? Join(group, join)
            : new(Failed(ErrorCode.GroupMaxSizeReached, request.MemberId));
        _store.DropIfVoid(group);
        return answer;
    }

    private ValueTask<JoinGroupResponse> Join(ClassicGroup group, Join join)
    {
        string memberId = join.Request.MemberId;
        if (!group.Accepts(join.Request.ProtocolType, join.Protocols))
            return new(Failed(ErrorCode.InconsistentGroupProtocol, memberId));
        if (memberId.Length == 0) return join.InstanceId is null ? JoinNew(group, join) : JoinStatic(group, join);
        if (group.Pending.ContainsKey(memberId)) return AddMember(group, join, memberId);
        ErrorCode refused = CheckMember(group, memberId, join.InstanceId);
        return refused == ErrorCode.None ? JoinAgain(group, join) : new(Failed(refused, memberId));
    }

    /// <summary>GRP-2: from v4 on a dynamic member gets an id first and joins with it, so that lost answers leave no ghosts.</summary>
    private ValueTask<JoinGroupResponse> JoinNew(ClassicGroup group, Join join)
    {
        string memberId = NewMemberId(join.Client.ClientId);
        if (join.Client.Version < FirstWithMemberIdRequired) return AddMember(group, join, memberId);
        group.Pending.Add(memberId, Shard.Schedule(
            TimeSpan.FromMilliseconds(join.Request.SessionTimeoutMs), () => DropPending(group, memberId)));
        return new(Failed(ErrorCode.MemberIdRequired, memberId));
    }

    private ValueTask<JoinGroupResponse> JoinStatic(ClassicGroup group, Join join)
    {
        string memberId = NewMemberId(join.InstanceId!);
        return group.MemberOf(join.InstanceId!) is { } oldId && group.TryGet(oldId, out GroupMember? old)
            ? ReplaceStatic(group, join, old, memberId)
            : AddMember(group, join, memberId);
    }

    /// <summary>The name is only for people; cut, so that the whole always fits a string of the protocol.</summary>
    private string NewMemberId(string name)
    {
        int length = Math.Min(name.Length, MemberNameMax);
        if (length > 0 && length < name.Length && char.IsHighSurrogate(name[length - 1])) length--;
        return $"{name.AsSpan(0, length)}-{_newId()}";
    }

    private ValueTask<JoinGroupResponse> AddMember(ClassicGroup group, Join join, string memberId)
    {
        if (group.Pending.Remove(memberId, out Gateway.Shards.ShardTimer? pending)) pending.Dispose();
        GroupMember member = join.NewMember(memberId);
        member.IsNew = true;
        if (group.Size == 0) group.ProtocolType = join.Request.ProtocolType;
        group.Add(member);
        if (group.Initial is { } initial) initial.SomebodyCame = true;
        ValueTask<JoinGroupResponse> answer = WaitForGeneration(group, member);
        Rebalance(group, "a member joined");
        return answer;
    }

    private ValueTask<JoinGroupResponse> JoinAgain(ClassicGroup group, Join join)
    {
        group.TryGet(join.Request.MemberId, out GroupMember? member);
        bool sameAsBefore = member!.Says(join.Protocols);
        bool changesNothing = group.State switch
        {
            // Its answer was lost; the same one again (GRP-7).
            GroupState.CompletingRebalance => sameAsBefore,
            // The leader joins again when it wants to assign anew.
            GroupState.Stable => sameAsBefore && group.LeaderId != member.Id,
            _ => false,
        };
        if (changesNothing)
        {
            StartSession(group, member);
            return new(Joined(group, member));
        }
        join.Update(member);
        ValueTask<JoinGroupResponse> answer = WaitForGeneration(group, member);
        Rebalance(group, "a member joined again");
        return answer;
    }

    /// <summary>GRP-8: a static member that came back under a new id takes its old one's place; in a stable group nobody else notices.</summary>
    private ValueTask<JoinGroupResponse> ReplaceStatic(ClassicGroup group, Join join, GroupMember old, string memberId)
    {
        string? leaderBefore = group.LeaderId;
        GroupMember member = join.NewMember(memberId);
        member.Assignment = old.Assignment;
        group.Replace(old, member);
        old.Session?.Dispose();
        AnswerJoin(old, Failed(ErrorCode.FencedInstanceId, old.Id));
        AnswerSync(old, Failed(ErrorCode.FencedInstanceId));
        if (group.State == GroupState.Stable && group.SelectProtocol() == group.Protocol)
        {
            StartSession(group, member);
            if (TryWrite([GroupRecords.Group(group.Id, group.ToRecord(NowMs(), static m => m.Assignment))]) == ErrorCode.None)
                return AnswerReplaced(Replaced(group, member, join.Client.Version, leaderBefore));
        }
        ValueTask<JoinGroupResponse> answer = WaitForGeneration(group, member);
        Rebalance(group, "a static member came back");
        return answer;
    }

    private async ValueTask<JoinGroupResponse> AnswerReplaced(JoinGroupResponse answer)
    {
        ErrorCode error = await CommittedAsync();
        return error == ErrorCode.None ? answer : Failed(error, answer.MemberId);
    }

    /// <summary>
    /// Before v9 a leader cannot be told not to assign. So it is told that its old id leads, which makes it behave as a follower.
    /// </summary>
    private static JoinGroupResponse Replaced(ClassicGroup group, GroupMember member, short version, string? leaderBefore)
    {
        JoinGroupResponse answer = Joined(group, member);
        bool leads = group.LeaderId == member.Id;
        if (leads && version >= FirstWithSkipAssignment)
        {
            answer.SkipAssignment = true;
        }
        else
        {
            answer.Leader = leaderBefore ?? "";
            answer.Members = [];
        }
        return answer;
    }

    /// <summary>GRP-3. Whoever is already in does not need more room.</summary>
    private bool HasRoom(ClassicGroup group, string memberId) =>
        group.Has(memberId) || group.Size < Settings.MaxSize;

    /// <summary>Likewise: a member that says no more than before is not to fall out of its group because others fill the memory.</summary>
    private bool HasMemory(ClassicGroup group, Join join)
    {
        string id = join.Request.MemberId;
        if (id.Length == 0 && join.InstanceId is not null) id = group.MemberOf(join.InstanceId) ?? "";
        long more = GroupMember.BytesOf(join.Protocols) - (group.TryGet(id, out GroupMember? member) ? member.Bytes : 0);
        return more <= 0 || _memory.TryTake(more);
    }

    private ValueTask<JoinGroupResponse> WaitForGeneration(ClassicGroup group, GroupMember member)
    {
        member.Session?.Dispose();
        // An earlier join of the same member: its connection is gone, or it could not have sent another.
        AnswerJoin(member, Failed(ErrorCode.RebalanceInProgress, member.Id));
        var joining = new TaskCompletionSource<JoinGroupResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        member.Joining = joining;
        if (member.IsNew)
            member.Session = Shard.Schedule(Settings.NewMemberJoinTimeout, () => Expire(group, member, "it never became part of a generation"));
        return new(joining.Task);
    }

    private static JoinGroupResponse Joined(ClassicGroup group, GroupMember member) => new()
    {
        GenerationId = group.Generation,
        ProtocolType = group.ProtocolType,
        ProtocolName = group.Protocol ?? "",
        Leader = group.LeaderId ?? "",
        MemberId = member.Id,
        Members = group.LeaderId != member.Id ? [] :
        [
            .. group.Members.Select(m => new JoinGroupResponse.JoinGroupResponseMember
            {
                MemberId = m.Id,
                GroupInstanceId = m.InstanceId,
                Metadata = m.MetadataFor(group.Protocol),
            }),
        ],
    };

    private static JoinGroupResponse Failed(ErrorCode error, string memberId) =>
        new() { ErrorCode = error, MemberId = memberId, ProtocolName = "" };

    private static void AnswerJoin(GroupMember member, JoinGroupResponse answer)
    {
        TaskCompletionSource<JoinGroupResponse>? joining = member.Joining;
        member.Joining = null;
        joining?.SetResult(answer);
    }
}

/// <summary>A request to join, in the coordinator's terms.</summary>
internal sealed class Join(JoinGroupRequest request, GroupClient client)
{
    public JoinGroupRequest Request { get; } = request;

    public GroupClient Client { get; } = client;

    public string? InstanceId => Request.GroupInstanceId;

    public IReadOnlyList<GroupProtocol> Protocols { get; } = [.. request.Protocols.Select(p => new GroupProtocol(p.Name, p.Metadata))];

    public GroupMember NewMember(string id)
    {
        var member = new GroupMember(id, InstanceId, Client.ClientId, Client.Host);
        Update(member);
        return member;
    }

    /// <summary>What a member may say differently from one join to the next. Version 0 has one timeout for both (GRP-1).</summary>
    public void Update(GroupMember member)
    {
        member.Speak(Protocols);
        member.SessionTimeoutMs = Request.SessionTimeoutMs;
        bool hasOwn = Client.Version > 0 && Request.RebalanceTimeoutMs >= 0;
        member.RebalanceTimeoutMs = hasOwn ? Request.RebalanceTimeoutMs : Request.SessionTimeoutMs;
    }
}
