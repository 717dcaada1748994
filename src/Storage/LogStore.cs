using Gateway.Common.Execution;
using Gateway.Common.Ids;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage;

/// <summary>All logs of one data directory, with the journal that makes their appends durable together (design D5).</summary>
/// <remarks>Members are thread-safe unless they say otherwise; a log's own members belong to its owner.</remarks>
public sealed class LogStore : IAsyncDisposable
{
    private LogStore()
    {
    }

    /// <summary>False when the last process ended without closing its store: every partition then starts a new leader epoch.</summary>
    public bool WasClosedCleanly => throw new NotImplementedException();

    /// <summary>The logs that lie on the disk, open or not.</summary>
    public IReadOnlyList<TopicIdPartition> ExistingLogs => throw new NotImplementedException();

    /// <summary>Opens the store; after an unclean end it brings every log back to what was durable. Waits for the disk.</summary>
    /// <param name="directory">The locked data directory. The store does not dispose it.</param>
    /// <param name="options">Sizes and bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="flushExecutor">Where journal writes and syncs run: a <see cref="Execution.ThreadExecutor"/> of one thread in production.</param>
    /// <param name="ioExecutor">Where cold reads, segment syncs and deletions run: a <see cref="Execution.ThreadExecutor"/> of a few threads.</param>
    /// <param name="logger">For what an operator should know.</param>
    public static LogStore Open(
        DataDirectory directory, LogStoreOptions options, TimeProvider time, IExecutor flushExecutor, IExecutor ioExecutor, ILogger logger) =>
        throw new NotImplementedException();

    /// <summary>Opens the log of a partition, creating it when there is none. Call it on <paramref name="owner"/>; waits for the disk.</summary>
    /// <exception cref="DamagedLogException">Stored data below the recovery point is missing or wrong.</exception>
    public PartitionLog OpenLog(TopicIdPartition id, LogSettings settings, IExecutor owner) => throw new NotImplementedException();

    /// <summary>Deletes a log with its files, open or not. An open one must be called on its owner; it takes no more calls after that.</summary>
    public void DeleteLog(TopicIdPartition id) => throw new NotImplementedException();

    /// <summary>Flushes and closes every log, then marks the directory as closed cleanly. Executors must still be running.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
