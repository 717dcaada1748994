using System.Globalization;

namespace Gateway.Common.Ids;

/// <summary>A host name or address with a port, written <c>host:port</c> or <c>[v6]:port</c>.</summary>
/// <param name="Host">Name or address, without brackets.</param>
/// <param name="Port">0 to 65535; 0 asks the system for a free port.</param>
public readonly record struct HostAndPort(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>; false when the port is missing or out of range or the host is empty.</summary>
    public static bool TryParse(string? text, out HostAndPort value)
    {
        value = default;
        int colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0) return false;
        string host = text![..colon];
        if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];
        else if (host.Contains(':')) return false;
        if (host.Length == 0) return false;
        if (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > 65535) return false;
        value = new HostAndPort(host, port);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
