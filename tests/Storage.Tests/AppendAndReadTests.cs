using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Storage.Tests;

public class AppendAndReadTests
{
    [Fact]
    public void Offsets_follow_each_other_and_bytes_come_back_identical_but_for_offset_and_epoch()
    {
        var fixture = new LogFixture();
        fixture.Log.StartEpoch(3);
        using RecordsLease sent = Batches.Of(1_000, "a", "b");
        byte[] original = sent.Span.ToArray();
        Assert.Equal(new AppendResult(AppendStatus.Appended, 0, 2), fixture.Log.Append(sent));
        fixture.Append("c");

        using RecordsLease stored = fixture.Read(0, limit: 2).Records!;
        RecordBatchBytes.SetBaseOffset(original, 0);
        RecordBatchBytes.SetPartitionLeaderEpoch(original, 3);
        Assert.Equal(original, stored.Span.ToArray());
        Assert.Equal(["a", "b", "c"], fixture.ReadAll());
    }

    [Fact]
    public void Nothing_is_flushed_before_the_sync_and_all_of_it_after()
    {
        var fixture = new LogFixture();
        var flushed = new List<long>();
        fixture.Log.Flushed += flushed.Add;
        fixture.Append("a");
        fixture.Append("b");
        Assert.Equal(0, fixture.Log.FlushedOffset);
        int syncs = fixture.Stepped.Files.Syncs;
        fixture.Stepped.RunUntilIdle();
        Assert.Equal(2, fixture.Log.FlushedOffset);
        Assert.Equal([2], flushed);
        Assert.Equal(syncs + 1, fixture.Stepped.Files.Syncs);
    }

    [Fact]
    public void FET_3_a_read_starts_with_the_batch_that_contains_the_offset()
    {
        var fixture = new LogFixture();
        fixture.Append("a", "b", "c");
        fixture.Append("d", "e", "f");
        LogReadResult read = fixture.Read(4);
        using RecordsLease records = read.Records!;
        Assert.Equal([(3, "d"), (4, "e"), (5, "f")], Batches.Decode(records));
        Assert.Equal(6, read.NextOffset);
    }

    [Fact]
    public void FET_2_only_whole_batches_and_the_first_even_beyond_the_limit()
    {
        var fixture = new LogFixture();
        fixture.Append("a");
        fixture.Append("b");
        using RecordsLease one = fixture.Read(0, maxBytes: 1).Records!;
        Assert.Equal([(0, "a")], Batches.Decode(one));
        Assert.Null(fixture.Read(0, maxBytes: 1, atLeastOne: false).Records);
        using RecordsLease cut = fixture.Read(0, maxBytes: (one.Length * 2) - 1).Records!;
        Assert.Equal(one.Length, cut.Length);
        using RecordsLease both = fixture.Read(0, maxBytes: one.Length * 2).Records!;
        Assert.Equal([(0, "a"), (1, "b")], Batches.Decode(both));
    }

    [Fact]
    public void Batches_that_reach_the_limit_are_left_out()
    {
        var fixture = new LogFixture();
        fixture.Append("a");
        fixture.Append("b");
        using RecordsLease first = fixture.Read(0, limit: 1).Records!;
        Assert.Equal([(0, "a")], Batches.Decode(first));
        Assert.Equal(new LogReadResult(ErrorCode.None, null, 1), fixture.Read(1, limit: 1));
    }

    [Fact]
    public void Offsets_outside_the_log_are_out_of_range_and_its_end_is_not()
    {
        var fixture = new LogFixture();
        fixture.Append("a");
        Assert.Equal(ErrorCode.OffsetOutOfRange, fixture.Read(2, limit: 9).Error);
        Assert.Equal(ErrorCode.OffsetOutOfRange, fixture.Read(-1).Error);
        Assert.Equal(new LogReadResult(ErrorCode.None, null, 1), fixture.Read(1, limit: 9));
    }

    [Fact]
    public void Bytes_that_are_not_in_the_page_cache_come_from_the_io_executor_and_complete_on_the_owner()
    {
        var fixture = new LogFixture();
        fixture.AppendFlushed("a", "b");
        fixture.Stepped.Files.IsCold = static path => path.EndsWith(".log", StringComparison.Ordinal);
        ValueTask<LogReadResult> read = fixture.Log.ReadAsync(0, 2, 1000, true);
        Assert.False(read.IsCompleted);
        Assert.True(fixture.Stepped.Io.RunOne());
        Assert.False(read.IsCompleted);
        Assert.True(fixture.Stepped.Owner.RunOne());
        Assert.True(read.IsCompleted);
        using RecordsLease records = fixture.Stepped.Wait(read).Records!;
        Assert.Equal([(0, "a"), (1, "b")], Batches.Decode(records));
    }

    [Fact]
    public void A_read_meets_every_offset_of_many_batches_after_a_restart_too()
    {
        var fixture = new LogFixture(LogSettings.Default with { IndexIntervalBytes = 200, SegmentBytes = 3_000 });
        for (int i = 0; i < 200; i++) fixture.Append($"v{i}", $"w{i}");
        Check();
        fixture.Restart();
        Check();

        void Check()
        {
            for (int offset = 0; offset < 400; offset += 7)
            {
                using RecordsLease records = fixture.Read(offset, maxBytes: 1).Records!;
                int batch = offset / 2;
                Assert.Equal([(batch * 2, $"v{batch}"), ((batch * 2) + 1, $"w{batch}")], Batches.Decode(records));
            }
        }
    }

    [Fact]
    public void Several_batches_in_one_lease_get_consecutive_offsets()
    {
        var fixture = new LogFixture();
        using RecordsLease a = Batches.Of(1, "a", "b");
        using RecordsLease b = Batches.Of(1, "c");
        fixture.Append(RecordsLease.Wrap(a.Span.ToArray().Concat(b.Span.ToArray()).ToArray()));
        Assert.Equal(3, fixture.Log.LogEndOffset);
        Assert.Equal(["a", "b", "c"], fixture.ReadAll());
    }
}
