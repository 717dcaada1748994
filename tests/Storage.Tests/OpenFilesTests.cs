using Gateway.Common.Buffers;
using Gateway.Common.Ids;

namespace Gateway.Storage.Tests;

/// <summary>Thousands of logs share few descriptors, whatever waits to be done with all of them at once.</summary>
public class OpenFilesTests
{
    private const int Logs = 60;
    private const int MaxOpen = 4;

    // The segments that may be open, the journal's files, and the checkpoints and indexes that are being written.
    private const int Bound = MaxOpen + 10;

    [Fact]
    public void A_checkpoint_of_many_dirty_logs_opens_no_more_files_than_allowed()
    {
        (LogFixture fixture, List<PartitionLog> logs) = ManyLogs(LogSettings.Default);
        Func<int> highest = Watch(fixture);
        // Enough for the journal to need its files again.
        for (int round = 0; round < 30; round++) AppendToEach(fixture, logs);
        Assert.InRange(highest(), 0, Bound);
    }

    [Fact]
    public void Syncs_of_many_cached_logs_open_no_more_files_than_allowed()
    {
        (LogFixture fixture, List<PartitionLog> logs) = ManyLogs(LogSettings.Default with { WriteCaching = true });
        Func<int> highest = Watch(fixture);
        AppendToEach(fixture, logs);
        foreach (PartitionLog log in logs) log.Flush();
        fixture.Stepped.RunUntilIdle();
        Assert.All(logs, static log => Assert.Equal(1, log.FlushedOffset));
        Assert.InRange(highest(), 0, Bound);
    }

    [Fact]
    public void A_recovery_of_many_dirty_logs_opens_no_more_files_than_allowed()
    {
        (LogFixture fixture, List<PartitionLog> logs) = ManyLogs(LogSettings.Default);
        AppendToEach(fixture, logs);
        fixture.Stepped.KillWithoutOpening();
        Func<int> highest = Watch(fixture);
        fixture.Stepped.Open();
        Assert.InRange(highest(), 1, Bound);
        foreach (PartitionLog log in logs) Assert.Equal(1, fixture.Stepped.OpenLog(log.Id).FlushedOffset);
    }

    [Fact]
    public void What_is_cut_off_while_a_checkpoint_waits_is_synced_all_the_same_although_it_was_closed()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 100 }, new LogStoreOptions { JournalFileBytes = 1 << 20, MaxOpenSegments = 1 });
        for (int i = 0; i < 4; i++) fixture.AppendFlushed($"value {i}");
        string last = fixture.Stepped.Files.AllFiles().Where(static path => path.EndsWith(".log", StringComparison.Ordinal)).Max(StringComparer.Ordinal)!;
        Segments.SegmentFile file = null!;
        fixture.Log.CaptureCheckpoint(capture => file = capture!.Work.Sync.Files[^1]);
        Assert.Equal(last, file.Path);
        // Another file takes the only place there is.
        fixture.Read(0).Records!.Dispose();
        Assert.Null(file.Opened);
        fixture.Log.TruncateTo(2);
        fixture.Stepped.RunUntilIdle();
        var synced = new List<string>();
        fixture.Stepped.Files.BeforeSync = synced.Add;
        Assert.True(file.Use(static opened =>
        {
            opened.Sync();
            return opened.Length > 0;
        }));
        Assert.Single(synced);
        file.Unreserve();
        Assert.Null(file.Opened);
    }

    private static (LogFixture Fixture, List<PartitionLog> Logs) ManyLogs(LogSettings settings)
    {
        var fixture = new LogFixture(settings, LogFixture.SmallJournal with { MaxOpenSegments = MaxOpen });
        var logs = new List<PartitionLog> { fixture.Log };
        for (int partition = 1; partition < Logs; partition++)
            logs.Add(fixture.Stepped.OpenLog(new TopicIdPartition(LogFixture.Id.TopicId, partition), settings));
        fixture.Stepped.RunUntilIdle();
        return (fixture, logs);
    }

    private static void AppendToEach(LogFixture fixture, List<PartitionLog> logs)
    {
        foreach (PartitionLog log in logs)
        {
            using RecordsLease lease = Batches.Of(fixture.Stepped.Time.NowMs, ["value"]);
            Assert.Equal(AppendStatus.Appended, log.Append(lease).Status);
        }

        fixture.Stepped.RunUntilIdle();
    }

    /// <summary>Looks whenever something is written or synced; tells how many more files than now were open at most.</summary>
    private static Func<int> Watch(LogFixture fixture)
    {
        Simulation.Disk.SimulatedFileSystem files = fixture.Stepped.Files;
        int before = files.OpenFiles, highest = before;
        void Look(string path) => highest = Math.Max(highest, files.OpenFiles);

        files.BeforeSync = Look;
        files.BeforeWrite = Look;
        return () => highest - before;
    }
}
