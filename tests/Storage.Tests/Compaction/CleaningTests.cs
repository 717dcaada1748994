using Gateway.Common.Records;

namespace Gateway.Storage.Tests.Compaction;

public class CleaningTests
{
    [Fact]
    public void LOG_3_the_last_record_of_each_key_stays_at_its_offset()
    {
        var log = new CompactedLog();
        log.Append("a=1", "b=1", "a=2");
        log.Append("b=2");
        log.Append("c=1");
        log.Roll();
        CleaningResult result = log.Clean();
        Assert.Equal(CleaningOutcome.Done, result.Outcome);
        Assert.True(result.BytesAfter < result.BytesBefore);
        Assert.Equal(["2:a=2", "3:b=2", "4:c=1"], log.ReadAll());
        // The first batch keeps the offsets it stood for, although its first records are gone.
        RecordBatchHeader first = log.Batches()[0].Header;
        Assert.Equal((0, 2, 1), (first.BaseOffset, first.LastOffset, first.RecordsCount));
    }

    [Fact]
    public void LOG_3_the_active_segment_and_what_is_not_committed_stay_as_they_are()
    {
        var log = new CompactedLog();
        log.Append("a=1");
        log.Append("a=2");
        Assert.Equal(CleaningOutcome.NothingToDo, log.Clean().Outcome);
        log.Roll();
        log.Uncommitted = log.Log.LogEndOffset - 1;
        // Producers may be remembered by a batch that is not committed yet, so it has to wait.
        Assert.Equal(CleaningOutcome.Interrupted, log.Clean().Outcome);
        Assert.Equal(["0:a=1", "1:a=2"], log.ReadAll());
        log.Uncommitted = 0;
        Assert.Equal(CleaningOutcome.Done, log.Clean().Outcome);
        Assert.Equal(["1:a=2"], log.ReadAll());
    }

    [Fact]
    public void LOG_3_a_key_in_a_segment_that_is_not_cleaned_does_not_remove_anything()
    {
        var log = new CompactedLog();
        log.Append("a=1");
        log.Roll();
        log.Append("a=2");
        log.Clean();
        Assert.Equal(["0:a=1", $"{log.Log.LogEndOffset - 1}:a=2"], log.ReadAll());
    }

    [Fact]
    public void LOG_5_records_without_key_go()
    {
        var log = new CompactedLog();
        log.Append("=nobody", "a=1", "=nobody");
        log.Roll();
        log.Clean();
        Assert.Equal(["1:a=1"], log.ReadAll());
    }

    [Fact]
    public void LOG_4_a_tombstone_stays_for_the_delete_retention_after_its_first_cleaning()
    {
        var log = new CompactedLog();
        log.Append("a=1");
        log.Append("a");
        log.Append("b=1");
        log.Roll();
        long before = log.Stepped.Time.NowMs;
        log.Stepped.Time.Advance(TimeSpan.FromMinutes(10));
        log.Clean();
        Assert.Equal(["1:a", "2:b=1"], log.ReadAll());
        RecordBatchHeader marked = log.Batches().Single(static batch => batch.Records is ["1:a"]).Header;
        Assert.True(marked.HasDeleteHorizon);
        Assert.Equal(log.Stepped.Time.NowMs + 60_000, marked.BaseTimestamp);
        // The time of the record itself is still what the producer said.
        Assert.Equal(before, marked.MaxTimestamp);
        OffsetAtTimestamp? found = log.Stepped.Wait(log.Log.FindByTimestampAsync(before, log.Log.LogEndOffset));
        Assert.Equal((1, before), (found!.Value.Offset, found.Value.TimestampMs));

        log.Stepped.Time.Advance(TimeSpan.FromMilliseconds(59_999));
        Assert.False(log.Need().IsDue);
        log.Clean();
        Assert.Equal(["1:a", "2:b=1"], log.ReadAll());
        log.Stepped.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(log.Need().IsDue);
        log.Clean();
        Assert.Equal(["2:b=1"], log.ReadAll());
        Assert.False(log.Need().IsDue);
    }

    [Fact]
    public void LOG_4_a_horizon_is_not_set_again_when_the_batch_loses_more()
    {
        var log = new CompactedLog();
        log.Append("a", "b=1");
        log.Roll();
        log.Clean();
        long horizon = log.Batches()[0].Header.BaseTimestamp;
        log.Stepped.Time.Advance(TimeSpan.FromSeconds(30));
        log.Append("b=2");
        log.Roll();
        log.Clean();
        Assert.Equal(horizon, log.Batches()[0].Header.BaseTimestamp);
        Assert.Equal("0:a", log.ReadAll()[0]);
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    public void LOG_3_codec_producer_sequence_epoch_and_boundaries_stay_when_records_go(CompressionType codec)
    {
        var log = new CompactedLog();
        log.Log.StartEpoch(7);
        var options = new RecordBatchOptions { Compression = codec, ProducerId = 42, ProducerEpoch = 3, BaseSequence = 11 };
        log.Append(options, "a=1", "b=1", "c=1", "a=2");
        log.Append("b=2");
        log.Roll();
        log.Clean();
        RecordBatchHeader batch = log.Batches()[0].Header;
        Assert.Equal(["2:c=1", "3:a=2"], log.Batches()[0].Records);
        Assert.Equal((0L, 3L, 7, 42L, (short)3, 11, 14), (
            batch.BaseOffset, batch.LastOffset, batch.PartitionLeaderEpoch, batch.ProducerId, batch.ProducerEpoch, batch.BaseSequence, batch.LastSequence));
        Assert.Equal(codec, batch.Compression);
        Assert.Equal(2, batch.RecordsCount);
    }

    [Fact]
    public void A_batch_that_loses_nothing_is_copied_byte_for_byte()
    {
        var log = new CompactedLog();
        log.Append("a=1", "b=1");
        log.Append("c=1");
        log.Append("c=2");
        log.Roll();
        byte[] before;
        using (Common.Buffers.RecordsLease lease = log.Fixture.Read(0, limit: 2).Records!) before = lease.Span.ToArray();
        log.Clean();
        using Common.Buffers.RecordsLease after = log.Fixture.Read(0, limit: 2).Records!;
        Assert.Equal(before, after.Span.ToArray());
    }

    [Fact]
    public void LOG_3_a_header_stays_where_a_producer_is_remembered_by_it_and_goes_when_it_is_not()
    {
        var log = new CompactedLog();
        var options = new RecordBatchOptions { ProducerId = 42, ProducerEpoch = 3, BaseSequence = 5, Compression = CompressionType.Gzip };
        log.Append(options, "a=1", "a=2");
        log.Append("a=3");
        log.Roll();
        log.BatchesToKeep.Add(1);
        log.Clean();
        RecordBatchHeader header = log.Batches()[0].Header;
        Assert.Equal((0L, 1L, 42L, 5, 6, 0), (header.BaseOffset, header.LastOffset, header.ProducerId, header.BaseSequence, header.LastSequence, header.RecordsCount));
        Assert.Equal(RecordBatchHeader.Size, header.SizeInBytes);
        Assert.Equal(["2:a=3"], log.ReadAll());

        log.BatchesToKeep.Clear();
        log.Roll();
        log.Clean();
        Assert.Equal(2, log.Batches()[0].Header.BaseOffset);
    }

    [Fact]
    public void A_segment_whose_last_batch_loses_all_still_ends_where_it_ended()
    {
        var log = new CompactedLog(CompactedLog.Small with { SegmentBytes = 200 });
        log.Append("a=1");
        log.Append("b=" + new string('x', 40));
        log.Append("b=" + new string('y', 60));
        log.Append("b=2");
        log.Roll();
        log.Clean();
        // A read in the gap goes on behind it.
        for (long offset = 0; offset < log.Log.LogEndOffset; offset++)
        {
            LogReadResult read = log.Fixture.Read(offset);
            Assert.NotNull(read.Records);
            read.Records.Dispose();
            Assert.True(read.NextOffset > offset);
        }

        Assert.Equal(["0:a=1", "3:b=2"], log.ReadAll());
        log.Fixture.Restart();
        Assert.Equal(["0:a=1", "3:b=2"], log.ReadAll());
    }

    [Fact]
    public void Small_segments_become_one_and_indexes_fit_it()
    {
        var log = new CompactedLog();
        for (int i = 0; i < 60; i++) log.Append($"key{i % 5}={i}", $"other{i % 20}={i}");
        log.Roll();
        int before = log.Log.SegmentCount;
        log.Clean();
        log.Clean();
        Assert.True(log.Log.SegmentCount < before, $"{log.Log.SegmentCount} of {before}");
        List<string> values = log.ReadAll();
        Assert.Equal(25, values.Count);
        log.Fixture.Restart();
        Assert.Equal(values, log.ReadAll());
        log.Fixture.Crash();
        Assert.Equal(values, log.ReadAll());
    }

    [Fact]
    public void A_full_table_ends_the_pass_in_between_and_the_next_one_goes_on()
    {
        // 24 bytes per key, at most four fifths full.
        var log = new CompactedLog(CompactedLog.Small with { SegmentBytes = 30_000 }) { BufferBytes = 24 * 1024 };
        string[] keys = [.. Enumerable.Range(0, 1_000).Select(static i => $"k{i}")];
        log.Append([.. keys.Select(static key => key + "=1")]);
        log.Append([.. keys.Select(static key => key + "=2")]);
        log.Append([.. keys.Select(static key => key + "=3")]);
        while (log.Log.SegmentCount < 4) log.Append("filler=" + new string('.', 10_000));
        CleaningResult first = log.Clean();
        Assert.Equal(CleaningOutcome.Done, first.Outcome);
        Assert.InRange(first.CleanedTo, 800, 900);
        for (int i = 0; i < 20 && log.Need().DirtyBytes > 0; i++) log.Clean();
        List<string> left = log.ReadAll();
        // Every key has its last value. What a partial pass could not know of may be there as well.
        Assert.Equal(keys.Length, left.Count(static record => record.EndsWith("=3", StringComparison.Ordinal)));
        Assert.True(left.Count < 3_000);
    }

    [Theory]
    [InlineData(70)] // in the second batch's offset, which no checksum covers
    [InlineData(65)]
    public void A_damaged_batch_makes_the_log_uncleanable_and_nothing_else(int position)
    {
        var log = new CompactedLog();
        log.Append("a=1");
        log.Append("a=2");
        log.Roll();
        string path = log.Stepped.Files.AllFiles().First(static path => path.EndsWith("00000.log", StringComparison.Ordinal));
        byte[] bytes = log.Stepped.Files.ReadAll(path);
        bytes[position] ^= 1;
        log.Stepped.Files.Replace(path, bytes);
        Assert.Equal(CleaningOutcome.Uncleanable, log.Clean().Outcome);
        Assert.False(log.Need().IsDue);
        Assert.Equal(CleaningOutcome.NothingToDo, log.Clean().Outcome);
        log.Append("b=1");
        Assert.DoesNotContain(log.Files, static name => name.EndsWith(".cleaned", StringComparison.Ordinal));
        Assert.True(log.Stepped.Store.IsOnline);
    }

    [Fact]
    public void Without_compact_nothing_is_cleaned()
    {
        var log = new CompactedLog(CompactedLog.Small with { Compact = false });
        log.Append("a=1");
        log.Append("a=2");
        log.Roll();
        Assert.Equal(default, log.Need());
        Assert.Equal(CleaningOutcome.NothingToDo, log.Clean().Outcome);
        // LOG-6: a change of the topic's policy holds for old data.
        log.Log.Settings = CompactedLog.Small;
        log.Clean();
        Assert.Equal(["1:a=2"], log.ReadAll());
    }

    [Fact]
    public void The_largest_time_is_found_when_the_batch_that_had_it_is_only_a_header()
    {
        var log = new CompactedLog();
        long now = log.Stepped.Time.NowMs;
        log.Stepped.Time.Advance(TimeSpan.FromHours(1));
        log.Append("a=1");
        log.BatchesToKeep.Add(0);
        log.Stepped.Time.Advance(TimeSpan.FromHours(-1));
        log.Append("a=2");
        log.Roll();
        log.Clean();
        OffsetAtTimestamp? newest = log.Stepped.Wait(log.Log.FindMaxTimestampAsync(log.Log.LogEndOffset));
        Assert.Equal(now, newest!.Value.TimestampMs);
        log.Fixture.Crash();
        newest = log.Stepped.Wait(log.Log.FindMaxTimestampAsync(log.Log.LogEndOffset));
        Assert.Equal(now, newest!.Value.TimestampMs);
    }
}
