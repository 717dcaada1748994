using Gateway.Common.Errors;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Partitions;

/// <summary>What partitions tell the operator: one event a line, with the facts that identify it.</summary>
internal static partial class PartitionEvents
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Partition went offline topic={Topic} partition={Partition} reason={Reason}")]
    public static partial void WentOffline(ILogger logger, string topic, int partition, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Partition cannot be opened topic={Topic} partition={Partition} reason={Reason}")]
    public static partial void Damaged(ILogger logger, string topic, int partition, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Partition opened, the disk takes it now topic={Topic} partition={Partition}")]
    public static partial void OpenedAfterAll(ILogger logger, string topic, int partition);

    [LoggerMessage(Level = LogLevel.Error, Message = "Read failed topic={Topic} partition={Partition} offset={Offset} error={Error}")]
    public static partial void ReadFailed(ILogger logger, string topic, int partition, long offset, ErrorCode error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Search by time failed topic={Topic} partition={Partition} timestamp={TimestampMs} reason={Reason}")]
    public static partial void SearchFailed(ILogger logger, string topic, int partition, long timestampMs, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Replay of producers failed topic={Topic} partition={Partition} offset={Offset} error={Error}")]
    public static partial void ReplayFailed(ILogger logger, string topic, int partition, long offset, ErrorCode error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Producer snapshot unreadable, replaying the log topic={Topic} partition={Partition}")]
    public static partial void SnapshotUnreadable(ILogger logger, string topic, int partition);

    [LoggerMessage(Level = LogLevel.Information, Message = "Producer snapshot is of another version, replaying the log topic={Topic} partition={Partition}")]
    public static partial void SnapshotOfOtherVersion(ILogger logger, string topic, int partition);

    [LoggerMessage(Level = LogLevel.Error, Message = "Retention could not be applied, it is tried again topic={Topic} partition={Partition} reason={Reason}")]
    public static partial void RetentionFailed(ILogger logger, string topic, int partition, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "It cannot be told whether a log is due for compaction, it is tried again topic={Topic} partition={Partition} reason={Reason}")]
    public static partial void CleaningNeedUnknown(ILogger logger, string topic, int partition, string reason);
}
