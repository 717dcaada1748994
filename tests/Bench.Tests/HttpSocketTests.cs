using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Bench.Http;

namespace Gateway.Bench.Tests;

public sealed class HttpSocketTests
{
    [Fact]
    public async Task Answers_with_a_length_and_in_chunks_are_read_whole_however_they_are_cut()
    {
        string body = new('x', 100_000);
        string answers =
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" +
            "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n" +
            $"HTTP/1.1 200 OK\r\nserver: x\r\ncontent-length: {body.Length}\r\n\r\n{body}" +
            "HTTP/1.1 204 No Content\r\n\r\n";
        foreach (int piece in (int[])[1, 7, 4096, int.MaxValue])
        {
            using HttpSocket client = Serve(Encoding.ASCII.GetBytes(answers), piece, out Task served);
            Assert.Equal((200, "hello"), Next(client));
            Assert.Equal((404, "abcde"), Next(client));
            Assert.Equal((200, body), Next(client));
            Assert.Equal((204, ""), Next(client));
            Assert.Throws<IOException>(() => Next(client));
            await served;
        }
    }

    [Theory]
    [InlineData("SSH-2.0-x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")]
    public async Task What_is_no_answer_is_an_error(string answer)
    {
        using HttpSocket client = Serve(Encoding.ASCII.GetBytes(answer), int.MaxValue, out Task served);
        Assert.Throws<IOException>(() => Next(client));
        await served;
    }

    private static (int Status, string Body) Next(HttpSocket client)
    {
        int status = client.Receive(out ReadOnlyMemory<byte> body);
        return (status, Encoding.ASCII.GetString(body.Span));
    }

    private static HttpSocket Serve(byte[] bytes, int piece, out Task served)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        HttpSocket client = HttpSocket.Connect(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}"));
        Socket server = listener.Accept();
        server.NoDelay = true;
        served = Task.Run(() =>
        {
            using (server)
            {
                int size = piece == 1 && bytes.Length > 1000 ? 3 : piece;
                for (int at = 0; at < bytes.Length; at += Math.Min(size, bytes.Length - at)) server.Send(bytes, at, Math.Min(size, bytes.Length - at), SocketFlags.None);
            }
        });
        return client;
    }
}
