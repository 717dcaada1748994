using Gateway.Common.Execution;
using Gateway.Storage.Files;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage.Logs;

/// <summary>Takes the directories of deleted logs off the disk: the name first, and the bytes when nobody waits for it.</summary>
/// <remarks>Thread-safe. What a crash leaves of a directory whose name is gone goes at the next start.</remarks>
internal sealed class LogDeletions(
    IFileSystem files, string logsPath, CheckpointWriter checkpoints, IExecutor io, IExecutor deletions, ILogger logger)
{
    /// <summary>Deletes a log; returns at once.</summary>
    /// <param name="key">It. It takes no more calls.</param>
    /// <param name="directory">Where it lies.</param>
    /// <param name="whenHidden">Runs on the I/O executor once the name is gone, or could not be taken away.</param>
    internal void Delete(LogKey key, string directory, Action? whenHidden) => io.Post(() =>
    {
        string removed = directory + LogDirectory.RemovedSuffix;
        // Checkpoints of other logs wait for the name to go, and must not wait for the bytes.
        bool isHidden = false;
        checkpoints.Delete(key, () => isHidden = TryHide(directory, removed));
        if (isHidden) deletions.Post(() => DeleteHidden(removed));
        whenHidden?.Invoke();
    });

    /// <summary>The name goes first, and durably: a half-emptied directory must not look like a damaged log.</summary>
    private bool TryHide(string directory, string removed)
    {
        try
        {
            if (files.List(directory).Count > 0 || files.List(removed).Count == 0) files.Rename(directory, removed);
            files.SyncDirectory(logsPath);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
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
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageLog.DeletionFailed(logger, removed, failure);
        }
    }
}
