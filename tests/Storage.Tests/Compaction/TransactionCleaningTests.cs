using Gateway.Common.Records;

namespace Gateway.Storage.Tests.Compaction;

/// <summary>What compaction does with transactions (LOG-3, LOG-4).</summary>
public sealed class TransactionCleaningTests
{
    private const long Producer = 7;

    private readonly CompactedLog _log = new();
    private readonly List<AbortedTransaction> _aborted = [];
    private readonly HashSet<long> _markersToKeep = [];

    [Fact]
    public void Records_of_aborted_transactions_go_and_replace_nothing()
    {
        _log.Append("k=stays");
        Data("k=aborted", "other=aborted");
        End(ControlRecordType.Abort, first: 1);
        _log.Roll();
        CleaningResult cleaned = Clean();
        Assert.Equal(CleaningOutcome.Done, cleaned.Outcome);
        Assert.Equal(["0:k=stays"], _log.ReadAll());
        // The marker stays: who reads with the transaction in hand waits for it.
        Assert.Contains(_log.Batches(), static batch => batch.Header is { IsControl: true, BaseOffset: 3 });
        Assert.Empty(cleaned.VoidAborts!);
    }

    [Fact]
    public void Committed_records_are_compacted_like_others_and_keep_their_marks()
    {
        _log.Append("k=old");
        Data("k=new", "other=1");
        End(ControlRecordType.Commit, first: 1);
        _log.Append("other=2");
        _log.Roll();
        Assert.Equal(CleaningOutcome.Done, Clean().Outcome);
        Assert.Equal(["1:k=new", "4:other=2"], _log.ReadAll());
        RecordBatchHeader kept = _log.Batches().Single(static batch => batch.Records is ["1:k=new"]).Header;
        Assert.Equal((true, Producer, (short)0, 0, 2), (kept.IsTransactional, kept.ProducerId, kept.ProducerEpoch, kept.BaseSequence, kept.LastOffsetDelta + 1));
    }

    [Theory]
    [InlineData(ControlRecordType.Abort)]
    [InlineData(ControlRecordType.Commit)]
    public void LOG_4_a_marker_goes_once_its_records_are_gone_and_its_time_is_over(ControlRecordType type)
    {
        Data("k=1");
        End(type, first: 0);
        _log.Append("k=2");
        _log.Roll();
        // The first pass takes the records, the second finds none left and sets the time, a later one takes the marker.
        Assert.Empty(Clean().VoidAborts!);
        Assert.False(Marker()!.Value.HasDeleteHorizon);
        CleaningResult second = CleanAgain();
        Assert.Equal(type == ControlRecordType.Abort ? [1L] : Array.Empty<long>(), second.VoidAborts!);
        Assert.True(Marker()!.Value.HasDeleteHorizon);
        _aborted.Clear();
        CleanAgain();
        Assert.NotNull(Marker());
        _log.Stepped.Time.Advance(TimeSpan.FromMilliseconds(60_001));
        CleanAgain();
        Assert.Null(Marker());
        Assert.Equal(["2:k=2"], _log.ReadAll());
    }

    [Fact]
    public void A_marker_somebody_still_goes_by_stays_whatever_its_time()
    {
        Data("k=1");
        End(ControlRecordType.Abort, first: 0);
        _log.Append("k=2");
        _log.Roll();
        Clean();
        CleanAgain();
        _markersToKeep.Add(1);
        _log.Stepped.Time.Advance(TimeSpan.FromMilliseconds(60_001));
        CleanAgain();
        Assert.NotNull(Marker());
        _markersToKeep.Clear();
        CleanAgain();
        Assert.Null(Marker());
    }

    [Fact]
    public void Of_an_aborted_batch_its_producer_is_remembered_by_the_header_stays()
    {
        Data("k=1");
        _log.BatchesToKeep.Add(0);
        End(ControlRecordType.Abort, first: 0);
        _log.Roll();
        Clean();
        RecordBatchHeader header = _log.Batches()[0].Header;
        Assert.Equal((0L, 0, true, Producer), (header.BaseOffset, header.RecordsCount, header.IsTransactional, header.ProducerId));
    }

    private void Data(params string[] records) =>
        _log.Append(new RecordBatchOptions { ProducerId = Producer, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true }, records);

    private void End(ControlRecordType type, long first)
    {
        long offset = _log.Log.LogEndOffset;
        _ = _log.Fixture.Append(new EndTransactionMarker(type, 0).ToBatch(Producer, 0, _log.Stepped.Time.NowMs));
        _log.Stepped.RunUntilIdle();
        if (type == ControlRecordType.Abort) _aborted.Add(new AbortedTransaction(Producer, first, offset, offset + 1));
    }

    private RecordBatchHeader? Marker()
    {
        foreach ((RecordBatchHeader header, _) in _log.Batches())
        {
            if (header.IsControl) return header;
        }

        return null;
    }

    /// <summary>More records, so that there is something to clean.</summary>
    private CleaningResult CleanAgain()
    {
        _log.Roll();
        return Clean();
    }

    private CleaningResult Clean()
    {
        using LogCleaner cleaner = _log.NewCleaner();
        return _log.Stepped.Wait(_log.Log.CleanAsync(
            cleaner, _log.Limits with { Transactions = () => new DecidedTransactions([.. _aborted], _markersToKeep) }));
    }
}
