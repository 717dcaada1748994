using Gateway.Common.Ids;

namespace Gateway.Client.Consuming.Assignors;

/// <summary>
/// Topic by topic: the members in order of their id get neighbouring partitions, the first ones one more where it does not come
/// out even.
/// </summary>
public sealed class RangeAssignor : IAssignor
{
    /// <inheritdoc/>
    public string Name => "range";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(
        IReadOnlyDictionary<string, IReadOnlyList<string>> topicsOfMember, IReadOnlyDictionary<string, int> partitionsOfTopic)
    {
        var assigned = topicsOfMember.Keys.ToDictionary(static member => member, static _ => new List<TopicPartition>(), StringComparer.Ordinal);
        foreach ((string topic, int partitions) in partitionsOfTopic.OrderBy(static topic => topic.Key, StringComparer.Ordinal))
        {
            List<string> members = [.. topicsOfMember.Where(member => member.Value.Contains(topic)).Select(static member => member.Key).Order(StringComparer.Ordinal)];
            int next = 0;
            for (int i = 0; i < members.Count; i++)
            {
                int share = (partitions / members.Count) + (i < partitions % members.Count ? 1 : 0);
                for (int end = next + share; next < end; next++) assigned[members[i]].Add(new TopicPartition(topic, next));
            }
        }
        return assigned.ToDictionary(static member => member.Key, static member => (IReadOnlyList<TopicPartition>)member.Value, StringComparer.Ordinal);
    }
}
