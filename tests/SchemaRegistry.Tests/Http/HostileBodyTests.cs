using System.Net.Sockets;
using System.Text;

namespace Gateway.SchemaRegistry.Tests.Http;

/// <summary>Bodies that are begun and not ended: what they hold is bounded, and other requests are served.</summary>
public class HostileBodyTests
{
    private const int Megabyte = 1 << 20;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Whatever_large_bodies_hold_small_ones_pass_and_what_is_too_much_is_429()
    {
        await using var server = await RegistryServer.StartAsync(options: new RegistryOptions { MaxBodyBytes = Megabyte, MaxBufferedBodyBytes = Megabyte });
        // Each alone fits into the share of the large, both together do not: one is refused, and the other keeps what it has. What has arrived makes
        // the buffer's last doubling the only one that can be refused: were there another, each might refuse the other's.
        using var first = await BeginAsync(server, 900_000, 500_000);
        using var second = await BeginAsync(server, 900_000, 500_000);
        var answer = await (await Task.WhenAny(ReadAsync(first), ReadAsync(second)).WaitAsync(Deadline));
        Assert.StartsWith("HTTP/1.1 429 ", answer, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 1\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\"error_code\":429", answer, StringComparison.Ordinal);
        Assert.Equal(1, await server.RegisterAsync("s", "\"int\""));
        (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"int\"" + new string(' ', 900_000)))).IsError(429, 429, "Too many requests are being read; try again.");
    }

    [Fact]
    public async Task A_large_body_that_does_not_get_on_is_408()
    {
        await using var server = await RegistryServer.StartAsync(options: new RegistryOptions { BodyStallTimeout = TimeSpan.FromMilliseconds(200) });
        using var client = await BeginAsync(server, Megabyte, 200_000);
        var answer = await ReadAsync(client).WaitAsync(Deadline);
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"error_code\":408", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, 50)]
    [InlineData(Megabyte, 200_000)]
    public async Task A_server_that_stops_does_not_wait_for_the_rest(int announced, int sent)
    {
        await using var server = await RegistryServer.StartAsync();
        using var client = await BeginAsync(server, announced, 0, "Expect: 100-continue\r\n");
        // The body is asked for when somebody waits for it.
        var asked = new byte["HTTP/1.1 100 Continue\r\n\r\n".Length];
        await client.GetStream().ReadExactlyAsync(asked);
        Assert.StartsWith("HTTP/1.1 100 ", Encoding.UTF8.GetString(asked), StringComparison.Ordinal);
        await client.GetStream().WriteAsync(new byte[sent]);
        await server.StopAsync();
        var answer = await ReadAsync(client).WaitAsync(Deadline);
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\"error_code\":503", answer, StringComparison.Ordinal);
    }

    /// <summary>The head of a registration, and a part of its body.</summary>
    private static async Task<TcpClient> BeginAsync(RegistryServer server, int announced, int sent, string header = "")
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port);
        var head = $"POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {announced}\r\n{header}\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + "{\"schema\":\"" + new string('x', sent)));
        return client;
    }

    /// <summary>What comes until there is a whole JSON object.</summary>
    private static async Task<string> ReadAsync(TcpClient client)
    {
        var bytes = new byte[4096];
        var length = 0;
        while (!Encoding.UTF8.GetString(bytes, 0, length).Contains('}', StringComparison.Ordinal))
        {
            var count = await client.GetStream().ReadAsync(bytes.AsMemory(length));
            if (count == 0) throw new EndOfStreamException($"after {Encoding.UTF8.GetString(bytes, 0, length)}");
            length += count;
        }
        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
