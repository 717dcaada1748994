using Gateway.Common.Execution;
using Gateway.Storage.Files;
using Gateway.Storage.Segments;

namespace Gateway.Storage.Logs;

/// <summary>Makes captures durable, one group at a time, never an older one of a log over a newer.</summary>
internal sealed class CheckpointWriter(IFileSystem files, string logsPath, LogStoreOptions options, IExecutor io)
{
    private long _lastNumber;

    // Held while the disk is waited for: only I/O threads come here.
    private readonly Lock _writing = new();
    private readonly Dictionary<LogKey, long> _written = [];
    private readonly HashSet<LogKey> _deleted = [];
    private volatile bool _hasFailed;
    private readonly Lock _queueLock = new();
    private List<(CheckpointWork Work, Action<Exception?> Done)> _queue = [];

    /// <summary>
    /// A write or sync failed somewhere in the store: no checkpoint vouches for anything from now on. A second sync of the same bytes would
    /// succeed although the first one's failure dropped them.
    /// </summary>
    internal void Fail() => _hasFailed = true;

    /// <summary>Numbers a capture: across closing and opening again, a later one is always newer.</summary>
    internal long NextNumber() => Interlocked.Increment(ref _lastNumber);

    /// <summary>Writes a capture soon, together with whatever else waits by then: a thousand logs close in a few syncs.</summary>
    internal void Enqueue(CheckpointWork work, Action<Exception?> done)
    {
        bool isFirst;
        lock (_queueLock)
        {
            _queue.Add((work, done));
            isFirst = _queue.Count == 1;
        }

        if (isFirst) io.Post(WriteQueued);
    }

    /// <summary>
    /// Writes in an order that a crash may cut anywhere: bytes and names first, then the checkpoints that promise them. Releases the
    /// captures' reservations. Waits for the device.
    /// </summary>
    internal void Write(IReadOnlyList<CheckpointWork> captures)
    {
        lock (_writing)
        {
            try
            {
                ThrowIfFailed();
                CheckpointWork[] alive = [.. captures.Where(capture => !_deleted.Contains(capture.Checkpoint.Key))];
                CheckpointWork[] news =
                [
                    .. alive.Where(capture => capture.Number > _written.GetValueOrDefault(capture.Checkpoint.Key))
                        .OrderBy(static capture => capture.Number),
                ];
                WriteBack(alive);
                if (alive.Length < options.LogsSyncedTogether || !TryWriteTogether(news)) WriteEach(alive, news);
                foreach (CheckpointWork capture in news) _written[capture.Checkpoint.Key] = capture.Number;
            }
            finally
            {
                foreach (CheckpointWork capture in captures) capture.Sync.Release();
            }
        }
    }

    /// <summary>Removes deleted logs' files; captures of them that are still under way are dropped. Waits for the disk.</summary>
    internal void Delete(IEnumerable<LogKey> keys, Action removeFiles)
    {
        lock (_writing)
        {
            foreach (LogKey key in keys)
            {
                _ = _written.Remove(key);
                _ = _deleted.Add(key);
            }

            removeFiles();
        }
    }

    /// <summary>Changes names in a log's directory while no checkpoint of it is written; false when the log was deleted. Waits for the disk.</summary>
    internal bool TryRun(LogKey key, Action change)
    {
        lock (_writing)
        {
            if (_deleted.Contains(key)) return false;
            change();
            return true;
        }
    }

    private void WriteQueued()
    {
        List<(CheckpointWork Work, Action<Exception?> Done)> taken;
        lock (_queueLock)
        {
            taken = _queue;
            _queue = [];
        }

        Exception? failure = null;
        try
        {
            Write([.. taken.Select(static entry => entry.Work)]);
        }
        catch (Exception thrown) when (thrown is IOException or ObjectDisposedException)
        {
            if (thrown is not DiskFullException) Fail();
            failure = thrown;
        }

        foreach ((_, Action<Exception?> done) in taken) done(failure);
    }

    private void ThrowIfFailed()
    {
        if (_hasFailed) throw new IOException("The data directory is offline");
    }

    /// <summary>Gives the device the segments piece by piece, so that the syncs that follow find little to write.</summary>
    private void WriteBack(CheckpointWork[] captures)
    {
        long started = 0;
        int waitedFor = 0;
        for (int i = 0; i < captures.Length; i++)
        {
            captures[i].Sync.StartWriteback();
            started += captures[i].Sync.UnwrittenBytes;
            if (started < options.CheckpointStepBytes) continue;
            for (; waitedFor <= i; waitedFor++) captures[waitedFor].Sync.FinishWriteback();
            started = 0;
        }
    }

    private bool TryWriteTogether(CheckpointWork[] news)
    {
        WriteAside(news, sync: false);
        if (!files.TrySyncAll(logsPath)) return false;
        ThrowIfFailed();
        foreach (CheckpointWork capture in NewestOf(news)) DurableFile.Publish(files, capture.Path);
        return files.TrySyncAll(logsPath);
    }

    private void WriteEach(CheckpointWork[] captures, CheckpointWork[] news)
    {
        foreach (CheckpointWork capture in captures) capture.Sync.RunFiles();
        foreach (string directory in captures.SelectMany(static capture => capture.Sync.Directories).Distinct()) files.SyncDirectory(directory);
        WriteAside(news, sync: true);
        ThrowIfFailed();
        foreach (CheckpointWork capture in NewestOf(news)) DurableFile.Publish(files, capture.Path);
        foreach (CheckpointWork capture in NewestOf(news)) files.SyncDirectory(capture.Directory);
    }

    private void WriteAside(CheckpointWork[] news, bool sync)
    {
        // Index entries of a capture continue those of the one before it; of checkpoints the newest says everything.
        foreach (CheckpointWork capture in news)
        {
            foreach (IndexWrite index in capture.Indexes) index.Run(files, sync && index.MustSync);
        }

        foreach (CheckpointWork capture in NewestOf(news)) DurableFile.WriteAside(files, capture.Path, capture.Checkpoint.Encode(), sync);
    }

    /// <summary>A log that is cleaned and closed, say, may have two captures in one group.</summary>
    private static IEnumerable<CheckpointWork> NewestOf(CheckpointWork[] inOrder)
    {
        var newest = new Dictionary<LogKey, long>();
        foreach (CheckpointWork capture in inOrder) newest[capture.Checkpoint.Key] = capture.Number;
        return inOrder.Where(capture => newest[capture.Checkpoint.Key] == capture.Number);
    }
}
