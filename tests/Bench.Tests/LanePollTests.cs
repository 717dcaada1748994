using System.Net;
using System.Net.Sockets;
using Gateway.Bench.Http;
using Gateway.Bench.Load;
using Gateway.Bench.Measuring;

namespace Gateway.Bench.Tests;

/// <summary>Lanes that share a thread, against a server that treats each connection in its own way.</summary>
public sealed class LanePollTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task A_lane_that_loses_its_connection_does_not_hold_up_the_others()
    {
        using var server = new Server(answersOfTheSecond: 5, closes: true);
        (LaneCounts first, LaneCounts second) = await RunAsync(server, requests: 50, Long, drain: Long);
        Assert.Equal((50, 50), (first.Requests, first.Latency.Count));
        Assert.Empty(first.Errors);
        Assert.Equal((5, 1), (second.Requests, second.LostConnections));
        Assert.StartsWith("connection lost", Assert.Single(second.Errors).Key);
        Assert.Equal((44, 45), (second.Unsent, second.NeverAnswered.AtLeast));
    }

    [Fact]
    public async Task A_lane_whose_server_stalls_is_charged_for_all_that_was_due()
    {
        using var server = new Server(answersOfTheSecond: 1, closes: false);
        (_, LaneCounts second) = await RunAsync(server, requests: long.MaxValue, TimeSpan.FromSeconds(1), drain: TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, second.Errors["no answer"]);
        Assert.Equal((1, 500), (second.Latency.Count - second.NeverAnswered.AtLeast, second.Latency.Count));
    }

    /// <summary>Two lanes at 500 requests a second each.</summary>
    private static Task<(LaneCounts First, LaneCounts Second)> RunAsync(Server server, long requests, TimeSpan duration, TimeSpan drain) => Task.Run(() =>
    {
        using var first = new HttpLane(0, server.Address, new Work());
        using var second = new HttpLane(1, server.Address, new Work());
        LoadSchedule schedule = LoadSchedule.From(Clock.Now, TimeSpan.Zero, duration, requestsPerSecond: 1000, lanes: 2) with { RequestsPerLane = requests };
        Assert.True(LanePoll.Serves([first, second], schedule));
        LanePoll.Start([first, second], schedule, drain);
        first.Join(Long);
        second.Join(Long);
        return (first.Counts, second.Counts);
    });

    private sealed class Work : IHttpWork
    {
        public ReadOnlyMemory<byte> Next(long number) => "GET / HTTP/1.1\r\n\r\n"u8.ToArray();

        public LaneAnswer Judge(ReadOnlySpan<byte> body) => new(1, body.Length);
    }

    /// <summary>Answers whatever comes on the first connection, and so many times on the second.</summary>
    private sealed class Server : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<Socket> _sockets = [];

        public Server(int answersOfTheSecond, bool closes)
        {
            _listener.Start();
            new Thread(() => Accept(answersOfTheSecond, closes)) { IsBackground = true }.Start();
        }

        public Uri Address => new($"http://{_listener.LocalEndpoint}");

        public void Dispose()
        {
            _listener.Dispose();
            lock (_sockets) _sockets.ForEach(static socket => socket.Dispose());
        }

        private void Accept(int answersOfTheSecond, bool closes)
        {
            foreach (int answers in (int[])[int.MaxValue, answersOfTheSecond])
            {
                Socket socket = _listener.AcceptSocket();
                lock (_sockets) _sockets.Add(socket);
                new Thread(() => Answer(socket, answers, closes)) { IsBackground = true }.Start();
            }
        }

        private static void Answer(Socket socket, int answers, bool closes)
        {
            byte[] buffer = new byte[1024];
            try
            {
                for (; answers > 0 && socket.Receive(buffer) > 0; answers--) socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8);
                if (answers > 0 || !closes) return;
                // The next request has to have come: on a closed connection it might be lost while it is sent, or while its answer is waited for.
                socket.Receive(buffer);
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
