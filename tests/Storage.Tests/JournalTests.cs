using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Simulation.Disk;
using Gateway.Storage.Journal;

namespace Gateway.Storage.Tests;

public class JournalTests
{
    [Fact]
    public void One_sync_covers_the_appends_of_all_logs_that_arrived_meanwhile()
    {
        var fixture = new LogFixture();
        fixture.AppendFlushed("first");
        var logs = new List<PartitionLog>();
        for (int i = 1; i <= 10; i++) logs.Add(fixture.Stepped.OpenLog(new TopicIdPartition(LogFixture.Id.TopicId, i)));
        fixture.Stepped.RunUntilIdle();
        int syncs = fixture.Stepped.Files.Syncs;
        foreach (PartitionLog log in logs)
        {
            using RecordsLease batch = Batches.Of(1, "x");
            Assert.Equal(AppendStatus.Appended, log.Append(batch).Status);
        }

        fixture.Stepped.RunUntilIdle();
        Assert.Equal(syncs + 1, fixture.Stepped.Files.Syncs);
        Assert.All(logs, static log => Assert.Equal(1, log.FlushedOffset));
    }

    [Fact]
    public void A_large_run_goes_to_its_segment_alone_and_survives()
    {
        var fixture = new LogFixture(options: LogFixture.SmallJournal);
        fixture.AppendFlushed("a");
        string journal = JournalPaths(fixture)[0];
        fixture.Append(Batches.OfSize(6_000, seed: 4));
        fixture.Append("b");
        fixture.Stepped.RunUntilIdle();
        Assert.Equal(3, fixture.Log.FlushedOffset);
        Assert.DoesNotContain(JournalPaths(fixture), path => Count(fixture.Stepped.Files.ReadAll(path), FrameKind.Append) > 2);
        Assert.Equal(1, Count(fixture.Stepped.Files.ReadAll(journal), FrameKind.SegmentsSynced));
        using RecordsLease before = fixture.Read(1, limit: 2).Records!;
        byte[] large = before.Span.ToArray();
        for (int seed = 0; seed < 5; seed++)
        {
            fixture.Crash(seed);
            using RecordsLease after = fixture.Read(1, limit: 2).Records!;
            Assert.Equal(large, after.Span.ToArray());
            Assert.Equal(3, fixture.Log.LogEndOffset);
        }
    }

    [Fact]
    public void A_checkpoint_that_hears_of_a_failed_write_takes_the_directory_offline_though_the_sync_behind_it_would_not()
    {
        var fixture = new LogFixture(options: LogFixture.SmallJournal with { CheckpointStepBytes = 1, LogsSyncedTogether = 1 });
        fixture.AppendFlushed("promised");
        fixture.Stepped.Files.BeforeSync = static path =>
        {
            if (path.EndsWith(".log", StringComparison.Ordinal)) throw new IOException("device error");
        };
        for (int i = 0; i < 30 && fixture.Stepped.Store.IsOnline; i++)
        {
            fixture.Append(Batches.OfSize(2_000, i));
            fixture.Stepped.RunUntilIdle();
        }

        Assert.False(fixture.Stepped.Store.IsOnline);
        fixture.Stepped.Files.BeforeSync = static _ => { };
        fixture.Crash();
        Assert.Equal("promised", fixture.ReadAll()[0]);
    }

    [Fact]
    public void Full_files_are_checkpointed_and_written_over_and_nothing_is_lost()
    {
        var fixture = new LogFixture(options: LogFixture.SmallJournal);
        var values = new List<string>();
        for (int i = 0; i < 400; i++)
        {
            values.Add($"{i} {new string('x', 300)}");
            fixture.AppendFlushed(values[^1]);
        }

        Assert.InRange(JournalPaths(fixture).Count, 3, 6);
        fixture.Crash(5);
        Assert.Equal(values, fixture.ReadAll());
    }

    [Fact]
    public void Frames_of_a_files_earlier_life_are_not_taken_as_new()
    {
        // The journal is larger than what the last life wrote, so old frames lie right behind the new ones.
        var fixture = new LogFixture(options: LogFixture.SmallJournal);
        for (int i = 0; i < 300; i++) fixture.AppendFlushed($"{i} {new string('x', 200)}");
        fixture.Log.TruncateTo(10);
        fixture.Stepped.RunUntilIdle();
        for (int i = 0; i < 30; i++) fixture.AppendFlushed($"new {i} {new string('x', 196)}");
        List<string> expected = fixture.ReadAll();
        fixture.Crash(8);
        Assert.Equal(expected, fixture.ReadAll());
        Assert.Equal(40, fixture.Log.LogEndOffset);
    }

    [Fact]
    public void Appends_are_answered_busy_while_too_many_bytes_wait_and_go_on_after_a_flush()
    {
        var fixture = new LogFixture(options: new LogStoreOptions { MaxBytesInFlight = 1_000 });
        AppendStatus status = AppendStatus.Appended;
        int appended = 0;
        while (status == AppendStatus.Appended && appended < 100)
        {
            using RecordsLease batch = Batches.OfSize(100, appended);
            status = fixture.Log.Append(batch).Status;
            if (status == AppendStatus.Appended) appended++;
        }

        Assert.Equal(AppendStatus.Busy, status);
        Assert.InRange(appended, 3, 9);
        Assert.Equal(appended, fixture.Log.LogEndOffset);
        fixture.Stepped.RunUntilIdle();
        fixture.AppendFlushed("goes on");
        Assert.Equal(appended + 1, fixture.Log.FlushedOffset);
    }

    [Fact]
    public void A_journal_that_cannot_be_recycled_answers_busy_and_recovers_when_it_can()
    {
        var fixture = new LogFixture(options: LogFixture.SmallJournal);
        AppendResult result = default;
        for (int i = 0; i < 2_000 && result.Error == ErrorCode.None; i++)
        {
            using RecordsLease batch = Batches.OfSize(500, i);
            result = fixture.Log.Append(batch);
            // Flushes go on, but the I/O executor, where checkpoints are written, does not.
            while (fixture.Stepped.Flush.RunOne() || fixture.Stepped.Owner.RunOne())
            {
            }
        }

        Assert.Equal((AppendStatus.Busy, ErrorCode.KafkaStorageError), (result.Status, result.Error));
        long end = fixture.Log.LogEndOffset;
        fixture.Stepped.RunUntilIdle();
        fixture.AppendFlushed("goes on");
        fixture.Crash(2);
        Assert.Equal(end + 1, fixture.Log.LogEndOffset);
    }

    [Fact]
    public void A_failed_sync_takes_the_directory_offline_for_good()
    {
        var fixture = new LogFixture();
        var other = fixture.Stepped.OpenLog(new TopicIdPartition(LogFixture.Id.TopicId, 1));
        fixture.AppendFlushed("a");
        var failures = new List<Exception>();
        fixture.Log.Failed += failures.Add;
        other.Failed += failures.Add;
        fixture.Stepped.Files.BeforeSync = static path => throw new IOException("device error");
        fixture.Append("b");
        fixture.Stepped.RunUntilIdle();
        fixture.Stepped.Files.BeforeSync = static _ => { };

        Assert.Equal(["device error", "device error"], failures.Select(static failure => failure.Message));
        Assert.Equal(1, fixture.Log.FlushedOffset);
        Assert.False(fixture.Stepped.Store.IsOnline);
        using RecordsLease more = Batches.Of(1, "c");
        Assert.Equal((AppendStatus.Offline, ErrorCode.KafkaStorageError), (fixture.Log.Append(more).Status, fixture.Log.Append(more).Error));
        Assert.Equal(ErrorCode.KafkaStorageError, fixture.Read(0).Error);
        _ = Assert.Throws<StoreOfflineException>(() => fixture.Stepped.OpenLog(new TopicIdPartition(LogFixture.Id.TopicId, 2)));
        fixture.Crash(3);
        Assert.Equal("a", fixture.ReadAll()[0]);
    }

    [Fact]
    public void A_full_disk_is_an_answer_and_the_log_goes_on_when_there_is_room()
    {
        var fixture = new LogFixture();
        fixture.AppendFlushed("a");
        fixture.Stepped.Files.FreeSpace = 10;
        using RecordsLease batch = Batches.Of(1, "does not fit");
        AppendResult full = fixture.Log.Append(batch);
        Assert.Equal((AppendStatus.DiskFull, ErrorCode.KafkaStorageError, -1L), (full.Status, full.Error, full.BaseOffset));
        Assert.True(fixture.Log.IsOpen);
        fixture.Stepped.Files.FreeSpace = long.MaxValue;
        fixture.AppendFlushed("b");
        fixture.Crash(1);
        Assert.Equal(["a", "b"], fixture.ReadAll());
    }

    [Fact]
    public void Frames_missing_in_front_of_a_later_file_are_damage_and_not_an_end()
    {
        var fixture = new LogFixture(options: LogFixture.SmallJournal);
        for (int i = 0; i < 60; i++)
        {
            using RecordsLease batch = Batches.OfSize(500, i);
            _ = fixture.Log.Append(batch);
            while (fixture.Stepped.Flush.RunOne() || fixture.Stepped.Owner.RunOne())
            {
            }
        }

        string first = JournalPaths(fixture)[0];
        byte[] bytes = fixture.Stepped.Files.ReadAll(first);
        bytes[3_000] ^= 1;
        fixture.Stepped.CrashWithoutOpening(new Random(1));
        fixture.Stepped.Files.Replace(first, bytes);
        DataDirectoryException damage = Assert.Throws<DataDirectoryException>(() => fixture.Stepped.Open());
        Assert.Contains("commit journal is damaged", damage.Message, StringComparison.Ordinal);
    }

    private static List<string> JournalPaths(LogFixture fixture) =>
        [.. fixture.Stepped.Files.AllFiles().Where(static path => path.EndsWith(".journal", StringComparison.Ordinal))];

    private static int Count(byte[] file, FrameKind kind) =>
        JournalFrames.Of(file, JournalFileHeader.Size).Count(place => place.Frame.Kind == kind);
}
