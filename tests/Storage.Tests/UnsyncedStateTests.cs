using Gateway.Common.Buffers;

namespace Gateway.Storage.Tests;

/// <summary>A process that was killed leaves in the page cache what no device has. The next one must not act on it as if it were durable.</summary>
public class UnsyncedStateTests
{
    private const int MostChanges = 40;

    // What is left of a directory and of the files in it is decided apart: it takes some tries to see the worst.
    private const int SeedsEach = 10;

    [Fact]
    public void A_truncation_whose_frame_was_never_synced_is_made_durable_before_anything_is_cut()
    {
        for (int changes = 1; changes < MostChanges; changes++)
        {
            var fixture = new LogFixture();
            fixture.Append("a");
            fixture.Append("b");
            fixture.Restart();
            fixture.Log.TruncateTo(1);
            FailSyncs(fixture, "/data/journal/0000.journal");
            fixture.Stepped.RunUntilIdle();
            Assert.False(fixture.Stepped.Store.IsOnline);
            KillAndCutRecoveryShort(fixture, changes, seed: changes);
            List<string> values = fixture.ReadAll();
            Assert.True(values is ["a"] or ["a", "b"], $"after {changes} changes: {string.Join(' ', values)}");
        }
    }

    [Fact]
    public void A_deletion_whose_names_were_never_synced_does_not_leave_half_a_log()
    {
        for (int run = 0; run < MostChanges * SeedsEach; run++)
        {
            LogFixture fixture = TwoSegments();
            fixture.Stepped.Store.DeleteLog(LogFixture.Id);
            FailSyncs(fixture, "/data/logs");
            // The journal's frame of the deletion is not even written.
            Assert.True(fixture.Stepped.Io.RunOne());
            Assert.Contains(fixture.Stepped.Files.AllFiles(), static path => path.Contains(".deleted/", StringComparison.Ordinal));
            KillAndCutRecoveryShort(fixture, changes: 1 + (run / SeedsEach), seed: run);
            Assert.Contains(fixture.ReadAll().Count, (int[])[0, 2]);
        }
    }

    [Fact]
    public void A_successor_whose_name_was_never_synced_does_not_leave_half_of_the_log_before_it()
    {
        for (int run = 0; run < MostChanges * SeedsEach; run++)
        {
            LogFixture fixture = TwoSegments();
            fixture.Stepped.Store.DeleteLog(LogFixture.Id);
            fixture.Reopen();
            KillAndCutRecoveryShort(fixture, changes: 1 + (run / SeedsEach), seed: run);
            Assert.Contains(fixture.ReadAll().Count, (int[])[0, 2]);
        }
    }

    [Fact]
    public void What_a_refused_append_left_is_not_appended_to_when_the_segments_behind_it_are_cut_off()
    {
        LogFixture fixture = TwoSegments();
        fixture.Stepped.Close();
        string first = fixture.Stepped.Files.AllFiles().First(static path => path.EndsWith(".log", StringComparison.Ordinal));
        byte[] bytes = fixture.Stepped.Files.ReadAll(first);
        fixture.Stepped.Files.Replace(first, [.. bytes, .. bytes.AsSpan(0, bytes.Length / 2)]);
        _ = fixture.Stepped.Open();
        fixture.Reopen();
        fixture.Log.Settings = LogSettings.Default;
        fixture.Log.TruncateTo(1);
        fixture.Stepped.RunUntilIdle();
        fixture.AppendFlushed("new");
        Assert.Equal(["012345678a", "new"], fixture.ReadAll());
        fixture.Restart();
        Assert.Equal(["012345678a", "new"], fixture.ReadAll());
        fixture.Kill();
        Assert.Equal(["012345678a", "new"], fixture.ReadAll());
    }

    [Fact]
    public void What_a_full_disk_left_of_a_refused_append_is_gone_for_good_after_a_clean_end()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var fixture = new LogFixture(options: LogFixture.SmallJournal, chance: new Random(seed));
            fixture.AppendFlushed("a");
            fixture.Restart();
            fixture.Stepped.Files.FreeSpace = 0;
            using (RecordsLease two = Batches.Together(Batches.Of(1, "b"), Batches.Of(1, "c")))
                Assert.Equal(AppendStatus.DiskFull, fixture.Log.Append(two).Status);
            fixture.Stepped.Files.FreeSpace = long.MaxValue;
            fixture.Stepped.Close();
            // The device may have the bytes, for all that anybody knows, and not that they were cut off.
            fixture.Crash(seed);
            Assert.True(fixture.Stepped.Store.WasClosedCleanly);
            Assert.Equal(["a"], fixture.ReadAll());
        }
    }

    [Fact]
    public void An_epoch_of_records_that_were_never_synced_goes_when_the_journal_puts_others_in_their_place()
    {
        var fixture = new LogFixture();
        fixture.AppendFlushed("a");
        fixture.Append("b");
        Assert.True(fixture.Stepped.Flush.RunOne());
        // Neither this cut nor the epoch nor its record come to the journal: the segment alone has them.
        fixture.Log.TruncateTo(1);
        fixture.Log.StartEpoch(1);
        fixture.Append("c");
        fixture.Kill();
        Assert.Equal(["a", "b"], fixture.ReadAll());
        Assert.Equal(0, fixture.Log.LeaderEpoch);
    }

    [Fact]
    public void A_log_whose_making_only_the_page_cache_knows_is_there_after_the_next_power_cut()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var fixture = new LogFixture();
            fixture.Kill();
            fixture.AppendFlushed("a");
            fixture.Crash(seed);
            Assert.Equal(["a"], fixture.ReadAll());
        }
    }

    [Fact]
    public void A_mark_of_a_clean_end_that_cannot_be_written_is_told_of_and_not_thrown()
    {
        var fixture = new LogFixture();
        fixture.Append("a");
        FailSyncs(fixture, "/data");
        fixture.Stepped.Close();
        Assert.False(fixture.Stepped.Store.IsOnline);
        fixture.Stepped.Files.BeforeSync = static _ => { };
        _ = fixture.Stepped.Open();
        fixture.Reopen();
        Assert.Equal(["a"], fixture.ReadAll());
    }

    private static LogFixture TwoSegments()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 100 }, LogFixture.SmallJournal);
        fixture.AppendFlushed("012345678a");
        fixture.AppendFlushed("012345678b");
        fixture.Restart();
        return fixture;
    }

    private static void FailSyncs(LogFixture fixture, string path) => fixture.Stepped.Files.BeforeSync = synced =>
    {
        if (synced == path) throw new IOException("device error");
    };

    private static void KillAndCutRecoveryShort(LogFixture fixture, int changes, int seed)
    {
        fixture.Stepped.KillWithoutOpening();
        fixture.Stepped.Files.BeforeSync = static _ => { };
        fixture.Stepped.Files.ChangesUntilPowerCut = changes;
        try
        {
            _ = fixture.Stepped.Open();
        }
        catch (Simulation.Disk.PowerCutException)
        {
            // As far as it came.
        }

        fixture.Crash(seed);
    }
}
