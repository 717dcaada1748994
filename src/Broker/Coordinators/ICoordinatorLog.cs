using Gateway.Broker.Partitions;
using Gateway.Common.Errors;

namespace Gateway.Broker.Coordinators;

/// <summary>The partition of an internal topic that a coordinator's state lives in. On the owner shard only.</summary>
internal interface ICoordinatorLog
{
    /// <summary>
    /// Appends the records of one decision as one batch, so that they survive whole or not at all. <paramref name="done"/> is told once,
    /// on the shard, when they are committed or refused; perhaps before this returns. Answers come in the order of the calls.
    /// </summary>
    /// <param name="records">The records.</param>
    /// <param name="transaction">The transaction they are part of; null without.</param>
    /// <param name="done">Whom to tell.</param>
    void Append(IReadOnlyList<CoordinatorRecord> records, TransactionalAppend? transaction, Action<ErrorCode> done);

    /// <summary>Appends the marker of a transaction, as records are appended.</summary>
    void Append(TransactionEnd end, Action<ErrorCode> done);

    /// <summary>Hands everything in the log to <paramref name="replay"/>, oldest first. Anything but None: the log cannot be read.</summary>
    ValueTask<ErrorCode> ReplayAsync(ICoordinatorReplay replay);
}

/// <summary>Takes what a coordinator's log says.</summary>
internal interface ICoordinatorReplay
{
    /// <summary>A record, and the producer whose transaction it is part of; null when it is part of none.</summary>
    void Record(CoordinatorRecord record, long? producerId);

    /// <summary>A producer's transaction ended.</summary>
    void TransactionEnded(long producerId, bool isCommitted);
}

/// <summary>The transaction records are part of.</summary>
/// <param name="ProducerId">The producer.</param>
/// <param name="ProducerEpoch">Its epoch.</param>
/// <param name="Generation">Which transaction of the coordinator; see <see cref="TransactionEnd.Generation"/>.</param>
internal readonly record struct TransactionalAppend(long ProducerId, short ProducerEpoch, long Generation);
