using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.Storage.Tests;

public class RecoveryTests
{
    [Fact]
    public void What_was_flushed_survives_a_power_cut_although_no_segment_was_synced()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var fixture = new LogFixture();
            fixture.AppendFlushed("a");
            fixture.AppendFlushed("b", "c");
            fixture.Append("never acknowledged");
            fixture.Crash(seed);
            Assert.Equal(["a", "b", "c"], fixture.ReadAll().Take(3));
            Assert.Equal(fixture.Log.LogEndOffset, fixture.Log.FlushedOffset);
            Assert.False(fixture.Stepped.Store.WasClosedCleanly);
            fixture.AppendFlushed("d");
            fixture.Crash(seed + 1);
            Assert.Contains("d", fixture.ReadAll());
        }
    }

    [Fact]
    public void Sequences_of_a_checkpoint_that_was_durable_before_its_frames_are_not_given_out_again()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var fixture = new LogFixture(LogSettings.Default with { Compact = true });
            fixture.AppendFlushed("a");
            for (int i = 0; i < 10; i++) fixture.Append($"not flushed {i}");
            // A cleaning writes a checkpoint of all that was appended; the flusher is busy meanwhile.
            using var cleaner = new LogCleaner(fixture.Stepped.Cleaner, new LogCleanerOptions(), fixture.Stepped.Time, Guid.Empty);
            _ = fixture.Log.CleanAsync(cleaner, new CleaningLimits(() => fixture.Log.FlushedOffset, static () => new HashSet<long>())).AsTask();
            while (fixture.Stepped.Io.RunOne() || fixture.Stepped.Owner.RunOne())
            {
            }

            fixture.Crash(seed);
            Assert.Equal(11, fixture.Log.LogEndOffset);
            fixture.AppendFlushed("acknowledged");
            fixture.Crash(seed);
            Assert.Equal("acknowledged", fixture.ReadAll()[^1]);
            Assert.Equal(12, fixture.Log.LogEndOffset);
        }
    }

    [Fact]
    public void A_killed_process_loses_nothing_that_was_written()
    {
        var fixture = new LogFixture();
        fixture.AppendFlushed("a");
        fixture.Append("b");
        fixture.Kill();
        Assert.Equal(["a", "b"], fixture.ReadAll());
        Assert.Equal(2, fixture.Log.FlushedOffset);
    }

    [Fact]
    public void After_a_clean_end_nothing_is_recovered_and_the_mark_is_good_for_one_start()
    {
        var fixture = new LogFixture();
        fixture.Log.StartEpoch(4);
        fixture.Append("a");
        fixture.Restart();
        Assert.True(fixture.Stepped.Store.WasClosedCleanly);
        Assert.Equal(["a"], fixture.ReadAll());
        Assert.Equal(4, fixture.Log.LeaderEpoch);
        fixture.Crash();
        Assert.False(fixture.Stepped.Store.WasClosedCleanly);
        Assert.Equal(["a"], fixture.ReadAll());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(70)]
    public void A_torn_tail_behind_the_recovery_point_is_cut_and_replayed_from_the_journal(int lost)
    {
        var fixture = new LogFixture();
        fixture.AppendFlushed("a");
        fixture.AppendFlushed("b");
        Damage(fixture, SegmentPath(fixture), bytes => bytes[..^lost]);
        fixture.Kill();
        Assert.Equal(["a", "b"], fixture.ReadAll());
    }

    [Fact]
    public void Garbage_behind_the_last_batch_is_cut()
    {
        var fixture = new LogFixture();
        fixture.AppendFlushed("a");
        int good = fixture.Stepped.Files.ReadAll(SegmentPath(fixture)).Length;
        Damage(fixture, SegmentPath(fixture), bytes => [.. bytes, .. Enumerable.Repeat((byte)0x5A, 700)]);
        fixture.Kill();
        Assert.Equal(["a"], fixture.ReadAll());
        Assert.Equal(good, fixture.Stepped.Files.ReadAll(SegmentPath(fixture)).Length);
    }

    [Fact]
    public void A_batch_with_a_good_checksum_but_a_foreign_offset_is_not_taken_as_tail()
    {
        // The checksum covers neither offset nor partition: bytes of another place must not become records here.
        var fixture = new LogFixture();
        fixture.AppendFlushed("a");
        using RecordsLease foreign = Batches.Of(1, "stranger");
        RecordBatchBytes.SetBaseOffset(foreign.WritableMemory.Span, 17);
        byte[] stranger = foreign.Span.ToArray();
        Damage(fixture, SegmentPath(fixture), bytes => [.. bytes, .. stranger]);
        fixture.Kill();
        Assert.Equal(["a"], fixture.ReadAll());
    }

    [Fact]
    public void Replaying_the_journal_twice_changes_nothing()
    {
        var fixture = new LogFixture();
        fixture.AppendFlushed("a");
        fixture.AppendFlushed("b");
        fixture.Kill();
        byte[] once = fixture.Stepped.Files.ReadAll(SegmentPath(fixture));
        fixture.Kill();
        fixture.Kill();
        Assert.Equal(once, fixture.Stepped.Files.ReadAll(SegmentPath(fixture)));
        Assert.Equal(["a", "b"], fixture.ReadAll());
    }

    [Fact]
    public void A_recovery_cut_short_by_another_power_cut_starts_again()
    {
        for (int changes = 1; changes < 25; changes++)
        {
            var fixture = new LogFixture();
            fixture.AppendFlushed("a");
            fixture.AppendFlushed("b");
            fixture.Stepped.CrashWithoutOpening(new Random(changes));
            fixture.Stepped.Files.ChangesUntilPowerCut = changes;
            try
            {
                _ = fixture.Stepped.Open();
            }
            catch (Simulation.Disk.PowerCutException)
            {
            }

            fixture.Crash(changes);
            Assert.Equal(["a", "b"], fixture.ReadAll());
        }
    }

    [Fact]
    public void Damage_below_the_recovery_point_takes_the_log_offline_and_no_other()
    {
        var fixture = new LogFixture();
        var other = new Common.Ids.TopicIdPartition(LogFixture.Id.TopicId, 1);
        PartitionLog otherLog = fixture.Stepped.OpenLog(other);
        using RecordsLease batch = Batches.Of(1, "other");
        _ = otherLog.Append(batch);
        fixture.Append("a");
        fixture.Append("b");
        fixture.Stepped.Close();
        string path = SegmentPath(fixture);
        byte[] bytes = fixture.Stepped.Files.ReadAll(path);
        fixture.Stepped.Files.Replace(path, bytes[..^1]);
        _ = fixture.Stepped.Open();
        DamagedLogException damage = Assert.Throws<DamagedLogException>(() => fixture.Stepped.OpenLog(LogFixture.Id));
        Assert.Contains("was durable up to 2", damage.Message, StringComparison.Ordinal);
        Assert.Equal(1, fixture.Stepped.OpenLog(other).LogEndOffset);
        // It stays on the disk for somebody to restore, and is not opened by asking again.
        _ = Assert.Throws<DamagedLogException>(() => fixture.Stepped.OpenLog(LogFixture.Id));
        Assert.Equal(bytes.Length - 1, fixture.Stepped.Files.ReadAll(path).Length);
    }

    [Theory]
    [InlineData(75)] // the second batch's base offset, which no checksum covers
    [InlineData(137)] // its value
    public void Damage_below_the_recovery_point_is_seen_after_a_crash_too_and_nothing_is_cut(int position)
    {
        var fixture = new LogFixture();
        fixture.Append("a");
        fixture.Append("b");
        fixture.Restart();
        fixture.AppendFlushed("c");
        string path = SegmentPath(fixture);
        byte[] bytes = fixture.Stepped.Files.ReadAll(path);
        bytes[position] ^= 1;
        fixture.Stepped.Files.Delete(Path.ChangeExtension(path, ".index"));
        fixture.Stepped.Files.Replace(path, bytes);
        fixture.Stepped.Kill();
        _ = Assert.Throws<DamagedLogException>(() => fixture.Stepped.OpenLog(LogFixture.Id));
        Assert.Equal(bytes, fixture.Stepped.Files.ReadAll(path));
    }

    [Fact]
    public void A_missing_segment_below_the_recovery_point_is_damage()
    {
        var fixture = new LogFixture(LogSettings.Default with { SegmentBytes = 100 });
        for (int i = 0; i < 5; i++) fixture.Append($"v{i}");
        fixture.Stepped.Close();
        fixture.Stepped.Files.Delete(SegmentPath(fixture));
        _ = fixture.Stepped.Open();
        _ = Assert.Throws<DamagedLogException>(() => fixture.Stepped.OpenLog(LogFixture.Id));
    }

    [Fact]
    public void A_checkpoint_that_fails_its_checksum_is_damage_of_that_log()
    {
        var fixture = new LogFixture();
        fixture.Append("a");
        fixture.Stepped.Close();
        string path = Path.Combine(fixture.LogDirectory, "checkpoint");
        byte[] bytes = fixture.Stepped.Files.ReadAll(path);
        bytes[40] ^= 1;
        fixture.Stepped.Files.Replace(path, bytes);
        _ = fixture.Stepped.Open();
        Assert.Contains("checksum", Assert.Throws<DamagedLogException>(() => fixture.Stepped.OpenLog(LogFixture.Id)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("garbage")]
    [InlineData("torn")]
    public void An_index_that_is_missing_or_wrong_is_rebuilt(string how)
    {
        var fixture = new LogFixture(LogSettings.Default with { IndexIntervalBytes = 100, SegmentBytes = 2_000 });
        string[] values = [.. Enumerable.Range(0, 100).Select(static i => $"value {i}")];
        foreach (string value in values) fixture.Append(value);
        fixture.Stepped.Close();
        foreach (string path in fixture.Stepped.Files.AllFiles().Where(static path => path.EndsWith(".index", StringComparison.Ordinal)))
        {
            byte[] bytes = fixture.Stepped.Files.ReadAll(path);
            if (how == "missing") fixture.Stepped.Files.Delete(path);
            else if (how == "garbage") fixture.Stepped.Files.Replace(path, [.. Enumerable.Repeat((byte)7, bytes.Length)]);
            else fixture.Stepped.Files.Replace(path, bytes[..^3]);
        }

        _ = fixture.Stepped.Open();
        fixture.Reopen();
        Assert.Equal(values, fixture.ReadAll());
        using RecordsLease middle = fixture.Read(50, maxBytes: 1).Records!;
        Assert.Equal([(50, "value 50")], Batches.Decode(middle));
    }

    [Fact]
    public void An_index_entry_that_points_into_a_batch_is_not_believed()
    {
        // Entries of a foreign file with a right checksum: the batch they point at decides.
        // One after the other: what awaits goes on in the steps of the fixture that was made last.
        var other = new LogFixture(LogSettings.Default with { IndexIntervalBytes = 100 });
        for (int i = 0; i < 20; i++) other.Append($"a much longer value than the other one's {i}");
        other.Stepped.Close();
        var fixture = new LogFixture(LogSettings.Default with { IndexIntervalBytes = 100 });
        for (int i = 0; i < 20; i++) fixture.Append($"value {i}");
        fixture.Stepped.Close();
        string index = Path.ChangeExtension(SegmentPath(fixture), ".index");
        byte[] foreign = other.Stepped.Files.ReadAll(Path.ChangeExtension(SegmentPath(other), ".index"));
        fixture.Stepped.Files.Replace(index, foreign[..40]);
        _ = fixture.Stepped.Open();
        fixture.Reopen();
        Assert.Equal([.. Enumerable.Range(0, 20).Select(static i => $"value {i}")], fixture.ReadAll());
    }

    [Fact]
    public void A_thousand_logs_are_created_and_opened_without_a_sync_each()
    {
        var fixture = new LogFixture();
        int syncs = fixture.Stepped.Files.Syncs + fixture.Stepped.Files.DirectorySyncs;
        var topic = new Guid("aaaaaaaa-0000-0000-0000-000000000000");
        for (int i = 0; i < 1_000; i++) _ = fixture.Stepped.OpenLog(new Common.Ids.TopicIdPartition(topic, i));
        fixture.Stepped.RunUntilIdle();
        Assert.InRange(fixture.Stepped.Files.Syncs + fixture.Stepped.Files.DirectorySyncs - syncs, 1, 10);
        fixture.Stepped.Crash(new Random(3));
        Assert.Equal(1_001, fixture.Stepped.Store.ExistingLogs.Count);
        syncs = fixture.Stepped.Files.Syncs + fixture.Stepped.Files.DirectorySyncs;
        for (int i = 0; i < 1_000; i++) _ = fixture.Stepped.OpenLog(new Common.Ids.TopicIdPartition(topic, i));
        Assert.Equal(syncs, fixture.Stepped.Files.Syncs + fixture.Stepped.Files.DirectorySyncs);
    }

    private static string SegmentPath(LogFixture fixture) =>
        fixture.Stepped.Files.AllFiles().First(static path => path.EndsWith(".log", StringComparison.Ordinal));

    private static void Damage(LogFixture fixture, string path, Func<byte[], byte[]> change) =>
        fixture.Stepped.Files.Replace(path, change(fixture.Stepped.Files.ReadAll(path)));
}
