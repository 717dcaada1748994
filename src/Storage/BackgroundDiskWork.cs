using Gateway.Common.Execution;
using Gateway.Storage.Execution;

namespace Gateway.Storage;

/// <summary>Work on stored data that nobody waits for: a thread of its own and the pace it is held to, for one log at a time.</summary>
/// <remarks>Thread-safe.</remarks>
public abstract class BackgroundDiskWork : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    private protected BackgroundDiskWork(IExecutor executor, double maxBytesPerSecond, TimeProvider time)
    {
        Executor = executor;
        Pace = new DiskPace(time, maxBytesPerSecond, _stop.Token);
    }

    internal IExecutor Executor { get; }

    internal DiskPace Pace { get; }

    internal bool IsStopped => _stop.IsCancellationRequested;

    /// <summary>Ends what is under way as soon as it notices; nothing can be started any more.</summary>
    public void Stop() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }
}
