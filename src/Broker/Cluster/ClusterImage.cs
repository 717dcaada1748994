using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Gateway.Broker.Configs;
using Gateway.Common.Errors;

namespace Gateway.Broker.Cluster;

/// <summary>
/// What the cluster is, at one position of the metadata log: topics, configs, epochs. Immutable; every committed change makes
/// a new image, published to all shards. <see cref="Apply"/> is the only way from one image to the next, live and at replay.
/// </summary>
public sealed record ClusterImage
{
    private ClusterImage(string clusterId, int nodeId) => (ClusterId, NodeId) = (clusterId, nodeId);

    /// <summary>The cluster's id: base64, 22 characters (MD-8).</summary>
    public string ClusterId { get; }

    /// <summary>This node's number.</summary>
    public int NodeId { get; }

    /// <summary>Rises at every unclean start; leader epochs are counted from it, so none ever goes back (MD-6).</summary>
    public int Epoch { get; private init; }

    /// <summary>The first producer id nobody has been given.</summary>
    public long NextProducerId { get; private init; }

    /// <summary>Topics by id.</summary>
    public ImmutableDictionary<Guid, TopicImage> Topics { get; private init; } = ImmutableDictionary<Guid, TopicImage>.Empty;

    /// <summary>Topic ids by name.</summary>
    public ImmutableSortedDictionary<string, TopicImage> TopicsByName { get; private init; } =
        ImmutableSortedDictionary.Create<string, TopicImage>(StringComparer.Ordinal);

    /// <summary>Names in use, in the form in which they must differ (MD-4).</summary>
    public ImmutableHashSet<string> CollisionKeys { get; private init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Topics that were deleted: their logs may go. A log of a topic never heard of is somebody's data and stays.</summary>
    public ImmutableHashSet<Guid> DeletedTopics { get; private init; } = [];

    /// <summary>The broker configs in force.</summary>
    public EffectiveConfigs Configs { get; private init; } = EffectiveConfigs.None;

    /// <summary>A cluster with nothing in it but what the operator set at start.</summary>
    public static ClusterImage Empty(string clusterId, int nodeId, ImmutableSortedDictionary<string, string> staticConfigs) =>
        new(clusterId, nodeId) { Configs = EffectiveConfigs.None with { Static = staticConfigs } };

    /// <summary>Finds a topic by name.</summary>
    public bool TryGetTopic(string name, [MaybeNullWhen(false)] out TopicImage topic) => TopicsByName.TryGetValue(name, out topic);

    /// <summary>Finds a topic by id.</summary>
    public bool TryGetTopic(Guid id, [MaybeNullWhen(false)] out TopicImage topic) => Topics.TryGetValue(id, out topic);

    /// <summary>The leader epoch of a topic's partitions.</summary>
    public int LeaderEpochOf(TopicImage topic) => Epoch - topic.EpochAtCreation;

    /// <summary>The image after one more record of the metadata log.</summary>
    public ClusterImage Apply(MetadataRecord record) => record switch
    {
        TopicCreated created => WithTopic(created),
        TopicDeleted deleted => WithoutTopic(deleted.TopicId),
        TopicGrown grown => WithPartitions(grown),
        TopicConfigChanged changed => WithTopicConfig(changed),
        BrokerConfigChanged changed => WithBrokerConfig(changed),
        ProducerIdBlockTaken block => this with { NextProducerId = block.NextProducerId },
        EpochRaised raised => this with { Epoch = raised.Epoch },
        _ => throw new InvariantBrokenException($"No rule to apply {record.GetType().Name}"),
    };

    private ClusterImage WithTopic(TopicCreated created)
    {
        Invariant.Check(!Topics.ContainsKey(created.TopicId) && !TopicsByName.ContainsKey(created.Name));
        var overrides = created.Configs.ToImmutableSortedDictionary(StringComparer.Ordinal);
        var topic = new TopicImage(
            created.TopicId, created.Name, created.PartitionCount, created.ReplicationFactor, Epoch, overrides,
            TopicConfig.Read(Configs, overrides));
        return this with
        {
            Topics = Topics.Add(topic.Id, topic),
            TopicsByName = TopicsByName.Add(topic.Name, topic),
            CollisionKeys = CollisionKeys.Add(TopicName.CollisionKey(topic.Name)),
        };
    }

    private ClusterImage WithoutTopic(Guid id)
    {
        TopicImage topic = Topics[id];
        return this with
        {
            Topics = Topics.Remove(id),
            TopicsByName = TopicsByName.Remove(topic.Name),
            CollisionKeys = CollisionKeys.Remove(TopicName.CollisionKey(topic.Name)),
            DeletedTopics = DeletedTopics.Add(id),
        };
    }

    private ClusterImage WithPartitions(TopicGrown grown)
    {
        TopicImage topic = Topics[grown.TopicId];
        Invariant.Check(grown.PartitionCount > topic.PartitionCount);
        return Replace(topic with { PartitionCount = grown.PartitionCount });
    }

    private ClusterImage WithTopicConfig(TopicConfigChanged changed)
    {
        TopicImage topic = Topics[changed.TopicId];
        ImmutableSortedDictionary<string, string> overrides = Changed(topic.Overrides, changed.Changes);
        return Replace(topic with { Overrides = overrides, Config = TopicConfig.Read(Configs, overrides) });
    }

    private ClusterImage WithBrokerConfig(BrokerConfigChanged changed)
    {
        EffectiveConfigs configs = changed.NodeId is null
            ? Configs with { DynamicDefault = Changed(Configs.DynamicDefault, changed.Changes) }
            : Configs with { DynamicBroker = Changed(Configs.DynamicBroker, changed.Changes) };
        ClusterImage next = this with { Configs = configs };
        foreach (TopicImage topic in Topics.Values) next = next.Replace(topic with { Config = TopicConfig.Read(configs, topic.Overrides) });
        return next;
    }

    private ClusterImage Replace(TopicImage topic) => this with
    {
        Topics = Topics.SetItem(topic.Id, topic),
        TopicsByName = TopicsByName.SetItem(topic.Name, topic),
    };

    private static ImmutableSortedDictionary<string, string> Changed(
        ImmutableSortedDictionary<string, string> values, IReadOnlyDictionary<string, string?> changes)
    {
        foreach ((string name, string? value) in changes) values = value is null ? values.Remove(name) : values.SetItem(name, value);
        return values;
    }
}
