using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Broker.Tests.Partitions;

/// <summary>The table of idempotent producers, rule by rule (IDM-1 to IDM-9).</summary>
public sealed class ProducerStatesTests
{
    private const long Now = 1_700_000_000_000;
    private const long Day = 86_400_000;

    private readonly ProducerStates _states = new();
    private long _nextOffset = 100;

    [Fact]
    public void IDM_1_each_of_the_last_five_batches_is_known_again_with_its_offset()
    {
        for (int i = 0; i < 7; i++) Append(Batch(sequence: i * 10, count: 10));
        for (int i = 2; i < 7; i++)
        {
            ProducerCheck check = _states.Check(Batch(sequence: i * 10, count: 10));
            Assert.Equal(ProducerVerdict.Duplicate, check.Verdict);
            Assert.Equal((100 + (i * 10), 109 + (i * 10), -1), (check.BaseOffset, check.LastOffset, check.LogAppendTimeMs));
        }

        // Older than the window, or other ends: no duplicates, and out of order (IDM-3).
        Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(sequence: 10, count: 10));
        Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(sequence: 60, count: 9));
        Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(sequence: 61, count: 9));
    }

    [Fact]
    public void IDM_1_a_duplicate_answers_the_brokers_time_where_it_counts()
    {
        _states.Apply(Batch(sequence: 0) with { BaseOffset = 5, Attributes = 0x08, MaxTimestamp = Now + 3 }, Now);
        ProducerCheck check = _states.Check(Batch(sequence: 0));
        Assert.Equal((ProducerVerdict.Duplicate, Now + 3), (check.Verdict, check.LogAppendTimeMs));
    }

    [Fact]
    public void IDM_2_a_lower_epoch_is_fenced_and_a_higher_one_starts_at_0()
    {
        Append(Batch(epoch: 3, sequence: 0));
        Refused(ErrorCode.InvalidProducerEpoch, Batch(epoch: 2, sequence: 1));
        Refused(ErrorCode.InvalidProducerEpoch, Batch(epoch: 2, sequence: 0));
        Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(epoch: 4, sequence: 1));
        // Same sequences as a stored batch, but of another epoch: not a duplicate.
        Append(Batch(epoch: 4, sequence: 0));
        ProducerCheck check = _states.Check(Batch(epoch: 4, sequence: 0));
        Assert.Equal((ProducerVerdict.Duplicate, 101), (check.Verdict, check.BaseOffset));
        Refused(ErrorCode.InvalidProducerEpoch, Batch(epoch: 3, sequence: 1));
    }

    [Fact]
    public void IDM_3_sequences_have_no_gap_and_wrap_to_0()
    {
        Append(Batch(sequence: int.MaxValue - 4, count: 3));
        Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(sequence: int.MaxValue));
        Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(sequence: 0));
        Append(Batch(sequence: int.MaxValue - 1, count: 4)); // ends at 1
        Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(sequence: 0, count: 2));
        Append(Batch(sequence: 2));
        Assert.Equal(ProducerVerdict.Duplicate, _states.Check(Batch(sequence: int.MaxValue - 1, count: 4)).Verdict);

        var exact = new ProducerStates();
        exact.Apply(Batch(sequence: int.MaxValue), Now);
        Assert.Equal(ProducerVerdict.Append, exact.Check(Batch(sequence: 0)).Verdict);
    }

    [Fact]
    public void IDM_4_an_unknown_producer_may_start_anywhere()
    {
        Assert.Equal(ProducerVerdict.Append, _states.Check(Batch(sequence: 12345)).Verdict);
        Append(Batch(sequence: 12345));
        Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(sequence: 12347));
        Append(Batch(producer: 8, sequence: 0));
    }

    [Fact]
    public void Batches_without_a_producer_always_pass_and_leave_no_trace()
    {
        RecordBatchHeader plain = Batch(sequence: -1) with { ProducerId = -1, ProducerEpoch = -1 };
        Assert.Equal(ProducerVerdict.Append, _states.Check(plain).Verdict);
        _states.Apply(plain, Now);
        Assert.Equal(0, _states.Count);
    }

    [Fact]
    public void IDM_5_a_producer_is_forgotten_a_day_after_its_last_append()
    {
        _states.Apply(Batch(producer: 1, sequence: 0), Now);
        _states.Apply(Batch(producer: 2, sequence: 0), Now + 10);
        _states.Apply(Batch(producer: 1, sequence: 1), Now + 20); // now 2 is the one silent longest
        _states.Expire(Now + 9 + Day, Day);
        Assert.Equal(2, _states.Count);
        _states.Expire(Now + 10 + Day, Day);
        Assert.Equal(1, _states.Count);
        Assert.Equal(ProducerVerdict.Append, _states.Check(Batch(producer: 2, sequence: 77)).Verdict);
        Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(producer: 1, sequence: 77));
    }

    [Fact]
    public void IDM_5_old_record_times_do_not_make_a_producer_expire()
    {
        _states.Apply(Batch(sequence: 0) with { MaxTimestamp = 0 }, Now);
        _states.Expire(Now + Day - 1, Day);
        Assert.Equal(1, _states.Count);
    }

    [Fact]
    public void IDM_5_an_open_transaction_never_expires()
    {
        _states.Apply(Transactional(Batch(producer: 1, sequence: 0) with { BaseOffset = 40 }), Now);
        _states.Apply(Batch(producer: 2, sequence: 0), Now);
        _states.Expire(Now + (10 * Day), Day);
        Assert.Equal((1, 40L), (_states.Count, _states.FirstUndecidedOffset));
        _states.Apply(Marker(producer: 1, epoch: 0), Now + (10 * Day), new EndTransactionMarker(ControlRecordType.Commit, 0));
        // Until the marker is committed the transaction is not decided for good.
        Assert.Equal(40, _states.FirstUndecidedOffset);
        _states.Transactions.CommitTo(long.MaxValue);
        _states.Expire(Now + (11 * Day), Day);
        Assert.Equal((0, null), (_states.Count, _states.FirstUndecidedOffset));
    }

    [Fact]
    public void IDM_6_no_plain_batch_inside_an_open_transaction()
    {
        _states.Apply(Transactional(Batch(sequence: 0)), Now);
        Refused(ErrorCode.InvalidTxnState, Batch(sequence: 1));
        Assert.Equal(ProducerVerdict.Append, _states.Check(Transactional(Batch(sequence: 1))).Verdict);
        _states.Apply(Marker(epoch: 0), Now, new EndTransactionMarker(ControlRecordType.Abort, 1));
        Assert.Equal(ProducerVerdict.Append, _states.Check(Batch(sequence: 1)).Verdict);
    }

    [Fact]
    public void IDM_7_when_a_batch_in_flight_fails_the_later_ones_fail_too()
    {
        Append(Batch(sequence: 0));
        // The second of three never got into the log.
        Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(sequence: 2));
        Append(Batch(sequence: 1));
        Append(Batch(sequence: 2));
    }

    [Fact]
    public void IDM_9_a_marker_bumps_the_epoch_and_the_next_batch_starts_at_0()
    {
        _states.Apply(Transactional(Batch(sequence: 0, count: 3)), Now);
        _states.Apply(Marker(epoch: 1), Now, new EndTransactionMarker(ControlRecordType.Commit, 4));
        Refused(ErrorCode.InvalidProducerEpoch, Batch(epoch: 0, sequence: 3));
        Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(epoch: 1, sequence: 3));
        Assert.Equal(ProducerVerdict.Append, _states.Check(Batch(epoch: 1, sequence: 0)).Verdict);
    }

    [Fact]
    public void The_oldest_open_transaction_is_the_first_of_all_producers()
    {
        _states.Apply(Transactional(Batch(producer: 1, sequence: 0) with { BaseOffset = 10 }), Now);
        _states.Apply(Transactional(Batch(producer: 2, sequence: 0) with { BaseOffset = 20 }), Now);
        _states.Apply(Transactional(Batch(producer: 1, sequence: 1) with { BaseOffset = 30 }), Now);
        Assert.Equal(10, _states.FirstUndecidedOffset);
        _states.Apply(Marker(producer: 1), Now, new EndTransactionMarker(ControlRecordType.Abort, 0));
        Assert.Equal(10, _states.FirstUndecidedOffset);
        _states.Transactions.CommitTo(long.MaxValue);
        Assert.Equal(20, _states.FirstUndecidedOffset);
    }

    [Fact]
    public void Made_up_producers_push_out_the_one_silent_longest()
    {
        var small = new ProducerStates(maxProducers: 3);
        small.Apply(Transactional(Batch(producer: 1, sequence: 0)), Now);
        for (long producer = 2; producer <= 10; producer++) small.Apply(Batch(producer: producer, sequence: 0), Now + producer);
        Assert.Equal(3, small.Count);
        Assert.Equal(ProducerVerdict.Duplicate, small.Check(Transactional(Batch(producer: 1, sequence: 0))).Verdict);
        Assert.Equal(ProducerVerdict.Append, small.Check(Batch(producer: 8, sequence: 99)).Verdict);
        Assert.Equal(ProducerVerdict.Refused, small.Check(Batch(producer: 9, sequence: 99)).Verdict);
    }

    private static RecordBatchHeader Batch(long producer = 7, short epoch = 0, int sequence = 0, int count = 1) => new()
    {
        Magic = 2,
        ProducerId = producer,
        ProducerEpoch = epoch,
        BaseSequence = sequence,
        LastOffsetDelta = count - 1,
        RecordsCount = count,
        MaxTimestamp = Now,
    };

    private static RecordBatchHeader Transactional(RecordBatchHeader batch) => batch with { Attributes = 0x10 };

    private static RecordBatchHeader Marker(long producer = 7, short epoch = 0) =>
        Batch(producer, epoch, sequence: -1) with { Attributes = 0x30, BaseOffset = 1_000 };

    private void Append(RecordBatchHeader batch)
    {
        Assert.Equal(ProducerVerdict.Append, _states.Check(batch).Verdict);
        _states.Apply(batch with { BaseOffset = _nextOffset }, Now);
        _nextOffset += batch.RecordsCount;
    }

    private void Refused(ErrorCode error, RecordBatchHeader batch)
    {
        ProducerCheck check = _states.Check(batch);
        Assert.Equal((ProducerVerdict.Refused, error), (check.Verdict, check.Error));
        Assert.NotNull(check.Message);
    }
}
