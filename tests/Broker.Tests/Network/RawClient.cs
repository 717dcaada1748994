using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Gateway.Common.Buffers;
using Gateway.Protocol;
using Gateway.Protocol.Frames;

namespace Gateway.Broker.Tests.Network;

/// <summary>A client that sends exactly the bytes it is told to and reads frames.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    internal Socket Socket => _socket;

    internal static async Task<RawClient> Connect(EndPoint address, int receiveBuffer = 0)
    {
        var client = new RawClient();
        if (receiveBuffer > 0) client._socket.ReceiveBufferSize = receiveBuffer;
        await client._socket.ConnectAsync(address).WaitAsync(NetworkFixture.Deadline);
        return client;
    }

    internal static byte[] Frame(IRequest request, short version, int correlationId, string? clientId = "test")
    {
        using var frame = RequestFrame.Encode(request, version, correlationId, clientId);
        return frame.ToArray();
    }

    /// <summary>Size, key, version, correlation id, null client id, then whatever.</summary>
    internal static byte[] Header(int size, short key, short version, int correlationId, params byte[] rest)
    {
        byte[] bytes = new byte[14 + rest.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, size);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(4), key);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(6), version);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), correlationId);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(12), -1);
        rest.CopyTo(bytes, 14);
        return bytes;
    }

    internal async Task Send(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes).AsTask().WaitAsync(NetworkFixture.Deadline)..];
    }

    internal Task Send(IRequest request, short version, int correlationId, string? clientId = "test") =>
        Send(Frame(request, version, correlationId, clientId));

    /// <summary>The next answer's correlation id and the frame after its size.</summary>
    internal async Task<(int CorrelationId, byte[] Frame)> Receive()
    {
        byte[] prefix = await ReceiveExactly(4);
        byte[] frame = await ReceiveExactly(BinaryPrimitives.ReadInt32BigEndian(prefix));
        return (BinaryPrimitives.ReadInt32BigEndian(frame), frame);
    }

    internal async Task<TResponse> Receive<TResponse>(IRequest<TResponse> request, short version, int correlationId)
        where TResponse : class, IResponse, new()
    {
        (_, byte[] frame) = await Receive();
        return (TResponse)ResponseFrame.Decode(RecordsLease.Wrap(frame), request, version, correlationId);
    }

    internal async Task<TResponse> Ask<TResponse>(IRequest<TResponse> request, short version, int correlationId = 1)
        where TResponse : class, IResponse, new()
    {
        await Send(request, version, correlationId);
        return await Receive(request, version, correlationId);
    }

    internal async Task<byte[]> ReceiveExactly(int length)
    {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length;)
        {
            int count = await _socket.ReceiveAsync(bytes.AsMemory(at)).AsTask().WaitAsync(NetworkFixture.Deadline);
            if (count == 0) throw new EndOfStreamException($"{at} of {length} bytes");
            at += count;
        }
        return bytes;
    }

    /// <summary>Waits for the server to close, without any byte before that.</summary>
    internal async Task ExpectClose()
    {
        try
        {
            Assert.Equal(0, await _socket.ReceiveAsync(new byte[16].AsMemory()).AsTask().WaitAsync(NetworkFixture.Deadline));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // It closed with bytes of ours unread.
        }
    }

    public void Dispose() => _socket.Dispose();
}
