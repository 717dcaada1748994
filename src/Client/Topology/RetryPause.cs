namespace Gateway.Client.Topology;

/// <summary>Pauses between attempts: doubling, with chance so that many clients do not come back in step, and an end.</summary>
internal sealed class RetryPause(ClientOptions options, TimeSpan limit)
{
    private readonly long _start = options.Time.GetTimestamp();
    private int _attempts;

    /// <summary>Time left before the limit; never negative.</summary>
    internal TimeSpan Left
    {
        get
        {
            TimeSpan left = limit - options.Time.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Waits before the next attempt; false when the limit leaves no time for one, or the client closes.</summary>
    internal async ValueTask<bool> WaitAsync(CancellationToken cancel)
    {
        double full = Math.Min(options.RetryBackoff.TotalMilliseconds * Math.Pow(2, _attempts++), options.RetryBackoffMax.TotalMilliseconds);
        TimeSpan pause = TimeSpan.FromMilliseconds(full * (0.8 + (0.4 * options.Random.NextDouble())));
        if (pause >= Left) return false;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, options.Closing);
        try
        {
            await Task.Delay(pause, options.Time, either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }
}
