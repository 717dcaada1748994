using System.Collections.Immutable;
using Gateway.Common.Ids;

namespace Gateway.Broker.Coordinators.Transactions;

/// <summary>A transactional id with its producer and its transaction. Immutable: every decision makes the next one.</summary>
/// <param name="Id">The transactional id.</param>
/// <param name="ProducerId">The producer.</param>
/// <param name="Epoch">Its epoch; in the Prepare states the one markers carry.</param>
/// <param name="TimeoutMs">How long a transaction may stay open.</param>
/// <param name="Status">The state.</param>
internal sealed record Transaction(string Id, long ProducerId, short Epoch, int TimeoutMs, TransactionStatus Status)
{
    /// <summary>"None" in a producer id.</summary>
    public const long NoProducer = -1;

    /// <summary>"None" in an epoch.</summary>
    public const short NoEpoch = -1;

    /// <summary>The last epoch a producer gets: the one above is left for the markers that end its last transaction.</summary>
    public const short LastEpoch = short.MaxValue - 1;

    /// <summary>The producer before the epochs were used up, for its retries; or none.</summary>
    public long PreviousProducerId { get; init; } = NoProducer;

    /// <summary>In a Prepare state: the producer from then on, as the epochs are used up; or none.</summary>
    public long NextProducerId { get; init; } = NoProducer;

    /// <summary>The partitions that are part of the transaction.</summary>
    public ImmutableHashSet<TopicPartition> Partitions { get; init; } = [];

    /// <summary>When this was decided.</summary>
    public long UpdatedMs { get; init; }

    /// <summary>When the transaction began; -1 before the first.</summary>
    public long StartedMs { get; init; } = -1;

    /// <summary>2 when its epochs rise with every transaction (KIP-890), 0 before.</summary>
    public short ClientVersion { get; init; }

    /// <summary>
    /// The epoch that was exchanged for this one by the producer itself (KIP-360): its retry is answered, not fenced. Not stored, as in Kafka: after a
    /// restart such a retry is fenced.
    /// </summary>
    public short ExchangedEpoch { get; init; } = NoEpoch;

    /// <summary>Counts the transactions of this process, to tell late writes by. Not stored: no write survives a restart.</summary>
    public long Generation { get; init; }

    /// <summary>The decision is taken, and not everybody knows.</summary>
    public bool IsPrepared => Status is TransactionStatus.PrepareCommit or TransactionStatus.PrepareAbort;

    /// <summary>No transaction is open or about to end.</summary>
    public bool IsIdle => Status is TransactionStatus.Empty or TransactionStatus.CompleteCommit or TransactionStatus.CompleteAbort;

    /// <summary>Its producer has no further epoch.</summary>
    public bool IsExhausted => Epoch >= LastEpoch;

    /// <summary>The decision to end it.</summary>
    /// <param name="commits">To commit or to abort.</param>
    /// <param name="nowMs">The clock.</param>
    /// <param name="raisesEpoch">Whether the marker has the next epoch, so that nothing sent before counts after it.</param>
    public Transaction Prepare(bool commits, long nowMs, bool raisesEpoch) => this with
    {
        Status = commits ? TransactionStatus.PrepareCommit : TransactionStatus.PrepareAbort,
        Epoch = raisesEpoch ? (short)(Epoch + 1) : Epoch,
        ExchangedEpoch = NoEpoch,
        UpdatedMs = nowMs,
    };

    /// <summary>Every partition knows of the end.</summary>
    public Transaction Complete(long nowMs) => this with
    {
        Status = Status == TransactionStatus.PrepareCommit ? TransactionStatus.CompleteCommit : TransactionStatus.CompleteAbort,
        ProducerId = NextProducerId == NoProducer ? ProducerId : NextProducerId,
        PreviousProducerId = NextProducerId == NoProducer ? PreviousProducerId : ProducerId,
        NextProducerId = NoProducer,
        Epoch = NextProducerId == NoProducer ? Epoch : (short)0,
        Partitions = [],
        UpdatedMs = nowMs,
    };
}
