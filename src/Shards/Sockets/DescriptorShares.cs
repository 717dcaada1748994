using System.Runtime.InteropServices;

namespace Gateway.Shards.Sockets;

/// <summary>
/// How the process divides the file descriptors the system grants it. Connections and segments draw on the same limit: were clients
/// free to take all of it, whoever opens enough connections would keep the log from opening its files.
/// </summary>
public sealed partial record DescriptorShares
{
    private const long Reserved = 256;
    private const int OpenFiles = 7; // RLIMIT_NOFILE
    private const long LeastSpare = 64;

    /// <summary>With a lower limit a process can run out of descriptors in the middle of an append.</summary>
    public const long Least = Reserved + LeastSpare;

    private DescriptorShares(long limit)
    {
        Limit = limit;
        // What the runtime, its libraries, the journal and the executors need comes first.
        long spare = Math.Max(LeastSpare, Math.Min(limit, int.MaxValue) - Reserved);
        KafkaConnections = (int)(spare / 2);
        HttpConnections = (int)(spare / 8);
        Segments = (int)(spare / 8);
    }

    /// <summary>What the system grants in all.</summary>
    public long Limit { get; }

    /// <summary>Connections to the Kafka door: half of what there is.</summary>
    public int KafkaConnections { get; }

    /// <summary>Connections to each of the HTTP doors.</summary>
    public int HttpConnections { get; }

    /// <summary>Segment files kept open.</summary>
    public int Segments { get; }

    /// <summary>The shares under a limit of <paramref name="descriptors"/>.</summary>
    public static DescriptorShares Of(long descriptors) => new(descriptors);

    /// <summary>The shares of this process. The runtime has raised its limit as far as it may by then.</summary>
    public static DescriptorShares OfThisProcess() =>
        new(OperatingSystem.IsLinux() && GetLimit(OpenFiles, out Limits limits) == 0 && limits.Soft <= int.MaxValue ? (long)limits.Soft : int.MaxValue);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limits limits);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        internal nuint Soft;
        internal nuint Hard;
    }
}
