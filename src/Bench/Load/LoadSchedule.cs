namespace Gateway.Bench.Load;

/// <summary>
/// When requests are to be sent. With a rate the loop is open: request k has its moment whether or not earlier ones have been answered,
/// and its latency counts from that moment, so a server that stalls cannot hide the requests it kept from being sent.
/// </summary>
/// <param name="Start">First moment, in nanoseconds of <see cref="Measuring.Clock"/>.</param>
/// <param name="MeasuredFrom">End of the warm-up.</param>
/// <param name="End">Nothing is sent from here on.</param>
/// <param name="RequestsPerSecond">Over all lanes; 0 for as fast as the windows allow.</param>
/// <param name="Lanes">How many lanes share the rate.</param>
internal sealed record LoadSchedule(long Start, long MeasuredFrom, long End, double RequestsPerSecond, int Lanes)
{
    private const double Second = 1e9;

    /// <summary>A lane sends no more than so many, even if there is time left.</summary>
    public long RequestsPerLane { get; init; } = long.MaxValue;

    /// <summary>Whether requests have moments of their own.</summary>
    public bool IsPaced => RequestsPerSecond > 0;

    /// <summary>Length of the measured part in seconds.</summary>
    public double MeasuredSeconds => (End - MeasuredFrom) / Second;

    /// <summary>The schedule of a run that starts <paramref name="now"/>.</summary>
    public static LoadSchedule From(long now, TimeSpan warmUp, TimeSpan duration, double requestsPerSecond, int lanes)
    {
        long measured = now + (long)(warmUp.TotalSeconds * Second);
        return new LoadSchedule(now, measured, measured + (long)(duration.TotalSeconds * Second), requestsPerSecond, lanes);
    }

    /// <summary>The moment of the <paramref name="number"/>th request of a lane; lanes take turns.</summary>
    public long MomentOf(int lane, long number) => Start + (long)((number * Lanes + lane) * (Second / RequestsPerSecond));

    /// <summary>Whether a moment counts.</summary>
    public bool Measures(long moment) => moment >= MeasuredFrom && moment < End;
}
