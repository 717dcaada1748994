using Gateway.Common.Execution;
using Gateway.Common.Ids;
using Gateway.Storage.Files;
using Gateway.Storage.Journal;
using Gateway.Storage.Logs;
using Gateway.Storage.Segments;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage;

/// <summary>All logs of one data directory, with the journal that makes their appends durable together (design D5).</summary>
/// <remarks>Members are thread-safe unless they say otherwise; a log's own members belong to its owner.</remarks>
public sealed class LogStore : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly DataDirectory _directory;
    private readonly IFileSystem _files;
    private readonly LogContext _context;
    private readonly Checkpointer _checkpointer;
    private readonly LogDeletions _deletions;
    private readonly Dictionary<TopicIdPartition, LogKey> _existing;
    private readonly Dictionary<LogKey, DamagedLogException> _damaged;
    private readonly Dictionary<TopicIdPartition, PartitionLog> _open = [];
    private readonly Dictionary<IExecutor, FlushInbox> _inboxes = [];
    private long _nextIncarnation;
    private Exception? _failure;
    private bool _disposed;

    private LogStore(
        DataDirectory directory, LogStoreOptions options, TimeProvider time, IExecutor flushExecutor, IExecutor syncExecutor, IExecutor ioExecutor,
        IExecutor deletionExecutor, ILogger logger, StoreRecovery recovered)
    {
        _directory = directory;
        _files = directory.Files;
        WasClosedCleanly = recovered.WasClean;
        _existing = recovered.Existing;
        _damaged = recovered.Damaged;
        _nextIncarnation = recovered.NextSequence;
        JournalFile[] journalFiles = recovered.Journal.OpenForRun(options);
        long run = JournalRun.After(recovered.LastRun, directory.NewId());
        var journal = new CommitJournal(options, flushExecutor, time, run, recovered.NextSequence, journalFiles[0]);
        var checkpoints = new CheckpointWriter(_files, directory.LogsPath, options, ioExecutor);
        _context = new LogContext(_files, recovered.Segments, journal, checkpoints, options, syncExecutor, ioExecutor, time, logger, Fail);
        _deletions = new LogDeletions(_files, directory.LogsPath, checkpoints, ioExecutor, deletionExecutor, logger);
        _checkpointer = new Checkpointer(
            _files, checkpoints, journal, ioExecutor, logger, run, directory.JournalPath, options, journalFiles.Length, recovered.Journal.NextNumber, Fail);
        journal.FileFull = _checkpointer.Enqueue;
        journal.FilesShort = _checkpointer.PrepareFile;
        journal.Failed = Fail;
        for (int i = 1; i < journalFiles.Length; i++) journal.AddFree(journalFiles[i]);
        _checkpointer.PrepareFirstFiles();
    }

    /// <summary>False when the last process ended without closing its store: every partition then starts a new leader epoch. True for a new directory.</summary>
    public bool WasClosedCleanly { get; }

    /// <summary>False once a write or a sync failed. Nothing is accepted from then on.</summary>
    public bool IsOnline
    {
        get
        {
            lock (_lock) return _failure is null;
        }
    }

    /// <summary>The logs that lie on the disk, open or not, damaged ones included.</summary>
    public IReadOnlyList<TopicIdPartition> ExistingLogs
    {
        get
        {
            lock (_lock) return [.. _existing.Keys];
        }
    }

    /// <summary>Opens the store; after an unclean end it brings every log back to what was durable. Waits for the disk.</summary>
    /// <param name="directory">The locked data directory. The store does not dispose it.</param>
    /// <param name="options">Sizes and bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="flushExecutor">Where journal writes and syncs run: a <see cref="Execution.ThreadExecutor"/> of one thread in production.</param>
    /// <param name="syncExecutor">Where segments with large runs are synced, which appends wait for: a few threads of their own.</param>
    /// <param name="ioExecutor">Where cold reads and checkpoints run: a <see cref="Execution.ThreadExecutor"/> of a few threads.</param>
    /// <param name="logger">For what an operator should know.</param>
    /// <param name="deletionExecutor">
    /// Where files are deleted, which nobody waits for and which takes a third of a second for each GB of page cache: a thread that steps back.
    /// The I/O executor when null.
    /// </param>
    /// <exception cref="DataDirectoryException">The commit journal is damaged.</exception>
    public static LogStore Open(
        DataDirectory directory, LogStoreOptions options, TimeProvider time, IExecutor flushExecutor, IExecutor syncExecutor, IExecutor ioExecutor,
        ILogger logger, IExecutor? deletionExecutor = null)
    {
        options.Check();
        deletionExecutor ??= ioExecutor;
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        StoreRecovery recovered = StoreRecovery.Run(directory, options, nowMs, ioExecutor, deletionExecutor, logger);
        return new LogStore(directory, options, time, flushExecutor, syncExecutor, ioExecutor, deletionExecutor, logger, recovered);
    }

    /// <summary>
    /// Opens the log of a partition, creating it when there is none. Call it on <paramref name="owner"/>; reads its checkpoint and the
    /// index of its last segment. Creating one costs no sync: the first flush that covers a record of it covers its creation.
    /// </summary>
    /// <exception cref="DamagedLogException">Stored data below the recovery point is missing or wrong.</exception>
    /// <exception cref="StoreOfflineException">The data directory failed.</exception>
    /// <exception cref="IOException">The disk failed or is full, or the commit journal has no room for a new log just now: a later try may work.</exception>
    public PartitionLog OpenLog(TopicIdPartition id, LogSettings settings, IExecutor owner)
    {
        LogKey key;
        bool isNew;
        FlushInbox? inbox;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_failure is not null) throw new StoreOfflineException("The data directory is offline", _failure);
            if (_open.ContainsKey(id)) throw new InvalidOperationException($"The log of {id} is open");
            isNew = !_existing.TryGetValue(id, out key);
            // What is told of a log later cannot be refused; so its beginning is, where that would take the last of the journal.
            if (isNew && !_context.Journal.HasSpace(_context.Options.JournalBlockBytes)) throw new IOException("The commit journal is full; it goes on by itself when checkpoints have caught up");
            if (isNew) _existing.Add(id, key = new LogKey(id, _nextIncarnation++));
            else if (_damaged.TryGetValue(key, out DamagedLogException? damage)) throw new DamagedLogException(damage.Message, damage);
            if (!_inboxes.TryGetValue(owner, out inbox)) _inboxes.Add(owner, inbox = new FlushInbox(owner));
        }

        string directory = DirectoryOf(key);
        LogContent content;
        try
        {
            if (isNew) _files.CreateDirectory(directory);
            content = LogLoader.Load(_files, _context.Segments, directory, key, _context.NowMs, settings.IndexIntervalBytes, _context.Logger);
        }
        catch (DamagedLogException damage)
        {
            StorageLog.Damaged(_context.Logger, id, damage.Message);
            lock (_lock) _damaged[key] = damage;
            throw;
        }
        catch (IOException) when (isNew)
        {
            // Nothing is in it. The next try is another incarnation, and a start removes what this one left.
            lock (_lock) _existing.Remove(id);
            throw;
        }

        var log = new PartitionLog(_context, key, settings, owner, inbox, content) { Closed = OnClosed };
        lock (_lock) _open.Add(id, log);
        if (isNew) log.NoteCreation();
        return log;
    }

    /// <summary>Deletes a log with its files, open or not. Call it on the owner when it is open; the log takes no more calls after that.</summary>
    public void DeleteLog(TopicIdPartition id)
    {
        PartitionLog? log;
        LogKey key;
        lock (_lock)
        {
            if (!_existing.Remove(id, out key)) return;
            _ = _open.Remove(id, out log);
            _ = _damaged.Remove(key);
        }

        bool wasOpen = log is not null && log.Delete();
        _deletions.Delete(key, DirectoryOf(key), wasOpen ? () => log!.Owner.Post(log.OnRemoved) : null);
    }

    /// <summary>
    /// Flushes and closes every log, then marks the directory as closed cleanly. All executors must still be running; do not block one
    /// of them on it.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        PartitionLog[] logs;
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            logs = [.. _open.Values];
        }

        bool clean = await CloseAllAsync(logs);
        _context.Journal.Stop();
        IReadOnlyList<JournalFile> waiting = _checkpointer.Stop();
        await OnIoAsync(() =>
        {
            foreach (JournalFile file in _context.Journal.TakeFiles()) file.Dispose();
            foreach (JournalFile file in waiting) file.Dispose();
            _context.Segments.CloseIdle();
            if (clean && IsOnline) MarkCleanShutdown();
        });
    }

    private static async Task<bool> CloseAllAsync(PartitionLog[] logs)
    {
        var closing = new List<Task>();
        foreach (PartitionLog log in logs)
        {
            var posted = new TaskCompletionSource<Task>();
            log.Owner.Post(() => posted.SetResult(log.CloseAsync()));
            closing.Add(posted.Task.Unwrap());
        }

        try
        {
            await Task.WhenAll(closing);
            return true;
        }
        catch (StoreOfflineException)
        {
            return false;
        }
    }

    private Task OnIoAsync(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _context.Io.Post(() =>
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        });
        return done.Task;
    }

    /// <summary>Without the mark the next start recovers what is there already; so a disk that fails now is told of, and nothing more.</summary>
    private void MarkCleanShutdown()
    {
        try
        {
            _directory.MarkCleanShutdown(_context.Journal.NextSequence);
        }
        catch (IOException failure)
        {
            Fail(failure);
        }
    }

    private string DirectoryOf(LogKey key) => Path.Combine(_directory.LogsPath, LogDirectory.Name(key));

    private void OnClosed(PartitionLog log)
    {
        lock (_lock)
        {
            if (_open.TryGetValue(log.Id, out PartitionLog? open) && ReferenceEquals(open, log)) _ = _open.Remove(log.Id);
        }
    }

    /// <summary>Fail-stop: whatever the disk holds after a failed write or sync is unknown, so nothing may be promised any more (design D5).</summary>
    private void Fail(Exception failure)
    {
        PartitionLog[] logs;
        lock (_lock)
        {
            if (_failure is not null) return;
            _failure = failure;
            logs = [.. _open.Values];
        }

        _context.Checkpoints.Fail();
        _context.Journal.Stop();
        _ = _checkpointer.Stop();
        StorageLog.Offline(_context.Logger, _directory.Path, failure);
        foreach (PartitionLog log in logs) log.Owner.Post(() => log.OnFailed(failure));
    }
}
