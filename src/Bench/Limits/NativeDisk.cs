using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Bench.Limits;

/// <summary>The disk calls that the framework does not offer; on other systems than Linux they do nothing, or are not there.</summary>
internal static partial class NativeDisk
{
    private const uint StartWrite = 2;
    private const int ReadWrite = 2, Direct = 0x4000, DirectOnArm = 0x10000, CloseOnExec = 0x80000;

    /// <summary>Asks the kernel to write the pages of a range to disk, without waiting for it.</summary>
    public static void StartWriteBack(SafeFileHandle file, long position, long length)
    {
        if (OperatingSystem.IsLinux()) _ = sync_file_range(file, position, length, StartWrite);
    }

    /// <summary>Opens a file past the page cache; null where that cannot be done.</summary>
    public static SafeFileHandle? OpenDirect(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        int direct = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? DirectOnArm : Direct;
        int descriptor = open(path, ReadWrite | direct | CloseOnExec);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport("libc")]
    private static partial int sync_file_range(SafeFileHandle file, long position, long length, uint flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
