using Gateway.Storage.Files;

namespace Gateway.Storage.Journal;

/// <summary>
/// The journal's files as a start finds them, in the order of their numbers. Files are made in that order, each whole before the next, and never
/// removed; everything here keeps that true, for it is how a file that was lost is told from one that was never there.
/// </summary>
internal sealed class FoundJournalFiles : IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly List<FoundFile> _found = [];

    /// <summary>Opens every file of the journal that is there. Waits for the disk.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The journal's directory, which exists.</param>
    internal FoundJournalFiles(IFileSystem files, string directory)
    {
        _files = files;
        _directory = directory;
        var names = new List<string>();
        foreach (FileEntry entry in files.List(directory))
        {
            if (entry.Name.EndsWith(JournalFile.Suffix, StringComparison.Ordinal) && JournalFile.NumberOf(entry.Name) >= 0) names.Add(entry.Name);
        }

        names.Sort(static (a, b) => JournalFile.NumberOf(a).CompareTo(JournalFile.NumberOf(b)));
        try
        {
            foreach (string name in names) Open(name);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>No file has this number or a higher one.</summary>
    internal int NextNumber { get; private set; }

    // The newest of the files that were made to the end. What is missing in front of it was lost; behind it, nothing was ever promised.
    private int LastWhole => _found.FindLastIndex(static file => file.IsWhole);

    public void Dispose()
    {
        foreach (FoundFile file in _found) file.File.Dispose();
    }

    /// <summary>Reads what they hold. Waits for the disk.</summary>
    /// <exception cref="DataDirectoryException">Frames that were durable are gone.</exception>
    internal JournalContent Read() => JournalReader.Read([.. _found.Select(static file => file.File)]);

    /// <summary>
    /// A file that is missing or cut to nothing in front of another was lost after it was made, with frames that nobody else would miss: its
    /// followers may all be free.
    /// </summary>
    /// <exception cref="DataDirectoryException">One is.</exception>
    internal void RequireEvery()
    {
        if (FirstLost() is not { } number) return;
        bool isThere = _found.Exists(file => file.Number == number);
        throw new DataDirectoryException(
            $"The commit journal is damaged: {Path.Combine(_directory, JournalFile.NameOf(number))} is {(isThere ? "empty" : "missing")}. Restore "
            + "it, or the data directory from a copy; or, to go on without what it held, move the subdirectory 'journal' away");
    }

    /// <summary>
    /// Marks the old run's files as free, each durably before the next, and the oldest first. A file half written over while it counts as used, or
    /// one that is free between two used ones, would look like damage; were a later one free before an earlier, what only the later one told (that a
    /// log was deleted) would be forgotten. Waits for the disk.
    /// </summary>
    /// <param name="content">What was read of them, and is by now in the segments.</param>
    /// <param name="wasClean">The old run ended with everything durable.</param>
    /// <param name="nextSequence">A sequence above every one that was used.</param>
    internal void Free(JournalContent content, bool wasClean, long nextSequence)
    {
        byte[] free = JournalFileHeader.Free(Math.Max(content.LastRun, 1), nextSequence).Encode();
        foreach (IFile file in content.UsedFiles) Write(file, free);
        if (wasClean) return;
        // Also those without frames: one whose making failed, or was cut short, may be in the page cache only. It must not be found empty once there
        // is another behind it.
        foreach (FoundFile file in _found)
        {
            if (file.IsWhole && !content.UsedFiles.Contains(file.File)) Write(file.File, free);
        }
    }

    /// <summary>
    /// The journal's files for a new run, at least one and all of them free: the first is the one to write. These are closed. Waits for the disk.
    /// </summary>
    internal JournalFile[] OpenForRun(LogStoreOptions options)
    {
        var files = new List<JournalFile>();
        int whole = LastWhole;
        Dispose();
        for (int i = 0; i < _found.Count; i++)
        {
            FoundFile found = _found[i];
            if (i < whole && !found.IsWhole) continue;
            long there = Math.Min(found.Length, int.MaxValue) / options.JournalBlockBytes * options.JournalBlockBytes;
            if (TryOpen(found.Path, (int)Math.Max(options.JournalFileBytes, there)) is { } file) files.Add(file);
            else if (i > whole)
            {
                // The next file to be made, before any with a higher number: left behind, it would look like a loss after the next crash.
                NextNumber = found.Number;
                break;
            }
        }

        // What was taken away while nobody needed it is made again, whole: in front of others that would look like a loss after the next crash.
        for (int number = 0; whole >= 0 && number < _found[whole].Number; number++)
        {
            if (!IsWhole(number)) files.Add(Checkpointer.Create(_files, _directory, number, options.JournalFileBytes));
        }

        if (files.Count == 0) files.Add(Checkpointer.Create(_files, _directory, NextNumber++, options.JournalFileBytes));
        // One of those that were there may have been made by a process that was killed before its name was durable.
        _files.SyncDirectory(_directory);
        return [.. files];
    }

    private void Open(string name)
    {
        string path = Path.Combine(_directory, name);
        IFile file = _files.Open(path, FileOpening.Existing);
        int number = JournalFile.NumberOf(name);
        _found.Add(new FoundFile(path, number, file, file.Length));
        NextNumber = Math.Max(NextNumber, number + 1);
    }

    /// <summary>
    /// Null when the disk has no room for what the file is to hold: the journal must not run out of space in the middle of a flush. Files are
    /// without their room when a full disk cut short their making, or when they were copied here.
    /// </summary>
    private JournalFile? TryOpen(string path, int length)
    {
        try
        {
            return new JournalFile(_files.OpenBlocks(path, length), length);
        }
        catch (DiskFullException)
        {
            return null;
        }
    }

    private int? FirstLost()
    {
        int whole = LastWhole;
        for (int number = 0; whole >= 0 && number < _found[whole].Number; number++)
        {
            if (!IsWhole(number)) return number;
        }

        return null;
    }

    private bool IsWhole(int number) => _found.Exists(file => file.Number == number && file.IsWhole);

    private static void Write(IFile file, byte[] header)
    {
        file.Write(0, header);
        file.Sync();
    }

    /// <param name="Path">Where it lies.</param>
    /// <param name="Number">The number in its name.</param>
    /// <param name="File">The open file.</param>
    /// <param name="Length">Its bytes when it was found.</param>
    private readonly record struct FoundFile(string Path, int Number, IFile File, long Length)
    {
        internal bool IsWhole => Length >= JournalFileHeader.Size;
    }
}
