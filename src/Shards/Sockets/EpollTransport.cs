using System.Net;
using System.Net.Sockets;

namespace Gateway.Shards.Sockets;

/// <summary>Listening and accepting with epoll.</summary>
internal sealed class EpollTransport : ITransport
{
    public IShardListener Listen(Shard shard, IPEndPoint endPoint, Action<IIncomingSocket> accepted)
    {
        Socket socket = ListeningSocket.Open(endPoint);
        var listener = new EpollListener(shard, socket, accepted);
        shard.Post(listener.Watch);
        return listener;
    }
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
            // A restarted broker must get its port back at once. On Windows the option means something else: two listeners on one port.
            if (!OperatingSystem.IsWindows()) socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
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
