using System.Collections.Immutable;
using Gateway.Common.Ids;

namespace Gateway.Client.Topology;

/// <summary>The brokers of a cluster as its metadata told last. Immutable.</summary>
/// <param name="ClusterId">The cluster's id, if the broker is new enough to tell.</param>
/// <param name="ControllerId">The broker to send topic and config changes to; -1 when unknown.</param>
/// <param name="Brokers">Address by node id.</param>
public sealed record ClusterView(string? ClusterId, int ControllerId, ImmutableSortedDictionary<int, HostAndPort> Brokers)
{
    /// <summary>Before the first answer.</summary>
    public static ClusterView Empty { get; } = new(null, -1, ImmutableSortedDictionary<int, HostAndPort>.Empty);
}

/// <summary>A topic as metadata told last. Immutable.</summary>
/// <param name="Name">The topic's name.</param>
/// <param name="Id">The topic's id; all zero from brokers too old for ids.</param>
/// <param name="IsInternal">True for the broker's own topics.</param>
/// <param name="Partitions">By partition index.</param>
public sealed record TopicView(string Name, Guid Id, bool IsInternal, ImmutableArray<PartitionView> Partitions);

/// <summary>A partition as metadata told last.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Leader">Node id of the leader; -1 when there is none.</param>
/// <param name="LeaderEpoch">The leader's epoch; -1 when unknown.</param>
/// <param name="Replicas">Node ids of all replicas.</param>
/// <param name="InSync">Node ids of the replicas in sync.</param>
public sealed record PartitionView(int Index, int Leader, int LeaderEpoch, ImmutableArray<int> Replicas, ImmutableArray<int> InSync);
