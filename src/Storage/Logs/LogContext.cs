using Gateway.Common.Execution;
using Gateway.Storage.Execution;
using Gateway.Storage.Files;
using Gateway.Storage.Journal;
using Gateway.Storage.Segments;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage.Logs;

/// <summary>What a store lends its logs.</summary>
internal sealed record LogContext(
    IFileSystem Files,
    OpenSegments Segments,
    CommitJournal Journal,
    CheckpointWriter Checkpoints,
    LogStoreOptions Options,
    IExecutor Syncs,
    IExecutor Io,
    TimeProvider Time,
    ILogger Logger,
    Action<Exception> Fail)
{
    /// <summary>Reads of what may not be in the page cache.</summary>
    internal ColdReads ColdReads { get; } = new(Io, new DiskDemand(Time), Time);

    /// <summary>Whether clients are at work.</summary>
    internal DiskDemand Demand => ColdReads.Demand;

    internal long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// Runs work that may wait for the disk on the I/O executor; the task completes on <paramref name="owner"/>, so that what awaits it
    /// there goes on there.
    /// </summary>
    internal Task<T> RunOnIo<T>(IExecutor owner, Func<T> work) => RunOn(Io, owner, work);

    /// <summary>As <see cref="RunOnIo"/>, on another executor.</summary>
    internal static Task<T> RunOn<T>(IExecutor executor, IExecutor owner, Func<T> work)
    {
        var done = new TaskCompletionSource<T>();
        executor.Post(() =>
        {
            try
            {
                T result = work();
                owner.Post(() => done.SetResult(result));
            }
            catch (Exception failure)
            {
                owner.Post(() => done.SetException(failure));
            }
        });
        return done.Task;
    }
}
