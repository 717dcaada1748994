using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Gateway.Metrics;

/// <summary>What the operating system and the runtime say about this process, under the names every dashboard knows.</summary>
public sealed class ProcessMetrics : IDisposable
{
    private readonly Meter _meter = new("Gateway.Process");
    private readonly Process _process = Process.GetCurrentProcess();
    private readonly CollectionWatch _collections;

    /// <summary>Publishes the instruments.</summary>
    public ProcessMetrics()
    {
        double started = new DateTimeOffset(_process.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0;
        _meter.CreateObservableCounter("process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "User and system CPU time spent.");
        _meter.CreateObservableGauge("process.resident_memory", () => Environment.WorkingSet, "By", "Resident memory.");
        _meter.CreateObservableGauge("process.start_time", () => started, "s", "When the process started, in seconds since 1970.");
        _meter.CreateObservableGauge("process.threads", ThreadCount, null, "Operating system threads.");
        if (OperatingSystem.IsLinux())
            _meter.CreateObservableGauge("process.open_fds", () => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(), null, "Open file descriptors.");
        _meter.CreateObservableCounter("dotnet.gc.collections", Collections, null, "Garbage collections by generation.");
        _meter.CreateObservableCounter("dotnet.gc.pause", () => GC.GetTotalPauseDuration().TotalSeconds, "s", "Time paused by garbage collection.");
        _collections = new CollectionWatch(_meter);
        _meter.CreateObservableGauge("dotnet.gc.heap", () => GC.GetTotalMemory(false), "By", "Managed heap.");
        _meter.CreateObservableCounter("dotnet.gc.allocated", () => GC.GetTotalAllocatedBytes(), "By", "Bytes allocated on the managed heap.");
        _meter.CreateObservableGauge("gateway.build.info", () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", BuildInfo.Version)), null, "Always 1; the label says which build runs.");
    }

    /// <summary>Takes the instruments away.</summary>
    public void Dispose()
    {
        _collections.End();
        _meter.Dispose();
        _process.Dispose();
    }

    private int ThreadCount()
    {
        _process.Refresh();
        return _process.Threads.Count;
    }

    private static IEnumerable<Measurement<int>> Collections() =>
        Enumerable.Range(0, GC.MaxGeneration + 1).Select(g => new Measurement<int>(GC.CollectionCount(g), new KeyValuePair<string, object?>("generation", g)));
}
