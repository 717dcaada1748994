using System.Net.Sockets;
using Gateway.Broker.Network;
using Gateway.Common.Buffers;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Tests.Network;

/// <summary>CON-3, CON-4, CON-6: order, silence and echoes.</summary>
public sealed class PipeliningTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CON_3_Answers_leave_in_request_order_though_handlers_finish_in_another(bool portable)
    {
        const int requests = 100;
        var waiting = new TaskCompletionSource[requests];
        for (int i = 0; i < requests; i++) waiting[i] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = new List<int>();
        var allStarted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using NetworkFixture fixture = new NetworkFixture(portable: portable).Serve<HeartbeatRequest, HeartbeatResponse>(async (context, request) =>
        {
            started.Add(request.GenerationId);
            if (started.Count == requests) allStarted.SetResult();
            await waiting[request.GenerationId].Task;
            Assert.Same(context.Shard, Shard.Current);
            return new HeartbeatResponse { ThrottleTimeMs = request.GenerationId };
        }).Start();
        using RawClient client = await fixture.Connect();
        byte[] all = [.. Enumerable.Range(0, requests).SelectMany(i => RawClient.Frame(new HeartbeatRequest { GenerationId = i }, 4, -i))];
        await client.Send(all);
        await allStarted.Task.WaitAsync(NetworkFixture.Deadline);
        Assert.Equal(Enumerable.Range(0, requests), started);

        foreach (int i in Enumerable.Range(0, requests).OrderBy(i => i * 37 % requests)) waiting[i].SetResult();
        for (int i = 0; i < requests; i++)
        {
            HeartbeatResponse answer = await client.Receive(new HeartbeatRequest(), 4, -i);
            Assert.Equal(i, answer.ThrottleTimeMs);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public async Task CON_6_The_correlation_id_is_echoed_whatever_it_is(int correlationId)
    {
        await using NetworkFixture fixture = new NetworkFixture().ServeHeartbeat().Start();
        using RawClient client = await fixture.Connect();
        await client.Send(new HeartbeatRequest(), 4, correlationId);
        Assert.Equal(correlationId, (await client.Receive()).CorrelationId);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("héhé")]
    public async Task CON_6_The_client_id_may_be_null_or_empty(string? clientId)
    {
        string? seen = "not asked";
        await using NetworkFixture fixture = new NetworkFixture().Serve<HeartbeatRequest, HeartbeatResponse>((context, _) =>
        {
            seen = context.ClientId;
            return new(new HeartbeatResponse());
        }).Start();
        using RawClient client = await fixture.Connect();
        await client.Send(new HeartbeatRequest(), 4, 1, clientId);
        await client.Receive();
        Assert.Equal(clientId, seen);
    }

    [Fact]
    public async Task A_handler_learns_where_its_request_comes_from()
    {
        RequestContext? seen = null;
        await using NetworkFixture fixture = new NetworkFixture().Serve<HeartbeatRequest, HeartbeatResponse>((context, _) =>
        {
            seen = context;
            return new(new HeartbeatResponse());
        }).Start("INTERNAL");
        using RawClient client = await fixture.Connect();
        await client.Ask(new HeartbeatRequest(), 3);
        Assert.NotNull(seen);
        Assert.Equal(3, seen.ApiVersion);
        Assert.Equal("INTERNAL", seen.Listener);
        Assert.Equal("User:ANONYMOUS", seen.Principal);
        Assert.Equal(client.Socket.LocalEndPoint, seen.RemoteEndPoint);
        Assert.Equal(fixture.Listener.BoundAddress.Port, seen.AdvertisedAddress.Port);
    }

    [Fact]
    public async Task CON_4_A_request_without_an_answer_does_not_hold_up_the_next()
    {
        await using NetworkFixture fixture = new NetworkFixture()
            .Serve<ProduceRequest, ProduceResponse>(static (_, request) => new(request.Acks == 0 ? null : new ProduceResponse()))
            .ServeHeartbeat().Start();
        using RawClient client = await fixture.Connect();
        await client.Send(new ProduceRequest { Acks = 0 }, 9, 1);
        await client.Send(new HeartbeatRequest { GenerationId = 8 }, 4, 2);
        await client.Send(new ProduceRequest { Acks = -1 }, 9, 3);
        Assert.Equal(2, (await client.Receive()).CorrelationId);
        Assert.Equal(3, (await client.Receive()).CorrelationId);
    }

    [Fact]
    public async Task CON_4_A_handler_may_close_the_connection_after_the_answers_before_it()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using NetworkFixture fixture = new NetworkFixture()
            .Serve<HeartbeatRequest, HeartbeatResponse>(async (_, request) =>
            {
                await release.Task;
                return new HeartbeatResponse { ThrottleTimeMs = request.GenerationId };
            })
            .Serve<ProduceRequest, ProduceResponse>((_, _) =>
            {
                refused.TrySetResult();
                throw new CloseConnectionException("unknown topic with acks=0");
            }).Start();
        using RawClient client = await fixture.Connect();
        await client.Send(new HeartbeatRequest { GenerationId = 1 }, 4, 1);
        await client.Send(new ProduceRequest { Acks = 0 }, 9, 2);
        await refused.Task.WaitAsync(NetworkFixture.Deadline);
        release.SetResult();
        Assert.Equal(1, (await client.Receive()).CorrelationId);
        await client.ExpectClose();
        Assert.Contains("unknown topic with acks=0", await fixture.Log.Line("Closing connection"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_that_fails_unexpectedly_closes_its_connection_only(bool later)
    {
        await using NetworkFixture fixture = new NetworkFixture().ServeHeartbeat()
            .Serve<ProduceRequest, ProduceResponse>(async (_, _) =>
            {
                if (later) await Task.Yield();
                throw new InvalidOperationException("a bug");
            }).Start();
        using RawClient client = await fixture.Connect();
        using RawClient other = await fixture.Connect();
        await client.Send(new ProduceRequest(), 9, 2);
        await client.ExpectClose();
        await fixture.Log.Line("Produce version 9 failed");
        Assert.Equal(3, (await other.Ask(new HeartbeatRequest { GenerationId = 3 }, 4)).ThrottleTimeMs);
    }

    [Fact]
    public async Task A_client_that_has_finished_sending_gets_its_answers_and_ends_long_polls()
    {
        var polls = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using NetworkFixture fixture = new NetworkFixture().Serve<HeartbeatRequest, HeartbeatResponse>(async (context, request) =>
        {
            if (request.GenerationId == 2)
            {
                polls.SetResult();
                var ended = new TaskCompletionSource();
                await using CancellationTokenRegistration _ = context.ConnectionClosed.Register(ended.SetResult);
                await ended.Task;
                Assert.Same(context.Shard, Shard.Current);
            }
            return new HeartbeatResponse { ThrottleTimeMs = request.GenerationId };
        }).Start();
        using RawClient client = await fixture.Connect();
        await client.Send(new HeartbeatRequest { GenerationId = 1 }, 4, 1);
        await client.Send(new HeartbeatRequest { GenerationId = 2 }, 4, 2);
        await polls.Task.WaitAsync(NetworkFixture.Deadline);
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(1, (await client.Receive()).CorrelationId);
        Assert.Equal(2, (await client.Receive()).CorrelationId);
        await client.ExpectClose();
    }

    [Fact]
    public async Task No_more_than_the_allowed_number_of_requests_is_under_way()
    {
        const int allowed = 5, sent = 40;
        int running = 0, most = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using NetworkFixture fixture = new NetworkFixture(new ConnectionLimits { MaxInFlightRequests = allowed })
            .Serve<HeartbeatRequest, HeartbeatResponse>(async (_, request) =>
            {
                most = Math.Max(most, ++running);
                if (running == allowed) full.TrySetResult();
                await gate.Task;
                await Task.Yield();
                running--;
                return new HeartbeatResponse { ThrottleTimeMs = request.GenerationId };
            }).Start();
        using RawClient client = await fixture.Connect();
        await client.Send(Enumerable.Range(0, sent).SelectMany(i => RawClient.Frame(new HeartbeatRequest { GenerationId = i }, 4, i)).ToArray());
        await full.Task.WaitAsync(NetworkFixture.Deadline);
        await fixture.On(0, () => true);
        await fixture.On(1, () => true);
        Assert.Equal(allowed, running);
        gate.SetResult();
        for (int i = 0; i < sent; i++) Assert.Equal(i, (await client.Receive()).CorrelationId);
        Assert.Equal(allowed, most);
    }

    [Fact]
    public async Task A_request_with_a_large_answer_starts_only_when_the_answers_before_it_are_out()
    {
        var order = new List<string>();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var heartbeat = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using NetworkFixture fixture = new NetworkFixture()
            .Serve<HeartbeatRequest, HeartbeatResponse>(async (_, request) =>
            {
                order.Add($"heartbeat {request.GenerationId}");
                heartbeat.TrySetResult();
                await release.Task;
                order.Add($"heartbeat {request.GenerationId} answered");
                return new HeartbeatResponse();
            })
            .Serve<FetchRequest, FetchResponse>(async (_, request) =>
            {
                order.Add($"fetch {request.MaxBytes}");
                await Task.Yield();
                order.Add($"fetch {request.MaxBytes} answered");
                return new FetchResponse();
            }, Pipelining.AfterEarlierAnswers)
            .Start();
        using RawClient client = await fixture.Connect();
        await client.Send(new byte[][]
        {
            RawClient.Frame(new HeartbeatRequest { GenerationId = 1 }, 4, 1),
            RawClient.Frame(new FetchRequest { MaxBytes = 1 }, 11, 2),
            RawClient.Frame(new FetchRequest { MaxBytes = 2 }, 11, 3),
            RawClient.Frame(new HeartbeatRequest { GenerationId = 2 }, 4, 4),
        }.SelectMany(static f => f).ToArray());
        await heartbeat.Task.WaitAsync(NetworkFixture.Deadline);
        release.SetResult();
        for (int i = 1; i <= 4; i++) Assert.Equal(i, (await client.Receive()).CorrelationId);
        Assert.Equal(["heartbeat 1", "heartbeat 1 answered", "fetch 1", "fetch 1 answered", "fetch 2"], order[..5]);
        Assert.Equal(["fetch 2 answered", "heartbeat 2", "heartbeat 2 answered"], order[5..].Order());
    }

    [Fact]
    public async Task Records_of_a_request_are_slices_of_its_frame_and_keep_it_alive()
    {
        RecordsLease? kept = null;
        byte[] records = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 31))];
        await using NetworkFixture fixture = new NetworkFixture().Serve<ProduceRequest, ProduceResponse>((_, request) =>
        {
            ProduceRequest.PartitionProduceData partition = request.TopicData[0].PartitionData[0];
            kept = partition.Records;
            partition.Records = null; // moved on, as to an owner on another shard
            return new((ProduceResponse?)null);
        }).ServeHeartbeat().Start();
        using RawClient client = await fixture.Connect();
        var request = new ProduceRequest
        {
            TopicData = [new() { Name = "t", PartitionData = [new() { Index = 0, Records = RecordsLease.Wrap(records) }] }],
        };
        await client.Send(request, 9, 1);
        await client.Ask(new HeartbeatRequest(), 4, 2);
        Assert.NotNull(kept);
        Assert.True(kept.Span.SequenceEqual(records));
        Assert.True(fixture.Budget.Used >= records.Length, "charged for as long as the records live");
        kept.Dispose();
        Assert.Equal(0, fixture.Budget.Used);
    }
}
