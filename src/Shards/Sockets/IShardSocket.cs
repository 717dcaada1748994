using System.Net;

namespace Gateway.Shards.Sockets;

/// <summary>
/// A connected stream socket of one shard. Nothing here blocks; everything is for that shard only. A filter (TLS) implements this
/// over another one.
/// </summary>
public interface IShardSocket
{
    /// <summary>The owner.</summary>
    Shard Shard { get; }

    /// <summary>The other side.</summary>
    IPEndPoint RemoteEndPoint { get; }

    /// <summary>
    /// Takes what has arrived. After <see cref="TransferStatus.WouldBlock"/>, and only then, <see cref="ISocketEvents.OnReadable"/>
    /// will say when there is more; until then more may be asked for at any time, so a reader may pause as long as it likes.
    /// </summary>
    TransferStatus Receive(Span<byte> into, out int received);

    /// <summary>
    /// Hands bytes to the network, as many as it takes now. If that is not all of them, <see cref="ISocketEvents.OnWritable"/> will
    /// say when it takes more.
    /// </summary>
    TransferStatus Send(ReadOnlySpan<ReadOnlyMemory<byte>> segments, out int sent);

    /// <summary>Closes the connection at once. No event comes afterwards. Idempotent.</summary>
    void Close();
}

/// <summary>What became of a <see cref="IShardSocket.Receive"/> or <see cref="IShardSocket.Send"/>.</summary>
public enum TransferStatus
{
    /// <summary>Some bytes were moved.</summary>
    Done,

    /// <summary>None just now; an event will follow.</summary>
    WouldBlock,

    /// <summary>The other side has finished sending: nothing will ever come.</summary>
    Ended,

    /// <summary>The connection is broken.</summary>
    Failed,
}

/// <summary>What happens to a socket, told on its shard.</summary>
public interface ISocketEvents
{
    /// <summary>There may be something to receive (bytes or the end).</summary>
    void OnReadable();

    /// <summary>After a send that was not complete: there is room again.</summary>
    void OnWritable();

    /// <summary>The connection is dead in both directions; what is left to do is to close it.</summary>
    void OnHangup();
}
