using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Bench.Http;

/// <summary>
/// A kept-alive HTTP/1.1 connection that sends requests made before and reads answers whole, by blocking calls. It knows just the two
/// framings servers use, a length and chunks: a client library would cost more than what is measured.
/// </summary>
internal sealed class HttpSocket : IDisposable
{
    private const int MaxAnswer = 256 << 20, StatusAt = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Socket _socket;
    private byte[] _buffer = new byte[64 * 1024];
    private byte[] _body = new byte[64 * 1024];
    private int _start;
    private int _end;

    private HttpSocket(Socket socket) => _socket = socket;

    /// <summary>Connects.</summary>
    public static HttpSocket Connect(Uri server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)Patience.TotalMilliseconds };
        try
        {
            socket.Connect(new DnsEndPoint(server.Host, server.Port));
            return new HttpSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The socket's number with the operating system.</summary>
    public int Descriptor => (int)_socket.Handle;

    /// <summary>Sends a request whole.</summary>
    public void Send(ReadOnlySpan<byte> request)
    {
        while (!request.IsEmpty) request = request[_socket.Send(request)..];
    }

    /// <summary>The next answer's status and body, the body valid until the next call.</summary>
    /// <exception cref="IOException">The server closed the connection or does not speak HTTP/1.1.</exception>
    public int Receive(out ReadOnlyMemory<byte> body)
    {
        ReadOnlySpan<byte> line = Line();
        if (!line.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(line[StatusAt..], out int status, out _)) throw new IOException("the server does not speak HTTP/1.1");
        int length = 0;
        bool chunked = false;
        for (line = Line(); !line.IsEmpty; line = Line())
        {
            if (Value(line, "content-length"u8) is { IsEmpty: false } size) _ = Utf8Parser.TryParse(size, out length, out _);
            if (Value(line, "transfer-encoding"u8) is { IsEmpty: false }) chunked = true;
        }
        int read = chunked ? ReadChunks() : ReadBody(0, length);
        body = _body.AsMemory(0, read);
        return status;
    }

    /// <summary>Ends whatever waits for an answer.</summary>
    public void Hangup() => _socket.Shutdown(SocketShutdown.Both);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line.Length > name.Length && line[name.Length] == (byte)':' && System.Text.Ascii.EqualsIgnoreCase(line[..name.Length], name) ? line[(name.Length + 1)..].Trim((byte)' ') : default;

    private int ReadChunks()
    {
        int at = 0;
        while (true)
        {
            if (!Utf8Parser.TryParse(Line(), out int size, out _, 'x')) throw new IOException("the server sent a chunk without a size");
            if (size > 0) at = ReadBody(at, size);
            Line();
            if (size == 0) return at;
        }
    }

    private int ReadBody(int at, int length)
    {
        if (length is < 0 or > MaxAnswer || at + length > MaxAnswer) throw new IOException($"the server announced {length} bytes");
        if (_body.Length < at + length) Array.Resize(ref _body, Math.Max(at + length, _body.Length * 2));
        while (length > 0)
        {
            if (_start == _end) Fill();
            int part = Math.Min(length, _end - _start);
            Buffer.BlockCopy(_buffer, _start, _body, at, part);
            _start += part;
            at += part;
            length -= part;
        }
        return at;
    }

    private ReadOnlySpan<byte> Line()
    {
        int searched = _start;
        while (true)
        {
            int end = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                ReadOnlySpan<byte> line = _buffer.AsSpan(_start, searched - _start + end);
                _start = searched + end + 1;
                return line.TrimEnd((byte)'\r');
            }
            int done = _end - _start;
            Fill();
            searched = _start + done;
        }
    }

    private void Fill()
    {
        if (_start > 0 && _end == _buffer.Length)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            _end -= _start;
            _start = 0;
        }
        if (_start == _end) _start = _end = 0;
        if (_end == _buffer.Length) throw new IOException($"the server sent a line of over {_buffer.Length} bytes");
        int read = _socket.Receive(_buffer, _end, _buffer.Length - _end, SocketFlags.None);
        if (read == 0) throw new IOException("the server closed the connection");
        _end += read;
    }
}
