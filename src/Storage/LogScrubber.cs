using Gateway.Common.Execution;
using Gateway.Storage.Execution;

namespace Gateway.Storage;

/// <summary>Where stored data is read again to see that it is still what was written: one thread and its pace, for one log at a time.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class LogScrubber : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>A scrubber on an executor of its own.</summary>
    /// <param name="executor">Where files are read: a <see cref="ThreadExecutor"/> of one thread in production.</param>
    /// <param name="maxBytesPerSecond">Bytes read a second, at most.</param>
    /// <param name="time">The clock.</param>
    public LogScrubber(IExecutor executor, double maxBytesPerSecond, TimeProvider time)
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
    }
}
