using System.Net;
using System.Net.Sockets;
using Gateway.Common.Ids;
using Gateway.Hosting;
using Gateway.Settings;

namespace Gateway.Http;

/// <summary>Turns a configured address into one to bind, and words the complaint when that fails.</summary>
public static class ListenAddress
{
    /// <summary>The IP address to bind.</summary>
    /// <exception cref="StartupException">The host name is unknown.</exception>
    public static async Task<IPAddress> ResolveAsync(SettingDefinition setting, HostAndPort address, CancellationToken cancel)
    {
        if (IPAddress.TryParse(address.Host, out IPAddress? ip)) return ip;
        try
        {
            IPAddress[] found = await Dns.GetHostAddressesAsync(address.Host, cancel);
            return found.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? found[0];
        }
        catch (SocketException e)
        {
            throw new StartupException($"{setting.Name}: the host '{address.Host}' is unknown ({e.Message}); give an IP address or a name this machine knows", e);
        }
    }

    /// <summary>True for 0.0.0.0 and [::], which listen everywhere and are nobody's address.</summary>
    public static bool IsWildcard(HostAndPort address) =>
        IPAddress.TryParse(address.Host, out IPAddress? ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));

    /// <summary>True for this machine's own loopback names.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));

    /// <summary>The complaint for a port that is taken.</summary>
    public static string InUse(SettingDefinition setting, HostAndPort address) =>
        $"{setting.Name}: {address} is in use by another process; stop it, or choose another address with {setting.Flag} (port 0 picks a free one)";

    /// <summary>The complaint for any other failure to bind.</summary>
    public static string Unusable(SettingDefinition setting, HostAndPort address, string reason) =>
        $"{setting.Name}: cannot listen on {address}: {reason}; choose another address with {setting.Flag}";
}
