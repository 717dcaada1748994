using System.Globalization;
using Gateway.Common.Errors;

namespace Gateway.Broker.Cluster.Decisions;

/// <summary>A topic that is to have more partitions.</summary>
/// <param name="Topic">Its name.</param>
/// <param name="PartitionCount">How many it is to have then.</param>
/// <param name="Assignments">Which brokers hold which new partition, in their order; null leaves it to the broker.</param>
public sealed record WantedPartitions(string Topic, int PartitionCount, IReadOnlyList<IReadOnlyList<int>>? Assignments);

/// <summary>What became of it.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Error">None when it has (or, validating only, could have) them.</param>
/// <param name="Message">For people; null without an error.</param>
public sealed record CreatedPartitions(string Topic, ErrorCode Error, string? Message);

/// <summary>
/// Which topics may grow (kafka: CreatePartitions). Records stay where they are, so keys are spread anew from then on; fewer partitions there never are.
/// </summary>
/// <param name="kept">Topics in which something is kept: they stay as they are.</param>
public sealed class CreatePartitions(KeptTopics kept)
{
    /// <summary>Judges each topic by itself.</summary>
    public Decision<IReadOnlyList<CreatedPartitions>> Decide(ClusterImage image, IReadOnlyList<WantedPartitions> wanted, bool validateOnly)
    {
        List<MetadataRecord> records = [];
        List<CreatedPartitions> outcomes = [];
        foreach (IGrouping<string, WantedPartitions> same in wanted.GroupBy(static w => w.Topic, StringComparer.Ordinal))
        {
            (ErrorCode error, string? message) = same.Count() > 1
                ? (ErrorCode.InvalidRequest, "Topic stands more than once in the request")
                : Judge(image, same.First(), records);
            outcomes.Add(new CreatedPartitions(same.Key, error, message));
        }
        return new Decision<IReadOnlyList<CreatedPartitions>>(validateOnly ? [] : records, outcomes);
    }

    private (ErrorCode, string?) Judge(ClusterImage image, WantedPartitions wanted, List<MetadataRecord> records)
    {
        if (!image.TryGetTopic(wanted.Topic, out TopicImage? topic)) return (ErrorCode.UnknownTopicOrPartition, "This server does not host this topic");
        // Groups and transactions find their partition by a hash of its number: with another they would find none of what they have stored. A service
        // beside the broker takes a topic of one partition only, and with two would not start again.
        if (topic.IsInternal || kept.Find(topic) is not null) return (ErrorCode.InvalidRequest, $"The partitions of {topic.Name} cannot become more");
        if (wanted.PartitionCount <= topic.PartitionCount)
        {
            return (ErrorCode.InvalidPartitions, string.Create(
                CultureInfo.InvariantCulture, $"Topic has {topic.PartitionCount} partitions; the new number, {wanted.PartitionCount}, must be larger"));
        }
        if (wanted.PartitionCount > CreateTopics.PartitionsMax)
            return (ErrorCode.InvalidPartitions, $"Number of partitions must be at most {CreateTopics.PartitionsMax}");
        if (wanted.Assignments is { } assignments && AssignmentProblem(image, topic, wanted.PartitionCount - topic.PartitionCount, assignments) is { } problem)
            return (ErrorCode.InvalidReplicaAssignment, problem);
        records.Add(new TopicGrown(topic.Id, wanted.PartitionCount));
        return (ErrorCode.None, null);
    }

    private static string? AssignmentProblem(ClusterImage image, TopicImage topic, int added, IReadOnlyList<IReadOnlyList<int>> assignments)
    {
        if (assignments.Count != added)
            return string.Create(CultureInfo.InvariantCulture, $"{added} partitions are added, but replicas are named for {assignments.Count}");
        foreach (IReadOnlyList<int> brokers in assignments)
        {
            if (brokers.Count != topic.ReplicationFactor)
                return string.Create(CultureInfo.InvariantCulture, $"Every partition of this topic has {topic.ReplicationFactor} replicas");
            foreach (int broker in brokers)
            {
                if (broker != image.NodeId) return string.Create(CultureInfo.InvariantCulture, $"Broker {broker} is not known");
            }
        }
        return null;
    }
}
