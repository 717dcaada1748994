using Gateway.Common.Execution;
using Gateway.Common.Ids;
using Gateway.Storage.Files;
using Gateway.Storage.Journal;
using Gateway.Storage.Segments;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage.Logs;

/// <summary>What a store finds in its directory; after an unclean end, brought back to what was durable.</summary>
internal sealed class StoreRecovery
{
    private const int IndexInterval = 32_768;

    private readonly DataDirectory _directory;
    private readonly IFileSystem _files;
    private readonly LogStoreOptions _options;
    private readonly IExecutor _io;
    private readonly ILogger _logger;
    private readonly long _nowMs;
    private readonly List<IFile> _journalFiles = [];
    private readonly List<string> _leftOver = [];
    private readonly List<string> _journalPaths = [];
    private readonly List<long> _journalLengths = [];

    private StoreRecovery(DataDirectory directory, LogStoreOptions options, long nowMs, IExecutor io, IExecutor deletions, ILogger logger)
    {
        _directory = directory;
        _files = directory.Files;
        _options = options;
        _io = io;
        _logger = logger;
        _nowMs = nowMs;
        Segments = new OpenSegments(_files, options.MaxOpenSegments, deletions);
    }

    internal bool WasClean { get; private set; }

    internal long LastRun { get; private set; }

    internal long NextSequence { get; private set; } = 1;

    /// <summary>No journal file has this number or a higher one.</summary>
    internal int NextJournalNumber { get; private set; }

    internal OpenSegments Segments { get; }

    internal Dictionary<TopicIdPartition, LogKey> Existing { get; } = [];

    internal Dictionary<LogKey, DamagedLogException> Damaged { get; } = [];

    internal static StoreRecovery Run(
        DataDirectory directory, LogStoreOptions options, long nowMs, IExecutor io, IExecutor deletions, ILogger logger)
    {
        var recovery = new StoreRecovery(directory, options, nowMs, io, deletions, logger);
        try
        {
            recovery.Run();
            return recovery;
        }
        catch
        {
            foreach (IFile file in recovery._journalFiles) file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The journal's files for a new run, at least one and all of them free: the first is the one to write. Waits for the disk.
    /// </summary>
    internal JournalFile[] OpenJournal(LogStoreOptions options)
    {
        var files = new List<JournalFile>();
        int whole = LastWholeFile();
        for (int i = 0; i < _journalFiles.Count; i++)
        {
            long there = Math.Min(_journalFiles[i].Length, int.MaxValue) / options.JournalBlockBytes * options.JournalBlockBytes;
            bool isHollow = i < whole && _journalLengths[i] < JournalFileHeader.Size;
            _journalFiles[i].Dispose();
            if (isHollow) continue;
            if (TryOpen(_journalPaths[i], (int)Math.Max(options.JournalFileBytes, there)) is { } file) files.Add(file);
            else if (i > whole)
            {
                // The next file to be made, before any with a higher number: left behind, it would look like a loss after the next crash.
                NextJournalNumber = JournalFile.NumberOf(Path.GetFileName(_journalPaths[i]));
                foreach (IFile later in _journalFiles[(i + 1)..]) later.Dispose();
                break;
            }
        }

        // What was taken away while nobody needed it is made again, whole: in front of others that would look like a loss after the next crash.
        for (int number = 0; whole >= 0 && number < JournalFile.NumberOf(Path.GetFileName(_journalPaths[whole])); number++)
        {
            if (IsWhole(number)) continue;
            files.Add(Checkpointer.Create(_files, _directory.JournalPath, number, options.JournalFileBytes));
        }

        if (files.Count == 0) files.Add(Checkpointer.Create(_files, _directory.JournalPath, NextJournalNumber++, options.JournalFileBytes));
        // One of those that were there may have been made by a process that was killed before its name was durable.
        _files.SyncDirectory(_directory.JournalPath);
        return [.. files];
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

    private void Run()
    {
        _files.CreateDirectory(_directory.LogsPath);
        _files.CreateDirectory(_directory.JournalPath);
        _files.SyncDirectory(_directory.Path);
        OpenJournalFiles();
        FindLogs();
        JournalContent journal = JournalReader.Read(_journalFiles);
        LastRun = journal.LastRun;
        bool isNew = Existing.Count == 0 && journal.LastRun == 0;
        WasClean = _directory.TakeCleanShutdownMark(out long markedSequence) || isNew;
        NextSequence = Math.Max(Math.Max(journal.NextSequence, markedSequence), NextSequence);
        if (!WasClean)
        {
            RequireEveryJournalFile();
            RecoverLogs(journal);
        }
        FreeJournal(journal);
    }

    /// <summary>
    /// Files are made in the order of their numbers, each whole before the next, and never removed. So one that is missing or cut to nothing in
    /// front of another was lost later, with frames that nobody else would miss: its followers may all be free.
    /// </summary>
    private void RequireEveryJournalFile()
    {
        int whole = LastWholeFile();
        for (int number = 0; whole >= 0 && number < JournalFile.NumberOf(Path.GetFileName(_journalPaths[whole])); number++)
        {
            if (IsWhole(number)) continue;
            string path = Path.Combine(_directory.JournalPath, JournalFile.NameOf(number));
            throw new DataDirectoryException(
                $"The commit journal is damaged: {path} is {(_journalPaths.Contains(path) ? "empty" : "missing")}. Restore it, or the data directory "
                + "from a copy; or, to go on without what it held, move the subdirectory 'journal' away");
        }
    }

    private int LastWholeFile() => _journalLengths.FindLastIndex(static length => length >= JournalFileHeader.Size);

    private bool IsWhole(int number)
    {
        int at = _journalPaths.FindIndex(path => JournalFile.NumberOf(Path.GetFileName(path)) == number);
        return at >= 0 && _journalLengths[at] >= JournalFileHeader.Size;
    }

    /// <summary>
    /// Marks the old run's files as free, the oldest first: were one half written over by the new run, the old one would look damaged.
    /// </summary>
    private void FreeJournal(JournalContent journal)
    {
        byte[] free = JournalFileHeader.Free(Math.Max(LastRun, 1), NextSequence).Encode();
        foreach (IFile file in journal.UsedFiles)
        {
            file.Write(0, free);
            file.Sync();
        }

        if (WasClean) return;
        // Also those without frames: one whose making failed, or was cut short, may be in the page cache only. It must not be found empty once there
        // is another behind it.
        for (int i = 0; i < _journalFiles.Count; i++)
        {
            if (_journalLengths[i] < JournalFileHeader.Size || journal.UsedFiles.Contains(_journalFiles[i])) continue;
            _journalFiles[i].Write(0, free);
            _journalFiles[i].Sync();
        }
    }

    private void OpenJournalFiles()
    {
        var names = new List<string>();
        foreach (FileEntry entry in _files.List(_directory.JournalPath))
        {
            if (entry.Name.EndsWith(JournalFile.Suffix, StringComparison.Ordinal) && JournalFile.NumberOf(entry.Name) >= 0) names.Add(entry.Name);
        }

        names.Sort(StringComparer.Ordinal);
        foreach (string name in names) NextJournalNumber = Math.Max(NextJournalNumber, JournalFile.NumberOf(name) + 1);
        foreach (string name in names) _journalPaths.Add(Path.Combine(_directory.JournalPath, name));
        foreach (string path in _journalPaths) _journalFiles.Add(_files.Open(path, FileOpening.Existing));
        foreach (IFile file in _journalFiles) _journalLengths.Add(file.Length);
    }

    private void FindLogs()
    {
        foreach (FileEntry entry in _files.List(_directory.LogsPath))
        {
            if (entry.Name.EndsWith(LogDirectory.RemovedSuffix, StringComparison.Ordinal)) _leftOver.Add(entry.Name);
            else if (LogDirectory.TryParse(entry.Name, out LogKey key)) Add(key);
        }

        DeleteLeftOver();
    }

    /// <summary>
    /// The names that say so may be in the page cache only: were they gone with the power, a half-emptied directory would look like a damaged log.
    /// </summary>
    private void DeleteLeftOver()
    {
        if (_leftOver.Count == 0) return;
        _files.SyncDirectory(_directory.LogsPath);
        foreach (string name in _leftOver) _files.DeleteDirectory(Path.Combine(_directory.LogsPath, name));
        _leftOver.Clear();
    }

    private void Add(LogKey key)
    {
        // The newest incarnation is the partition; an older one is left of a deletion that a crash interrupted.
        if (!Existing.TryGetValue(key.Id, out LogKey other)) Existing.Add(key.Id, key);
        else
        {
            bool isNewer = other.Incarnation < key.Incarnation;
            if (isNewer) Existing[key.Id] = key;
            _leftOver.Add(LogDirectory.Name(isNewer ? other : key));
        }

        NextSequence = Math.Max(NextSequence, key.Incarnation + 1);
    }

    private void RecoverLogs(JournalContent journal)
    {
        // Segments are cut and directories deleted on the word of a frame. Were it gone with the power in the middle of that, what was cut would
        // look like damage.
        journal.LastFlush?.MakeDurable();
        int orphans = 0;
        foreach ((LogKey key, List<FoundFrame> frames) in journal.Frames)
        {
            string path = Path.Combine(_directory.LogsPath, LogDirectory.Name(key));
            if (frames[^1].Frame.Kind == FrameKind.Delete)
            {
                _files.DeleteDirectory(path);
                if (Existing.TryGetValue(key.Id, out LogKey deleted) && deleted == key) _ = Existing.Remove(key.Id);
            }
            else if (Existing.TryGetValue(key.Id, out LogKey known) && known.Incarnation >= key.Incarnation)
            {
                if (known != key) orphans += frames.Count;
            }
            else if (frames[0].Frame.Kind == FrameKind.Create)
            {
                _files.CreateDirectory(path);
                Add(key);
            }
            else
            {
                orphans += frames.Count;
            }
        }

        DeleteLeftOver();
        if (orphans > 0) StorageLog.FramesWithoutLog(_logger, orphans);
        MakeDurable(RecoverEach(journal));
    }

    private List<CheckpointWork> RecoverEach(JournalContent journal)
    {
        var work = new List<CheckpointWork>();
        int frames = 0;
        long bytesCut = 0;
        foreach (LogKey key in Existing.Values)
        {
            string path = Path.Combine(_directory.LogsPath, LogDirectory.Name(key));
            IReadOnlyList<FoundFrame> found = journal.Frames.TryGetValue(key, out List<FoundFrame>? ofLog) ? ofLog : [];
            try
            {
                LogRecovery log = LogRecovery.Run(_files, Segments, path, key, found, NextSequence - 1, _nowMs, IndexInterval, _logger);
                if (log.Result is not null) work.Add(log.Result);
                // A checkpoint may be durable before the frames it has in it are. Were their sequences given out again, the next recovery would
                // take new frames of the log for old ones and skip them.
                NextSequence = Math.Max(NextSequence, log.AppliedSequence + 1);
                frames += log.FramesReplayed;
                bytesCut += log.BytesCut;
            }
            catch (DamagedLogException damage)
            {
                StorageLog.Damaged(_logger, key.Id, damage.Message);
                Damaged.Add(key, damage);
            }
        }

        StorageLog.Recovered(_logger, Existing.Count, frames, bytesCut);
        return work;
    }

    /// <summary>From here on the journal's frames are history, and the next run may write over them.</summary>
    private void MakeDurable(List<CheckpointWork> work)
    {
        // Also without a frame: a log that was just made by a process that was killed has its name in the page cache only, and as it is there, no
        // frame will say again that it was made. What is acknowledged of it would be of a log that is gone.
        _files.SyncDirectory(_directory.LogsPath);
        new CheckpointWriter(_files, _directory.LogsPath, _options, _io).Write(work);
    }
}
