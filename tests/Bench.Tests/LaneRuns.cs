using Gateway.Bench.Load;
using Gateway.Bench.Measuring;

namespace Gateway.Bench.Tests;

/// <summary>Runs that end by their number of requests, however slow the machine is.</summary>
internal static class LaneRuns
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    /// <summary>Sends so many requests, as fast as it goes or at a rate, and waits for the last answer.</summary>
    internal static void Send(this Lane lane, long requests, double perSecond = 0)
    {
        lane.Start(LoadSchedule.From(Clock.Now, TimeSpan.Zero, Long, perSecond, lanes: 1) with { RequestsPerLane = requests });
        lane.Join(Long);
    }
}
