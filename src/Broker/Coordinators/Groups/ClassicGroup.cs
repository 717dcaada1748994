using System.Diagnostics.CodeAnalysis;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Coordinators.Groups;

/// <summary>A group of the classic protocol with its committed offsets. Passive: the phases of a rebalance act on it.</summary>
/// <remarks>
/// Invariants: the leader is a member unless there are none; every instance id in <c>_static</c> names a member; a pending id is no member.
/// What the log says about the group comes in through <see cref="Apply"/> only.
/// </remarks>
internal sealed class ClassicGroup(string id)
{
    private readonly Dictionary<string, GroupMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _static = new(StringComparer.Ordinal);
    private readonly List<string> _joinOrder = [];

    public string Id { get; } = id;

    public GroupState State { get; set; } = GroupState.Empty;

    public int Generation { get; set; }

    /// <summary>"consumer" for consumers; null until somebody joined: only offsets were committed.</summary>
    public string? ProtocolType { get; set; }

    public string? Protocol { get; set; }

    public string? LeaderId { get; private set; }

    /// <summary>When it entered its stored state; expiry of an empty group's offsets counts from there (OFF-2). -1: never stored.</summary>
    public long StateTimestampMs { get; private set; } = -1;

    /// <summary>Whether the log holds a record of the group itself, which a deletion has to delete.</summary>
    public bool IsStored { get; private set; }

    public Dictionary<TopicPartition, CommittedOffset> Offsets { get; } = [];

    /// <summary>Ids given out to members that still have to join with them (GRP-2), and the timers that end the wait.</summary>
    public Dictionary<string, ShardTimer> Pending { get; } = new(StringComparer.Ordinal);

    /// <summary>Members that have the current generation but have not synced.</summary>
    public HashSet<string> HasToSync { get; } = new(StringComparer.Ordinal);

    /// <summary>Ends the current phase: the wait for joins, or the wait for syncs.</summary>
    public ShardTimer? Phase { get; set; }

    /// <summary>What is left of an empty group's wait for newcomers; null when it is in no such wait (GRP-5).</summary>
    public InitialDelay? Initial { get; set; }

    /// <summary>In the order in which they joined.</summary>
    public IEnumerable<GroupMember> Members => _joinOrder.Select(id => _members[id]);

    public int Size => _members.Count;

    public long MemberBytes => _members.Values.Sum(static member => member.Bytes);

    public int MaxRebalanceTimeoutMs => _members.Values.Select(static m => m.RebalanceTimeoutMs).DefaultIfEmpty(0).Max();

    public bool AllJoined => Pending.Count == 0 && _members.Values.All(static m => m.Joining is not null);

    public bool TryGet(string memberId, [MaybeNullWhen(false)] out GroupMember member) => _members.TryGetValue(memberId, out member);

    public bool Has(string memberId) => _members.ContainsKey(memberId);

    public string? MemberOf(string instanceId) => _static.GetValueOrDefault(instanceId);

    public void Add(GroupMember member)
    {
        _members.Add(member.Id, member);
        _joinOrder.Add(member.Id);
        if (member.InstanceId is not null) _static[member.InstanceId] = member.Id;
        LeaderId ??= member.Id;
    }

    public void Remove(GroupMember member)
    {
        _members.Remove(member.Id);
        _joinOrder.Remove(member.Id);
        HasToSync.Remove(member.Id);
        if (member.InstanceId is not null && MemberOf(member.InstanceId) == member.Id) _static.Remove(member.InstanceId);
        if (LeaderId == member.Id) LeaderId = _joinOrder.FirstOrDefault();
    }

    /// <summary>Puts a static member that came back under a new id into its old one's place, leadership included (GRP-8).</summary>
    public void Replace(GroupMember old, GroupMember member)
    {
        _joinOrder[_joinOrder.IndexOf(old.Id)] = member.Id;
        _members.Remove(old.Id);
        _members.Add(member.Id, member);
        _static[member.InstanceId!] = member.Id;
        if (HasToSync.Remove(old.Id)) HasToSync.Add(member.Id);
        if (LeaderId == old.Id) LeaderId = member.Id;
    }

    /// <summary>Makes sure the leader is somebody who has joined; false when nobody has.</summary>
    public bool ElectJoinedLeader()
    {
        if (LeaderId is not null && _members[LeaderId].Joining is not null) return true;
        string? joined = _joinOrder.FirstOrDefault(id => _members[id].Joining is not null);
        if (joined is null) return false;
        LeaderId = joined;
        return true;
    }

    /// <summary>Whether a newcomer with these protocols leaves at least one that all members speak (GRP-4).</summary>
    public bool Accepts(string protocolType, IReadOnlyList<GroupProtocol> protocols)
    {
        if (protocolType.Length == 0 || protocols.Count == 0) return false;
        if (Size == 0) return true;
        return protocolType == ProtocolType && SpokenByAll(protocols).Count > 0;
    }

    /// <summary>The candidate with most votes; each member votes for the first candidate on its list (GRP-6). Of equals, the earliest voter's.</summary>
    public string SelectProtocol()
    {
        List<string> votes = [];
        HashSet<string> candidates = SpokenByAll(_members[_joinOrder[0]].Protocols);
        foreach (GroupMember member in Members)
        {
            votes.Add(member.Protocols.First(p => candidates.Contains(p.Name)).Name);
        }
        return votes.GroupBy(static v => v, StringComparer.Ordinal).MaxBy(static v => v.Count())!.Key;
    }

    // Each list is walked once: clients choose how long they are, and comparing all with all would hold the shard for minutes.
    private HashSet<string> SpokenByAll(IReadOnlyList<GroupProtocol> protocols)
    {
        var spoken = new HashSet<string>(protocols.Select(static p => p.Name), StringComparer.Ordinal);
        foreach (GroupMember member in _members.Values) spoken.IntersectWith(member.Protocols.Select(static p => p.Name));
        return spoken;
    }

    /// <summary>The record that says what the group is now.</summary>
    public GroupMetadataValue ToRecord(long nowMs, Func<GroupMember, byte[]> assignment) => new()
    {
        ProtocolType = ProtocolType ?? "",
        Generation = Generation,
        Protocol = Protocol,
        Leader = LeaderId,
        CurrentStateTimestamp = nowMs,
        Members =
        [
            .. Members.Select(member => new GroupMetadataValue.MemberMetadata
            {
                MemberId = member.Id,
                GroupInstanceId = member.InstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                RebalanceTimeout = member.RebalanceTimeoutMs,
                SessionTimeout = member.SessionTimeoutMs,
                Subscription = member.MetadataFor(Protocol),
                Assignment = assignment(member),
            }),
        ],
    };

    /// <summary>Becomes what the record says, live and at replay. Members that are already here keep what is not stored of them.</summary>
    public void Apply(GroupMetadataValue value)
    {
        IsStored = true;
        ProtocolType = value.ProtocolType.Length == 0 ? null : value.ProtocolType;
        Generation = value.Generation;
        Protocol = value.Protocol;
        StateTimestampMs = value.CurrentStateTimestamp;
        foreach (GroupMember gone in Members.Where(m => value.Members.TrueForAll(v => v.MemberId != m.Id)).ToArray()) Remove(gone);
        foreach (GroupMetadataValue.MemberMetadata stored in value.Members)
        {
            if (!TryGet(stored.MemberId, out GroupMember? member))
            {
                member = new GroupMember(stored.MemberId, stored.GroupInstanceId, stored.ClientId, stored.ClientHost);
                Add(member);
            }
            // At replay nothing but the chosen protocol is known; live it is one of those the member named.
            if (!member.Speaks(Protocol ?? "") || !member.MetadataFor(Protocol).AsSpan().SequenceEqual(stored.Subscription))
                member.Speak([new GroupProtocol(Protocol ?? "", stored.Subscription)]);
            member.SessionTimeoutMs = stored.SessionTimeout;
            member.RebalanceTimeoutMs = stored.RebalanceTimeout < 0 ? stored.SessionTimeout : stored.RebalanceTimeout;
            member.Assignment = stored.Assignment;
        }
        // The record's order: a static member that took its old one's place stands there at replay too.
        _joinOrder.Clear();
        _joinOrder.AddRange(value.Members.Select(static m => m.MemberId));
        LeaderId = value.Leader is not null && Has(value.Leader) ? value.Leader : _joinOrder.FirstOrDefault();
        State = Size == 0 ? GroupState.Empty : GroupState.Stable;
    }

    /// <summary>The wait of an empty group for newcomers.</summary>
    internal sealed class InitialDelay
    {
        /// <summary>How much longer newcomers may prolong it.</summary>
        public int RemainingMs { get; set; }

        /// <summary>Whether somebody came since it was last prolonged.</summary>
        public bool SomebodyCame { get; set; }
    }
}
