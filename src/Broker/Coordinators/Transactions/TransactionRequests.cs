using Gateway.Common.Errors;

namespace Gateway.Broker.Coordinators.Transactions;

/// <summary>A producer, as it names itself.</summary>
/// <param name="TransactionalId">Its transactional id.</param>
/// <param name="ProducerId">Its id; -1 when it has none yet.</param>
/// <param name="Epoch">Its epoch; -1 with it.</param>
internal readonly record struct ProducerName(string TransactionalId, long ProducerId, short Epoch);

/// <summary>What the coordinator decided.</summary>
/// <param name="Error">The answer.</param>
/// <param name="Next">What to store; null when nothing changes. An error may come with it: a fence is stored and the caller told to wait.</param>
/// <param name="Producer">The producer to answer with.</param>
/// <param name="NeedsProducerId">The answer takes a producer id nobody has been given: ask again with one.</param>
internal readonly record struct TransactionDecision(
    ErrorCode Error, Transaction? Next = null, (long Id, short Epoch) Producer = default, bool NeedsProducerId = false)
{
    /// <summary>Which transaction is open then; 0 for none.</summary>
    public long Generation { get; init; }

    /// <summary>A refusal.</summary>
    public static TransactionDecision Refused(ErrorCode error) => new(error, null, (Transaction.NoProducer, Transaction.NoEpoch));

    /// <summary>Ask again with a producer id.</summary>
    public static TransactionDecision WithProducerId => new(ErrorCode.None, NeedsProducerId: true);

    /// <summary>Done, with what is stored from then on.</summary>
    public static TransactionDecision Becomes(Transaction next) => new(ErrorCode.None, next, (next.ProducerId, next.Epoch));

    /// <summary>Nothing changes.</summary>
    public static TransactionDecision Stays(Transaction current) => new(ErrorCode.None, null, (current.ProducerId, current.Epoch));
}

/// <summary>The end of a transaction somebody asks for.</summary>
/// <param name="Producer">Who.</param>
/// <param name="Commits">To commit or to abort.</param>
/// <param name="RaisesEpoch">By the protocol in which epochs rise with every transaction (EndTxn 5).</param>
internal readonly record struct EndRequest(ProducerName Producer, bool Commits, bool RaisesEpoch);
