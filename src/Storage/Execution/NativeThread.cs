using System.Runtime.InteropServices;

namespace Gateway.Storage.Execution;

/// <summary>What the framework does not do for a thread on Linux, where its own thread priorities have no effect.</summary>
internal static partial class NativeThread
{
    private const int ThisThread = 0;
    private const int Nice = 10;

    /// <summary>Lets other threads of the machine go first. Where that is not to be had, nothing happens.</summary>
    internal static void StepBack()
    {
        if (OperatingSystem.IsLinux()) _ = setpriority(0, ThisThread, Nice);
        else Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
    }

    // With PRIO_PROCESS and 0 it is the calling thread's on Linux, not the process's.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int setpriority(int which, int who, int priority);
}
