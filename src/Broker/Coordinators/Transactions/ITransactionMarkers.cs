using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;

namespace Gateway.Broker.Coordinators.Transactions;

/// <summary>Writes the markers that end transactions.</summary>
internal interface ITransactionMarkers
{
    /// <summary>
    /// Ends a transaction in a partition: None once the marker is durable there, or when there is no such partition any more. Called on a shard, and
    /// answers there.
    /// </summary>
    ValueTask<ErrorCode> WriteAsync(TopicPartition partition, TransactionEnd end);
}
