using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.HttpProxy.Tests.Running;
using Microsoft.Extensions.Logging;

namespace Gateway.HttpProxy.Tests.Limits;

/// <summary>A stream of records sent has a place as one that is read has, and its client has to read the answers.</summary>
public sealed class ProduceStreamReaderTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private const string Record = """{"value":{"type":"STRING","data":"a"}}""";

    [Fact]
    public async Task A_client_that_takes_none_of_its_answers_is_cut_off_and_its_place_is_free_again()
    {
        string topic = await proxy.NewTopicAsync();
        using var said = new AwaitedLine("takes too little of its answer");
        using var loggers = new LoggerFactory([said]);
        HttpClient http = await proxy.StartAsync(new ProxyOptions { ReaderStallTimeout = TimeSpan.FromSeconds(2), MaxStreams = 1 }, loggers: loggers);
        string path = await PathAsync(http, topic);
        using Socket socket = await OpenAsync(http, path);
        string records = string.Concat(Enumerable.Repeat(Record, 1_000));
        byte[] chunk = Encoding.ASCII.GetBytes($"{records.Length:x}\r\n{records}\r\n");
        // Until the server takes no more, since nobody takes of it, and ends it.
        Task sending = SendUntilCutAsync(socket, chunk);
        await said.Seen.WaitAsync(TimeSpan.FromSeconds(60));
        await sending.WaitAsync(TimeSpan.FromSeconds(60));
        // The request ends a little after its connection.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        int status = 429;
        while (status == 429)
        {
            patience.Token.ThrowIfCancellationRequested();
            status = (await http.AskAsync($"/topics/{topic}/records?until=end&max_records=1")).Status;
        }
        Assert.Equal(200, status);
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(10, 1)]
    public async Task Beyond_the_limit_a_stream_is_429_and_what_is_there_as_a_whole_is_taken(int all, int perClient)
    {
        string topic = await proxy.NewTopicAsync();
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxStreams = all, MaxStreamsPerClient = perClient });
        string path = await PathAsync(http, topic);
        using StreamClient reader = await StreamClient.OpenAsync(http, $"/topics/{topic}/records");
        using Socket socket = await OpenAsync(http, path);
        var head = new byte[12];
        await socket.ReceiveAsync(head).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("HTTP/1.1 429", Encoding.ASCII.GetString(head));
        Assert.Equal(200, (await http.PostAsync(path, "application/json", Record)).Status);
    }

    private static async Task<string> PathAsync(HttpClient http, string topic) =>
        $"/v3/clusters/{await http.ClusterIdAsync()}/topics/{topic}/records";

    private static async Task<Socket> OpenAsync(HttpClient http, string path)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, http.BaseAddress!.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"));
        return socket;
    }

    private static async Task SendUntilCutAsync(Socket socket, byte[] chunk)
    {
        try
        {
            while (true)
            {
                for (int sent = 0; sent < chunk.Length;) sent += await socket.SendAsync(chunk.AsMemory(sent));
            }
        }
        catch (SocketException)
        {
            // Cut is cut.
        }
    }
}
