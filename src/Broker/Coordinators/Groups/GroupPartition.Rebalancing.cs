using Gateway.Common.Errors;

namespace Gateway.Broker.Coordinators.Groups;

/// <content>From the decision to rebalance to the next generation (GRP-5, GRP-6).</content>
internal sealed partial class GroupPartition
{
    /// <summary>Starts a rebalance, or, in the middle of one, looks whether everybody has joined by now.</summary>
    private void Rebalance(ClassicGroup group, string reason)
    {
        if (group.State == GroupState.PreparingRebalance)
        {
            CompleteJoinIfAllJoined(group);
            return;
        }
        GroupEvents.Rebalancing(_logger, group.Id, group.Generation, reason);
        // Whoever waits for an assignment of the generation that ends here has to join again.
        foreach (GroupMember member in group.Members.Where(static m => m.Syncing is not null))
        {
            AnswerSync(member, Failed(ErrorCode.RebalanceInProgress));
            StartSession(group, member);
        }
        group.HasToSync.Clear();
        group.Phase?.Dispose();
        bool wasEmpty = group.State == GroupState.Empty;
        group.State = GroupState.PreparingRebalance;
        if (wasEmpty)
        {
            int delay = Settings.InitialRebalanceDelayMs;
            group.Initial = new() { RemainingMs = Math.Max(0, group.MaxRebalanceTimeoutMs - delay) };
            WaitForNewcomers(group, delay);
            return;
        }
        group.Phase = Shard.Schedule(TimeSpan.FromMilliseconds(group.MaxRebalanceTimeoutMs), () => CompleteJoin(group));
        CompleteJoinIfAllJoined(group);
    }

    /// <summary>GRP-5: the first members of a group come one after the other; without a wait each of them would cause a rebalance.</summary>
    private void WaitForNewcomers(ClassicGroup group, int delayMs) => group.Phase = Shard.Schedule(TimeSpan.FromMilliseconds(delayMs), () =>
    {
        ClassicGroup.InitialDelay initial = group.Initial!;
        if (initial.SomebodyCame && initial.RemainingMs > 0)
        {
            int delay = Math.Min(Settings.InitialRebalanceDelayMs, initial.RemainingMs);
            initial.RemainingMs -= delay;
            initial.SomebodyCame = false;
            WaitForNewcomers(group, delay);
            return;
        }
        CompleteJoin(group);
    });

    private void CompleteJoinIfAllJoined(ClassicGroup group)
    {
        if (group.State == GroupState.PreparingRebalance && group.Initial is null && group.AllJoined) CompleteJoin(group);
    }

    /// <summary>GRP-6: ends the wait for joins, with whoever has joined.</summary>
    private void CompleteJoin(ClassicGroup group)
    {
        group.Phase?.Dispose();
        group.Phase = null;
        group.Initial = null;
        foreach (GroupMember late in group.Members.Where(static m => m.Joining is null && m.InstanceId is null).ToArray())
        {
            GroupEvents.MemberOut(_logger, group.Id, late.Id, "it did not join again in time");
            late.Session?.Dispose();
            group.Remove(late);
        }
        if (group.Size > 0 && !group.ElectJoinedLeader())
        {
            // Only static members are left and none of them has come back: they have another rebalance timeout to do so.
            group.Phase = Shard.Schedule(TimeSpan.FromMilliseconds(group.MaxRebalanceTimeoutMs), () => CompleteJoin(group));
            return;
        }

        group.Generation++;
        if (group.Size == 0)
        {
            BecomeEmpty(group);
            return;
        }
        group.Protocol = group.SelectProtocol();
        group.State = GroupState.CompletingRebalance;
        GroupEvents.Generation(_logger, group.Id, group.Generation, group.Size, group.Protocol);
        foreach (GroupMember member in group.Members)
        {
            member.IsNew = false;
            group.HasToSync.Add(member.Id);
            StartSession(group, member);
            AnswerJoin(member, Joined(group, member));
        }
        WaitForSyncs(group);
    }

    private void BecomeEmpty(ClassicGroup group)
    {
        group.Protocol = null;
        group.State = GroupState.Empty;
        Write([GroupRecords.Group(group.Id, group.ToRecord(NowMs(), static _ => []))]);
    }

    /// <summary>Members that have the generation but never ask for their assignment hold partitions nobody reads.</summary>
    private void WaitForSyncs(ClassicGroup group) => group.Phase = Shard.Schedule(TimeSpan.FromMilliseconds(group.MaxRebalanceTimeoutMs), () =>
    {
        group.Phase = null;
        foreach (string id in group.HasToSync.ToArray())
        {
            if (group.TryGet(id, out GroupMember? member)) Remove(group, member, ErrorCode.UnknownMemberId, "it did not sync in time");
        }
        group.HasToSync.Clear();
    });
}
