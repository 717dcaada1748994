namespace Gateway.Broker.Cluster;

/// <summary>
/// A record of the metadata log: the only thing that changes what the cluster is (design D6). What each looks like on disk is
/// <see cref="MetadataRecordCodec"/>'s matter.
/// </summary>
public abstract record MetadataRecord;

/// <summary>A topic exists from here on.</summary>
/// <param name="TopicId">Its id, never used before.</param>
/// <param name="Name">Its name, free at this point.</param>
/// <param name="PartitionCount">How many partitions it has.</param>
/// <param name="ReplicationFactor">How many replicas each has.</param>
/// <param name="Configs">The configs its creator set.</param>
public sealed record TopicCreated(
    Guid TopicId, string Name, int PartitionCount, short ReplicationFactor, IReadOnlyDictionary<string, string> Configs) : MetadataRecord;

/// <summary>A topic is gone; its logs may be removed.</summary>
/// <param name="TopicId">Which.</param>
public sealed record TopicDeleted(Guid TopicId) : MetadataRecord;

/// <summary>A topic has more partitions from here on.</summary>
/// <param name="TopicId">Which.</param>
/// <param name="PartitionCount">How many it has now, more than before.</param>
public sealed record TopicGrown(Guid TopicId, int PartitionCount) : MetadataRecord;

/// <summary>Configs of a topic were set, or (null) fall back to the default.</summary>
/// <param name="TopicId">Which topic.</param>
/// <param name="Changes">Only what changes.</param>
public sealed record TopicConfigChanged(Guid TopicId, IReadOnlyDictionary<string, string?> Changes) : MetadataRecord;

/// <summary>Configs of a broker were set, or (null) fall back.</summary>
/// <param name="NodeId">Which broker; null is every broker.</param>
/// <param name="Changes">Only what changes.</param>
public sealed record BrokerConfigChanged(int? NodeId, IReadOnlyDictionary<string, string?> Changes) : MetadataRecord;

/// <summary>A block of producer ids was handed out; ids below <paramref name="NextProducerId"/> are used up, whoever crashes (TXN-1).</summary>
/// <param name="NextProducerId">The first id of the next block.</param>
public sealed record ProducerIdBlockTaken(long NextProducerId) : MetadataRecord;

/// <summary>The node started after an unclean stop: leader epochs rise (design D5).</summary>
/// <param name="Epoch">The node's epoch from here on.</param>
public sealed record EpochRaised(int Epoch) : MetadataRecord;
