using Gateway.Broker.Cluster.Decisions;
using Gateway.Broker.Configs;

namespace Gateway.Broker.Cluster;

/// <summary>How topics look that come into being because somebody needs them: the broker's own have settings of their own (MD-3).</summary>
public static class InternalTopics
{
    /// <summary>The topic <paramref name="name"/> as it is created on demand.</summary>
    public static WantedTopic Wanted(string name, EffectiveConfigs configs) => name switch
    {
        TopicName.ConsumerOffsets => new WantedTopic(
            name,
            configs.BrokerInt(BrokerConfigs.OffsetsTopicNumPartitions),
            (short)configs.BrokerInt(BrokerConfigs.OffsetsTopicReplicationFactor),
            [],
            [
                new(TopicConfigs.CleanupPolicy, "compact"),
                new(TopicConfigs.CompressionType, "producer"),
                new(TopicConfigs.SegmentBytes, configs.Broker(BrokerConfigs.OffsetsTopicSegmentBytes)),
            ]),
        _ => new WantedTopic(name, -1, -1, [], []),
    };
}
