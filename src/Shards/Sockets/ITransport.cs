using System.Net;

namespace Gateway.Shards.Sockets;

/// <summary>The network as shards see it: epoll on Linux, the async Socket loop elsewhere, or a simulated one.</summary>
public interface ITransport
{
    /// <summary>
    /// Listens on <paramref name="endPoint"/> (port 0 picks a free one) at once; from <see cref="IShardListener.Start"/> on,
    /// connections are accepted by <paramref name="shard"/>, which runs <paramref name="accepted"/> for each. Any thread. Throws
    /// <see cref="System.Net.Sockets.SocketException"/> when the address is taken or not ours.
    /// </summary>
    IShardListener Listen(Shard shard, IPEndPoint endPoint, Action<IIncomingSocket> accepted);
}

/// <summary>A listening socket. Its members are for the shard that accepts, except where they say otherwise.</summary>
public interface IShardListener
{
    /// <summary>Where it really listens. Any thread.</summary>
    IPEndPoint BoundEndPoint { get; }

    /// <summary>Begins to accept. Any thread, once.</summary>
    void Start();

    /// <summary>Leaves newcomers in the kernel's queue until <see cref="Resume"/>.</summary>
    void Pause();

    /// <summary>Accepts again.</summary>
    void Resume();

    /// <summary>Stops listening. Idempotent.</summary>
    void Close();
}

/// <summary>An accepted connection that no shard owns yet. Exactly one of its methods must be called, once.</summary>
public interface IIncomingSocket
{
    /// <summary>The other side.</summary>
    IPEndPoint RemoteEndPoint { get; }

    /// <summary>
    /// Gives the connection to <paramref name="shard"/>, which runs <paramref name="adopt"/>; what that returns gets the events.
    /// </summary>
    void Attach(Shard shard, Func<IShardSocket, ISocketEvents> adopt);

    /// <summary>Closes it.</summary>
    void Refuse();
}
