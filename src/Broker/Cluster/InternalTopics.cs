using Gateway.Broker.Cluster.Decisions;
using Gateway.Broker.Configs;
using Gateway.Shards;

namespace Gateway.Broker.Cluster;

/// <summary>How topics look that come into being because somebody needs them: the broker's own have settings of their own (MD-3).</summary>
public static class InternalTopics
{
    /// <summary>The topic <paramref name="name"/> as it is created on demand.</summary>
    public static WantedTopic Wanted(string name, EffectiveConfigs configs) => name switch
    {
        TopicName.ConsumerOffsets => Compacted(
            name, configs, BrokerConfigs.OffsetsTopicNumPartitions, BrokerConfigs.OffsetsTopicReplicationFactor, BrokerConfigs.OffsetsTopicSegmentBytes),
        TopicName.TransactionState => Compacted(
            name, configs, BrokerConfigs.TransactionStateTopicNumPartitions, BrokerConfigs.TransactionStateTopicReplicationFactor,
            BrokerConfigs.TransactionStateTopicSegmentBytes),
        _ => new WantedTopic(name, -1, -1, [], []),
    };

    /// <summary>
    /// Creates a topic of the broker's own that nobody has needed before; afterwards every shard has it. It is still missing when the controller
    /// is offline or refuses it, which the caller sees in its shard's image.
    /// </summary>
    internal static async ValueTask EnsureAsync(ShardRef<Controller> controller, CreateTopics creation, ClusterImage known, string name)
    {
        if (known.TryGetTopic(name, out _)) return;
        await controller.CommitAsync(
            image => creation.Decide(image, [Wanted(name, image.Configs)], validateOnly: false),
            static _ => []);
    }

    private static WantedTopic Compacted(string name, EffectiveConfigs configs, string partitions, string replicas, string segmentBytes) => new(
        name,
        configs.BrokerInt(partitions),
        (short)configs.BrokerInt(replicas),
        [],
        [
            new(TopicConfigs.CleanupPolicy, "compact"),
            new(TopicConfigs.CompressionType, "producer"),
            new(TopicConfigs.SegmentBytes, configs.Broker(segmentBytes)),
        ]);
}
