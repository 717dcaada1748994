using Gateway.Broker.InProcess;
using Gateway.Broker.Tests.Support;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Protocol.Messages;
using Gateway.Shards;
using static Gateway.Broker.Tests.Support.Batches;

namespace Gateway.Broker.Tests.InProcess;

/// <summary>Design D1: the link into the broker of the same process.</summary>
public sealed class InProcessLinkTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private readonly TestBroker _broker = fixture.Broker;

    [Fact]
    public async Task No_callers_code_runs_on_a_shard()
    {
        for (int i = 0; i < 50; i++)
        {
            Shard? seen = await _broker.Send(new MetadataRequest { Topics = [] }).AsTask().ContinueWith(
                static _ => Shard.Current, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            Assert.Null(seen);
        }
    }

    [Fact]
    public void It_offers_what_the_handler_table_serves()
    {
        Assert.True(_broker.Link.IsInProcess && _broker.Link.IsOpen);
        Assert.True(_broker.Link.Supports(ApiKey.Produce));
        Assert.Equal(13, _broker.Link.NegotiatedVersion(ApiKey.Produce));
        Assert.False(_broker.Link.Supports(ApiKey.ElectLeaders));
        Assert.Throws<ApiNotSupportedException>(() => _broker.Link.NegotiatedVersion(ApiKey.ElectLeaders));
    }

    [Fact]
    public async Task A_batch_the_caller_keeps_a_share_of_is_not_touched()
    {
        Guid topic = await _broker.CreateTopic("shared");
        await _broker.Store(topic, Of("first"));
        using RecordsLease mine = Of("a");
        byte[] before = mine.Span.ToArray();
        Assert.Equal(1, await _broker.Store(topic, mine.Share()));
        Assert.Equal(before, mine.Span.ToArray());
        Assert.Equal(2, await _broker.Store(topic, mine.Share()));
    }

    [Fact]
    public async Task What_is_read_counts_towards_the_broker_s_memory_until_it_is_given_up()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("large");
        await broker.Store(topic, Of(new string('x', 200_000)));
        using var gone = new CancellationTokenSource();
        foreach (CancellationToken cancel in new[] { CancellationToken.None, gone.Token })
        {
            FetchResponse answer = await broker.Send(Fetch(topic, 0, 0), cancel);
            Assert.InRange(broker.Broker.Memory.Used, 200_000, 300_000);
            answer.ReleaseRecords();
            Assert.Equal(0, broker.Broker.Memory.Used);
        }
    }

    [Fact]
    public async Task Requests_of_one_link_keep_their_order()
    {
        Guid topic = await _broker.CreateTopic("in-order", 4);
        List<ValueTask<ProduceResponse>> answers = [];
        for (int i = 0; i < 400; i++) answers.Add(_broker.Send(Produce(topic, i % 4, Of($"{i}"))));
        for (int i = 0; i < 400; i++) Assert.Equal(i / 4, (await answers[i]).Responses[0].PartitionResponses[0].BaseOffset);
    }

    [Fact]
    public async Task More_requests_than_may_run_at_once_wait_and_more_than_that_are_refused()
    {
        Guid topic = await _broker.CreateTopic("flood");
        await using IBrokerLink link = await _broker.Broker.InProcessLinks("User:a").ConnectAsync(_broker.Address, default);
        List<Task<FetchResponse>> waiting = [];
        for (int i = 0; i < 2 * InProcessLink.InFlightMax; i++) waiting.Add(link.SendAsync(Fetch(topic, 0, 0, maxWaitMs: 60_000), default).AsTask());
        await Assert.ThrowsAsync<LinkClosedException>(() => link.SendAsync(Fetch(topic, 0, 0), default).AsTask());
        await _broker.Store(topic, Of("a"));
        foreach (FetchResponse response in await Task.WhenAll(waiting))
        {
            Assert.Equal(["a"], Values(response.Responses[0].Partitions[0]));
            response.Responses[0].Partitions[0].Records!.Dispose();
        }
    }

    [Fact]
    public async Task A_caller_that_leaves_ends_its_long_poll()
    {
        Guid topic = await _broker.CreateTopic("leaving");
        using var cancel = new CancellationTokenSource();
        ValueTask<FetchResponse> waiting = _broker.Send(Fetch(topic, 0, 0, maxWaitMs: 600_000), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _broker.Send(new MetadataRequest(), cancel.Token).AsTask());
    }

    [Fact]
    public async Task CON_4_acks_0_is_answered_with_nothing_and_an_error_with_a_closed_link()
    {
        Guid topic = await _broker.CreateTopic("in-process-acks-0");
        Assert.Null(await _broker.Send(Produce(topic, 0, Of("a"), acks: 0)));
        await Assert.ThrowsAsync<LinkClosedException>(() => _broker.Send(Produce(topic, 9, Of("a"), acks: 0)).AsTask());
        Assert.Equal(1, await _broker.Store(topic, Of("b")));
    }

    [Fact]
    public async Task An_api_that_is_not_served()
    {
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAsync<ApiNotSupportedException>(() => _broker.Send(new NotServed(), cancel.Token).AsTask());
    }

    [Fact]
    public async Task Stopping_the_broker_ends_links_and_what_waits_on_them()
    {
        TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("stopping");
        IBrokerLink link = broker.Link;
        ValueTask<FetchResponse> waiting = link.SendAsync(Fetch(topic, 0, 0, maxWaitMs: 600_000), default);
        await broker.DisposeAsync();
        await Assert.ThrowsAsync<LinkClosedException>(() => waiting.AsTask());
        await Assert.ThrowsAsync<LinkClosedException>(() => link.SendAsync(new MetadataRequest { Topics = [] }, default).AsTask());
        Assert.False(link.IsOpen);
    }

    [Fact]
    public async Task Records_of_a_request_that_is_refused_or_never_gets_its_turn_are_released()
    {
        Guid topic = await _broker.CreateTopic("no-turn");
        IBrokerLink link = await _broker.Broker.InProcessLinks("User:a").ConnectAsync(_broker.Address, default);
        List<Task> requests = [];
        for (int i = 0; i < InProcessLink.InFlightMax; i++) requests.Add(link.SendAsync(Fetch(topic, 0, 0, maxWaitMs: 60_000), default).AsTask());
        RecordsLease waits = Of("a");
        requests.Add(link.SendAsync(Produce(topic, 0, waits), default).AsTask());
        Assert.NotEqual(0, waits.Length);
        await link.DisposeAsync();
        RecordsLease late = Of("b");
        requests.Add(link.SendAsync(Produce(topic, 0, late), default).AsTask());
        foreach (Task request in requests) await Assert.ThrowsAsync<LinkClosedException>(() => request);
        Assert.Throws<InvariantBrokenException>(() => waits.Length);
        Assert.Throws<InvariantBrokenException>(() => late.Length);
    }

    /// <summary>A request with a key nobody serves.</summary>
    private sealed class NotServed : IRequest<MetadataResponse>
    {
        public ApiKey ApiKey => ApiKey.ElectLeaders;

        public void Write(Protocol.Wire.KafkaWriter writer, short version) => throw new InvalidOperationException();

        public void Read(ref Protocol.Wire.KafkaReader reader, short version) => throw new InvalidOperationException();

        public void ReleaseRecords()
        {
        }
    }
}
