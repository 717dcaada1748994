using System.Globalization;
using System.Runtime.InteropServices;

namespace Gateway.Hosting;

/// <summary>Pages of files that are mapped into this process.</summary>
internal static partial class MappedFilePages
{
    private const int DontNeed = 4;

    /// <summary>
    /// Lets go of what was read of a file through mappings that are shared and cannot be written: the pages no longer count as the process's own, and
    /// whoever reads them again gets them from the page cache. Other mappings are left alone, for a page of theirs may differ from the file.
    /// </summary>
    /// <param name="path">The file's full path, as the kernel tells it.</param>
    /// <param name="maps">Where the kernel tells the mappings.</param>
    /// <returns>The bytes of the mappings found; 0 where there are none, where they may not be read, or where the system is not Linux.</returns>
    internal static long LetGo(string path, string maps = "/proc/self/maps")
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!OperatingSystem.IsLinux()) return 0;
        string[] lines;
        try
        {
            lines = File.ReadAllLines(maps);
        }
        // The pages are given back to look smaller, not to work: a sandbox that hides the mappings is no reason not to start.
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
        long bytes = 0;
        foreach (string line in lines)
        {
            if (!line.Contains(" r--s ", StringComparison.Ordinal) || !line.EndsWith(' ' + path, StringComparison.Ordinal)) continue;
            int dash = line.IndexOf('-', StringComparison.Ordinal);
            long from = Address(line.AsSpan(0, dash)), to = Address(line.AsSpan(dash + 1, line.IndexOf(' ', StringComparison.Ordinal) - dash - 1));
            if (Advise((nint)from, (nint)(to - from), DontNeed) == 0) bytes += to - from;
        }
        return bytes;
    }

    private static long Address(ReadOnlySpan<char> hexadecimal) => long.Parse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nint length, int advice);
}
