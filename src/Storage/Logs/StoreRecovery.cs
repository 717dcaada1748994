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
    private readonly List<string> _leftOver = [];

    private StoreRecovery(
        DataDirectory directory, FoundJournalFiles journal, LogStoreOptions options, long nowMs, IExecutor io, IExecutor deletions, ILogger logger)
    {
        Journal = journal;
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

    /// <summary>The journal's files: closed, once they were opened for a new run.</summary>
    internal FoundJournalFiles Journal { get; }

    internal OpenSegments Segments { get; }

    internal Dictionary<TopicIdPartition, LogKey> Existing { get; } = [];

    internal Dictionary<LogKey, DamagedLogException> Damaged { get; } = [];

    internal static StoreRecovery Run(
        DataDirectory directory, LogStoreOptions options, long nowMs, IExecutor io, IExecutor deletions, ILogger logger)
    {
        IFileSystem files = directory.Files;
        files.CreateDirectory(directory.LogsPath);
        files.CreateDirectory(directory.JournalPath);
        files.SyncDirectory(directory.Path);
        var journal = new FoundJournalFiles(files, directory.JournalPath);
        try
        {
            var recovery = new StoreRecovery(directory, journal, options, nowMs, io, deletions, logger);
            recovery.Run();
            return recovery;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    private void Run()
    {
        FindLogs();
        JournalContent content = Journal.Read();
        LastRun = content.LastRun;
        bool isNew = Existing.Count == 0 && content.LastRun == 0;
        WasClean = _directory.TakeCleanShutdownMark(out long markedSequence) || isNew;
        NextSequence = Math.Max(Math.Max(content.NextSequence, markedSequence), NextSequence);
        if (!WasClean)
        {
            Journal.RequireEvery();
            RecoverLogs(content);
        }

        Journal.Free(content, WasClean, NextSequence);
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
