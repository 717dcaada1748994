using System.Net;
using System.Net.Sockets;

namespace Gateway.Shards.Sockets;

/// <summary>Listening and accepting with epoll.</summary>
internal sealed class EpollTransport : ITransport
{
    public IShardListener Listen(Shard shard, IPEndPoint endPoint, Action<IIncomingSocket> accepted) =>
        new EpollListener(shard, ListeningSocket.Open(endPoint), accepted);
}

/// <summary>How every listening socket here is opened.</summary>
internal static class ListeningSocket
{
    private const int Backlog = 1024;

    internal static Socket Open(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            // Bind sets SO_REUSEADDR, so a restarted broker gets its port back at once. Setting the option here as well would also
            // set SO_REUSEPORT, and two brokers could share a port without noticing.
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            socket.Blocking = false;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
