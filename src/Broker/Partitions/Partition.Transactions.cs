using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <content>Transactions: which batches have to be verified first, the markers that end them, and up to where everything is decided.</content>
public sealed partial class Partition
{
    private readonly UnverifiedBatches _unverified = new();
    private readonly Queue<PendingAppend> _verified = new();

    /// <summary>What no undecided transaction touches is below it; never above the high watermark (FET-5).</summary>
    public long LastStableOffset => _producers.FirstUndecidedOffset is { } undecided
        ? Math.Min(_highWatermark, Math.Max(undecided, _log!.LogStartOffset))
        : _highWatermark;

    /// <summary>Ends a producer's transaction here with a marker. Like an append it answers through the reply.</summary>
    public void EndTransaction(TransactionEnd end, IAppendReply reply) =>
        Append(new ProducedBatch(end.ToBatch(NowMs()), AppendOrigin.Coordinator, AckAt.Commit, reply) { End = end });

    /// <summary>What is known of the producers here (DescribeProducers).</summary>
    public IReadOnlyList<ActiveProducer> ActiveProducers()
    {
        AssertOnShard();
        return
        [
            .. _producers.InOrder.Select(static state => new ActiveProducer(
                state.ProducerId, state.Epoch, state.LastSequence, state.LastAppendMs, state.CoordinatorEpoch, state.OpenTransactionOffset)),
        ];
    }

    /// <summary>TXN-10: a client's batch that would begin a transaction here, and what follows it, unless it is stored already.</summary>
    private bool HasToBeVerified(PendingAppend append, in RecordBatchHeader header) =>
        append.Batch.Origin == AppendOrigin.Client && append.Generation == 0 && _options.Transactions is not null
        && (_unverified.Has(header.ProducerId)
            || !(_producers.HasOpenTransaction(header.ProducerId, header.ProducerEpoch) || _producers.IsStored(header)));

    private void Verify(PendingAppend append, in RecordBatchHeader header)
    {
        if (append.Batch.Transaction is not { } transaction)
        {
            append.Refuse(AppendOutcome.Refused(ErrorCode.InvalidTxnState, "The batch is part of a transaction that nobody has named."));
            return;
        }
        if (!_unverified.Add(header.ProducerId, append)) return;
        var write = new TransactionalWrite(
            transaction.TransactionalId, header.ProducerId, header.ProducerEpoch, new TopicPartition(Topic, Id.Partition), transaction.AddsPartitions);
        AskCoordinator(write);
    }

    // async void: what goes wrong is a bug and surfaces on the shard, which stops the process.
    private async void AskCoordinator(TransactionalWrite write)
    {
        TransactionVerification found = await _options.Transactions!.VerifyAsync(write);
        // Closed meanwhile: they were refused then, and there are none any more.
        foreach (PendingAppend append in _unverified.Take(write.ProducerId).ToArray())
        {
            // Another epoch is another question.
            bool isAnswered = append.Accepted!.Value.Result.Header.ProducerEpoch == write.ProducerEpoch;
            if (isAnswered && found.Error != ErrorCode.None)
            {
                append.Refuse(AppendOutcome.Refused(
                    append.Batch.Transaction!.AnswerFor(found.Error), $"The transaction of '{write.TransactionalId}' takes no batches here: {found.Error}."));
                continue;
            }
            if (isAnswered) append.Generation = found.Generation;
            _verified.Enqueue(append);
        }
        WriteArrivals();
    }

    private ProducerCheck Check(PendingAppend append, in RecordBatchHeader header)
    {
        if (append.Batch.End is { } end) return end.IsOwn ? ProducerCheck.Append : _producers.CheckEnd(end);
        if (append.Batch.Origin == AppendOrigin.Coordinator)
        {
            ProducerCheck epoch = _producers.CheckEpoch(header);
            return epoch.Verdict == ProducerVerdict.Append && IsLate(append, header) ? TooLate(ErrorCode.InvalidTxnState) : epoch;
        }
        if (_refusedStarts.DueBefore(header) is { } due)
        {
            return ProducerCheck.Refused(
                ErrorCode.OutOfOrderSequenceNumber,
                $"The disk refused sequence {due} of producer {header.ProducerId}, which has to come before sequence {header.BaseSequence}.");
        }
        TransactionalProduce? transaction = header.IsTransactional ? append.Batch.Transaction : null;
        ProducerCheck check = _producers.Check(header, transaction is { AddsPartitions: true });
        return check.Verdict == ProducerVerdict.Append && IsLate(append, header)
            ? TooLate(transaction!.AnswerFor(ErrorCode.InvalidTxnState))
            : check;
    }

    /// <summary>Its transaction ended between the coordinator's word and now: it would begin one that nobody ends.</summary>
    private bool IsLate(PendingAppend append, in RecordBatchHeader header) =>
        append.Generation != 0 && append.Generation <= _producers.EndedGenerationOf(header.ProducerId);

    private static ProducerCheck TooLate(ErrorCode error) => ProducerCheck.Refused(error, "The transaction has ended.");

    /// <summary>The marker's batch as it has to be now: others may have left higher epochs here.</summary>
    private RecordsLease Marker(PendingAppend append, RecordsLease records, ref TransactionEnd? end)
    {
        TransactionEnd asked = end!;
        if (!asked.IsOwn) return records;
        end = _producers.Raised(asked);
        if (end == asked) return records;
        RecordsLease raised = end.ToBatch(NowMs());
        append.Replace(raised);
        return raised;
    }

    private void RefuseUnverified(in AppendOutcome outcome)
    {
        foreach (PendingAppend append in _unverified.TakeAll()) append.Refuse(outcome);
        while (_verified.TryDequeue(out PendingAppend? append)) append.Refuse(outcome);
    }
}

/// <summary>A producer as DescribeProducers tells of it.</summary>
/// <param name="ProducerId">Its id.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="LastSequence">The last sequence of that epoch; −1 when nothing is known.</param>
/// <param name="LastTimestampMs">When it last appended.</param>
/// <param name="CoordinatorEpoch">Of its last marker; −1 before any.</param>
/// <param name="OpenTransactionOffset">Where its open transaction starts; −1 without.</param>
public readonly record struct ActiveProducer(
    long ProducerId, short Epoch, int LastSequence, long LastTimestampMs, int CoordinatorEpoch, long OpenTransactionOffset);
