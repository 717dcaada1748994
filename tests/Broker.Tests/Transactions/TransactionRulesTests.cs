using Gateway.Broker.Coordinators.Transactions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using static Gateway.Broker.Coordinators.Transactions.TransactionStatus;

namespace Gateway.Broker.Tests.Transactions;

/// <summary>The coordinator's tables, row by row (TXN-3, EndTxn).</summary>
public class TransactionRulesTests
{
    private const long Now = 1_000_000;
    private static readonly TopicPartition s_partition = new("t", 0);

    private static Transaction At(TransactionStatus status, short epoch = 5) =>
        new("x", 7, epoch, 60_000, status) { StartedMs = Now - 1, Partitions = status is Ongoing ? [s_partition] : [] };

    private static TransactionDecision Init(Transaction? current, long id = -1, short epoch = -1, long fresh = -1) =>
        TransactionRules.Init(current, new ProducerName("x", id, epoch), 1000, fresh, Now);

    private static TransactionDecision End(Transaction current, short epoch, bool commits, bool raises, long id = 7, long fresh = -1) =>
        TransactionRules.End(current, new EndRequest(new ProducerName("x", id, epoch), commits, raises), fresh, Now);

    [Fact]
    public void TXN_3_a_new_id_takes_a_fresh_producer_id()
    {
        Assert.True(Init(null).NeedsProducerId);
        TransactionDecision decision = Init(null, fresh: 9);
        Assert.Equal((ErrorCode.None, (9L, (short)0), Empty), (decision.Error, decision.Producer, decision.Next!.Status));
    }

    [Fact]
    public void TXN_3_an_idle_id_gets_the_next_epoch_and_an_open_transaction_is_aborted_first()
    {
        foreach (TransactionStatus idle in new[] { Empty, CompleteCommit, CompleteAbort })
            Assert.Equal((ErrorCode.None, (7L, (short)6)), (Init(At(idle)).Error, Init(At(idle)).Producer));
        foreach (TransactionStatus prepared in new[] { PrepareCommit, PrepareAbort })
            Assert.Equal((ErrorCode.ConcurrentTransactions, null), (Init(At(prepared)).Error, Init(At(prepared)).Next));
        TransactionDecision fenced = Init(At(Ongoing));
        Assert.Equal((ErrorCode.ConcurrentTransactions, PrepareAbort, (short)6), (fenced.Error, fenced.Next!.Status, fenced.Next.Epoch));
    }

    [Fact]
    public void KIP_360_a_producer_that_shows_what_it_has_gets_the_next_epoch_once_and_strangers_are_fenced()
    {
        TransactionDecision first = Init(At(Empty), 7, 5);
        Assert.Equal((7L, (short)6), first.Producer);
        // Its retry is answered with what it has got already.
        TransactionDecision again = Init(first.Next!, 7, 5);
        Assert.Equal((ErrorCode.None, (7L, (short)6), null), (again.Error, again.Producer, again.Next));
        Assert.Equal(ErrorCode.ProducerFenced, Init(At(Empty), 7, 4).Error);
        Assert.Equal(ErrorCode.ProducerFenced, Init(At(Empty), 8, 5).Error);
        Assert.Equal(ErrorCode.ProducerFenced, Init(At(Ongoing), 7, 4).Error);
        // Somebody else's Init is no exchange: the one before is fenced.
        Assert.Equal(ErrorCode.ProducerFenced, Init(Init(At(Empty)).Next!, 7, 5).Error);
    }

    [Fact]
    public void Epochs_that_are_used_up_give_way_to_a_fresh_producer_id()
    {
        Transaction last = At(Empty, Transaction.LastEpoch);
        Assert.True(Init(last).NeedsProducerId);
        Transaction rotated = Init(last, fresh: 9).Next!;
        Assert.Equal((9L, (short)0, 7L), (rotated.ProducerId, rotated.Epoch, rotated.PreviousProducerId));

        Transaction open = At(Ongoing, Transaction.LastEpoch);
        Assert.True(End(open, Transaction.LastEpoch, commits: true, raises: true).NeedsProducerId);
        TransactionDecision ended = End(open, Transaction.LastEpoch, commits: true, raises: true, fresh: 9);
        // The marker has the epoch nobody else gets.
        Assert.Equal((PrepareCommit, 7L, short.MaxValue), (ended.Next!.Status, ended.Next.ProducerId, ended.Next.Epoch));
        Assert.Equal((9L, (short)0), ended.Producer);
        Transaction complete = ended.Next.Complete(Now);
        Assert.Equal((CompleteCommit, 9L, (short)0), (complete.Status, complete.ProducerId, complete.Epoch));
        // The lost answer comes again.
        TransactionDecision retried = End(complete, Transaction.LastEpoch, commits: true, raises: true);
        Assert.Equal((ErrorCode.None, (9L, (short)0)), (retried.Error, retried.Producer));
    }

    [Theory]
    [InlineData((int)Ongoing, true, (int)ErrorCode.None)]
    [InlineData((int)Ongoing, false, (int)ErrorCode.None)]
    [InlineData((int)CompleteCommit, true, (int)ErrorCode.None)]
    [InlineData((int)CompleteCommit, false, (int)ErrorCode.InvalidTxnState)]
    [InlineData((int)CompleteAbort, false, (int)ErrorCode.None)]
    [InlineData((int)CompleteAbort, true, (int)ErrorCode.InvalidTxnState)]
    [InlineData((int)PrepareCommit, true, (int)ErrorCode.ConcurrentTransactions)]
    [InlineData((int)PrepareCommit, false, (int)ErrorCode.InvalidTxnState)]
    [InlineData((int)PrepareAbort, false, (int)ErrorCode.ConcurrentTransactions)]
    [InlineData((int)PrepareAbort, true, (int)ErrorCode.InvalidTxnState)]
    [InlineData((int)Empty, true, (int)ErrorCode.InvalidTxnState)]
    [InlineData((int)Empty, false, (int)ErrorCode.InvalidTxnState)]
    public void EndTxn_of_the_old_protocol(int status, bool commits, int error)
    {
        TransactionDecision decision = End(At((TransactionStatus)status), 5, commits, raises: false);
        Assert.Equal((ErrorCode)error, decision.Error);
        Assert.Equal((TransactionStatus)status == Ongoing, decision.Next is not null);
        if (decision.Next is { } next) Assert.Equal((commits ? PrepareCommit : PrepareAbort, (short)5), (next.Status, next.Epoch));
        Assert.Equal(ErrorCode.ProducerFenced, End(At((TransactionStatus)status), 4, commits, raises: false).Error);
        Assert.Equal(ErrorCode.ProducerFenced, End(At((TransactionStatus)status), 6, commits, raises: false).Error);
        Assert.Equal(ErrorCode.InvalidProducerIdMapping, End(At((TransactionStatus)status), 5, commits, raises: false, id: 8).Error);
    }

    // The columns: state, epoch relative to what is stored, commits, error, epoch afterwards (relative; 99 when nothing is stored).
    [Theory]
    [InlineData((int)Ongoing, 0, true, (int)ErrorCode.None, 1)]
    [InlineData((int)Ongoing, 0, false, (int)ErrorCode.None, 1)]
    [InlineData((int)Ongoing, -1, true, (int)ErrorCode.ProducerFenced, 99)]
    [InlineData((int)Empty, 0, true, (int)ErrorCode.InvalidTxnState, 99)]
    [InlineData((int)Empty, 0, false, (int)ErrorCode.None, 1)]
    [InlineData((int)CompleteCommit, 0, true, (int)ErrorCode.InvalidTxnState, 99)]
    [InlineData((int)CompleteCommit, 0, false, (int)ErrorCode.None, 1)]
    [InlineData((int)CompleteCommit, -1, true, (int)ErrorCode.None, 99)]
    [InlineData((int)CompleteCommit, -1, false, (int)ErrorCode.InvalidTxnState, 99)]
    [InlineData((int)CompleteAbort, 0, true, (int)ErrorCode.InvalidTxnState, 99)]
    [InlineData((int)CompleteAbort, 0, false, (int)ErrorCode.None, 1)]
    [InlineData((int)CompleteAbort, -1, true, (int)ErrorCode.InvalidTxnState, 99)]
    [InlineData((int)CompleteAbort, -1, false, (int)ErrorCode.None, 99)]
    [InlineData((int)PrepareCommit, -1, true, (int)ErrorCode.ConcurrentTransactions, 99)]
    [InlineData((int)PrepareAbort, -1, false, (int)ErrorCode.ConcurrentTransactions, 99)]
    [InlineData((int)CompleteCommit, -2, true, (int)ErrorCode.ProducerFenced, 99)]
    [InlineData((int)CompleteCommit, 1, true, (int)ErrorCode.ProducerFenced, 99)]
    public void EndTxn_of_the_new_protocol(int status, int epoch, bool commits, int error, int epochAfter)
    {
        TransactionDecision decision = End(At((TransactionStatus)status), (short)(5 + epoch), commits, raises: true);
        Assert.Equal((ErrorCode)error, decision.Error);
        Assert.Equal(epochAfter == 99, decision.Next is null);
        if (decision.Next is not { } next) return;
        Assert.Equal(5 + epochAfter, next.Epoch);
        // Without an open transaction there is nobody to tell.
        Assert.Equal((TransactionStatus)status == Ongoing ? (commits ? PrepareCommit : PrepareAbort) : CompleteAbort, next.Status);
    }

    [Fact]
    public void TXN_14_a_transaction_times_out_with_a_higher_epoch_and_no_sooner()
    {
        Transaction open = At(Ongoing) with { StartedMs = Now - 60_000 };
        Assert.Null(TransactionRules.TimeOut(open, Now - 1));
        Assert.Equal((PrepareAbort, (short)6), (TransactionRules.TimeOut(open, Now)!.Status, TransactionRules.TimeOut(open, Now)!.Epoch));
        Assert.Null(TransactionRules.TimeOut(open with { Status = CompleteCommit }, Now + 100_000));
    }

    [Fact]
    public void What_is_stored_is_read_back()
    {
        Transaction full = At(Ongoing) with
        {
            PreviousProducerId = 3,
            NextProducerId = 11,
            UpdatedMs = 77,
            ClientVersion = 2,
            Partitions = [s_partition, new("t", 4), new("u", 1)],
        };
        (string id, Transaction? read) = TransactionRecords.Read(TransactionRecords.Of(full))!.Value;
        Assert.Equal("x", id);
        Assert.True(full.Partitions.SetEquals(read!.Partitions));
        Assert.Equal(full, read with { Partitions = full.Partitions });
        Assert.Null(TransactionRecords.Read(TransactionRecords.Gone("x"))!.Value.Transaction);
    }
}
