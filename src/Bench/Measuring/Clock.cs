using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gateway.Bench.Measuring;

/// <summary>Nanoseconds of a clock that never goes back, and sleeping until one of them.</summary>
internal static unsafe partial class Clock
{
    private const int Monotonic = 1, Absolute = 1;

    /// <summary>Nanoseconds since some moment before the process.</summary>
    public static long Now => Stopwatch.Frequency == 1_000_000_000 ? Stopwatch.GetTimestamp()
        : (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    /// <summary>
    /// Sleeps until <paramref name="nanoseconds"/>. On Linux by the kernel's own timer, which is late by some 60 µs; a thread's ordinary
    /// sleep counts in milliseconds, too coarse for the rates asked for here.
    /// </summary>
    public static void SleepUntil(long nanoseconds)
    {
        while (true)
        {
            long left = nanoseconds - Now;
            if (left <= 0) return;
            if (OperatingSystem.IsLinux())
            {
                var until = new TimeSpec { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
                _ = Sleep(Monotonic, Absolute, &until, null);
            }
            else
            {
                // Below a millisecond this only yields, and the loop spins the rest of the way.
                Thread.Sleep((int)Math.Min(1000, left / 1_000_000));
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int Sleep(int clock, int flags, TimeSpec* request, TimeSpec* remain);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
