using Gateway.Common.Records;
using Gateway.Simulation.Disk;
using Gateway.Storage.Journal;

namespace Gateway.Storage.Tests;

/// <summary>Journal bytes that turned over: what was durable is found, or missed aloud.</summary>
public class JournalDamageTests
{
    private static readonly LogStoreOptions TwoFiles = new() { JournalFileBytes = 16 << 10, JournalBlockBytes = 512, BypassBytes = 4 << 10, MaxJournalFiles = 6 };

    private static string[] Journals(LogFixture fixture) =>
        [.. fixture.Stepped.Files.AllFiles().Where(static path => path.EndsWith(JournalFile.Suffix, StringComparison.Ordinal))];

    private static string[] UsedJournals(LogFixture fixture) =>
    [
        .. Journals(fixture).Select(path => (Path: path, IsRead: JournalFileHeader.TryRead(fixture.Stepped.Files.ReadAll(path), out JournalFileHeader header), Header: header))
            .Where(static file => file.IsRead && !file.Header.IsFree).OrderBy(static file => file.Header.FirstSequence).Select(static file => file.Path),
    ];

    /// <summary>Ends with the power, when the journal is all there is; segments that were never synced are gone.</summary>
    private static LogFixture WithoutSegments(int flushes)
    {
        var fixture = new LogFixture(options: TwoFiles);
        for (int i = 0; i < flushes; i++) fixture.AppendFlushed($"value {i}");
        return fixture;
    }

    private static void EndAndLoseSegments(LogFixture fixture)
    {
        fixture.Stepped.KillWithoutOpening();
        foreach (string path in fixture.Stepped.Files.AllFiles().Where(static path => path.EndsWith(".log", StringComparison.Ordinal)))
            fixture.Stepped.Files.Replace(path, []);
    }

    private static void Flip(LogFixture fixture, string path, int position)
    {
        byte[] bytes = fixture.Stepped.Files.ReadAll(path);
        bytes[position] ^= 1;
        fixture.Stepped.Files.Replace(path, bytes);
    }

    /// <summary>Where the n-th frame of the first journal file starts.</summary>
    private static int FramePosition(LogFixture fixture, int frame)
    {
        byte[] bytes = fixture.Stepped.Files.ReadAll(UsedJournals(fixture)[0]);
        return JournalFrames.Of(bytes, JournalFileHeader.Size)[frame].Position;
    }

    [Theory]
    [InlineData(24)] // the sequence: where the frame ends cannot be known
    [InlineData(5)] // the length
    [InlineData(JournalFrame.Size + 20)] // the payload
    public void Rot_in_front_of_a_later_flush_is_damage_and_not_a_torn_end(int position)
    {
        LogFixture fixture = WithoutSegments(6);
        Flip(fixture, UsedJournals(fixture)[0], FramePosition(fixture, 3) + position);
        EndAndLoseSegments(fixture);
        DataDirectoryException refused = Assert.Throws<DataDirectoryException>(() => fixture.Stepped.Open());
        // The creation of the log is frame 1; appends follow. The last flush promises all before it.
        Assert.Contains("frames 4 to 6 were durable and cannot be read", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_journal_file_that_is_gone_is_damage_also_when_the_others_are_free(bool isEmpty)
    {
        LogFixture fixture = WithoutSegments(6);
        string used = Assert.Single(UsedJournals(fixture));
        Assert.EndsWith("0000.journal", used, StringComparison.Ordinal);
        Assert.Contains(fixture.Stepped.Files.AllFiles(), static path => path.EndsWith("0001.journal", StringComparison.Ordinal));
        if (isEmpty) fixture.Stepped.Files.Replace(used, []);
        else fixture.Stepped.Files.Delete(used);
        EndAndLoseSegments(fixture);
        DataDirectoryException refused = Assert.Throws<DataDirectoryException>(() => fixture.Stepped.Open());
        Assert.Contains($"0000.journal is {(isEmpty ? "empty" : "missing")}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_torn_last_flush_is_no_damage()
    {
        LogFixture fixture = WithoutSegments(6);
        Flip(fixture, UsedJournals(fixture)[0], FramePosition(fixture, 6) + JournalFrame.Size + 3);
        EndAndLoseSegments(fixture);
        _ = fixture.Stepped.Open();
        fixture.Reopen();
        Assert.Equal(5, fixture.Log.LogEndOffset);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_journal_file_is_known_by_its_first_frame_when_its_header_rotted(int file)
    {
        LogFixture fixture = WithoutSegments(45);
        Assert.Equal(2, UsedJournals(fixture).Length);
        Flip(fixture, UsedJournals(fixture)[file], 26);
        EndAndLoseSegments(fixture);
        _ = fixture.Stepped.Open();
        fixture.Reopen();
        Assert.Equal(Enumerable.Range(0, 45).Select(static i => $"value {i}"), fixture.ReadAll());
    }

    [Fact]
    public void A_free_journal_file_whose_header_rotted_is_not_replayed()
    {
        var fixture = new LogFixture(options: TwoFiles);
        int before = 0;
        // Until the oldest file was checkpointed and is free again.
        while (!Journals(fixture).Any(path => JournalFileHeader.TryRead(fixture.Stepped.Files.ReadAll(path), out JournalFileHeader header) && header is { IsFree: true, NextSequence: > 0 }
            && JournalFrame.TryRead(fixture.Stepped.Files.ReadAll(path).AsSpan(JournalFileHeader.Size), out _)))
        {
            fixture.AppendFlushed($"value {before++}");
            Assert.True(before < 5_000);
        }

        string free = Journals(fixture).First(path => JournalFileHeader.TryRead(fixture.Stepped.Files.ReadAll(path), out JournalFileHeader header) && header.IsFree
            && JournalFrame.TryRead(fixture.Stepped.Files.ReadAll(path).AsSpan(JournalFileHeader.Size), out _));
        Flip(fixture, free, 26);
        fixture.Kill();
        Assert.Equal(before, fixture.ReadAll().Count);
        fixture.AppendFlushed("and on");
        fixture.Crash();
        Assert.Equal(before + 1, fixture.ReadAll().Count);
    }

    [Fact]
    public void Runs_rise_by_steps_that_cannot_be_guessed()
    {
        long first = JournalRun.After(0, new Guid("00000000-0000-4000-8000-0123456789ab"));
        long second = JournalRun.After(first, new Guid("00000000-0000-4000-8000-ba9876543210"));
        Assert.True(first > 1 && second > first);
        Assert.NotEqual(first, second - first);
        Assert.Equal(long.MaxValue - 1, JournalRun.After(long.MaxValue - 2, Guid.Empty));
    }

    [Fact]
    public void A_frame_says_what_was_durable_before_it()
    {
        LogFixture fixture = WithoutSegments(3);
        byte[] bytes = fixture.Stepped.Files.ReadAll(UsedJournals(fixture)[0]);
        Assert.True(JournalFrame.TryRead(bytes.AsSpan(FramePosition(fixture, 3)), out JournalFrame last));
        Assert.Equal((4, 3), (last.Sequence, last.DurableUpTo));
    }

    [Fact]
    public void A_journal_file_that_somebody_took_away_after_a_clean_stop_is_made_again()
    {
        LogFixture fixture = WithoutSegments(3);
        fixture.Stepped.Close();
        fixture.Stepped.Files.Delete(Journals(fixture)[1]);
        _ = fixture.Stepped.Open();
        fixture.Reopen();
        fixture.Stepped.RunUntilIdle();
        Assert.Equal(["0000.journal", "0001.journal", "0002.journal"], Journals(fixture).Select(static path => Path.GetFileName(path)));
        for (int i = 3; i < 300; i++) fixture.AppendFlushed($"value {i}");
        fixture.Crash();
        Assert.Equal(300, fixture.Log.LogEndOffset);
    }

    [Fact]
    public void A_journal_file_without_its_room_is_not_used_while_the_disk_is_full()
    {
        LogFixture fixture = WithoutSegments(3);
        fixture.Stepped.Close();
        string[] journals = Journals(fixture);
        for (int i = 0; i < 2; i++)
        {
            using Files.IFile more = fixture.Stepped.Files.Open($"/data/journal/000{journals.Length + i}.journal", Files.FileOpening.Empty);
        }

        fixture.Stepped.Files.FreeSpace = 40_000;
        _ = fixture.Stepped.Open();
        fixture.Reopen();
        // Many times round the journal: every flush finds its room.
        for (int i = 3; i < 1_000 && fixture.Stepped.Store.IsOnline; i++)
        {
            using Common.Buffers.RecordsLease batch = Batches.Of(1, $"value {i}");
            _ = fixture.Log.Append(batch);
            fixture.Stepped.RunUntilIdle();
        }

        Assert.True(fixture.Stepped.Store.IsOnline);
    }
}
