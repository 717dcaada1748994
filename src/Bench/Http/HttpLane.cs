using System.Globalization;
using System.Text;
using Gateway.Bench.Load;

namespace Gateway.Bench.Http;

/// <summary>What an HTTP lane asks, and what an answer is worth.</summary>
internal interface IHttpWork
{
    /// <summary>The next request, whole.</summary>
    ReadOnlyMemory<byte> Next(long number);

    /// <summary>What a successful answer is worth.</summary>
    LaneAnswer Judge(ReadOnlySpan<byte> body);
}

/// <summary>An HTTP client's connection: one request at a time, as HTTP/1.1 clients do.</summary>
internal sealed class HttpLane : Lane, IPolledLane
{
    private readonly IHttpWork _work;
    private readonly HttpSocket _socket;

    /// <summary>Connects.</summary>
    public HttpLane(int index, Uri server, IHttpWork work) : base(index, window: 1)
    {
        _work = work;
        _socket = HttpSocket.Connect(server);
    }

    /// <inheritdoc/>
    public int Descriptor => _socket.Descriptor;

    /// <summary>A request as bytes.</summary>
    public static byte[] Request(string method, Uri server, string path, string? contentType, string? accept, string? body)
    {
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: {server.Authority}\r\n");
        if (accept is not null) head.Append(CultureInfo.InvariantCulture, $"Accept: {accept}\r\n");
        if (contentType is not null) head.Append(CultureInfo.InvariantCulture, $"Content-Type: {contentType}\r\n");
        if (body is not null) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        return Encoding.UTF8.GetBytes(head.Append("\r\n").Append(body).ToString());
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _socket.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void Send(long number, long moment) => _socket.Send(_work.Next(number).Span);

    /// <inheritdoc/>
    protected override LaneAnswer Receive()
    {
        int status = _socket.Receive(out ReadOnlyMemory<byte> body);
        return status is >= 200 and < 300 ? _work.Judge(body.Span) : new LaneAnswer(0, 0, $"HTTP {status}");
    }

    /// <inheritdoc/>
    protected override void Hangup() => _socket.Hangup();
}
