using Gateway.Client.Admin;
using Gateway.Client.Fetching;
using Gateway.Common.Errors;
using Gateway.Common.Ids;

namespace Gateway.Cli.Groups;

/// <summary>A group with the lag of every partition it reads or has committed.</summary>
internal sealed record GroupReport(GroupDescription Group, IReadOnlyList<PartitionLag> Partitions)
{
    /// <summary>Lag over all partitions that have one.</summary>
    public long TotalLag => Partitions.Sum(p => p.Lag ?? 0);
}

/// <summary>How far a group is in a partition.</summary>
internal sealed record PartitionLag(TopicPartition Partition, long? Committed, FoundOffset LogStart, FoundOffset LogEnd, GroupMember? Member)
{
    /// <summary>Records not yet committed; null when the end is unknown. Without a commit it counts from the log's start.</summary>
    public long? Lag => LogEnd.Error != ErrorCode.None || LogStart.Error != ErrorCode.None
        ? null
        : Math.Max(0, LogEnd.Offset - Math.Max(Committed ?? LogStart.Offset, LogStart.Offset));
}
