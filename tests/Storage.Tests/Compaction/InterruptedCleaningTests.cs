using Gateway.Simulation.Disk;

namespace Gateway.Storage.Tests.Compaction;

/// <summary>What comes in between while a log is cleaned.</summary>
public class InterruptedCleaningTests
{
    private static CompactedLog Dirty()
    {
        var log = new CompactedLog();
        for (int i = 0; i < 30; i++) log.Append($"a={i}", $"b={i}");
        log.Roll();
        return log;
    }

    /// <summary>Starts a cleaning and stops after so many steps of all threads.</summary>
    private static Task<CleaningResult> Start(CompactedLog log, int steps)
    {
        Task<CleaningResult> cleaning = log.Log.CleanAsync(log.NewCleaner(), log.Limits).AsTask();
        var random = new Random(steps);
        for (int i = 0; i < steps && !cleaning.IsCompleted; i++) _ = log.Stepped.RunOne(random);
        return cleaning;
    }

    public static TheoryData<int> Steps => [.. Enumerable.Range(0, 24)];

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_log_that_is_closed_meanwhile_opens_as_it_was(int steps)
    {
        CompactedLog log = Dirty();
        _ = Start(log, steps);
        log.Fixture.Restart();
        Assert.Equal(["a=29", "b=29"], log.ReadAll().TakeLast(2).Select(static record => record[(record.IndexOf(':', StringComparison.Ordinal) + 1)..]));
        Assert.DoesNotContain(log.Files, static name => name.EndsWith(".swap", StringComparison.Ordinal) || name.EndsWith(".cleaned", StringComparison.Ordinal));
        Assert.Equal(CleaningOutcome.Done, log.Clean().Outcome);
        Assert.Equal(2, log.ReadAll().Count);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_log_that_is_deleted_meanwhile_is_gone_and_the_store_goes_on(int steps)
    {
        CompactedLog log = Dirty();
        Task<CleaningResult> cleaning = Start(log, steps);
        log.Stepped.Store.DeleteLog(LogFixture.Id);
        log.Stepped.Wait(cleaning);
        log.Stepped.RunUntilIdle();
        Assert.True(log.Stepped.Store.IsOnline);
        Assert.DoesNotContain(log.Stepped.Files.AllFiles(), static path => path.EndsWith(".log", StringComparison.Ordinal) || path.EndsWith(".cleaned", StringComparison.Ordinal));
        log.Fixture.Reopen();
        log.Append("a=1");
        Assert.Equal(["0:a=1"], log.ReadAll());
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_log_start_that_moves_meanwhile_is_kept(int steps)
    {
        CompactedLog log = Dirty();
        Task<CleaningResult> cleaning = Start(log, steps);
        log.Log.AdvanceLogStart(45);
        log.Stepped.Wait(cleaning);
        log.Stepped.RunUntilIdle();
        Assert.Equal(45, log.Log.LogStartOffset);
        List<string> read = log.ReadAll();
        Assert.Equal(["58:a=29", "59:b=29"], read.TakeLast(2));
        log.Clean();
        log.Fixture.Crash(steps);
        Assert.Equal(["58:a=29", "59:b=29"], log.ReadAll());
    }

    [Fact]
    public void A_full_disk_ends_the_cleaning_and_nothing_is_lost()
    {
        CompactedLog log = Dirty();
        List<string> before = log.ReadAll();
        log.Stepped.Files.FreeSpace = 300;
        Assert.Equal(CleaningOutcome.DiskFull, log.Clean().Outcome);
        Assert.Equal(before, log.ReadAll());
        log.Stepped.Files.FreeSpace = long.MaxValue;
        Assert.DoesNotContain(log.Files, static name => name.EndsWith(".cleaned", StringComparison.Ordinal));
        Assert.Equal(CleaningOutcome.Done, log.Clean().Outcome);
        Assert.Equal(2, log.ReadAll().Count);
    }

    /// <summary>
    /// A checkpoint of a cleaning does not wait for the journal. Were the sequence of a frame that it has and the journal never got given out again,
    /// the next recovery would take the new frame for one that is in the segments.
    /// </summary>
    [Fact]
    public void A_checkpoint_that_is_durable_before_its_frames_hides_no_later_frame()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var log = new CompactedLog();
            log.Append("a=1");
            log.Fixture.Restart();
            _ = log.Fixture.Append(CompactedLog.Batch(new Common.Records.RecordBatchOptions(), log.Stepped.Time.NowMs, "b=1"));
            _ = log.Log.CleanAsync(log.NewCleaner(), log.Limits);
            RunAllButFlushes(log.Stepped);
            log.Fixture.Crash(seed);
            Assert.Equal(["0:a=1", "1:b=1"], log.ReadAll());
            log.Append("c=1");
            log.Fixture.Crash(seed);
            Assert.Equal(["0:a=1", "1:b=1", "2:c=1"], log.ReadAll());
        }
    }

    private static void RunAllButFlushes(SteppedStore stepped)
    {
        while (stepped.Io.RunOne() || stepped.Owner.RunOne() || stepped.Cleaner.RunOne() || stepped.Context.Continuations.RunOne())
        {
        }
    }

    [Fact]
    public void A_reader_that_holds_old_files_goes_on_behind_what_it_read()
    {
        CompactedLog log = Dirty();
        log.Stepped.Files.IsCold = static _ => true;
        ValueTask<LogReadResult> reading = log.Log.ReadAsync(10, log.Log.LogEndOffset, 200, true);
        Assert.False(reading.IsCompleted);
        log.Clean();
        LogReadResult read = log.Stepped.Wait(reading);
        Assert.NotNull(read.Records);
        read.Records.Dispose();
        LogReadResult next = log.Fixture.Read(read.NextOffset);
        using Common.Buffers.RecordsLease records = next.Records!;
        foreach (Common.Records.RecordBatchSpan batch in Common.Records.RecordBatches.Enumerate(records.Span))
            Assert.True(batch.Header.BaseOffset >= read.NextOffset);
    }

    [Fact]
    public void LOG_1_the_active_segment_is_rolled_when_it_alone_makes_the_log_dirty_enough()
    {
        var log = new CompactedLog(CompactedLog.Small with { SegmentBytes = 1 << 20, CompactionRollBytes = 1_000 });
        log.Append("a=1");
        Assert.False(log.Need().IsDue);
        while (log.Log.SizeInBytes < 1_000) log.Append("a=2");
        Assert.True(log.Need().IsDue);
        Assert.Equal(CleaningOutcome.Done, log.Clean().Outcome);
        Assert.True(log.Log.SizeInBytes < 200);
        Assert.False(log.Need().IsDue);
    }

    [Fact]
    public void LOG_3_lags_hold_records_back_and_push_them_forward()
    {
        var log = new CompactedLog(CompactedLog.Small with { MinCompactionLagMs = 60_000, MinCleanableDirtyRatio = 0 });
        log.Append("a=1");
        log.Append("a=2");
        log.Roll();
        Assert.False(log.Need().IsDue);
        Assert.Equal(CleaningOutcome.NothingToDo, log.Clean().Outcome);
        log.Stepped.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(log.Need().IsDue);
        Assert.Equal(CleaningOutcome.Done, log.Clean().Outcome);

        log.Log.Settings = CompactedLog.Small with { MinCleanableDirtyRatio = 1, MaxCompactionLagMs = 60_000 };
        log.Append("a=3");
        Assert.False(log.Need().IsDue);
        log.Stepped.Time.Advance(TimeSpan.FromMilliseconds(60_001));
        Assert.True(log.Need().IsDue);
        Assert.Equal(CleaningOutcome.Done, log.Clean().Outcome);
        Assert.Single(log.ReadAll());
        Assert.False(log.Need().IsDue);
    }
}
