using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol;
using Gateway.Protocol.Frames;
using Gateway.Protocol.Messages;

namespace Gateway.Links.Tests.Peers;

/// <summary>The other end of one connection: the test reads requests and writes whatever bytes it likes.</summary>
internal sealed class ScriptedPeer : IDisposable
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private Socket? _socket;

    public ScriptedPeer()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    public HostAndPort Address => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndPoint!).Port);

    /// <summary>Accepts and answers ApiVersions with these ranges.</summary>
    public async Task<RequestHeader> AcceptAsync(params (ApiKey Api, short Min, short Max)[] ranges)
    {
        await AcceptSilentlyAsync();
        (RequestHeader header, _) = await ReadAsync();
        Assert.Equal(ApiKey.ApiVersions, header.ApiKey);
        await WriteAsync(header, Versions(ErrorCode.None, ranges));
        return header;
    }

    public async Task AcceptSilentlyAsync() => _socket = await _listener.AcceptAsync();

    public static ApiVersionsResponse Versions(ErrorCode error, params (ApiKey Api, short Min, short Max)[] ranges) => new()
    {
        ErrorCode = error,
        ApiKeys = [.. ranges.Select(range => new ApiVersionsResponse.ApiVersion { ApiKey = (short)range.Api, MinVersion = range.Min, MaxVersion = range.Max })],
    };

    /// <summary>The next request.</summary>
    public async Task<(RequestHeader Header, IRequest Request)> ReadAsync()
    {
        byte[] size = await ReadExactlyAsync(4);
        byte[] body = await ReadExactlyAsync(BinaryPrimitives.ReadInt32BigEndian(size));
        return RequestFrame.Decode(RecordsLease.Wrap(body));
    }

    /// <summary>True when no request has come; what has been sent before is there by then, since both ends are on one machine.</summary>
    public bool HasNothingToRead => _socket!.Available == 0;

    public Task WriteAsync(RequestHeader header, IResponse response, short? version = null)
    {
        using var frame = ResponseFrame.Encode(response, version ?? header.ApiVersion, header.CorrelationId);
        return WriteAsync(frame.ToArray());
    }

    public async Task WriteAsync(byte[] bytes)
    {
        for (int sent = 0; sent < bytes.Length;) sent += await _socket!.SendAsync(bytes.AsMemory(sent));
    }

    public void Close() => _socket!.Dispose();

    public void Dispose()
    {
        _socket?.Dispose();
        _listener.Dispose();
    }

    private async Task<byte[]> ReadExactlyAsync(int count)
    {
        byte[] bytes = new byte[count];
        for (int have = 0; have < count;)
        {
            int read = await _socket!.ReceiveAsync(bytes.AsMemory(have));
            if (read == 0) throw new EndOfStreamException();
            have += read;
        }
        return bytes;
    }
}
