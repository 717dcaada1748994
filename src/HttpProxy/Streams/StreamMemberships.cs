namespace Gateway.HttpProxy.Streams;

/// <summary>The streams of this proxy that are members of groups, for commits that come on another connection.</summary>
/// <remarks>Thread-safe. There are as many as there are streams at most.</remarks>
internal sealed class StreamMemberships
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Group, Guid TopicId), List<StreamMembership>> _members = [];

    internal void Add(StreamMembership member)
    {
        lock (_lock)
        {
            if (!_members.TryGetValue((member.Group, member.TopicId), out List<StreamMembership>? members))
                _members[(member.Group, member.TopicId)] = members = [];
            members.Add(member);
        }
    }

    internal void Remove(StreamMembership member)
    {
        lock (_lock)
        {
            if (!_members.TryGetValue((member.Group, member.TopicId), out List<StreamMembership>? members)) return;
            members.Remove(member);
            if (members.Count == 0) _members.Remove((member.Group, member.TopicId));
        }
    }

    /// <summary>Those that read a topic for a group.</summary>
    internal IReadOnlyList<StreamMembership> Of(string group, Guid topicId)
    {
        lock (_lock) return _members.TryGetValue((group, topicId), out List<StreamMembership>? members) ? [.. members] : [];
    }
}
