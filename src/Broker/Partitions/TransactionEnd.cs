using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <summary>The end of a transaction, as a partition is told of it (TXN-12).</summary>
/// <param name="ProducerId">Whose transaction.</param>
/// <param name="ProducerEpoch">The epoch the marker carries.</param>
/// <param name="IsCommitted">Committed or aborted.</param>
/// <param name="CoordinatorEpoch">The epoch of whoever decided.</param>
public sealed record TransactionEnd(long ProducerId, short ProducerEpoch, bool IsCommitted, int CoordinatorEpoch)
{
    /// <summary>
    /// Of this broker's coordinator: which of its transactions ended. Batches that were verified for this or an earlier one come too late. 0 for
    /// others.
    /// </summary>
    public long Generation { get; init; }

    /// <summary>
    /// From this broker's coordinator, the only one that decides: the marker is written whatever epochs others have left in the partition, or its
    /// transaction would stay open for ever.
    /// </summary>
    public bool IsOwn { get; init; }

    /// <summary>Epochs rise with every transaction (KIP-890), so a marker of an epoch that is known belongs to a transaction that ended.</summary>
    public bool RaisesEpoch { get; init; }

    /// <summary>What the control record says.</summary>
    public EndTransactionMarker Marker => new(IsCommitted ? ControlRecordType.Commit : ControlRecordType.Abort, CoordinatorEpoch);

    /// <summary>The control batch.</summary>
    public RecordsLease ToBatch(long nowMs) => Marker.ToBatch(ProducerId, ProducerEpoch, nowMs);
}
