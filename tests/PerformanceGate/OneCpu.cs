using System.Diagnostics;
using System.Numerics;
using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

namespace Gateway.PerformanceGate;

/// <summary>Keeps this process and all that it starts on one processor.</summary>
/// <remarks>
/// With several, a wake-up costs more or less by whether the woken thread's processor slept, was busy or was another: a matter of chance and
/// of what else runs, and up to half of a small request. On one, every hand-over is the same switch from one thread to the next.
/// </remarks>
internal static class OneCpu
{
    /// <summary>Takes the last of the processors this process may use. Threads and processes started later inherit it.</summary>
    public static void Take()
    {
        using var self = Process.GetCurrentProcess();
        int last = 63 - BitOperations.LeadingZeroCount((ulong)(long)self.ProcessorAffinity);
        self.ProcessorAffinity = (nint)(1L << last);
    }
}
