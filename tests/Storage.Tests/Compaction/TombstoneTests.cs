namespace Gateway.Storage.Tests.Compaction;

/// <summary>How long a tombstone can be read.</summary>
public class TombstoneTests
{
    /// <summary>
    /// A reader who met the record before it went has the whole delete retention to meet the tombstone. It begins with the cleaning that takes the
    /// record away, which one that did not come so far is not.
    /// </summary>
    [Fact]
    public void LOG_4_the_retention_of_a_tombstone_does_not_begin_with_a_cleaning_whose_table_was_full_in_front_of_it()
    {
        // Four keys fit.
        var log = new CompactedLog { BufferBytes = 1 };
        log.Append("k=1");
        log.Append("a=1", "b=1", "c=1", "d=1", "k");
        log.Roll();
        Assert.Equal((CleaningOutcome.Done, 4), (log.Clean().Outcome, log.Log.FirstDirtyOffset));
        Assert.Equal("0:k=1", log.ReadAll()[0]);

        log.Stepped.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(CleaningOutcome.Done, log.Clean().Outcome);
        Assert.Equal(["1:a=1", "2:b=1", "3:c=1", "4:d=1", "5:k"], log.ReadAll());
        Assert.Equal(log.Stepped.Time.NowMs + CompactedLog.Small.DeleteRetentionMs, log.Batches()[0].Header.BaseTimestamp);
    }
}
