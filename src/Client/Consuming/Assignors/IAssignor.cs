using Gateway.Common.Ids;

namespace Gateway.Client.Consuming.Assignors;

/// <summary>Shares the partitions of topics out among the members of a group; the group's leader runs it.</summary>
public interface IAssignor
{
    /// <summary>The name by which the members of a group agree on it.</summary>
    string Name { get; }

    /// <summary>
    /// Who reads what. The result depends on the arguments alone: every client of the same name must come to the same
    /// answer. Members that get nothing have an empty list.
    /// </summary>
    /// <param name="topicsOfMember">What each member subscribes to, by member id.</param>
    /// <param name="partitionsOfTopic">How many partitions each existing topic has.</param>
    IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(
        IReadOnlyDictionary<string, IReadOnlyList<string>> topicsOfMember, IReadOnlyDictionary<string, int> partitionsOfTopic);
}
