using Gateway.Bench.Measuring;

namespace Gateway.Bench.Limits;

/// <summary>What the machine allows of one thing, measured without any server.</summary>
/// <param name="Name">What was done.</param>
/// <param name="MegabytesPerSecond">How many bytes of it; null where latency alone says something.</param>
/// <param name="CpuSecondsPerGigabyte">Processor time of this process for it; null where it is not worth telling.</param>
/// <param name="Latency">Of each time it was done; null where only the sum counts.</param>
internal sealed record Limit(string Name, double? MegabytesPerSecond, double? CpuSecondsPerGigabyte, LatencyHistogram? Latency)
{
    /// <summary>Does something again and again for a time.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="bytes">Bytes each time is worth; 0 where latency alone counts.</param>
    /// <param name="time">For how long.</param>
    /// <param name="once">Does it once.</param>
    /// <param name="most">How many times at most.</param>
    public static Limit Of(string name, long bytes, TimeSpan time, Action once, long most = long.MaxValue)
    {
        once();
        var latency = new LatencyHistogram();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long from = Clock.Now, until = from + (long)(time.TotalSeconds * 1e9), now = from;
        while (now < until && latency.Count < most)
        {
            once();
            long then = Clock.Now;
            latency.Record(then - now);
            now = then;
        }
        cpu = Environment.CpuUsage.TotalTime - cpu;
        double moved = (double)bytes * latency.Count;
        return bytes == 0
            ? new Limit(name, null, null, latency)
            : new Limit(name, moved / ((now - from) / 1e9) / 1e6, cpu.TotalSeconds / (moved / 1e9), latency);
    }
}
