using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Gateway.Tests.Nodes;

/// <summary>Bodies above 64 KiB, for which a connection waits instead of waking its reader for every block, on real connections.</summary>
[Collection(SharedNode.Name)]
public sealed class LargeBodyTests(TestNode node)
{
    [Theory]
    [InlineData(70_000, 1_000)]
    [InlineData(300_000, 7_777)]
    [InlineData(900_000, 900_000)]
    public async Task A_body_in_pieces_of_any_size_is_written_as_it_is_and_the_next_request_is_read(int size, int piece)
    {
        string value = Convert.ToBase64String(RandomBytes(size * 3 / 4));
        byte[] request = Produce($"large-{size}", value);
        using TcpClient connection = await ConnectAsync();
        NetworkStream stream = connection.GetStream();
        for (int at = 0; at < request.Length; at += piece) await stream.WriteAsync(request.AsMemory(at, Math.Min(piece, request.Length - at)));
        // Both at once: the second stands behind the first, and must be neither eaten nor waited for.
        byte[] small = Produce($"large-{size}", "AQI=");
        await stream.WriteAsync((byte[])[.. request, .. small]);
        for (int offset = 0; offset < 3; offset++) Assert.Equal(offset, await OffsetAsync(stream));

        using JsonDocument read = JsonDocument.Parse(await node.Http.GetStringAsync(new Uri($"{node.Proxy}/topics/large-{size}/partitions/0/records?offset=0&max_bytes=10000000")));
        Assert.Equal([value, value, "AQI="], read.RootElement.EnumerateArray().Select(static record => record.GetProperty("value").GetString()));
    }

    [Fact]
    public async Task A_client_that_goes_in_the_middle_of_a_body_leaves_nothing_behind()
    {
        byte[] request = Produce("large-cut", Convert.ToBase64String(RandomBytes(300_000)));
        using (TcpClient connection = await ConnectAsync()) await connection.GetStream().WriteAsync(request.AsMemory(0, 200_000));
        using TcpClient next = await ConnectAsync();
        await next.GetStream().WriteAsync(Produce("large-cut", "AQI="));
        Assert.Equal(0, await OffsetAsync(next.GetStream()));
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(node.Host.Addresses.HttpProxy.Host, node.Host.Addresses.HttpProxy.Port);
        return connection;
    }

    private static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Produce(string topic, string value)
    {
        string body = $$"""{"records":[{"value":"{{value}}"}]}""";
        return Encoding.ASCII.GetBytes(
            $"POST /topics/{topic} HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/vnd.kafka.binary.v2+json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    /// <summary>The offset in the next answer on a connection.</summary>
    private static async Task<long> OffsetAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }
        Assert.StartsWith("HTTP/1.1 200 ", head.ToString(), StringComparison.Ordinal);
        string length = head.ToString().Split("\r\n").Single(static line => line.StartsWith("Content-Length: ", StringComparison.Ordinal));
        byte[] body = new byte[int.Parse(length["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body);
        using JsonDocument answer = JsonDocument.Parse(body);
        return answer.RootElement.GetProperty("offsets")[0].GetProperty("offset").GetInt64();
    }
}
