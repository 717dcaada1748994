using Gateway.Bench.Measuring;

namespace Gateway.Bench.Load;

/// <summary>Runs lanes through one schedule and adds up what they measured.</summary>
internal static class LoadRun
{
    private static readonly TimeSpan LeadTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan TrailingTime = TimeSpan.FromSeconds(1);

    /// <summary>Runs to the end. The lanes stay the caller's.</summary>
    /// <param name="lanes">Those that send by the schedule.</param>
    /// <param name="settings">Rate, warm-up and duration.</param>
    /// <param name="requestsPerSecond">The rate in requests; 0 for as fast as possible.</param>
    /// <param name="readers">Those that read what the others write, as fast as it comes, and a little longer.</param>
    /// <param name="serverPid">The server's process, where it is known.</param>
    /// <param name="progress">Where a line a second goes; null for nowhere.</param>
    /// <param name="cancel">Ends the run early; what was measured is lost.</param>
    public static LoadResult Execute(
        IReadOnlyList<Lane> lanes, LoadSettings settings, double requestsPerSecond, IReadOnlyList<Lane> readers, int? serverPid,
        TextWriter? progress, CancellationToken cancel)
    {
        var schedule = LoadSchedule.From(
            Clock.Now + (long)(LeadTime.TotalSeconds * 1e9), settings.WarmUp, settings.Duration, requestsPerSecond, lanes.Count);
        LoadSchedule reading = schedule with { RequestsPerSecond = 0, End = schedule.End + (long)(TrailingTime.TotalSeconds * 1e9) };
        foreach (Lane reader in readers)
        {
            reader.Measured = schedule;
            reader.Start(reading);
        }
        if (LanePoll.Serves(lanes, schedule)) LanePoll.Start(lanes, schedule, settings.Drain);
        else foreach (Lane lane in lanes) lane.Start(schedule);

        Wait(schedule.MeasuredFrom, lanes, progress, cancel);
        TimeSpan ownBefore = Environment.CpuUsage.TotalTime;
        ProcessUsage? serverBefore = serverPid is { } pid ? ProcessUsage.Of(pid) : null;
        long from = Clock.Now;
        Wait(schedule.End, lanes, progress, cancel);
        TimeSpan own = Environment.CpuUsage.TotalTime - ownBefore;
        ProcessUsage? serverAfter = serverBefore is null ? null : ProcessUsage.Of(serverPid!.Value);
        double seconds = (Clock.Now - from) / 1e9;

        var total = new LaneCounts();
        foreach (Lane lane in lanes)
        {
            lane.Join(settings.Drain);
            total.Add(lane.Counts);
        }
        foreach (Lane reader in readers) reader.Join(settings.Drain);
        ServerUsage? server = serverAfter is { } after
            ? new ServerUsage(serverPid!.Value, after.Cpu - serverBefore!.Value.Cpu, seconds, after.PeakResidentBytes)
            : null;
        return new LoadResult(total, schedule.MeasuredSeconds, requestsPerSecond, lanes.Count, own, server);
    }

    private static void Wait(long until, IReadOnlyList<Lane> lanes, TextWriter? progress, CancellationToken cancel)
    {
        long seen = lanes.Sum(static lane => lane.RecordsSoFar);
        for (long left; (left = until - Clock.Now) > 0;)
        {
            long from = Clock.Now;
            cancel.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(Math.Min(1000, left / 1e6 + 1)));
            cancel.ThrowIfCancellationRequested();
            long now = lanes.Sum(static lane => lane.RecordsSoFar);
            progress?.WriteLine($"{(now - seen) / ((Clock.Now - from) / 1e9),12:N0} records/s");
            seen = now;
        }
    }
}
