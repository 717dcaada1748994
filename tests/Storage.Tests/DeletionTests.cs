using System.Runtime.CompilerServices;
using Gateway.Common.Ids;
using Gateway.Simulation.Disk;

namespace Gateway.Storage.Tests;

/// <summary>Topics that come and go cost the disk, and the journal all logs share, no more than they must.</summary>
public class DeletionTests
{
    [Fact]
    public void Logs_that_are_deleted_together_lose_their_names_with_one_sync()
    {
        var fixture = new LogFixture();
        fixture.AppendFlushed("a");
        TopicIdPartition[] ids = Others(200);
        foreach (TopicIdPartition id in ids) fixture.Stepped.OpenLog(id);
        fixture.Stepped.RunUntilIdle();
        int syncs = fixture.Stepped.Files.DirectorySyncs;
        foreach (TopicIdPartition id in ids) fixture.Stepped.Store.DeleteLog(id);
        fixture.Stepped.RunUntilIdle();
        Assert.Equal(syncs + 1, fixture.Stepped.Files.DirectorySyncs);
        Assert.Single(fixture.Stepped.Files.AllFiles(), static path => path.EndsWith(".log", StringComparison.Ordinal));
        fixture.Crash();
        Assert.Equal(["a"], fixture.ReadAll());
        Assert.Equal([LogFixture.Id], fixture.Stepped.Store.ExistingLogs);
    }

    [Fact]
    public void A_journal_that_has_no_room_refuses_new_logs_and_takes_them_when_it_has()
    {
        var fixture = new LogFixture(options: LogFixture.SmallJournal);
        fixture.AppendFlushed("a");
        TopicIdPartition[] ids = Others(2_000);
        int refused = 0;
        foreach (TopicIdPartition id in ids)
        {
            if (TryOpen(fixture, id)) fixture.Stepped.Store.DeleteLog(id);
            else refused++;
            // Only the journal goes on: its files come free when the I/O executor has a turn.
            while (fixture.Stepped.Flush.RunOne())
            {
            }
        }

        Assert.InRange(refused, 1, ids.Length - 1);
        Assert.True(fixture.Stepped.Store.IsOnline);
        fixture.Stepped.RunUntilIdle();
        Assert.True(TryOpen(fixture, ids[^1]));
        fixture.AppendFlushed("b");
        fixture.Crash();
        Assert.Equal(["a", "b"], fixture.ReadAll());
    }

    [Fact]
    public void A_journal_that_is_full_to_the_last_byte_keeps_no_log_from_being_deleted()
    {
        var fixture = new LogFixture(options: LogFixture.SmallJournal);
        fixture.AppendFlushed("a");
        var opened = new Queue<TopicIdPartition>();
        foreach (TopicIdPartition id in Others(2_000))
        {
            if (!TryOpen(fixture, id)) break;
            opened.Enqueue(id);
        }

        // Nothing is flushed or checkpointed meanwhile. More are deleted than the file that is kept back has room for.
        Assert.True(opened.Count > 100, $"{opened.Count} logs");
        foreach (TopicIdPartition id in opened) fixture.Stepped.Store.DeleteLog(id);
        Assert.True(fixture.Stepped.Store.IsOnline);
        fixture.Stepped.RunUntilIdle();
        Assert.True(fixture.Stepped.Store.IsOnline);
        fixture.AppendFlushed("b");
        fixture.Crash();
        Assert.Equal(["a", "b"], fixture.ReadAll());
    }

    [Fact]
    public void Of_deleted_logs_nothing_stays_in_memory_although_the_journal_still_has_frames_of_them()
    {
        var fixture = new LogFixture();
        WeakReference[] logs = OpenAndDelete(fixture, 100);
        // The batches that were flushed last are kept for the next ones.
        for (int i = 0; i < 5; i++) fixture.AppendFlushed("a");
        GC.Collect();
        Assert.Equal(0, logs.Count(static log => log.IsAlive));
        Assert.Equal(5, fixture.Log.LogEndOffset);
    }

    // A method of its own, so that no variable of the test holds a log.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] OpenAndDelete(LogFixture fixture, int count)
    {
        TopicIdPartition[] ids = Others(count);
        WeakReference[] logs = [.. ids.Select(id => new WeakReference(fixture.Stepped.OpenLog(id)))];
        fixture.Stepped.RunUntilIdle();
        foreach (TopicIdPartition id in ids) fixture.Stepped.Store.DeleteLog(id);
        fixture.Stepped.RunUntilIdle();
        return logs;
    }

    private static TopicIdPartition[] Others(int count) => [.. Enumerable.Range(1, count).Select(static index => new TopicIdPartition(LogFixture.Id.TopicId, index))];

    private static bool TryOpen(LogFixture fixture, TopicIdPartition id)
    {
        try
        {
            fixture.Stepped.OpenLog(id);
            return true;
        }
        catch (IOException full)
        {
            Assert.Contains("commit journal is full", full.Message, StringComparison.Ordinal);
            return false;
        }
    }
}
