using Gateway.Storage.Logs;

namespace Gateway.Storage.Tests;

public class TruncationAndEpochTests
{
    [Fact]
    public void A_truncated_log_ends_there_and_goes_on_with_other_records()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 200 });
        for (int i = 0; i < 10; i++) fixture.AppendFlushed($"012345678{i}");
        fixture.Log.TruncateTo(5);
        Assert.Equal((5L, 5L), (fixture.Log.LogEndOffset, fixture.Log.FlushedOffset));
        fixture.AppendFlushed("new");
        string[] expected = [.. Enumerable.Range(0, 5).Select(static i => $"012345678{i}"), "new"];
        Assert.Equal(expected, fixture.ReadAll());
        fixture.Restart();
        Assert.Equal(expected, fixture.ReadAll());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(7)]
    public void A_durable_truncation_survives_a_power_cut_and_what_was_cut_does_not_come_back(int end)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 200 });
            for (int i = 0; i < 8; i++) fixture.AppendFlushed($"012345678{i}");
            fixture.Log.TruncateTo(end);
            fixture.AppendFlushed("after");
            fixture.Crash(seed);
            Assert.Equal([.. Enumerable.Range(0, end).Select(static i => $"012345678{i}"), "after"], fixture.ReadAll());
        }
    }

    [Fact]
    public void Cutting_what_a_checkpoint_promised_waits_until_the_truncation_is_durable()
    {
        var fixture = new LogFixture();
        fixture.Append("a");
        fixture.Append("b");
        fixture.Restart();
        fixture.Log.TruncateTo(1);
        using Common.Buffers.RecordsLease batch = Batches.Of(1, "too early");
        Assert.Equal(AppendStatus.Busy, fixture.Log.Append(batch).Status);
        Assert.Equal(["a"], fixture.ReadAll());
        // The power goes before the frame is durable: neither state may look like damage.
        for (int seed = 0; seed < 5; seed++)
        {
            fixture.Crash(seed);
            Assert.Equal("a", fixture.ReadAll()[0]);
        }

        fixture.Log.TruncateTo(1);
        fixture.Stepped.RunUntilIdle();
        fixture.AppendFlushed("c");
        fixture.Crash(9);
        Assert.Equal(["a", "c"], fixture.ReadAll());
    }

    [Fact]
    public void A_flush_that_raced_a_truncation_does_not_count_the_cut_records_as_durable()
    {
        var fixture = new LogFixture();
        var flushed = new List<long>();
        fixture.Log.Flushed += flushed.Add;
        fixture.Append("a");
        fixture.Append("b");
        Assert.True(fixture.Stepped.Flush.RunOne());
        fixture.Log.TruncateTo(1);
        fixture.Stepped.RunUntilIdle();
        Assert.Equal([1], flushed);
        Assert.Equal(1, fixture.Log.FlushedOffset);
    }

    [Fact]
    public void A_cold_read_that_raced_a_truncation_gives_what_the_log_holds_then()
    {
        var fixture = new LogFixture();
        fixture.AppendFlushed("a");
        fixture.AppendFlushed("b");
        fixture.Stepped.Files.IsCold = static _ => true;
        ValueTask<LogReadResult> read = fixture.Log.ReadAsync(0, 2, 1_000, true);
        Assert.True(fixture.Stepped.Io.RunOne());
        fixture.Log.TruncateTo(1);
        using Common.Buffers.RecordsLease records = fixture.Stepped.Wait(read).Records!;
        Assert.Equal([(0, "a")], Batches.Decode(records));
    }

    [Fact]
    public void OLE_1_an_epoch_ends_where_the_next_starts_and_the_last_at_the_log_end()
    {
        var fixture = new LogFixture();
        fixture.Log.StartEpoch(1);
        fixture.AppendFlushed("a", "b");
        fixture.Log.StartEpoch(4);
        fixture.AppendFlushed("c");
        Check();
        fixture.Restart();
        Check();
        fixture.Crash(3);
        Check();

        void Check()
        {
            Assert.Equal(new EpochEndOffset(-1, -1), fixture.Log.EndOffsetFor(0));
            Assert.Equal(new EpochEndOffset(1, 2), fixture.Log.EndOffsetFor(1));
            Assert.Equal(new EpochEndOffset(1, 2), fixture.Log.EndOffsetFor(3));
            Assert.Equal(new EpochEndOffset(4, 3), fixture.Log.EndOffsetFor(4));
            Assert.Equal(new EpochEndOffset(4, 3), fixture.Log.EndOffsetFor(9));
            Assert.Equal([1, 1, 4], new[] { 0L, 1, 2 }.Select(fixture.Log.EpochAt));
        }
    }

    [Fact]
    public void OLE_1_epochs_without_records_are_not_shown()
    {
        var epochs = new LeaderEpochs();
        epochs.Add(1, 0);
        epochs.Add(2, 10);
        epochs.Add(3, 10);
        Assert.Equal(new EpochEndOffset(1, 10), epochs.EndOffsetFor(2, 15));
        Assert.Equal(new EpochEndOffset(3, 15), epochs.EndOffsetFor(3, 15));
        Assert.Equal(3, epochs.Starts.Count);
    }

    [Fact]
    public void LOG_8_epochs_are_cut_at_both_ends_and_the_latest_never_falls()
    {
        var epochs = new LeaderEpochs();
        epochs.Add(1, 0);
        epochs.Add(2, 10);
        epochs.Add(5, 20);
        epochs.AdvanceStart(12);
        Assert.Equal([new EpochStart(2, 12), new EpochStart(5, 20)], epochs.Starts);
        Assert.Equal(EpochEndOffset.None, epochs.EndOffsetFor(1, 30));
        epochs.TruncateTo(15);
        Assert.Equal([new EpochStart(2, 12), new EpochStart(5, 15)], epochs.Starts);
        Assert.Equal(new EpochEndOffset(2, 15), epochs.EndOffsetFor(3, 15));
    }

    [Fact]
    public void An_epoch_survives_a_power_cut_once_a_record_of_it_is_durable()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var fixture = new LogFixture();
            fixture.Log.StartEpoch(6);
            fixture.AppendFlushed("a");
            fixture.Crash(seed);
            Assert.Equal(6, fixture.Log.LeaderEpoch);
        }
    }
}
