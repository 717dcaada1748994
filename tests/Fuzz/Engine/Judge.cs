using System.Diagnostics;

namespace Gateway.Fuzz.Engine;

/// <summary>Tries single inputs and holds them to the bounds of every target: time and memory.</summary>
/// <param name="target">What is tried.</param>
/// <param name="longestCase">The longest that one input may take.</param>
public sealed class Judge(ITarget target, TimeSpan longestCase)
{
    /// <summary>What an input may take on a machine that has nothing else to do.</summary>
    public static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Bytes a case may allocate, those it frees again included.</summary>
    private const long MostMemory = 512L << 20;

    /// <summary>How the input went, or null and what is wrong with that.</summary>
    public string? Try(ReadOnlySpan<byte> input, out string? finding)
    {
        finding = null;
        for (var attempt = 1; ; attempt++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            var before = Environment.CpuUsage.TotalTime;
            string outcome;
            try
            {
                outcome = target.Try(input);
            }
#pragma warning disable CA1031 // A target lets nothing out but findings.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                finding = fault is FindingException ? fault.Message : fault.ToString();
                return null;
            }
            watch.Stop();
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            if (allocated > MostMemory) finding = $"allocates {allocated >> 20} MiB";
            // The machine may be busy with something else: what counts is the processor's time, and being slow three times.
            else if (watch.Elapsed <= longestCase || Environment.CpuUsage.TotalTime - before <= longestCase) return outcome;
            else if (attempt == 3) finding = $"takes {watch.Elapsed.TotalSeconds:f1} s";
            else continue;
            return null;
        }
    }
}
