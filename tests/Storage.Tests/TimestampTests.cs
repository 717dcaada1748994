using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.Storage.Tests;

public class TimestampTests
{
    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    public void LOF_4_finds_the_record_inside_its_batch(CompressionType compression)
    {
        var fixture = new LogFixture();
        fixture.Append(Batches.Of(compression, (100, "a"), (110, "b"), (120, "c")));
        fixture.Append(Batches.Of(compression, (130, "d"), (150, "e")));
        Assert.Equal(new OffsetAtTimestamp(0, 100, 0), Find(fixture, 0));
        Assert.Equal(new OffsetAtTimestamp(1, 110, 0), Find(fixture, 101));
        Assert.Equal(new OffsetAtTimestamp(1, 110, 0), Find(fixture, 110));
        Assert.Equal(new OffsetAtTimestamp(2, 120, 0), Find(fixture, 111));
        Assert.Equal(new OffsetAtTimestamp(4, 150, 0), Find(fixture, 131));
        Assert.Null(Find(fixture, 151));
    }

    [Fact]
    public void Ties_give_the_first_record_that_has_the_time()
    {
        var fixture = new LogFixture();
        fixture.Append(Batches.Of(CompressionType.None, (5, "a"), (9, "b"), (9, "c")));
        fixture.Append(Batches.Of(CompressionType.None, (9, "d")));
        Assert.Equal(new OffsetAtTimestamp(1, 9, 0), Find(fixture, 9));
        Assert.Equal(new OffsetAtTimestamp(1, 9, 0), FindMax(fixture));
    }

    [Fact]
    public void Times_that_fall_do_not_hide_the_first_record_that_is_late_enough()
    {
        var fixture = new LogFixture(LogSettings.Default with { IndexIntervalBytes = 80, SegmentBytes = 500 });
        long[] times = [10, 50, 20, 30, 60, 40, 5, 70, 15, 65, 90, 2, 80, 85];
        foreach (long time in times) fixture.Append(Batches.Of(time, $"{time}"));
        Check();
        fixture.Restart();
        Check();

        void Check()
        {
            for (long wanted = 0; wanted <= 91; wanted++)
            {
                int first = Array.FindIndex(times, time => time >= wanted);
                Assert.Equal(first < 0 ? null : new OffsetAtTimestamp(first, times[first], 0), Find(fixture, wanted));
            }

            Assert.Equal(new OffsetAtTimestamp(10, 90, 0), FindMax(fixture));
        }
    }

    [Fact]
    public void Log_append_time_is_the_time_of_every_record_of_its_batch()
    {
        var fixture = new LogFixture();
        using RecordsLease batch = Batches.Of(CompressionType.None, (1, "a"), (2, "b"));
        RecordBatchBytes.SetMaxTimestampAndLogAppendTime(batch.WritableMemory.Span, 500);
        fixture.Append(batch.Share());
        Assert.Equal(new OffsetAtTimestamp(0, 500, 0), Find(fixture, 400));
    }

    [Fact]
    public void LOF_1_what_lies_behind_the_limit_is_not_found()
    {
        var fixture = new LogFixture();
        fixture.Log.StartEpoch(2);
        fixture.Append(Batches.Of(10, "a"));
        fixture.Append(Batches.Of(20, "b"));
        Assert.Equal(new OffsetAtTimestamp(0, 10, 2), fixture.Stepped.Wait(fixture.Log.FindByTimestampAsync(5, 1)));
        Assert.Null(fixture.Stepped.Wait(fixture.Log.FindByTimestampAsync(15, 1)));
        Assert.Null(fixture.Stepped.Wait(fixture.Log.FindMaxTimestampAsync(1)));
    }

    [Fact]
    public void Records_below_the_log_start_are_not_found_although_their_batch_is_stored()
    {
        var fixture = new LogFixture();
        fixture.Append(Batches.Of(CompressionType.None, (30, "a"), (10, "b"), (20, "c")));
        fixture.Log.AdvanceLogStart(1);
        Assert.Equal(new OffsetAtTimestamp(1, 10, 0), Find(fixture, 0));
        Assert.Equal(new OffsetAtTimestamp(2, 20, 0), FindMax(fixture));
        Assert.Null(Find(fixture, 25));
    }

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void A_search_inflates_no_further_than_its_answer(CompressionType compression)
    {
        // What lies behind is cut off: only a search that inflates all of the batch first can notice.
        string large = string.Concat(Enumerable.Range(0, 200_000));
        using RecordsLease whole = Batches.Of(compression, (100, large), (110, large), (120, large));
        RecordBatchHeader.TryRead(whole.Span, out RecordBatchHeader header);
        int length = whole.Length - 20;
        using RecordsLease cut = RecordsLease.Copy(whole.Span[..length]);
        (header with { BatchLength = length - RecordBatchHeader.LengthPrefix }).Write(cut.WritableMemory.Span);
        RecordBatchBytes.SetCrc(cut.WritableMemory.Span);
        var fixture = new LogFixture(options: new LogStoreOptions { JournalFileBytes = 16 << 20 });
        fixture.Append(cut.Share());
        Assert.Equal(new OffsetAtTimestamp(0, 100, 0), Find(fixture, 0));
        Assert.Equal(new OffsetAtTimestamp(1, 110, 0), Find(fixture, 101));
    }

    [Fact]
    public void An_empty_log_has_no_times()
    {
        var fixture = new LogFixture();
        Assert.Null(Find(fixture, 0));
        Assert.Null(FindMax(fixture));
    }

    private static OffsetAtTimestamp? Find(LogFixture fixture, long time) =>
        fixture.Stepped.Wait(fixture.Log.FindByTimestampAsync(time, long.MaxValue));

    private static OffsetAtTimestamp? FindMax(LogFixture fixture) => fixture.Stepped.Wait(fixture.Log.FindMaxTimestampAsync(long.MaxValue));
}
