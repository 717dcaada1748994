using Gateway.Simulation.Disk;
using Gateway.Storage.Journal;

namespace Gateway.Storage.Tests;

/// <summary>The power goes while a start frees the journal of the process before, or right behind that.</summary>
public class RecoveryCutShortTests
{
    private static readonly string[] Values = [.. Enumerable.Range(0, 15).Select(static i => new string((char)('a' + i), 3_000))];

    /// <summary>
    /// Were they not synced one by one, any of them might be free after a power cut and any not: a free one between two others looks like frames
    /// that are gone.
    /// </summary>
    [Fact]
    public void Journal_files_that_a_start_freed_are_free_for_good_before_it_is_done()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            LogFixture fixture = SeveralJournalFiles();
            fixture.Kill();
            fixture.Crash(seed);
            Assert.Equal(Values, fixture.ReadAll());
        }
    }

    /// <summary>The first file says that the log was made, the last that it was deleted: what is left of them must end with the last.</summary>
    [Fact]
    public void A_deleted_log_does_not_come_back_when_half_of_the_journal_is_free()
    {
        bool isDone = false;
        for (int changes = 1; !isDone; changes++)
        {
            LogFixture fixture = SeveralJournalFiles();
            fixture.Stepped.Store.DeleteLog(LogFixture.Id);
            RunJournal(fixture.Stepped);
            fixture.Stepped.KillWithoutOpening();
            fixture.Stepped.Files.ChangesUntilPowerCut = changes;
            isDone = TryOpen(fixture.Stepped);
            fixture.Stepped.Crash(new Random(changes));
            Assert.Empty(fixture.Stepped.Store.ExistingLogs);
        }
    }

    private static LogFixture SeveralJournalFiles()
    {
        var fixture = new LogFixture(options: LogFixture.SmallJournal);
        foreach (string value in Values)
        {
            fixture.Append(value);
            RunJournal(fixture.Stepped);
        }

        string[] journal = [.. fixture.Stepped.Files.AllFiles().Where(static path => path.EndsWith(JournalFile.Suffix, StringComparison.Ordinal))];
        Assert.True(journal.Count(path => JournalFrames.Of(fixture.Stepped.Files.ReadAll(path), JournalFileHeader.Size).Count > 0) >= 3);
        return fixture;
    }

    /// <summary>Owners get no turn, so no checkpoint frees a file.</summary>
    private static void RunJournal(SteppedStore stepped)
    {
        while (stepped.Flush.RunOne() || stepped.Io.RunOne())
        {
        }
    }

    private static bool TryOpen(SteppedStore stepped)
    {
        try
        {
            _ = stepped.Open();
            return true;
        }
        catch (PowerCutException)
        {
            return false;
        }
    }
}
