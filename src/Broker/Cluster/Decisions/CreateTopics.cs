using System.Globalization;
using Gateway.Broker.Configs;
using Gateway.Common.Errors;

namespace Gateway.Broker.Cluster.Decisions;

/// <summary>A topic somebody wants.</summary>
/// <param name="Name">Its name.</param>
/// <param name="PartitionCount">How many partitions; −1 is the broker's default.</param>
/// <param name="ReplicationFactor">How many replicas; −1 is the broker's default.</param>
/// <param name="Assignments">Which brokers hold which partition; empty leaves it to the broker.</param>
/// <param name="Configs">Configs to set; a null value is refused, but has to be representable for that.</param>
public sealed record WantedTopic(
    string Name, int PartitionCount, short ReplicationFactor, IReadOnlyList<WantedAssignment> Assignments,
    IReadOnlyList<KeyValuePair<string, string?>> Configs);

/// <summary>A partition's replicas as the caller wants them.</summary>
/// <param name="Partition">Which partition.</param>
/// <param name="BrokerIds">The brokers, the preferred leader first.</param>
public readonly record struct WantedAssignment(int Partition, IReadOnlyList<int> BrokerIds);

/// <summary>What became of one wanted topic.</summary>
/// <param name="Name">The wanted name.</param>
/// <param name="Error">None when it was (or, validating only, could be) created.</param>
/// <param name="Message">For people; null without an error.</param>
/// <param name="Topic">The topic as created.</param>
public sealed record CreatedTopic(string Name, ErrorCode Error, string? Message, TopicImage? Topic);

/// <summary>Which topics may be created (kafka: CreateTopics, and the creation that a metadata request may set off).</summary>
/// <param name="newTopicId">Where ids come from.</param>
/// <param name="dropsRetiredConfigs">True: configs that Kafka retired are dropped; false: they are refused like any unknown one.</param>
/// <param name="kept">Topics in which the broker and services beside it keep what they know: what they need is set on them, whoever makes them.</param>
public sealed class CreateTopics(Func<Guid> newTopicId, bool dropsRetiredConfigs, KeptTopics kept)
{
    /// <summary>Replicas can only stand on live brokers, and there is one.</summary>
    private const int LiveBrokers = 1;

    /// <summary>More partitions than this in one topic are refused: one request must not fill memory and descriptors.</summary>
    public const int PartitionsMax = 10_000;

    /// <summary>Judges each wanted topic in turn, each against what the ones before it made.</summary>
    public Decision<IReadOnlyList<CreatedTopic>> Decide(ClusterImage image, IReadOnlyList<WantedTopic> wanted, bool validateOnly)
    {
        List<MetadataRecord> records = [];
        List<CreatedTopic> outcomes = [];
        var repeated = wanted.GroupBy(t => t.Name, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        foreach (string name in repeated) outcomes.Add(Refused(name, ErrorCode.InvalidRequest, "Topic stands more than once in the request"));
        foreach (WantedTopic topic in wanted)
        {
            if (repeated.Contains(topic.Name)) continue;
            if (Refusal(image, topic) is { } refusal)
            {
                outcomes.Add(refusal);
                continue;
            }
            TopicCreated record = Record(image, topic);
            image = image.Apply(record);
            records.Add(record);
            outcomes.Add(new CreatedTopic(topic.Name, ErrorCode.None, null, image.Topics[record.TopicId]));
        }
        return new Decision<IReadOnlyList<CreatedTopic>>(validateOnly ? [] : records, outcomes);
    }

    private CreatedTopic? Refusal(ClusterImage image, WantedTopic topic)
    {
        if (TopicName.Problem(topic.Name) is { } badName) return Refused(topic.Name, ErrorCode.InvalidTopicException, badName);
        if (image.TryGetTopic(topic.Name, out _))
            return Refused(topic.Name, ErrorCode.TopicAlreadyExists, $"Topic '{topic.Name}' already exists");
        if (image.CollisionKeys.Contains(TopicName.CollisionKey(topic.Name)))
            return Refused(topic.Name, ErrorCode.InvalidTopicException, $"Topic '{topic.Name}' differs from an existing one only in '.' and '_'");
        return RefusalOfLayout(image, topic) ?? RefusalOfConfigs(image, topic);
    }

    private static CreatedTopic? RefusalOfLayout(ClusterImage image, WantedTopic topic)
    {
        if (topic.Assignments.Count > 0)
        {
            if (topic.PartitionCount != -1 || topic.ReplicationFactor != -1)
                return Refused(topic.Name, ErrorCode.InvalidRequest, "With an assignment, partition count and replication factor must be -1");
            return AssignmentProblem(image, topic.Assignments) is { } problem
                ? Refused(topic.Name, ErrorCode.InvalidReplicaAssignment, problem) : null;
        }
        if (topic.PartitionCount is 0 or < -1) return Refused(topic.Name, ErrorCode.InvalidPartitions, "Number of partitions must be larger than 0, or -1");
        if (topic.PartitionCount > PartitionsMax) return Refused(topic.Name, ErrorCode.InvalidPartitions, $"Number of partitions must be at most {PartitionsMax}");
        if (topic.ReplicationFactor is 0 or < -1)
            return Refused(topic.Name, ErrorCode.InvalidReplicationFactor, "Replication factor must be larger than 0, or -1");
        return ReplicationFactorOf(image, topic) > LiveBrokers
            ? Refused(topic.Name, ErrorCode.InvalidReplicationFactor,
                string.Create(CultureInfo.InvariantCulture, $"Replication factor is larger than the number of live brokers, {LiveBrokers}"))
            : null;
    }

    private static string? AssignmentProblem(ClusterImage image, IReadOnlyList<WantedAssignment> assignments)
    {
        if (assignments.Count > PartitionsMax) return $"More than {PartitionsMax} partitions";
        int replicas = assignments[0].BrokerIds.Count;
        var partitions = new HashSet<int>();
        foreach (WantedAssignment assignment in assignments)
        {
            if (assignment.Partition < 0 || assignment.Partition >= assignments.Count || !partitions.Add(assignment.Partition))
                return "Partitions must be numbered from 0 without gaps";
            if (assignment.BrokerIds.Count == 0) return $"Partition {assignment.Partition} has no replicas";
            if (assignment.BrokerIds.Distinct().Count() != assignment.BrokerIds.Count) return $"Partition {assignment.Partition} names a broker twice";
            if (assignment.BrokerIds.Count != replicas) return "All partitions must have the same number of replicas";
            foreach (int broker in assignment.BrokerIds)
            {
                if (broker != image.NodeId) return $"Broker {broker} is not known";
            }
        }
        return null;
    }

    private CreatedTopic? RefusalOfConfigs(ClusterImage image, WantedTopic topic)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, string? value) in topic.Configs)
        {
            if (!names.Add(name)) return Refused(topic.Name, ErrorCode.InvalidConfig, $"Config {name} stands twice");
            if (value is null) return Refused(topic.Name, ErrorCode.InvalidConfig, $"Config {name} has a null value");
        }
        Dictionary<string, string> configs = Overrides(image, topic);
        if (ConfigChecks.TopicProblem(image.Configs, configs) is { } problem) return Refused(topic.Name, ErrorCode.InvalidConfig, problem);
        return Kept(image, topic)?.Problem(configs) is { } loss ? Refused(topic.Name, ErrorCode.PolicyViolation, loss) : null;
    }

    private TopicCreated Record(ClusterImage image, WantedTopic topic) =>
        new(newTopicId(), topic.Name, PartitionCountOf(image, topic), ReplicationFactorOf(image, topic), Overrides(image, topic));

    private KeptTopic? Kept(ClusterImage image, WantedTopic topic) => kept.Find(topic.Name, PartitionCountOf(image, topic), ReplicationFactorOf(image, topic));

    private static int PartitionCountOf(ClusterImage image, WantedTopic topic) =>
        topic.Assignments.Count > 0 ? topic.Assignments.Count
        : topic.PartitionCount != -1 ? topic.PartitionCount
        : image.Configs.BrokerInt(BrokerConfigs.NumPartitions);

    private static short ReplicationFactorOf(ClusterImage image, WantedTopic topic) =>
        topic.Assignments.Count > 0 ? (short)topic.Assignments[0].BrokerIds.Count
        : topic.ReplicationFactor != -1 ? topic.ReplicationFactor
        : (short)Math.Min(image.Configs.BrokerInt(BrokerConfigs.DefaultReplicationFactor), short.MaxValue);

    /// <summary>What is set on the topic: what was asked for, and what it needs beside.</summary>
    private Dictionary<string, string> Overrides(ClusterImage image, WantedTopic topic)
    {
        Dictionary<string, string> configs = topic.Configs.Where(c => !dropsRetiredConfigs || !TopicConfigs.Retired.Contains(c.Key))
            .ToDictionary(c => c.Key, c => c.Value!, StringComparer.Ordinal);
        if (Kept(image, topic) is { } own)
            foreach ((string name, string value) in own.Missing(image.Configs, configs).ToArray()) configs[name] = value;
        return configs;
    }

    private static CreatedTopic Refused(string name, ErrorCode error, string message) => new(name, error, message, null);
}
