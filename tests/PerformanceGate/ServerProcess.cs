using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gateway.PerformanceGate;

/// <summary>A server under measurement, in a process of its own.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly int _clock;

    private ServerProcess(Process process, string readyLine)
    {
        _process = process;
        // clock_getcpuclockid(3) in one line: the complement of the id, and 2 for what the scheduler counted, in nanoseconds.
        _clock = ~process.Id << 3 | 2;
        Doors = readyLine.Split(' ')[1..].Select(static door => door.Split('=', 2)).ToDictionary(static d => d[0], static d => d[1]);
    }

    /// <summary>Where it answers, by name, as it said when it was ready.</summary>
    public IReadOnlyDictionary<string, string> Doors { get; }

    /// <summary>Starts it and waits until it serves.</summary>
    public static ServerProcess Start(string executable, params string[] arguments)
    {
        var start = new ProcessStartInfo(executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // What makes processor time depend on chance rather than on the code: idle threads that spin, code that is compiled anew while it
        // runs, and collections as often as this machine's cache is small. What is allocated is compared by itself.
        start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        start.Environment["DOTNET_TieredCompilation"] = "0";
        start.Environment["DOTNET_GCgen0size"] = "0x1000000";
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        Task<string?> line = process.StandardOutput.ReadLineAsync();
        if (line.Wait(Patience) && line.Result is { } ready && ready.StartsWith("READY ", StringComparison.Ordinal)) return new ServerProcess(process, ready);
        process.Kill();
        throw new IOException($"{executable} {string.Join(' ', arguments)} did not become ready");
    }

    /// <summary>Processor time of all its threads so far, in nanoseconds.</summary>
    public long CpuNanoseconds() => clock_gettime(_clock, out Timespec time) == 0
        ? (time.Seconds * 1_000_000_000) + time.Nanoseconds
        : throw new IOException($"the processor time of process {_process.Id} cannot be read: it has ended, or this is no Linux");

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    [DllImport("libc")]
    private static extern int clock_gettime(int clock, out Timespec time);

    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
