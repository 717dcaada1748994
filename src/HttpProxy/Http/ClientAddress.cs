using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.Http;

/// <summary>Whom a request counts for where there is a limit for each client.</summary>
internal static class ClientAddress
{
    // What a single customer of a provider is given: whoever has one address of it has them all (RFC 6177).
    private const int BytesOfNetwork = 8;

    /// <summary>The address the connection comes from; of IPv6, the network of 64 bits.</summary>
    internal static IPAddress Of(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address) return IPAddress.None;
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[BytesOfNetwork..].Clear();
        return new IPAddress(bytes);
    }
}
