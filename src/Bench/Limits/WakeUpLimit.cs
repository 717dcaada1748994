using Gateway.Bench.Measuring;

namespace Gateway.Bench.Limits;

/// <summary>How long a thread that has nothing to do takes to notice that there is something, on a machine as idle as itself.</summary>
internal static class WakeUpLimit
{
    private const long IdleNanoseconds = 1_000_000;

    /// <summary>One thread wakes another every millisecond; told is the time from the one to the other.</summary>
    public static Limit Measure(TimeSpan time)
    {
        var latency = new LatencyHistogram();
        long released = 0;
        using var signal = new SemaphoreSlim(0);
        var waiting = new Thread(() =>
        {
            while (true)
            {
                signal.Wait();
                long at = Volatile.Read(ref released);
                if (at == 0) return;
                latency.Record(Clock.Now - at);
            }
        })
        { IsBackground = true };
        waiting.Start();
        for (long now = Clock.Now, until = now + (long)(time.TotalSeconds * 1e9); now < until; now = Clock.Now)
        {
            Clock.SleepUntil(now + IdleNanoseconds);
            Volatile.Write(ref released, Clock.Now);
            signal.Release();
        }
        Clock.SleepUntil(Clock.Now + IdleNanoseconds);
        Volatile.Write(ref released, 0);
        signal.Release();
        waiting.Join();
        return new Limit("wake another thread, idle", null, null, latency);
    }
}
