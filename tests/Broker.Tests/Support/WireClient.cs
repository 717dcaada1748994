using System.Buffers.Binary;
using System.Net.Sockets;
using Gateway.Common.Buffers;
using Gateway.Protocol;
using Gateway.Protocol.Frames;
using Gateway.Protocol.Wire;

namespace Gateway.Broker.Tests.Support;

/// <summary>A client of single frames: any request, in any version, over a socket.</summary>
public sealed class WireClient(TcpClient client) : IDisposable
{
    private int _correlationId = -7; // any int32 is echoed, negative ones too (CON-6)

    /// <summary>Sends a request and reads its answer.</summary>
    public async Task<TResponse> Ask<TResponse>(IRequest<TResponse> request, short version, string? clientId = "test")
        where TResponse : class, IResponse, new()
    {
        int correlationId = await Post(request, version, clientId);
        RecordsLease frame = await ReadFrame() ?? throw new IOException("The broker closed the connection");
        return (TResponse)ResponseFrame.Decode(frame, request, version, correlationId);
    }

    /// <summary>Sends a request; returns its correlation id.</summary>
    public async Task<int> Post(IRequest request, short version, string? clientId = "test")
    {
        using OutgoingFrame frame = RequestFrame.Encode(request, version, ++_correlationId, clientId);
        for (int i = 0; i < frame.Segments.Count; i++) await client.GetStream().WriteAsync(frame.Segments[i]);
        return _correlationId;
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task Post(byte[] frame) => await client.GetStream().WriteAsync(frame);

    /// <summary>The next frame without its size; null when the broker closed the connection.</summary>
    public async Task<RecordsLease?> ReadFrame()
    {
        byte[] size = new byte[4];
        try
        {
            if (await client.GetStream().ReadAtLeastAsync(size, 4, throwOnEndOfStream: false) < 4) return null;
            byte[] body = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
            await client.GetStream().ReadExactlyAsync(body);
            return RecordsLease.Wrap(body);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => client.Dispose();
}
