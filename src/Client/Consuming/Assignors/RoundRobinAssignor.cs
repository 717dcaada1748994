using Gateway.Common.Ids;

namespace Gateway.Client.Consuming.Assignors;

/// <summary>
/// All partitions of all topics, in order, dealt out to the members in order; who does not subscribe to a topic is passed over.
/// </summary>
public sealed class RoundRobinAssignor : IAssignor
{
    /// <inheritdoc/>
    public string Name => "roundrobin";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(
        IReadOnlyDictionary<string, IReadOnlyList<string>> topicsOfMember, IReadOnlyDictionary<string, int> partitionsOfTopic)
    {
        string[] members = [.. topicsOfMember.Keys.Order(StringComparer.Ordinal)];
        var assigned = members.ToDictionary(static member => member, static _ => new List<TopicPartition>(), StringComparer.Ordinal);
        int turn = 0;
        foreach ((string topic, int partitions) in partitionsOfTopic.OrderBy(static topic => topic.Key, StringComparer.Ordinal))
        {
            if (!topicsOfMember.Values.Any(topics => topics.Contains(topic))) continue;
            for (int partition = 0; partition < partitions; partition++)
            {
                while (!topicsOfMember[members[turn % members.Length]].Contains(topic)) turn++;
                assigned[members[turn++ % members.Length]].Add(new TopicPartition(topic, partition));
            }
        }
        return assigned.ToDictionary(static member => member.Key, static member => (IReadOnlyList<TopicPartition>)member.Value, StringComparer.Ordinal);
    }
}
