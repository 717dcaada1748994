using Gateway.Common.Errors;

namespace Gateway.Storage.Tests;

public class RollingAndRetentionTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void LOG_1_rolls_on_size()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 200 });
        for (int i = 0; i < 6; i++) fixture.Append("0123456789");
        // 78 bytes per batch: two fit.
        Assert.Equal(3, fixture.Log.SegmentCount);
        Assert.Equal(6, fixture.ReadAll().Count);
    }

    [Fact]
    public void LOG_1_rolls_on_the_age_of_the_first_record()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentMs = 1_000 });
        fixture.Append(Batches.Of(5_000, "a"));
        fixture.Append(Batches.Of(6_000, "b"));
        Assert.Equal(1, fixture.Log.SegmentCount);
        fixture.Append(Batches.Of(6_001, "c"));
        Assert.Equal(2, fixture.Log.SegmentCount);
    }

    [Fact]
    public void LOG_1_a_jitter_makes_segments_younger_but_never_older_than_asked()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentMs = 1_000, SegmentJitterMs = 900 });
        fixture.Append(Batches.Of(0, "a"));
        fixture.Append(Batches.Of(99, "b"));
        Assert.Equal(1, fixture.Log.SegmentCount);
        fixture.Append(Batches.Of(1_001, "c"));
        Assert.Equal(2, fixture.Log.SegmentCount);
    }

    [Fact]
    public void LOG_1_rolls_when_the_index_is_full()
    {
        var fixture = new LogFixture(LogSettings.Default with { IndexIntervalBytes = 50, SegmentIndexBytes = 60 });
        for (int i = 0; i < 8; i++) fixture.Append("0123456789");
        Assert.True(fixture.Log.SegmentCount > 1);
        Assert.Equal(8, fixture.ReadAll().Count);
    }

    [Fact]
    public void LOG_2_a_segment_that_the_log_start_left_behind_while_it_was_active_goes_with_the_next_retention()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 200, RetentionMs = (long)Hour.TotalMilliseconds });
        fixture.AppendFlushed("deleted");
        fixture.Log.AdvanceLogStart(1);
        fixture.Stepped.Time.Advance(2 * Hour);
        Assert.Equal(1, fixture.Retain().Segments);
        fixture.AppendFlushed("deleted too");
        fixture.Log.AdvanceLogStart(2);
        // Rolled by an append, and not by a retention.
        for (int i = 0; i < 6; i++) fixture.AppendFlushed("0123456789");
        fixture.Stepped.Time.Advance(2 * Hour);
        Assert.True(fixture.Retain().Segments > 0);
        fixture.Stepped.RunUntilIdle();
        fixture.Crash();
        Assert.Equal(8, fixture.Log.LogStartOffset);
        Assert.Equal(8, fixture.Log.LogEndOffset);
    }

    [Fact]
    public void LOG_2_removes_segments_older_than_the_retention_time_and_no_others()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 100, RetentionMs = (long)Hour.TotalMilliseconds });
        fixture.AppendFlushed("old 1");
        fixture.AppendFlushed("old 2");
        fixture.Stepped.Time.Advance(Hour);
        fixture.AppendFlushed("young");
        Assert.Equal(new RetentionResult(0, 0), fixture.Retain());
        fixture.Stepped.Time.Advance(TimeSpan.FromMilliseconds(1));
        long before = fixture.Log.SizeInBytes;
        RetentionResult removed = fixture.Retain();
        Assert.Equal(2, removed.Segments);
        Assert.Equal(before - fixture.Log.SizeInBytes, removed.Bytes);
        Assert.Equal(2, fixture.Log.LogStartOffset);
        Assert.Equal(["young"], fixture.ReadAll());
        Assert.Equal(ErrorCode.OffsetOutOfRange, fixture.Read(1).Error);
    }

    [Fact]
    public void LOG_2_a_future_timestamp_pins_its_segment()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 100, RetentionMs = 1 });
        fixture.Append(Batches.Of(fixture.Stepped.Time.NowMs + (long)Hour.TotalMilliseconds, "future"));
        fixture.AppendFlushed("a");
        fixture.Stepped.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(0, fixture.Retain().Segments);
    }

    [Fact]
    public void LOG_2_removes_from_the_head_while_the_rest_is_large_enough()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 100, RetentionBytes = 300 });
        for (int i = 0; i < 6; i++) fixture.AppendFlushed("0123456789");
        // Six segments of 78 bytes: 300 need four of them.
        Assert.Equal(2, fixture.Retain().Segments);
        Assert.Equal(4 * 78, fixture.Log.SizeInBytes);
        Assert.Equal(0, fixture.Retain().Segments);
    }

    [Fact]
    public void LOG_1_an_active_segment_that_is_old_enough_rolls_and_goes_too()
    {
        var fixture = new LogFixture(LogSettings.Default with { RetentionMs = 1 });
        fixture.AppendFlushed("a", "b");
        fixture.Stepped.Time.Advance(Hour);
        Assert.Equal(1, fixture.Retain().Segments);
        Assert.Equal((2L, 2L, 0L), (fixture.Log.LogStartOffset, fixture.Log.LogEndOffset, fixture.Log.SizeInBytes));
        fixture.AppendFlushed("c");
        Assert.Equal(["c"], fixture.ReadAll());
        fixture.Crash(4);
        Assert.Equal(["c"], fixture.ReadAll());
    }

    [Fact]
    public void LOG_2_nothing_that_reaches_the_high_watermark_goes()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 100, RetentionMs = 1 });
        for (int i = 0; i < 3; i++) fixture.AppendFlushed("0123456789");
        fixture.Stepped.Time.Advance(Hour);
        Assert.Equal(1, fixture.Stepped.Wait(fixture.Log.ApplyRetentionAsync(1)).Segments);
        Assert.Equal(1, fixture.Log.LogStartOffset);
    }

    [Fact]
    public void LOG_6_changed_settings_apply_to_old_data_and_a_topic_without_delete_keeps_it()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 100, RetentionMs = -1 });
        for (int i = 0; i < 3; i++) fixture.AppendFlushed("0123456789");
        fixture.Stepped.Time.Advance(Hour);
        Assert.Equal(0, fixture.Retain().Segments);
        fixture.Log.Settings = fixture.Settings with { RetentionMs = 1, DeleteOldSegments = false };
        Assert.Equal(0, fixture.Retain().Segments);
        fixture.Log.Settings = fixture.Settings with { RetentionMs = 1 };
        Assert.Equal(3, fixture.Retain().Segments);
    }

    [Fact]
    public void Retention_knows_the_times_of_segments_of_an_earlier_life()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 100, RetentionMs = (long)Hour.TotalMilliseconds });
        fixture.Append("old");
        fixture.Stepped.Time.Advance(Hour + Hour);
        fixture.Append("young");
        fixture.Restart();
        Assert.Equal(1, fixture.Retain().Segments);
        Assert.Equal(["young"], fixture.ReadAll());
    }

    [Fact]
    public void A_moved_log_start_survives_and_its_files_go_only_when_that_is_durable()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 100 });
        for (int i = 0; i < 5; i++) fixture.AppendFlushed($"012345678{i}");
        fixture.Log.AdvanceLogStart(3);
        Assert.Equal(5, LogFiles(fixture));
        Assert.Equal(ErrorCode.OffsetOutOfRange, fixture.Read(2).Error);
        fixture.Stepped.RunUntilIdle();
        Assert.Equal(2, LogFiles(fixture));
        fixture.Crash(6);
        Assert.Equal(3, fixture.Log.LogStartOffset);
        Assert.Equal(["0123456783", "0123456784"], fixture.ReadAll());
    }

    [Fact]
    public void DRC_1_the_log_start_may_lie_inside_a_batch()
    {
        var fixture = new LogFixture();
        fixture.AppendFlushed("a", "b", "c");
        fixture.Log.AdvanceLogStart(2);
        fixture.Restart();
        Assert.Equal(2, fixture.Log.LogStartOffset);
        Assert.Equal(["c"], fixture.ReadAll());
        Assert.Equal(ErrorCode.OffsetOutOfRange, fixture.Read(1).Error);
    }

    [Fact]
    public void A_segment_that_is_being_read_outlives_its_deletion()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 100 });
        fixture.AppendFlushed("0123456789");
        fixture.AppendFlushed("9876543210");
        fixture.Stepped.Files.IsCold = static path => path.EndsWith(".log", StringComparison.Ordinal);
        ValueTask<LogReadResult> read = fixture.Log.ReadAsync(0, 2, 1_000, true);
        fixture.Log.AdvanceLogStart(1);
        while (fixture.Stepped.Flush.RunOne() || fixture.Stepped.Owner.RunOne())
        {
        }

        using Common.Buffers.RecordsLease records = fixture.Stepped.Wait(read).Records!;
        Assert.Equal([(0, "0123456789")], Batches.Decode(records));
        fixture.Stepped.RunUntilIdle();
        Assert.Equal(1, LogFiles(fixture));
        Assert.DoesNotContain(fixture.Stepped.Files.AllFiles(), static path => path.EndsWith(".deleted", StringComparison.Ordinal));
    }

    [Fact]
    public void Cold_segments_are_closed_when_there_are_too_many()
    {
        var fixture = new LogFixture(
            LogSettings.Default with { SegmentBytes = 100 }, new LogStoreOptions { MaxOpenSegments = 3, JournalFileBytes = 1 << 20 });
        int others = fixture.Stepped.Files.OpenFiles;
        for (int i = 0; i < 20; i++) fixture.AppendFlushed($"value {i}");
        Assert.Equal(20, fixture.ReadAll().Count);
        Assert.InRange(fixture.Stepped.Files.OpenFiles - others, 1, 3);
    }

    [Fact]
    public async Task A_segment_that_cannot_be_opened_again_is_an_error_to_its_reader_and_to_nobody_else()
    {
        var fixture = new LogFixture(
            LogSettings.Default with { SegmentBytes = 100 }, new LogStoreOptions { MaxOpenSegments = 1, JournalFileBytes = 1 << 20 });
        for (int i = 0; i < 4; i++) fixture.AppendFlushed($"value {i}");
        Assert.Equal(4, fixture.ReadAll().Count);
        fixture.Stepped.Files.Delete(fixture.Stepped.Files.AllFiles().Where(static path => path.EndsWith(".log", StringComparison.Ordinal)).Min()!);

        ValueTask<LogReadResult> lost = fixture.Log.ReadAsync(0, long.MaxValue, 1000, atLeastOneBatch: true);
        fixture.Stepped.RunUntilIdle();
        Assert.True(lost.IsCompletedSuccessfully);
        Assert.Equal(ErrorCode.KafkaStorageError, (await lost).Error);
        Assert.True(fixture.Log.IsOpen);
        fixture.AppendFlushed("value 4");
    }

    private static int LogFiles(LogFixture fixture) =>
        fixture.Stepped.Files.AllFiles().Count(static path => path.EndsWith(".log", StringComparison.Ordinal));
}
