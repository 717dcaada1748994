using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Coordinators.Groups;

/// <summary>What the group coordinator tells the operator.</summary>
internal static partial class GroupEvents
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Groups loaded partition={Partition} groups={Groups}")]
    public static partial void Loaded(ILogger logger, int partition, int groups);

    [LoggerMessage(Level = LogLevel.Information, Message = "Group rebalances group={Group} generation={Generation} reason={Reason}")]
    public static partial void Rebalancing(ILogger logger, string group, int generation, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Group has a generation group={Group} generation={Generation} members={Members} protocol={Protocol}")]
    public static partial void Generation(ILogger logger, string group, int generation, int members, string? protocol);

    [LoggerMessage(Level = LogLevel.Information, Message = "Group member out group={Group} member={Member} reason={Reason}")]
    public static partial void MemberOut(ILogger logger, string group, string member, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Group members fill their memory, joins are refused bytes={Bytes} limit={Limit} refused={Refused}")]
    public static partial void MembersFillMemory(ILogger logger, long bytes, long limit, long refused);

    [LoggerMessage(Level = LogLevel.Information, Message = "Committed offsets expired partition={Partition} offsets={Offsets}")]
    public static partial void OffsetsExpired(ILogger logger, int partition, int offsets);
}
