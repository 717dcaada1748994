namespace Gateway.Storage.Compaction;

/// <summary>Holds a cleaner to so many bytes a second, and tells it when to stop. The cleaner's thread is its own, so it may wait.</summary>
internal sealed class CleaningPace(TimeProvider time, double bytesPerSecond, CancellationToken stop)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private long _windowStart = time.GetTimestamp();
    private double _inWindow;

    /// <summary>Counts bytes that were read or written; waits when they were too many for the time.</summary>
    /// <exception cref="CleaningStoppedException">The cleaner is to stop.</exception>
    internal void Took(long bytes)
    {
        if (stop.IsCancellationRequested) throw new CleaningStoppedException();
        if (bytesPerSecond >= long.MaxValue) return;
        _inWindow += bytes;
        TimeSpan elapsed = time.GetElapsedTime(_windowStart);
        TimeSpan due = TimeSpan.FromSeconds(_inWindow / bytesPerSecond);
        if (due > elapsed && stop.WaitHandle.WaitOne(due - elapsed)) throw new CleaningStoppedException();
        elapsed = time.GetElapsedTime(_windowStart);
        // What was not used of an earlier second is not made up for.
        if (elapsed < Window) return;
        _windowStart = time.GetTimestamp();
        _inWindow = 0;
    }
}

/// <summary>The cleaning is not wanted any more: its log was closed, or the cleaner stops.</summary>
internal sealed class CleaningStoppedException() : Exception("The cleaning was stopped");

/// <summary>The log holds what cannot be cleaned; the message says what and where.</summary>
internal sealed class UncleanableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Writing or syncing failed: what the disk holds is unknown, and the store must not go on.</summary>
internal sealed class CleaningWriteException(Exception inner) : Exception("Writing a cleaned segment failed", inner);
