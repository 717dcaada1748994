using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Gateway.PerformanceGate;

/// <summary>A server under measurement: the built executable in a process of its own.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private const string JitThread = ".NET Tiered Com";
    private readonly Process _process;

    private ServerProcess(Process process, string readyLine)
    {
        _process = process;
        ReadyLine = readyLine;
    }

    /// <summary>What it said when it was ready; its addresses are in there.</summary>
    public string ReadyLine { get; }

    /// <summary>Starts it and waits until it serves.</summary>
    public static ServerProcess Start(string executable, params string[] arguments)
    {
        var start = new ProcessStartInfo(executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // What makes processor time depend on chance rather than on the code: idle threads that spin, and code that is compiled anew while it runs.
        start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        start.Environment["DOTNET_TieredCompilation"] = "0";
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        Task<string?> line = process.StandardOutput.ReadLineAsync();
        if (line.Wait(Patience) && line.Result is { } ready && ready.StartsWith("READY", StringComparison.Ordinal)) return new ServerProcess(process, ready);
        process.Kill();
        throw new InvalidOperationException($"{executable} {string.Join(' ', arguments)} did not become ready");
    }

    /// <summary>Processor time of all its threads in nanoseconds, but for the one that compiles in the background.</summary>
    public long CpuNanoseconds()
    {
        long sum = 0;
        foreach (string thread in Directory.EnumerateDirectories($"/proc/{_process.Id}/task"))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(thread, "comm")).StartsWith(JitThread, StringComparison.Ordinal)) continue;
                sum += long.Parse(File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // The thread ended between the listing and the look.
            }
        }
        return sum;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
