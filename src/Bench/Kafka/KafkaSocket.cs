using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using Gateway.Common.Buffers;
using Gateway.Common.Ids;
using Gateway.Protocol;
using Gateway.Protocol.Frames;
using Gateway.Protocol.Messages;
using Gateway.Protocol.Wire;

namespace Gateway.Bench.Kafka;

/// <summary>A connection to a broker that sends frames made before and reads answers whole, by blocking calls.</summary>
internal sealed class KafkaSocket : IDisposable
{
    private const int CorrelationAt = 8, MaxAnswer = 1 << 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Socket _socket;
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private KafkaSocket(Socket socket) => _socket = socket;

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    public static KafkaSocket Connect(HostAndPort broker)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)Patience.TotalMilliseconds };
        try
        {
            socket.Connect(new DnsEndPoint(broker.Host, broker.Port));
            return new KafkaSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A request as the bytes of its frame; <see cref="Send"/> puts the correlation id in.</summary>
    public static byte[] Encode(IRequest request, short version)
    {
        using OutgoingFrame frame = RequestFrame.Encode(request, version, 0, "gateway-bench");
        return frame.ToArray();
    }

    /// <summary>Sends a frame whole.</summary>
    public void Send(byte[] frame, int correlationId)
    {
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(CorrelationAt), correlationId);
        for (int at = 0; at < frame.Length;) at += _socket.Send(frame, at, frame.Length - at, SocketFlags.None);
    }

    /// <summary>The next answer without its size. Valid until the next call.</summary>
    /// <exception cref="IOException">The broker closed the connection, or said something that is no frame.</exception>
    public ReadOnlyMemory<byte> Receive()
    {
        Fill(sizeof(int));
        int length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        if (length is < sizeof(int) or > MaxAnswer) throw new IOException($"the broker announced an answer of {length} bytes");
        _start += sizeof(int);
        Fill(length);
        ReadOnlyMemory<byte> frame = _buffer.AsMemory(_start, length);
        _start += length;
        return frame;
    }

    /// <summary>Sends one request and waits for its answer.</summary>
    public TResponse Ask<TResponse>(IRequest<TResponse> request, short version)
        where TResponse : class, IResponse, new()
    {
        Send(Encode(request, version), 0);
        return (TResponse)ResponseFrame.Decode(RecordsLease.Copy(Receive().Span), request, version, 0);
    }

    /// <summary>The highest version both sides speak of an API, not above <paramref name="most"/>.</summary>
    /// <exception cref="IOException">The broker does not serve it.</exception>
    public short Negotiate(ApiKey api, short most)
    {
        ApiVersionsResponse answer = Ask(new ApiVersionsRequest(), 0);
        ApiVersionsResponse.ApiVersion? range = answer.ApiKeys.Find(k => k.ApiKey == (short)api);
        return range is not null && range.MinVersion <= most ? Math.Min(most, range.MaxVersion) : throw new IOException($"the broker does not serve {api} in version {most} or below");
    }

    /// <summary>Ends whatever waits for an answer.</summary>
    public void Hangup() => _socket.Shutdown(SocketShutdown.Both);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Fill(int length)
    {
        if (_end - _start >= length) return;
        if (_buffer.Length - _start < length)
        {
            byte[] to = _buffer.Length >= length ? _buffer : new byte[BitOperations.RoundUpToPowerOf2((uint)length)];
            Buffer.BlockCopy(_buffer, _start, to, 0, _end - _start);
            _buffer = to;
            _end -= _start;
            _start = 0;
        }
        while (_end - _start < length)
        {
            int read = _socket.Receive(_buffer, _end, _buffer.Length - _end, SocketFlags.None);
            if (read == 0) throw new IOException("the broker closed the connection");
            _end += read;
        }
    }
}
