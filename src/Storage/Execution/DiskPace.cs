namespace Gateway.Storage.Execution;

/// <summary>
/// Holds work in the background to so many bytes a second, and tells it when to stop. Cleaners and scrubbers have a thread of their own, so it
/// may wait.
/// </summary>
internal sealed class DiskPace(TimeProvider time, double bytesPerSecond, CancellationToken stop)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private long _windowStart = time.GetTimestamp();
    private double _inWindow;

    /// <summary>Waits so long; true when the work is to stop.</summary>
    internal Func<TimeSpan, bool> WaitUntilStopped { get; init; } = stop.WaitHandle.WaitOne;

    /// <summary>Counts bytes that were read or written; waits when they were too many for the time.</summary>
    /// <exception cref="PaceStoppedException">The work is to stop.</exception>
    internal void Took(long bytes)
    {
        if (stop.IsCancellationRequested) throw new PaceStoppedException();
        if (bytesPerSecond >= long.MaxValue) return;
        _inWindow += bytes;
        TimeSpan elapsed = time.GetElapsedTime(_windowStart);
        TimeSpan due = TimeSpan.FromSeconds(_inWindow / bytesPerSecond);
        if (due > elapsed && WaitUntilStopped(due - elapsed)) throw new PaceStoppedException();
        elapsed = time.GetElapsedTime(_windowStart);
        // What was not used of an earlier second is not made up for.
        if (elapsed < Window) return;
        _windowStart = time.GetTimestamp();
        _inWindow = 0;
    }
}

/// <summary>The work is not wanted any more: its log was closed, or whoever does it stops.</summary>
internal sealed class PaceStoppedException() : Exception("The work was stopped");
