namespace Gateway.Storage.Execution;

/// <summary>
/// Holds work in the background to so many bytes a second and, while clients are at work, to a share of the time; tells it when to stop.
/// Cleaners and scrubbers have a thread of their own, so it may wait.
/// </summary>
internal sealed class DiskPace(TimeProvider time, double bytesPerSecond, CancellationToken stop)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private long _windowStart = time.GetTimestamp();
    private long _workStart = time.GetTimestamp();
    private double _inWindow;

    /// <summary>Waits so long; true when the work is to stop.</summary>
    internal Func<TimeSpan, bool> WaitUntilStopped { get; init; } = stop.WaitHandle.WaitOne;

    /// <summary>Whom it steps back for; null for nobody.</summary>
    internal DiskDemand? Demand { get; set; }

    /// <summary>How many times as long as it works it rests beside clients; 0 never rests.</summary>
    internal int Rests { get; set; } = Restraint.UsualRests;

    /// <summary>A piece of work begins: what lies before it was none.</summary>
    internal void Begin() => _workStart = time.GetTimestamp();

    /// <summary>Counts bytes that were read or written; waits when they were too many for the time.</summary>
    /// <exception cref="PaceStoppedException">The work is to stop.</exception>
    internal void Took(long bytes)
    {
        if (stop.IsCancellationRequested) throw new PaceStoppedException();
        HoldToLimit(bytes);
        StepBack();
    }

    private void HoldToLimit(long bytes)
    {
        if (bytesPerSecond >= long.MaxValue) return;
        _inWindow += bytes;
        TimeSpan elapsed = time.GetElapsedTime(_windowStart);
        TimeSpan due = TimeSpan.FromSeconds(_inWindow / bytesPerSecond);
        if (due > elapsed) Wait(due - elapsed);
        elapsed = time.GetElapsedTime(_windowStart);
        // What was not used of an earlier second is not made up for.
        if (elapsed < Window) return;
        _windowStart = time.GetTimestamp();
        _inWindow = 0;
    }

    private void StepBack()
    {
        TimeSpan worked = time.GetElapsedTime(_workStart);
        if (worked < Restraint.ShortestRest) return;
        if (Rests > 0 && Demand is { HasClients: true }) Wait(Restraint.RestAfter(worked, Rests));
        else Begin();
    }

    private void Wait(TimeSpan rest)
    {
        if (WaitUntilStopped(rest)) throw new PaceStoppedException();
        Begin();
    }
}

/// <summary>The work is not wanted any more: its log was closed, or whoever does it stops.</summary>
internal sealed class PaceStoppedException() : Exception("The work was stopped");
