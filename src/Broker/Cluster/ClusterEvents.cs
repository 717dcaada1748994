using Gateway.Common.Ids;
using Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Cluster;

/// <summary>What the cluster room tells the operator.</summary>
internal static partial class ClusterEvents
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Topic created topic={Topic} id={TopicId} partitions={Partitions} replicationFactor={ReplicationFactor}")]
    public static partial void TopicCreated(ILogger logger, string topic, Guid topicId, int partitions, short replicationFactor);

    [LoggerMessage(Level = LogLevel.Information, Message = "Topic deleted id={TopicId}")]
    public static partial void TopicDeleted(ILogger logger, Guid topicId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Topic has more partitions id={TopicId} partitions={Partitions}")]
    public static partial void TopicGrown(ILogger logger, Guid topicId, int partitions);

    [LoggerMessage(Level = LogLevel.Information, Message = "Topic config changed id={TopicId} changes={Changes}")]
    public static partial void TopicConfigChanged(ILogger logger, Guid topicId, string changes);

    [LoggerMessage(Level = LogLevel.Information, Message = "Broker config changed node={NodeId} changes={Changes}")]
    public static partial void BrokerConfigChanged(ILogger logger, string nodeId, string changes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Last stop was unclean, leader epochs rise epoch={Epoch}")]
    public static partial void EpochRaised(ILogger logger, int epoch);

    [LoggerMessage(Level = LogLevel.Information, Message = "Metadata replayed records={Records} topics={Topics} partitions={Partitions}")]
    public static partial void Replayed(ILogger logger, int records, int topics, int partitions);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Log of an unknown topic left alone log={Log}")]
    public static partial void UnknownLog(ILogger logger, TopicIdPartition log);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Replica directories that were there at the last stop are missing, these partitions start empty; if that was not on purpose, stop the node and restore them topic={Topic} id={Id} partitions={Partitions}")]
    public static partial void LogsMissing(ILogger logger, string topic, Guid id, string partitions);

    [LoggerMessage(Level = LogLevel.Error, Message = "Metadata log went offline, cluster changes are refused reason={Reason}")]
    public static partial void ControllerOffline(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Old segments removed topic={Topic} partition={Partition} segments={Segments} bytes={Bytes} logStart={LogStart}")]
    public static partial void SegmentsRemoved(ILogger logger, string topic, int partition, int segments, long bytes, long logStart);

    [LoggerMessage(Level = LogLevel.Information, Message = "Log compacted topic={Topic} partition={Partition} outcome={Outcome} before={BytesBefore} after={BytesAfter} cleanedTo={CleanedTo}")]
    public static partial void LogCompacted(
        ILogger logger, string topic, int partition, CleaningOutcome outcome, long bytesBefore, long bytesAfter, long cleanedTo);
}
