using Gateway.Broker.Configs;

namespace Gateway.Broker.Cluster.Decisions;

/// <summary>The topics in which the broker, and services beside it, keep what they know.</summary>
/// <param name="ofServices">The largest batch that the topic of each service has to take, by the topic's name.</param>
public sealed class KeptTopics(IReadOnlyDictionary<string, int> ofServices)
{
    /// <summary>What holds for a topic of that name; null when it is nobody's but its users'.</summary>
    /// <param name="name">The topic's name.</param>
    /// <param name="partitions">How many partitions it has. A service takes a topic of one only, and leaves another alone.</param>
    /// <param name="replicas">How many replicas it has.</param>
    public KeptTopic? Find(string name, int partitions, short replicas)
    {
        if (partitions == 1 && ofServices.TryGetValue(name, out int largest)) return new KeptTopic(name, replicas, largest, largest);
        // Coordinators write what they have into segments of any size.
        return TopicName.IsInternal(name) ? new KeptTopic(name, replicas, ConfigValues.Int(TopicConfigs.All[TopicConfigs.MaxMessageBytes].Default!), 0) : null;
    }

    /// <summary>What holds for a topic; null when it is nobody's but its users'.</summary>
    public KeptTopic? Find(TopicImage topic) => Find(topic.Name, topic.PartitionCount, topic.ReplicationFactor);

    /// <summary>Puts right what was set otherwise, be it by a version that did not look, or because more has to be kept than before; says for how many topics.</summary>
    public Decision<int> Mend(ClusterImage image)
    {
        List<MetadataRecord> records = [];
        foreach (TopicImage topic in image.TopicsByName.Values)
        {
            if (Find(topic)?.Mending(image.Configs, topic.Overrides) is { Count: > 0 } changes) records.Add(new TopicConfigChanged(topic.Id, changes));
        }
        return new Decision<int>(records, records.Count);
    }
}
