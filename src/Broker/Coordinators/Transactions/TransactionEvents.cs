using Gateway.Common.Errors;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Coordinators.Transactions;

/// <summary>What the transaction coordinator tells the operator.</summary>
internal static partial class TransactionEvents
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Transactions loaded partition={Partition} ids={Ids}")]
    public static partial void Loaded(ILogger logger, int partition, int ids);

    [LoggerMessage(Level = LogLevel.Information, Message = "Transaction timed out and is aborted id={Id} producer={ProducerId} timeout={TimeoutMs}")]
    public static partial void TimedOut(ILogger logger, string id, long producerId, int timeoutMs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Transaction marker could not be written, it is tried again id={Id} topic={Topic} partition={Partition} error={Error}")]
    public static partial void MarkerDelayed(ILogger logger, string id, string topic, int partition, ErrorCode error);

    [LoggerMessage(Level = LogLevel.Information, Message = "Transactional ids expired partition={Partition} ids={Ids}")]
    public static partial void Expired(ILogger logger, int partition, int ids);
}
