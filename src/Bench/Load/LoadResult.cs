using Gateway.Bench.Measuring;

namespace Gateway.Bench.Load;

/// <summary>What a run gave.</summary>
/// <param name="Counts">All lanes together.</param>
/// <param name="Seconds">Length of the measured part.</param>
/// <param name="TargetRequestsPerSecond">What was asked for; 0 for as fast as possible.</param>
/// <param name="Lanes">How many connections.</param>
/// <param name="GeneratorCpu">Processor time of this process in the measured part.</param>
/// <param name="Server">The server's, where it could be read.</param>
internal sealed record LoadResult(
    LaneCounts Counts, double Seconds, double TargetRequestsPerSecond, int Lanes, TimeSpan GeneratorCpu, ServerUsage? Server)
{
    private const double BusyWaiting = 0.5, NearlyNone = 0.1, Held = 0.98;
    private const double MuchOfTheMachine = 0.7, Busy = 0.9;
    private const double LateMs = 1;

    /// <summary>Answers per second.</summary>
    public double RequestRate => Counts.Requests / Seconds;

    /// <summary>Records per second.</summary>
    public double RecordRate => Counts.Records / Seconds;

    /// <summary>Millions of bytes per second.</summary>
    public double MegabytesPerSecond => Counts.Bytes / Seconds / 1e6;

    /// <summary>Cores the generator used.</summary>
    public double GeneratorCores => GeneratorCpu.TotalSeconds / Seconds;

    /// <summary>Part of the lanes' time spent waiting for the server.</summary>
    public double WaitingForServer => Counts.WaitedForServer / 1e9 / (Seconds * Lanes);

    /// <summary>Why the run says nothing about server or generator; null when it does. Some failed requests among many answered are no such reason.</summary>
    public string? Failure
    {
        get
        {
            long failed = Counts.Errors.Values.Sum();
            if (Counts.LostConnections > 0) return Counts.LostConnections == 1 ? "a connection was lost" : $"{Counts.LostConnections} connections were lost";
            if (Counts.Requests == 0) return failed == 0 ? "nothing was answered in the measured time" : "no request was answered without an error in the measured time";
            return failed > Counts.Requests ? $"more requests failed ({failed}) than were answered ({Counts.Requests})" : null;
        }
    }

    /// <summary>Whether it was the server that set the pace, the generator, or the rate asked for.</summary>
    public Bottleneck Bottleneck
    {
        get
        {
            if (Failure is not null) return Bottleneck.None;
            bool late = Counts.Lateness.Percentile(99) / 1e6 > LateMs;
            if (TargetRequestsPerSecond > 0)
            {
                if (RequestRate >= TargetRequestsPerSecond * Held) return late ? Bottleneck.Generator : Bottleneck.None;
                return WaitingForServer < NearlyNone ? Bottleneck.Generator : Bottleneck.Server;
            }
            // Without a rate every window is always full, so only the processor time tells. A lane has one thread then: when all of them are busy, more lanes
            // would load more.
            if (GeneratorCores > Lanes * Busy) return Bottleneck.Generator;
            bool busiest = GeneratorCores > Math.Max(MuchOfTheMachine, Server?.Cores ?? 0);
            return busiest && GeneratorCores > Environment.ProcessorCount * BusyWaiting ? Bottleneck.Generator : Bottleneck.Server;
        }
    }
}

/// <summary>What a local server used in the measured part.</summary>
/// <param name="Pid">Its process.</param>
/// <param name="Cpu">Processor time.</param>
/// <param name="Seconds">Over how long.</param>
/// <param name="PeakResidentBytes">Most memory resident since it started.</param>
internal sealed record ServerUsage(int Pid, TimeSpan Cpu, double Seconds, long PeakResidentBytes)
{
    /// <summary>Cores used.</summary>
    public double Cores => Cpu.TotalSeconds / Seconds;

    /// <summary>Processor seconds for each thousand million bytes moved; null when none were.</summary>
    public double? CpuSecondsPerGigabyte(long bytes) => bytes == 0 ? null : Cpu.TotalSeconds / (bytes / 1e9);
}

/// <summary>What kept a run from being faster.</summary>
internal enum Bottleneck
{
    /// <summary>Nothing: the rate asked for was held, or the run failed and tells nothing.</summary>
    None,

    /// <summary>The server.</summary>
    Server,

    /// <summary>The generator: the figures say nothing about the server's limit.</summary>
    Generator,
}
