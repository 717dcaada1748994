using System.Net.Sockets;
using System.Text;

namespace Gateway.Tests.Nodes;

/// <summary>Clients that send nothing more behind their request and wait for the answer, on real connections.</summary>
[Collection(SharedNode.Name)]
public sealed class HalfClosedTests(TestNode node)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_write_is_answered()
    {
        const string Body = """{"records":[{"value":1}]}""";
        string answer = await AskAsync(
            $"POST /topics/half-closed HTTP/1.1\r\nHost: x\r\nContent-Type: application/vnd.kafka.json.v2+json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"offset\":0", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_one_behind_the_other_are_answered_both()
    {
        const string Ask = "GET /topics HTTP/1.1\r\nHost: x\r\n\r\n";
        string answers = await AskAsync(Ask + Ask);
        Assert.Equal(3, answers.Split("HTTP/1.1 200 ").Length);
    }

    [Fact]
    public async Task What_waits_for_a_record_gets_it()
    {
        await WriteAsync("half-waiting", "first");
        string answer = await AskAsync(
            "GET /topics/half-waiting/partitions/0/records?offset=1&timeout=30000 HTTP/1.1\r\nHost: x\r\nAccept: application/vnd.kafka.text.v2+json\r\n\r\n",
            () => WriteAsync("half-waiting", "second"));
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"value\":\"second\"", answer, StringComparison.Ordinal);
    }

    private async Task WriteAsync(string topic, string value)
    {
        using var content = new StringContent($$"""{"records":[{"value":"{{value}}"}]}""", Encoding.UTF8, "application/vnd.kafka.text.v2+json");
        using HttpResponseMessage written = await node.Http.PostAsync(new Uri($"{node.Proxy}/topics/{topic}"), content);
        Assert.Equal(200, (int)written.StatusCode);
    }

    /// <summary>What comes until the server ends the connection.</summary>
    private async Task<string> AskAsync(string request, Func<Task>? meanwhile = null)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(node.Host.Addresses.HttpProxy.Host, node.Host.Addresses.HttpProxy.Port);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        client.Client.Shutdown(SocketShutdown.Send);
        if (meanwhile is not null) await meanwhile();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync().WaitAsync(s_patience);
    }
}
