using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Gateway.HttpProxy.Tests.Running;

/// <summary>A request over a socket of its own, and the bytes that come back as they stand on the wire.</summary>
internal sealed class RawAnswer : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private RawAnswer(Socket socket) => (_socket, _stream) = (socket, new NetworkStream(socket, ownsSocket: true));

    /// <summary>Sends text to the server behind a client.</summary>
    internal static async Task<RawAnswer> SendAsync(HttpClient http, string text)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(http.BaseAddress!.Host, http.BaseAddress.Port);
        var answer = new RawAnswer(socket);
        await answer.SendAsync(Encoding.ASCII.GetBytes(text));
        return answer;
    }

    internal async Task SendAsync(byte[] bytes) => await _stream.WriteAsync(bytes).AsTask().WaitAsync(s_patience);

    /// <summary>Sends nothing more.</summary>
    internal void EndInput() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>The head, with the blank line behind it.</summary>
    internal async Task<string> HeadAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) head.Append(await LineAsync());
        return head.ToString();
    }

    /// <summary>The bytes of the next chunk; empty for the last. Fails where the framing is not to the letter.</summary>
    internal async Task<string> ChunkAsync()
    {
        string length = await LineAsync();
        Assert.EndsWith("\r\n", length, StringComparison.Ordinal);
        byte[] bytes = new byte[int.Parse(length[..^2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)];
        await _stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(s_patience);
        Assert.Equal("\r\n", await LineAsync());
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>What comes until the connection ends, be it in an orderly way or not.</summary>
    internal async Task<string> RestAsync()
    {
        var rest = new MemoryStream();
        try
        {
            await _stream.CopyToAsync(rest).WaitAsync(s_patience);
        }
        catch (IOException)
        {
            // Reset: it was cut.
        }
        return Encoding.UTF8.GetString(rest.ToArray());
    }

    /// <summary>Whether nothing more comes but the end of the connection, and that as an end and no reset.</summary>
    internal async Task<bool> EndsInOrderAsync()
    {
        try
        {
            return await _stream.ReadAsync(new byte[1]).AsTask().WaitAsync(s_patience) == 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>A line with its end, byte by byte, so that nothing is taken of what follows.</summary>
    private async Task<string> LineAsync()
    {
        var line = new List<byte>();
        byte[] one = new byte[1];
        do
        {
            await _stream.ReadExactlyAsync(one).AsTask().WaitAsync(s_patience);
            line.Add(one[0]);
        }
        while (one[0] != '\n');
        return Encoding.UTF8.GetString([.. line]);
    }
}
