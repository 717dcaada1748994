using Gateway.Common.Errors;
using Gateway.Common.Ids;

namespace Gateway.Broker.Coordinators.Transactions;

/// <summary>What a transaction coordinator decides (kafka: §11): pure functions of what is stored and what is asked.</summary>
internal static class TransactionRules
{
    /// <summary>TXN-3: gives a producer its id and an epoch that fences whoever used the transactional id before.</summary>
    /// <param name="current">What is stored.</param>
    /// <param name="producer">Who asks, perhaps with the identity it has (KIP-360).</param>
    /// <param name="timeoutMs">How long its transactions may stay open.</param>
    /// <param name="freshId">A producer id nobody has been given; -1 when none was fetched yet.</param>
    /// <param name="nowMs">The clock.</param>
    public static TransactionDecision Init(Transaction? current, in ProducerName producer, int timeoutMs, long freshId, long nowMs)
    {
        if (current is null)
        {
            return freshId < 0
                ? TransactionDecision.WithProducerId
                : TransactionDecision.Becomes(new Transaction(producer.TransactionalId, freshId, 0, timeoutMs, TransactionStatus.Empty) { UpdatedMs = nowMs });
        }
        bool isKnown = producer.ProducerId != Transaction.NoProducer;
        bool isCurrent = producer.ProducerId == current.ProducerId;
        bool isRotated = producer.ProducerId == current.PreviousProducerId && producer.Epoch >= Transaction.LastEpoch;
        if (isKnown && !isCurrent && !isRotated) return TransactionDecision.Refused(ErrorCode.ProducerFenced);
        if (current.IsPrepared) return TransactionDecision.Refused(ErrorCode.ConcurrentTransactions);
        if (current.Status == TransactionStatus.Ongoing)
        {
            if (isKnown && producer.Epoch != current.Epoch) return TransactionDecision.Refused(ErrorCode.ProducerFenced);
            // The epoch fences the producer at once; whoever asked gets the one after it.
            return TransactionDecision.Refused(ErrorCode.ConcurrentTransactions) with { Next = current.Prepare(commits: false, nowMs, raisesEpoch: true) };
        }
        if (isKnown && !(isCurrent && producer.Epoch == current.Epoch))
        {
            return producer.Epoch == current.ExchangedEpoch ? TransactionDecision.Stays(current) : TransactionDecision.Refused(ErrorCode.ProducerFenced);
        }
        Transaction next = current with
        {
            Status = TransactionStatus.Empty,
            TimeoutMs = timeoutMs,
            ExchangedEpoch = isKnown ? current.Epoch : Transaction.NoEpoch,
            StartedMs = -1,
            UpdatedMs = nowMs,
        };
        if (!current.IsExhausted) return TransactionDecision.Becomes(next with { Epoch = (short)(current.Epoch + 1) });
        return freshId < 0
            ? TransactionDecision.WithProducerId
            : TransactionDecision.Becomes(next with { ProducerId = freshId, PreviousProducerId = current.ProducerId, Epoch = 0 });
    }

    /// <summary>Adds partitions to the open transaction, or begins one with them.</summary>
    /// <param name="current">What is stored.</param>
    /// <param name="producer">Who asks.</param>
    /// <param name="partitions">What to add.</param>
    /// <param name="raisesEpoch">They join by being written to: the producer's epochs rise with every transaction.</param>
    /// <param name="nowMs">The clock.</param>
    public static TransactionDecision Add(
        Transaction? current, in ProducerName producer, IReadOnlyCollection<TopicPartition> partitions, bool raisesEpoch, long nowMs)
    {
        if (Refusal(current, producer) is { } refusal) return TransactionDecision.Refused(refusal);
        if (current!.IsPrepared) return TransactionDecision.Refused(ErrorCode.ConcurrentTransactions);
        bool isOpen = current.Status == TransactionStatus.Ongoing;
        if (isOpen && partitions.All(current.Partitions.Contains)) return TransactionDecision.Stays(current);
        return TransactionDecision.Becomes(current with
        {
            Status = TransactionStatus.Ongoing,
            Partitions = current.Partitions.Union(partitions),
            StartedMs = isOpen ? current.StartedMs : nowMs,
            UpdatedMs = nowMs,
            ClientVersion = raisesEpoch ? (short)2 : (short)0,
            ExchangedEpoch = Transaction.NoEpoch,
        });
    }

    /// <summary>Whether partitions are part of the open transaction.</summary>
    public static TransactionDecision Verify(Transaction? current, in ProducerName producer, IReadOnlyCollection<TopicPartition> partitions)
    {
        if (Refusal(current, producer) is { } refusal) return TransactionDecision.Refused(refusal);
        if (current!.IsPrepared) return TransactionDecision.Refused(ErrorCode.ConcurrentTransactions);
        return current.Status == TransactionStatus.Ongoing && partitions.All(current.Partitions.Contains)
            ? TransactionDecision.Stays(current)
            : TransactionDecision.Refused(ErrorCode.InvalidTxnState);
    }

    /// <summary>Ends the open transaction, by the two tables of EndTxn.</summary>
    /// <param name="current">What is stored.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="freshId">A producer id nobody has been given; -1 when none was fetched yet.</param>
    /// <param name="nowMs">The clock.</param>
    public static TransactionDecision End(Transaction? current, in EndRequest request, long freshId, long nowMs)
    {
        if (request.RaisesEpoch) return EndRaising(current, request, freshId, nowMs);
        if (Refusal(current, request.Producer) is { } refusal) return TransactionDecision.Refused(refusal);
        return (current!.Status, request.Commits) switch
        {
            (TransactionStatus.Ongoing, _) => TransactionDecision.Becomes(current.Prepare(request.Commits, nowMs, raisesEpoch: false)),
            (TransactionStatus.CompleteCommit, true) or (TransactionStatus.CompleteAbort, false) => TransactionDecision.Stays(current),
            (TransactionStatus.PrepareCommit, true) or (TransactionStatus.PrepareAbort, false) =>
                TransactionDecision.Refused(ErrorCode.ConcurrentTransactions),
            _ => TransactionDecision.Refused(ErrorCode.InvalidTxnState),
        };
    }

    /// <summary>TXN-14: aborts a transaction that was open for too long; null when it may stay.</summary>
    public static Transaction? TimeOut(Transaction current, long nowMs) =>
        current.Status == TransactionStatus.Ongoing && nowMs - current.StartedMs >= current.TimeoutMs
            ? current.Prepare(commits: false, nowMs, raisesEpoch: true)
            : null;

    private static TransactionDecision EndRaising(Transaction? current, in EndRequest request, long freshId, long nowMs)
    {
        ProducerName producer = request.Producer;
        // The answer to the first try was lost: it was at the epoch, or the producer, before this one.
        bool isRetry = current is not null && !(current.Status == TransactionStatus.Ongoing)
            && (producer.ProducerId == current.ProducerId ? producer.Epoch == current.Epoch - 1
                : producer.ProducerId == current.PreviousProducerId && current.Epoch == 0 && producer.Epoch == Transaction.LastEpoch);
        if (!isRetry && Refusal(current, producer) is { } refusal) return TransactionDecision.Refused(refusal);
        switch (current!.Status)
        {
            case TransactionStatus.Ongoing:
                if (!current.IsExhausted) return TransactionDecision.Becomes(current.Prepare(request.Commits, nowMs, raisesEpoch: true));
                if (freshId < 0) return TransactionDecision.WithProducerId;
                Transaction last = current.Prepare(request.Commits, nowMs, raisesEpoch: true) with { NextProducerId = freshId };
                return TransactionDecision.Becomes(last) with { Producer = (freshId, 0) };
            case TransactionStatus.PrepareCommit or TransactionStatus.PrepareAbort:
                bool isSame = request.Commits == (current.Status == TransactionStatus.PrepareCommit);
                return TransactionDecision.Refused(isSame ? ErrorCode.ConcurrentTransactions : ErrorCode.InvalidTxnState);
            case TransactionStatus.CompleteCommit or TransactionStatus.CompleteAbort when isRetry:
                return request.Commits == (current.Status == TransactionStatus.CompleteCommit)
                    ? TransactionDecision.Stays(current)
                    : TransactionDecision.Refused(ErrorCode.InvalidTxnState);
            case TransactionStatus.Empty or TransactionStatus.CompleteCommit or TransactionStatus.CompleteAbort when !isRetry && !request.Commits:
                // A client that is unsure whether it has sent something: nothing was stored, and nothing will be under this epoch.
                if (current.IsExhausted && freshId < 0) return TransactionDecision.WithProducerId;
                Transaction ended = current.Prepare(commits: false, nowMs, raisesEpoch: true);
                return TransactionDecision.Becomes((current.IsExhausted ? ended with { NextProducerId = freshId } : ended).Complete(nowMs));
            default:
                return TransactionDecision.Refused(ErrorCode.InvalidTxnState);
        }
    }

    private static ErrorCode? Refusal(Transaction? current, in ProducerName producer) =>
        current is null || producer.ProducerId != current.ProducerId ? ErrorCode.InvalidProducerIdMapping
        : producer.Epoch != current.Epoch ? ErrorCode.ProducerFenced
        : null;
}
