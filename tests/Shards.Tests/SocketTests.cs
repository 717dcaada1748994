using System.Net;
using System.Net.Sockets;
using Gateway.Shards.Sockets;

namespace Gateway.Shards.Tests;

/// <summary>The same for both kinds of sockets: what holds on Linux must hold elsewhere.</summary>
public abstract class SocketTests : IDisposable
{
    private readonly ThreadedShardHost _host;
    private readonly IShardListener _listener;
    private readonly EchoServer _server;

    private protected SocketTests(bool portable)
    {
        _host = new ThreadedShardHost(new ShardOptions { ShardCount = 2, ForcePortableSockets = portable });
        Assert.Equal(!portable, _host.UsesEpoll);
        _host.Start();
        _server = new EchoServer(_host);
        _listener = _host.Transport.Listen(_host.Shards[0], new IPEndPoint(IPAddress.Loopback, 0), _server.Accepted);
        _listener.Start();
    }

    public void Dispose()
    {
        _host.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_is_sent_comes_back_however_it_is_cut()
    {
        using Socket client = await Connect();
        byte[] sent = Enumerable.Range(0, 5000).Select(i => (byte)(i * 7)).ToArray();
        for (int at = 0, length = 1; at < sent.Length; at += length, length = length * 3 % 997 + 1)
        {
            length = Math.Min(length, sent.Length - at);
            await client.SendAsync(sent.AsMemory(at, length));
        }
        Assert.Equal(sent, await Receive(client, sent.Length));
    }

    [Fact]
    public async Task A_slow_reader_gets_everything_though_sends_are_partial()
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(_listener.BoundEndPoint);
        byte[] sent = new byte[8 * 1024 * 1024];
        new Random(1).NextBytes(sent);
        // Nothing is read until the echo's buffer is full. It stops reading then, so sending must go on beside receiving.
        Task sending = Send(client, sent);
        await _server.PartialSend.InTime();
        byte[] received = await Receive(client, sent.Length);
        await sending.InTime();
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Fact]
    public async Task After_the_client_has_finished_sending_it_still_gets_its_answer_and_the_end()
    {
        using Socket client = await Connect();
        await client.SendAsync(new byte[] { 1, 2, 3 });
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal([1, 2, 3], await Receive(client, 3));
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]).InTime());
        await _server.AllClosed();
    }

    [Fact]
    public async Task A_reset_ends_the_connection_once()
    {
        using Socket client = await Connect();
        await client.SendAsync(new byte[] { 1 });
        await Receive(client, 1);
        client.LingerState = new LingerOption(true, 0);
        client.Close();
        await _server.AllClosed();
        Assert.Equal(1, _server.Closed);
    }

    [Fact]
    public async Task Thousands_of_quick_connections_all_get_through()
    {
        const int total = 5000, atOnce = 50;
        int left = total;
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                using Socket client = await Connect();
                await client.SendAsync(new byte[] { 42 });
                Assert.Equal([42], await Receive(client, 1));
            }
        })).WhileStepping(() => Volatile.Read(ref left));
        await _server.AllClosed();
        Assert.Equal(total, _server.Closed);
    }

    [Fact]
    public async Task A_paused_listener_leaves_newcomers_waiting()
    {
        await _host.Shards[0].Ask(() =>
        {
            _listener.Pause();
            return true;
        });
        // The portable loop lets one through that it awaits already; it is the second that waits.
        using Socket first = await Connect();
        using Socket second = await Connect();
        await second.SendAsync(new byte[] { 9 });
        Task<byte[]> answer = Receive(second, 1);
        await _host.Shards[0].Ask(() => true);
        await _host.Shards[1].Ask(() => true);
        Assert.False(answer.IsCompleted);
        await _host.Shards[0].Ask(() =>
        {
            _listener.Resume();
            return true;
        });
        Assert.Equal([9], await answer);
    }

    [Fact]
    public async Task A_closed_listener_gives_its_port_back()
    {
        IPEndPoint address = _listener.BoundEndPoint;
        await _host.Shards[0].Ask(() =>
        {
            _listener.Close();
            return true;
        });
        await Assert.ThrowsAsync<SocketException>(Connect);
        IShardListener again = _host.Transport.Listen(_host.Shards[1], address, _server.Accepted);
        again.Start();
        using Socket client = await Connect();
        await client.SendAsync(new byte[] { 5 });
        Assert.Equal([5], await Receive(client, 1));
    }

    [Fact]
    public void A_taken_address_is_refused()
    {
        Assert.Throws<SocketException>(() => _host.Transport.Listen(_host.Shards[0], _listener.BoundEndPoint, _server.Accepted));
    }

    [Fact]
    public async Task Sockets_are_closed_when_the_host_stops()
    {
        using Socket client = await Connect();
        await client.SendAsync(new byte[] { 1 });
        await Receive(client, 1);
        _host.Stop();
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]).InTime());
    }

    private static async Task Send(Socket client, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await client.SendAsync(bytes)..];
    }

    private static async Task<byte[]> Receive(Socket client, int length)
    {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length;)
        {
            int count = await client.ReceiveAsync(bytes.AsMemory(at)).AsTask().InTime();
            Assert.NotEqual(0, count);
            at += count;
        }
        return bytes;
    }

    private async Task<Socket> Connect()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(_listener.BoundEndPoint);
        return client;
    }
}

public sealed class EpollSocketTests() : SocketTests(portable: false);

public sealed class PortableSocketTests() : SocketTests(portable: true);
