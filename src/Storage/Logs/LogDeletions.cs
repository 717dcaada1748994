using Gateway.Common.Execution;
using Gateway.Storage.Files;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage.Logs;

/// <summary>
/// Takes the directories of deleted logs off the disk: the names first, all that wait with one sync, and the bytes when nobody waits for them.
/// </summary>
/// <remarks>
/// Thread-safe. What a crash leaves of a directory whose name is gone goes at the next start. A sync for each would keep the I/O executor from
/// everything else for seconds when a large topic goes: the journal's files, for one, of which deletions need more than anybody.
/// </remarks>
internal sealed class LogDeletions(
    IFileSystem files, string logsPath, CheckpointWriter checkpoints, IExecutor io, IExecutor deletions, ILogger logger)
{
    private readonly Lock _lock = new();
    private List<Deletion> _queue = [];

    /// <summary>Deletes a log; returns at once.</summary>
    /// <param name="key">It. It takes no more calls.</param>
    /// <param name="directory">Where it lies.</param>
    /// <param name="whenHidden">Runs on the I/O executor once the name is gone, or could not be taken away.</param>
    internal void Delete(LogKey key, string directory, Action? whenHidden)
    {
        bool isFirst;
        lock (_lock)
        {
            _queue.Add(new Deletion(key, directory, whenHidden));
            isFirst = _queue.Count == 1;
        }

        if (isFirst) io.Post(RunQueued);
    }

    private void RunQueued()
    {
        List<Deletion> taken;
        lock (_lock)
        {
            taken = _queue;
            _queue = [];
        }

        // Checkpoints of other logs wait for the names to go, and must not wait for the bytes.
        List<string> hidden = [];
        checkpoints.Delete(taken.Select(static deletion => deletion.Key), () => hidden = Hide(taken));
        foreach (string removed in hidden) deletions.Post(() => DeleteHidden(removed));
        foreach (Deletion deletion in taken) deletion.WhenHidden?.Invoke();
    }

    /// <summary>The names go first, and durably: a half-emptied directory must not look like a damaged log.</summary>
    private List<string> Hide(List<Deletion> taken)
    {
        var hidden = new List<string>(taken.Count);
        foreach (Deletion deletion in taken)
        {
            string removed = deletion.Directory + LogDirectory.RemovedSuffix;
            if (TryRename(deletion.Directory, removed)) hidden.Add(removed);
        }

        try
        {
            files.SyncDirectory(logsPath);
            return hidden;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageLog.DeletionFailed(logger, logsPath, failure);
            return [];
        }
    }

    private bool TryRename(string directory, string removed)
    {
        try
        {
            if (files.List(directory).Count > 0 || files.List(removed).Count == 0) files.Rename(directory, removed);
            return true;
        }
        catch (IOException failure)
        {
            StorageLog.DeletionFailed(logger, directory, failure);
            return false;
        }
    }

    private void DeleteHidden(string removed)
    {
        try
        {
            files.DeleteDirectory(removed);
        }
        catch (IOException failure)
        {
            StorageLog.DeletionFailed(logger, removed, failure);
        }
    }

    private readonly record struct Deletion(LogKey Key, string Directory, Action? WhenHidden);
}
