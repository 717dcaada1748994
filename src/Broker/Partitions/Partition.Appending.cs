using System.Globalization;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Storage;

namespace Gateway.Broker.Partitions;

/// <content>From a batch that arrived to a batch that is written: checks, sequence numbers, the log.</content>
public sealed partial class Partition
{
    private bool IsCheckedElsewhere(in ProducedBatch batch)
    {
        if (batch.Origin == AppendOrigin.Coordinator) return false;
        if (Config.Schemas is { } schemas && batch.Origin == AppendOrigin.Client && !HasKnownSchemas(batch.Records.Span, schemas)) return true;
        bool recompressed = Config.Rules.Compression is not null;
        bool compressed = recompressed
            || (RecordBatchHeader.TryRead(batch.Records.Span, out RecordBatchHeader header) && header.Compression != CompressionType.None);
        return batch.Records.Length > (compressed ? _options.CompressedBytesCheckedInline : _options.PlainBytesCheckedInline);
    }

    /// <summary>Checks on the shard; false, with the batch as it was, when it inflates to so much that it would hold the shard up.</summary>
    private bool TryCheckHere(in ProducedBatch batch, out AcceptedBatch accepted)
    {
        ValidationRules rules = Config.Rules;
        if (batch.Origin == AppendOrigin.Client)
        {
            int most = rules.Compression is null ? _options.InflatedBytesCheckedInline : _options.CompressedBytesCheckedInline;
            return RecordBatchIntake.TryAccept(batch.Records, rules, NowMs(), batch.AllowsZstd, batch.LacksChecksum, most, out accepted);
        }

        accepted = Check(batch, rules);
        return true;
    }

    private AcceptedBatch Check(in ProducedBatch batch, ValidationRules rules)
    {
        if (batch.Origin != AppendOrigin.Coordinator) return RecordBatchIntake.Accept(batch.Records, rules, NowMs(), batch.AllowsZstd, batch.LacksChecksum);
        // A coordinator's batch is our own: it may be a control batch, and nobody has touched it on the way.
        Invariant.Check(RecordBatchHeader.TryRead(batch.Records.Span, out RecordBatchHeader header) && header.SizeInBytes == batch.Records.Length);
        return new AcceptedBatch(new ValidationResult(ErrorCode.None, null, [], header, header.MaxTimestamp), batch.Records, RecordBatchHeader.NoTimestamp);
    }

    private void CheckElsewhere(PendingAppend append)
    {
        append.IsBeingChecked = true;
        if (Config.Schemas is not null && append.Batch.Origin == AppendOrigin.Client)
        {
            CheckSchemas(append, Config);
            return;
        }
        ValidationRules rules = Config.Rules;
        _options.Checks.Post(
            static work =>
            {
                AcceptedBatch accepted = work.Partition.Check(work.Append.Batch, work.Rules);
                work.Partition.Shard.Post(static done => done.Partition.Checked(done.Append, done.Accepted), (work.Partition, work.Append, Accepted: accepted));
            },
            (Partition: this, Append: append, Rules: rules));
    }

    private void Checked(PendingAppend append, AcceptedBatch accepted)
    {
        append.SetAccepted(accepted);
        if (IsOpen) WriteArrivals();
    }

    /// <summary>Writes what has been checked, in the order of arrival, up to the first that has not or that the disk has no room for yet.</summary>
    private void WriteArrivals()
    {
        while (!_isReplaying && IsOpen)
        {
            Queue<PendingAppend> line = _verified.Count > 0 ? _verified : _arrivals;
            if (!line.TryPeek(out PendingAppend? append) || append.Accepted is not { } accepted) return;
            if (!accepted.Result.IsValid)
            {
                line.Dequeue();
                append.Refuse(AppendOutcome.Refused(accepted.Result.Error, accepted.Result.Message, accepted.Result.RecordErrors));
            }
            else if (accepted.Result.Header.IsTransactional && HasToBeVerified(append, accepted.Result.Header))
            {
                line.Dequeue();
                Verify(append, accepted.Result.Header);
            }
            else if (!Write(append, line, accepted.Records!, accepted.Result.Header, accepted.LogAppendTimeMs))
            {
                ScheduleRetry();
                return;
            }
        }
    }

    /// <summary>Writes the batch at the head of its line and takes it off; false when the disk is too busy to take it.</summary>
    /// <remarks>The answer comes last: whoever gets it may append more, or close the partition.</remarks>
    private bool Write(PendingAppend append, Queue<PendingAppend> line, RecordsLease records, RecordBatchHeader header, long logAppendTimeMs)
    {
        TransactionEnd? end = append.Batch.End;
        ProducerCheck check = Judge(append, header);
        if (check.Verdict != ProducerVerdict.Append)
        {
            line.Dequeue();
            AnswerUnwritten(append, check);
            return true;
        }
        if (end is not null) records = Marker(append, records, ref end);

        AppendResult written = _log!.Append(records);
        if (written.Status == AppendStatus.Busy) return false;
        line.Dequeue();
        if (written.Error != ErrorCode.None)
        {
            bool isCounted = header.HasProducerId && header.BaseSequence >= 0 && !BatchKey.IsKey(header.ProducerId);
            if (isCounted && !_producers.Knows(header.ProducerId)) _refusedStarts.Note(header);
            append.Refuse(AppendOutcome.Refused(written.Error, written.Status == AppendStatus.DiskFull ? "The disk is full" : "The log is offline"));
            return true;
        }

        RecordBatchHeader.TryRead(records.Span, out RecordBatchHeader stored);
        int length = records.Length;
        IAppendReply reply = append.Batch.Reply;
        bool answersAtCommit = append.Batch.AckAt == AckAt.Commit;
        records.Recycle();
        append.Recycle();
        if (stored.HasProducerId)
        {
            Remember(stored, end?.Marker, end?.Generation ?? 0);
            _refusedStarts.Forget(stored.ProducerId);
        }

        Traffic.Appended(length, stored.RecordsCount);
        Traffic.SetSize(_log.SizeInBytes);
        _appendedSinceSnapshot += length;
        AppendOutcome outcome = Stored(written.BaseOffset, logAppendTimeMs);
        _uncommitted.Add(written.EndOffset, length, answersAtCommit ? reply : null, outcome);
        if (Config.WriteCaching)
        {
            MoveHighWatermark(written.EndOffset);
            ScheduleFlush();
        }

        if (!answersAtCommit) reply.Complete(outcome);
        return true;
    }

    /// <summary>What is to be done with a batch when it is its turn.</summary>
    private ProducerCheck Judge(PendingAppend append, in RecordBatchHeader header)
    {
        ProducedBatch batch = append.Batch;
        bool isKeyed = BatchKey.IsKey(header.ProducerId);
        // Before the condition: whoever asks again for what was done is told where it is, wherever the log ends by now.
        if (isKeyed && CheckKey(batch, header) is { } known) return known;
        if (batch.ExpectedEndOffset is >= 0 and var expected && expected != _log!.LogEndOffset)
        {
            return ProducerCheck.Refused(
                ErrorCode.OperationNotAttempted, string.Create(CultureInfo.InvariantCulture, $"The partition ends at {_log.LogEndOffset}, not at {expected}"));
        }
        return !header.HasProducerId || isKeyed ? ProducerCheck.Append : Check(append, header);
    }

    private void AnswerUnwritten(PendingAppend append, in ProducerCheck check)
    {
        if (check.Verdict == ProducerVerdict.Refused)
        {
            append.Refuse(AppendOutcome.Refused(check.Error, check.Message));
            return;
        }

        // A repetition is answered like the first time, and no sooner (IDM-1).
        AppendOutcome outcome = Stored(check.BaseOffset, check.LogAppendTimeMs) with { IsRepetition = true, RepeatedTimestampMs = check.RepeatedTimestampMs };
        IAppendReply reply = append.Batch.Reply;
        bool isDue = append.Batch.AckAt == AckAt.Append || check.LastOffset < _highWatermark;
        append.Accepted!.Value.Records!.Recycle();
        append.Recycle();
        if (isDue) reply.Complete(outcome);
        else _uncommitted.AddDuplicate(check.LastOffset + 1, reply, outcome);
    }

    private AppendOutcome Stored(long baseOffset, long logAppendTimeMs) => new()
    {
        BaseOffset = baseOffset,
        LogAppendTimeMs = logAppendTimeMs,
        LogStartOffset = _log!.LogStartOffset,
        LeaderEpoch = LeaderEpoch,
        RefusedRecords = [],
    };

    /// <summary>With write caching nobody waits for a flush, so it may be late; but not for long, since that is what a power cut may take.</summary>
    private void ScheduleFlush()
    {
        if (_isFlushScheduled) return;
        _isFlushScheduled = true;
        Shard.Schedule(_options.CachedFlushDelay, static partition =>
        {
            partition._isFlushScheduled = false;
            if (partition.IsOpen) partition._log.Flush();
        }, this);
    }

    private void ScheduleRetry()
    {
        if (_isRetryScheduled) return;
        _isRetryScheduled = true;
        Shard.Schedule(_options.BusyRetry, static partition =>
        {
            partition._isRetryScheduled = false;
            partition.WriteArrivals();
        }, this);
    }
}
