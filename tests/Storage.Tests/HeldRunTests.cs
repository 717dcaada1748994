using Gateway.Common.Buffers;
using Gateway.Common.Ids;
using Gateway.Simulation.Disk;
using Gateway.Storage.Journal;

namespace Gateway.Storage.Tests;

/// <summary>Runs that are synced in their segment, beside the journal: what waits for them, and what does not.</summary>
public class HeldRunTests
{
    private const int Large = 6_000;

    private static readonly LogSettings Cached = new() { WriteCaching = true };

    [Fact]
    public void A_large_run_holds_up_no_other_log()
    {
        var fixture = new LogFixture(options: LogFixture.SmallJournal);
        PartitionLog other = fixture.Stepped.OpenLog(new TopicIdPartition(LogFixture.Id.TopicId, 1));
        fixture.Stepped.RunUntilIdle();
        fixture.Append(Batches.OfSize(Large, seed: 1));
        using RecordsLease small = Batches.Of(1, "small");
        _ = other.Append(small);
        RunAllBut(fixture.Stepped.Syncs, fixture);
        Assert.Equal((0, 1), (fixture.Log.FlushedOffset, other.FlushedOffset));
        fixture.Stepped.RunUntilIdle();
        Assert.Equal(1, fixture.Log.FlushedOffset);
    }

    [Fact]
    public void What_follows_a_large_run_is_in_the_journal_behind_the_frame_that_vouches_for_it()
    {
        var fixture = new LogFixture(options: LogFixture.SmallJournal);
        fixture.Stepped.RunUntilIdle();
        fixture.Append(Batches.OfSize(Large, seed: 1));
        fixture.Append("one");
        fixture.Append("two");
        fixture.Log.StartEpoch(7);
        fixture.Append("three");
        RunAllBut(fixture.Stepped.Syncs, fixture);
        Assert.Equal(0, fixture.Log.FlushedOffset);
        Assert.Equal([FrameKind.Create], Kinds(fixture));
        fixture.Stepped.RunUntilIdle();
        Assert.Equal(4, fixture.Log.FlushedOffset);
        Assert.Equal([FrameKind.Create, FrameKind.SegmentsSynced, FrameKind.Append, FrameKind.EpochStart, FrameKind.Append], Kinds(fixture));
        fixture.Crash();
        Assert.Equal((4, 7, -1), (fixture.Log.LogEndOffset, fixture.Log.EpochAt(3), fixture.Log.EpochAt(2)));
    }

    [Fact]
    public void What_waits_together_and_is_large_together_is_not_written_twice()
    {
        var fixture = new LogFixture(options: LogFixture.SmallJournal);
        fixture.Stepped.RunUntilIdle();
        for (int i = 0; i < 3; i++) fixture.Append(Batches.OfSize(1_500, i));
        fixture.Stepped.RunUntilIdle();
        Assert.Equal(3, fixture.Log.FlushedOffset);
        Assert.Equal([FrameKind.Create, FrameKind.Append, FrameKind.Append, FrameKind.SegmentsSynced], Kinds(fixture));
        fixture.AppendFlushed("small again");
        Assert.Equal(FrameKind.Append, Kinds(fixture)[^1]);
        fixture.Crash();
        Assert.Equal(4, fixture.Log.LogEndOffset);
    }

    [Fact]
    public void A_power_cut_before_the_sync_leaves_what_was_promised_and_a_log_that_goes_on()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var fixture = new LogFixture(options: LogFixture.SmallJournal);
            fixture.AppendFlushed("promised");
            fixture.Append(Batches.OfSize(Large, seed));
            fixture.Log.StartEpoch(3);
            fixture.Append("behind");
            RunAllBut(fixture.Stepped.Syncs, fixture);
            fixture.Crash(seed);
            Assert.InRange(fixture.Log.LogEndOffset, 1, 3);
            fixture.Log.StartEpoch(4);
            fixture.AppendFlushed("and on");
            Assert.Equal("promised", fixture.ReadAll()[0]);
        }
    }

    [Fact]
    public void A_truncation_waits_for_the_run_in_front_of_it()
    {
        var fixture = new LogFixture(options: LogFixture.SmallJournal);
        fixture.AppendFlushed("kept");
        fixture.Append(Batches.OfSize(Large, seed: 1));
        fixture.Log.TruncateTo(1);
        using RecordsLease refused = Batches.Of(1, "too early");
        Assert.Equal(AppendStatus.Busy, fixture.Log.Append(refused).Status);
        fixture.Stepped.RunUntilIdle();
        fixture.AppendFlushed("instead");
        fixture.Crash();
        Assert.Equal(["kept", "instead"], fixture.ReadAll());
    }

    [Fact]
    public void A_failed_sync_of_a_run_takes_the_directory_offline_and_nothing_is_promised()
    {
        var fixture = new LogFixture(options: LogFixture.SmallJournal);
        fixture.AppendFlushed("a");
        fixture.Append(Batches.OfSize(Large, seed: 1));
        fixture.Stepped.Files.BeforeSync = static path =>
        {
            if (path.EndsWith(".log", StringComparison.Ordinal)) throw new IOException("device error");
        };
        fixture.Stepped.RunUntilIdle();
        Assert.Equal((false, 1), (fixture.Stepped.Store.IsOnline, fixture.Log.FlushedOffset));
        Assert.DoesNotContain(FrameKind.SegmentsSynced, Kinds(fixture));
    }

    [Fact]
    public void With_write_caching_appends_wait_for_a_flush_and_share_it()
    {
        var fixture = new LogFixture(Cached, LogFixture.SmallJournal);
        for (int i = 0; i < 10; i++) fixture.Append($"value {i}");
        fixture.Stepped.RunUntilIdle();
        Assert.Equal(0, fixture.Log.FlushedOffset);
        fixture.Log.Flush();
        fixture.Stepped.RunUntilIdle();
        Assert.Equal(10, fixture.Log.FlushedOffset);
        Assert.Equal([FrameKind.Create, FrameKind.Append], Kinds(fixture));
        fixture.Crash();
        Assert.Equal(10, fixture.ReadAll().Count);
    }

    [Fact]
    public void With_write_caching_many_bytes_start_a_sync_by_themselves_and_a_close_loses_nothing()
    {
        var fixture = new LogFixture(Cached, LogFixture.SmallJournal with { CachedFlushBytes = 20_000 });
        for (int i = 0; i < 4; i++) fixture.Append(Batches.OfSize(Large, i));
        fixture.Stepped.RunUntilIdle();
        Assert.Equal(4, fixture.Log.FlushedOffset);
        Assert.Equal([FrameKind.Create, FrameKind.SegmentsSynced], Kinds(fixture));
        fixture.Append("last");
        fixture.Restart();
        Assert.Equal(5, fixture.Log.LogEndOffset);
    }

    [Fact]
    public void A_close_makes_durable_what_write_caching_left_and_says_so()
    {
        var fixture = new LogFixture(Cached, LogFixture.SmallJournal);
        fixture.Append("a");
        fixture.Append("b");
        long flushed = 0;
        fixture.Log.Flushed += offset => flushed = offset;
        fixture.Stepped.Wait(fixture.Log.CloseAsync());
        // Who waits for the mark would wait for ever: a closed log raises nothing any more.
        Assert.Equal((2, 2), (flushed, fixture.Log.FlushedOffset));
        Assert.Equal([FrameKind.Create, FrameKind.Append], Kinds(fixture));
    }

    /// <summary>
    /// The run's frame promises the segments up to its end, and the log start behind it takes some away. Were they taken off the list before they
    /// were synced, a power cut that tears the journal between the two frames would leave a promise without its bytes.
    /// </summary>
    [Fact]
    public async Task Retention_drops_no_segment_that_is_not_durable_however_high_the_high_watermark()
    {
        int dropped = 0;
        for (int padding = 0; padding < JournalFileHeader.Size; padding += 32)
        {
            for (int seed = 0; seed < 10; seed++)
            {
                var fixture = new LogFixture(Cached with { SegmentBytes = 100, RetentionBytes = 0 }, LogFixture.SmallJournal);
                PartitionLog other = fixture.Stepped.OpenLog(new TopicIdPartition(LogFixture.Id.TopicId, 1));
                fixture.Stepped.RunUntilIdle();
                for (int i = 0; i < 3; i++) fixture.Append($"012345678{i}");
                ValueTask<RetentionResult> retention = fixture.Log.ApplyRetentionAsync(fixture.Log.LogEndOffset);
                Assert.True(retention.IsCompletedSuccessfully);
                fixture.Log.Flush();
                using RecordsLease before = Batches.OfSize(padding, seed);
                _ = other.Append(before);
                Assert.True(fixture.Stepped.Syncs.RunOne());
                Assert.True(fixture.Stepped.Owner.RunOne());
                // Written, and not synced: any of its sectors may be there.
                fixture.Stepped.Files.ChangesUntilPowerCut = 1;
                Assert.Throws<PowerCutException>(() => fixture.Stepped.Flush.RunOne());
                fixture.Crash(seed);
                Assert.Equal(fixture.Log.LogEndOffset - fixture.Log.LogStartOffset, fixture.ReadAll().Count);
                dropped += (await retention).Segments;
            }
        }

        Assert.Equal(0, dropped);
    }

    private static void RunAllBut(SteppedExecutor held, LogFixture fixture)
    {
        SteppedStore stepped = fixture.Stepped;
        SteppedExecutor[] others = [.. new[] { stepped.Owner, stepped.OtherOwner, stepped.Flush, stepped.Io, stepped.Syncs }.Where(one => one != held)];
        while (others.Any(static one => one.RunOne()))
        {
        }
    }

    private static List<FrameKind> Kinds(LogFixture fixture) =>
    [
        .. fixture.Stepped.Files.AllFiles().Where(static path => path.EndsWith(JournalFile.Suffix, StringComparison.Ordinal))
            .SelectMany(path => JournalFrames.Of(fixture.Stepped.Files.ReadAll(path), JournalFileHeader.Size))
            .Select(static place => place.Frame.Kind),
    ];
}
