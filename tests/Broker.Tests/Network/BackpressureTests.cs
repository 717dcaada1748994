using System.Net;
using System.Net.Sockets;
using Gateway.Broker.Network;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Tests.Network;

/// <summary>CON-5 and the bounds of D2: slow readers, too many connections, idle ones.</summary>
public sealed class BackpressureTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slow_reader_stops_its_own_requests_and_loses_nothing(bool portable)
    {
        const int requests = 500, answerBytes = 20_000;
        int handled = 0;
        await using NetworkFixture fixture = new NetworkFixture(new ConnectionLimits { MaxQueuedAnswerBytes = 100_000 }, portable: portable)
            .Serve<HeartbeatRequest, HeartbeatResponse>(static (_, request) => new(new HeartbeatResponse { ThrottleTimeMs = request.GenerationId }))
            .Serve<MetadataRequest, MetadataResponse>((_, _) =>
            {
                Interlocked.Increment(ref handled);
                return new(new MetadataResponse { ClusterId = new string('x', answerBytes) });
            }).Start();
        using RawClient slow = await RawClient.Connect(fixture.Listener.BoundAddress, receiveBuffer: 4096);
        // The requests all fit into the kernel's buffers; nobody reads the answers yet.
        await slow.Send(Enumerable.Range(0, requests).SelectMany(static i => RawClient.Frame(new MetadataRequest(), 9, i)).ToArray());

        using RawClient other = await fixture.Connect();
        for (int i = 0; i < 50; i++) Assert.Equal(i, (await other.Ask(new HeartbeatRequest { GenerationId = i }, 4)).ThrottleTimeMs);
        // What the kernel took plus what may be queued (and one more answer); far from all of it.
        Assert.InRange(Volatile.Read(ref handled), 1, requests / 2);

        for (int i = 0; i < requests; i++) Assert.Equal(i, (await slow.Receive()).CorrelationId);
        Assert.Equal(requests, handled);
    }

    [Fact]
    public async Task While_memory_is_short_a_client_that_reads_none_of_its_answers_is_closed_and_others_are_not()
    {
        const int answerBytes = 8 << 20, budget = 8 << 20;
        var limits = new ConnectionLimits { StallTimeout = TimeSpan.FromMilliseconds(200) };
        await using NetworkFixture fixture = new NetworkFixture(limits, budget).ServeHeartbeat()
            .Serve<MetadataRequest, MetadataResponse>(static (_, _) => new(new MetadataResponse { ClusterId = new string('x', short.MaxValue - 1) })).Start();
        using RawClient stuck = await RawClient.Connect(fixture.Listener.BoundAddress, receiveBuffer: 4096);
        using RawClient late = await RawClient.Connect(fixture.Listener.BoundAddress, receiveBuffer: 4096);
        byte[] much = Enumerable.Range(0, answerBytes / short.MaxValue).SelectMany(static i => RawClient.Frame(new MetadataRequest(), 9, i)).ToArray();
        await late.Send(much);
        // There is memory for all: nobody is hurried, however long it takes.
        using RawClient other = await fixture.Connect();
        for (int i = 0; i < answerBytes / short.MaxValue; i++) Assert.Equal(i, (await late.Receive()).CorrelationId);
        Assert.Equal(0, fixture.Log.Count("of its answers taken"));

        Assert.True(fixture.Budget.TryTake(budget / 2));
        await stuck.Send(much);
        await fixture.Log.Line("of its answers taken");
        await other.Ask(new HeartbeatRequest { GenerationId = 1 }, 4);
        await late.Ask(new HeartbeatRequest { GenerationId = 2 }, 4);
        Assert.Equal(1, fixture.Log.Count("of its answers taken"));
        fixture.Budget.Release(budget / 2);
    }

    [Fact]
    public async Task CON_5_Above_the_limit_of_connections_newcomers_wait_until_one_leaves()
    {
        await using NetworkFixture fixture = new NetworkFixture(new ConnectionLimits { MaxConnections = 2 }).ServeHeartbeat().Start();
        using RawClient first = await fixture.Connect();
        using RawClient second = await fixture.Connect();
        await first.Ask(new HeartbeatRequest(), 4);
        await second.Ask(new HeartbeatRequest(), 4);
        await fixture.Log.Line("Accepting no more connections");
        using RawClient third = await fixture.Connect();
        Task<HeartbeatResponse> waiting = third.Ask(new HeartbeatRequest { GenerationId = 3 }, 4);
        await first.Ask(new HeartbeatRequest(), 4, 2);
        Assert.Equal(2, fixture.Listener.ConnectionCount);
        Assert.False(waiting.IsCompleted);
        first.Dispose();
        Assert.Equal(3, (await waiting).ThrottleTimeMs);
    }

    [Fact]
    public async Task CON_5_Above_the_limit_of_its_address_a_new_connection_is_closed()
    {
        var limits = new ConnectionLimits
        {
            MaxConnectionsPerIp = 100,
            MaxConnectionsPerIpOverrides = new Dictionary<IPAddress, int> { [IPAddress.Loopback] = 2 },
        };
        await using NetworkFixture fixture = new NetworkFixture(limits).ServeHeartbeat().Start();
        using RawClient first = await fixture.Connect();
        using RawClient second = await fixture.Connect();
        await first.Ask(new HeartbeatRequest(), 4);
        await second.Ask(new HeartbeatRequest(), 4);
        using RawClient third = await fixture.Connect();
        await third.ExpectClose();
        await first.Ask(new HeartbeatRequest(), 4, 2);
    }

    [Fact]
    public async Task CON_5_An_idle_connection_is_closed_and_a_working_one_is_not()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using NetworkFixture fixture = new NetworkFixture(new ConnectionLimits { MaxIdle = TimeSpan.FromSeconds(1) })
            .Serve<HeartbeatRequest, HeartbeatResponse>(async (_, _) =>
            {
                await release.Task;
                return new HeartbeatResponse();
            }).Start();
        using RawClient working = await fixture.Connect();
        await working.Send(new HeartbeatRequest(), 4, 7);
        using RawClient idle = await fixture.Connect();
        await idle.ExpectClose();
        // Idle for as long as the other; its request is being worked on.
        release.SetResult();
        Assert.Equal(7, (await working.Receive()).CorrelationId);
        await working.ExpectClose();
    }

    [Fact]
    public async Task Stopping_answers_what_was_read_and_closes()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using NetworkFixture fixture = new NetworkFixture().Serve<HeartbeatRequest, HeartbeatResponse>(async (context, _) =>
        {
            started.TrySetResult();
            await release.Task;
            Assert.True(context.ConnectionClosed.IsCancellationRequested);
            return new HeartbeatResponse();
        }).Start();
        using RawClient client = await fixture.Connect();
        using RawClient idle = await fixture.Connect();
        await client.Send(new HeartbeatRequest(), 4, 1);
        await started.Task.WaitAsync(NetworkFixture.Deadline);
        Task stopping = fixture.Listener.StopAsync(TimeSpan.FromSeconds(60));
        await idle.ExpectClose();
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        Assert.Equal(1, (await client.Receive()).CorrelationId);
        await client.ExpectClose();
        await stopping.WaitAsync(NetworkFixture.Deadline);
        await Assert.ThrowsAsync<SocketException>(fixture.Connect);
    }

    [Fact]
    public async Task Stopping_cuts_what_takes_longer_than_the_grace()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource();
        await using NetworkFixture fixture = new NetworkFixture().Serve<HeartbeatRequest, HeartbeatResponse>(async (_, _) =>
        {
            started.TrySetResult();
            await never.Task;
            return new HeartbeatResponse();
        }).Start();
        using RawClient client = await fixture.Connect();
        await client.Send(new HeartbeatRequest(), 4, 1);
        await started.Task.WaitAsync(NetworkFixture.Deadline);
        await fixture.Listener.StopAsync(TimeSpan.FromMilliseconds(50)).WaitAsync(NetworkFixture.Deadline);
        await client.ExpectClose();
        // The handler may still end later; its answer goes nowhere and its memory comes back.
        never.SetResult();
        for (int shard = 0; shard < 2; shard++) await fixture.On(shard, () => true);
    }
}
