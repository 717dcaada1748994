using Gateway.Common.Errors;
using Gateway.Common.Ids;

namespace Gateway.Broker.Partitions;

/// <summary>Knows which transactions are under way: asked before the first batch of one is appended to a partition (TXN-10).</summary>
public interface ITransactionVerifier
{
    /// <summary>Whether the partition belongs to the producer's open transaction. Called on a shard, and answers there.</summary>
    ValueTask<TransactionVerification> VerifyAsync(TransactionalWrite write);
}

/// <summary>What somebody wants to write as part of a transaction.</summary>
/// <param name="TransactionalId">The transactional id.</param>
/// <param name="ProducerId">The producer.</param>
/// <param name="ProducerEpoch">Its epoch.</param>
/// <param name="Partition">Where to.</param>
/// <param name="Adds">Whether the partition joins the transaction by being written to (KIP-890), or has to be in it already.</param>
public readonly record struct TransactionalWrite(string TransactionalId, long ProducerId, short ProducerEpoch, TopicPartition Partition, bool Adds);

/// <summary>What the transaction coordinator says.</summary>
/// <param name="Error">None when it may be written; otherwise the coordinator's own code.</param>
/// <param name="Generation">Which transaction it is, counted by the coordinator; see <see cref="TransactionEnd.Generation"/>.</param>
public readonly record struct TransactionVerification(ErrorCode Error, long Generation);

/// <summary>What a produce request says of the transaction its batches belong to.</summary>
/// <param name="TransactionalId">The transactional id.</param>
/// <param name="Version">The request's version: what its client understands.</param>
public sealed record TransactionalProduce(string TransactionalId, short Version)
{
    private const short FirstWithAbortable = 11;
    private const short FirstThatAdds = 12;

    /// <summary>Clients from this version on no longer add partitions themselves.</summary>
    public bool AddsPartitions => Version >= FirstThatAdds;

    /// <summary>TXN-11: how a refusal is told to the client.</summary>
    public ErrorCode AnswerFor(ErrorCode coordinator) => coordinator switch
    {
        ErrorCode.CoordinatorNotAvailable or ErrorCode.CoordinatorLoadInProgress or ErrorCode.NotCoordinator => ErrorCode.NotEnoughReplicas,
        ErrorCode.ConcurrentTransactions when !AddsPartitions => ErrorCode.NotEnoughReplicas,
        ErrorCode.InvalidTxnState when Version >= FirstWithAbortable => ErrorCode.TransactionAbortable,
        ErrorCode.ProducerFenced => ErrorCode.InvalidProducerEpoch,
        _ => coordinator,
    };
}
