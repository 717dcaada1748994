using System.Collections.Immutable;
using Gateway.Broker.Configs;

namespace Gateway.Broker.Cluster;

/// <summary>One topic as all shards see it. Immutable.</summary>
/// <param name="Id">The topic's id: the key of everything stored.</param>
/// <param name="Name">The topic's name.</param>
/// <param name="PartitionCount">How many partitions it has.</param>
/// <param name="ReplicationFactor">How many replicas each partition has.</param>
/// <param name="EpochAtCreation">The node's epoch when the topic was made: leader epochs count from there.</param>
/// <param name="Overrides">The configs set on the topic.</param>
/// <param name="Config">The configs in force.</param>
public sealed record TopicImage(
    Guid Id,
    string Name,
    int PartitionCount,
    short ReplicationFactor,
    int EpochAtCreation,
    ImmutableSortedDictionary<string, string> Overrides,
    TopicConfig Config)
{
    /// <summary>True for the broker's own topics.</summary>
    public bool IsInternal { get; } = TopicName.IsInternal(Name);
}
