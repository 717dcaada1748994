using Gateway.Common.Errors;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Coordinators;

/// <summary>What all coordinators tell the operator.</summary>
internal static partial class CoordinatorEvents
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Coordinator's records cannot be replayed topic={Topic} partition={Partition} error={Error}")]
    public static partial void ReplayFailed(ILogger logger, string topic, int partition, ErrorCode error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Coordinator's records cannot be appended, state is replayed topic={Topic} partition={Partition} error={Error}")]
    public static partial void AppendFailed(ILogger logger, string topic, int partition, ErrorCode error);
}
