using System.Globalization;

namespace Gateway.Bench.Measuring;

/// <summary>What a process has used so far, read from <c>/proc</c>.</summary>
/// <param name="Cpu">Processor time of all its threads, user and kernel.</param>
/// <param name="ResidentBytes">Memory resident now.</param>
/// <param name="PeakResidentBytes">The most there ever was.</param>
internal readonly record struct ProcessUsage(TimeSpan Cpu, long ResidentBytes, long PeakResidentBytes)
{
    private const int UserTicksField = 11, KernelTicksField = 12, TicksPerSecond = 100;

    /// <summary>Reads it; null when the process is gone or this is no Linux.</summary>
    public static ProcessUsage? Of(int pid)
    {
        try
        {
            // The name in parentheses may hold spaces: fields are counted after it.
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            long ticks = long.Parse(fields[UserTicksField], CultureInfo.InvariantCulture) + long.Parse(fields[KernelTicksField], CultureInfo.InvariantCulture);
            string[] status = File.ReadAllLines($"/proc/{pid}/status");
            return new ProcessUsage(TimeSpan.FromSeconds((double)ticks / TicksPerSecond), Kilobytes(status, "VmRSS:"), Kilobytes(status, "VmHWM:"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static long Kilobytes(string[] status, string name)
    {
        string line = Array.Find(status, l => l.StartsWith(name, StringComparison.Ordinal)) ?? "";
        string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 1 ? long.Parse(parts[1], CultureInfo.InvariantCulture) * 1024 : 0;
    }
}
