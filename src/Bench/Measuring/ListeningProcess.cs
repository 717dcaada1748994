using System.Globalization;
using System.Net;

namespace Gateway.Bench.Measuring;

/// <summary>Finds which process of this machine listens on a port, so that its processor time and memory can be told beside the load.</summary>
internal static class ListeningProcess
{
    private const string Listening = "0A";
    private const int LocalAddressField = 1, StateField = 3, InodeField = 9;

    /// <summary>The process id; null when the host is another machine, nobody listens, or the owner cannot be seen.</summary>
    public static int? Find(string host, int port)
    {
        if (!OperatingSystem.IsLinux() || !IsLocal(host)) return null;
        try
        {
            HashSet<string> sockets = [.. SocketsListeningOn(port)];
            return sockets.Count == 0 ? null : Owner(sockets);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    private static IEnumerable<string> SocketsListeningOn(int port)
    {
        string suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (string table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            if (!File.Exists(table)) continue;
            foreach (string line in File.ReadLines(table).Skip(1))
            {
                string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length > InodeField && fields[StateField] == Listening && fields[LocalAddressField].EndsWith(suffix, StringComparison.Ordinal))
                    yield return $"socket:[{fields[InodeField]}]";
            }
        }
    }

    private static int? Owner(HashSet<string> sockets)
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out int pid)) continue;
            try
            {
                foreach (string descriptor in Directory.EnumerateFiles(directory + "/fd"))
                    if (new FileInfo(descriptor).LinkTarget is { } target && sockets.Contains(target)) return pid;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another user's process, or one that has just ended.
            }
        }
        return null;
    }
}
