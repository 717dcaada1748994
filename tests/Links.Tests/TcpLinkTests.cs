using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Links.Tcp;
using Gateway.Links.Tests.Peers;
using Gateway.Protocol;
using Gateway.Protocol.Frames;
using Gateway.Protocol.Messages;
using Gateway.Protocol.Wire;
using Gateway.Testing;

namespace Gateway.Links.Tests;

public sealed class TcpLinkTests : IDisposable
{
    private static readonly (ApiKey, short, short)[] Usual =
        [(ApiKey.Metadata, 0, 12), (ApiKey.Produce, 0, 9), (ApiKey.Fetch, 4, 12), (ApiKey.ApiVersions, 0, 3)];

    private readonly ScriptedPeer _peer = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _peer.Dispose();

    [Fact]
    public async Task Each_request_goes_in_the_newest_version_both_sides_know()
    {
        await using TcpLink link = await ConnectAsync((ApiKey.Metadata, 0, 8), (ApiKey.Fetch, 4, 99), (ApiKey.Produce, 90, 99));
        Assert.Equal(8, link.NegotiatedVersion(ApiKey.Metadata));
        Assert.Equal(MessageInfo.Of(ApiKey.Fetch).HighestVersion, link.NegotiatedVersion(ApiKey.Fetch));
        Assert.False(link.Supports(ApiKey.Produce));
        Assert.Throws<ApiNotSupportedException>(() => link.NegotiatedVersion(ApiKey.Produce));

        Task<MetadataResponse> answer = link.SendAsync(new MetadataRequest(), default).AsTask();
        (RequestHeader header, _) = await _peer.ReadAsync();
        Assert.Equal((ApiKey.Metadata, (short)8, "me"), (header.ApiKey, header.ApiVersion, header.ClientId));
        await _peer.WriteAsync(header, new MetadataResponse { ClusterId = "c" });
        Assert.Equal("c", (await answer).ClusterId);
    }

    [Fact]
    public async Task AV_2_a_broker_that_finds_our_ApiVersions_too_new_is_asked_again_in_its_own()
    {
        Task<TcpLink> connecting = TcpLink.ConnectAsync(_peer.Address, Options(), default).AsTask();
        await _peer.AcceptSilentlyAsync();
        (RequestHeader first, _) = await _peer.ReadAsync();
        Assert.Equal(MessageInfo.Of(ApiKey.ApiVersions).HighestVersion, first.ApiVersion);
        await _peer.WriteAsync(first, ScriptedPeer.Versions(ErrorCode.UnsupportedVersion, (ApiKey.ApiVersions, 0, 2)), version: 0);
        (RequestHeader second, _) = await _peer.ReadAsync();
        Assert.Equal(2, second.ApiVersion);
        await _peer.WriteAsync(second, ScriptedPeer.Versions(ErrorCode.None, Usual));
        await using TcpLink link = await connecting;
        Assert.True(link.Supports(ApiKey.Metadata));
    }

    [Fact]
    public async Task Requests_are_sent_without_waiting_for_answers_and_answers_find_theirs_in_any_order()
    {
        await using TcpLink link = await ConnectAsync(Usual);
        Task<MetadataResponse>[] answers = [.. Enumerable.Range(0, 20).Select(_ => link.SendAsync(new MetadataRequest(), default).AsTask())];
        var headers = new List<RequestHeader>();
        for (int i = 0; i < 20; i++) headers.Add((await _peer.ReadAsync()).Header);
        for (int i = 19; i >= 0; i--) await _peer.WriteAsync(headers[i], new MetadataResponse { ControllerId = i });
        for (int i = 0; i < 20; i++) Assert.Equal(i, (await answers[i]).ControllerId);
    }

    [Fact]
    public async Task No_more_requests_are_in_flight_than_allowed()
    {
        await using TcpLink link = await ConnectAsync(Options() with { MaxInFlight = 2 }, Usual);
        Task<MetadataResponse>[] answers = [.. Enumerable.Range(0, 3).Select(_ => link.SendAsync(new MetadataRequest(), default).AsTask())];
        (RequestHeader first, _) = await _peer.ReadAsync();
        (RequestHeader second, _) = await _peer.ReadAsync();
        Assert.True(_peer.HasNothingToRead);
        await _peer.WriteAsync(first, new MetadataResponse());
        (RequestHeader third, _) = await _peer.ReadAsync();
        await _peer.WriteAsync(second, new MetadataResponse());
        await _peer.WriteAsync(third, new MetadataResponse());
        await Task.WhenAll(answers);
    }

    [Fact]
    public async Task When_the_broker_closes_every_waiting_request_fails_and_the_link_stays_closed()
    {
        await using TcpLink link = await ConnectAsync(Options() with { MaxInFlight = 2 }, Usual);
        Task<MetadataResponse>[] answers = [.. Enumerable.Range(0, 5).Select(_ => link.SendAsync(new MetadataRequest(), default).AsTask())];
        await _peer.ReadAsync();
        _peer.Close();
        foreach (Task<MetadataResponse> answer in answers) await Assert.ThrowsAsync<LinkClosedException>(() => answer);
        Assert.False(link.IsOpen);
        await Assert.ThrowsAsync<LinkClosedException>(async () => await link.SendAsync(new MetadataRequest(), default));
    }

    [Fact]
    public async Task Disposing_fails_waiting_requests()
    {
        TcpLink link = await ConnectAsync(Usual);
        Task<MetadataResponse> answer = link.SendAsync(new MetadataRequest(), default).AsTask();
        await link.DisposeAsync();
        await Assert.ThrowsAsync<LinkClosedException>(() => answer);
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_in_time_costs_the_link()
    {
        await using TcpLink link = await ConnectAsync(Usual);
        Task<MetadataResponse> answer = link.SendAsync(new MetadataRequest(), default).AsTask();
        await _peer.ReadAsync();
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.True(link.IsOpen);
        _time.Advance(TimeSpan.FromSeconds(5));
        LinkClosedException late = await Assert.ThrowsAsync<LinkClosedException>(() => answer);
        Assert.Contains("Metadata in time", late.Message, StringComparison.Ordinal);
        Assert.False(link.IsOpen);
    }

    [Fact]
    public async Task What_a_request_lets_the_broker_wait_is_added_to_its_time_and_to_that_of_the_requests_behind_it()
    {
        await using TcpLink link = await ConnectAsync(Usual);
        Task<FetchResponse> fetch = link.SendAsync(new FetchRequest { MaxWaitMs = 60_000 }, default).AsTask();
        Task<MetadataResponse> behind = link.SendAsync(new MetadataRequest(), default).AsTask();
        (RequestHeader fetchHeader, _) = await _peer.ReadAsync();
        (RequestHeader behindHeader, _) = await _peer.ReadAsync();
        _time.Advance(TimeSpan.FromSeconds(80));
        await _peer.WriteAsync(fetchHeader, new FetchResponse());
        await _peer.WriteAsync(behindHeader, new MetadataResponse());
        await fetch;
        await behind;
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    [InlineData(1_000_001)]
    public async Task An_answer_of_impossible_length_closes_the_link_before_it_is_read(int length)
    {
        await using TcpLink link = await ConnectAsync(Options() with { MaxResponseBytes = 1_000_000 }, Usual);
        Task<MetadataResponse> answer = link.SendAsync(new MetadataRequest(), default).AsTask();
        await _peer.ReadAsync();
        byte[] size = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(size, length);
        await _peer.WriteAsync(size);
        LinkClosedException closed = await Assert.ThrowsAsync<LinkClosedException>(() => answer);
        Assert.Contains($"{length} bytes", closed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_nobody_waits_for_closes_the_link()
    {
        await using TcpLink link = await ConnectAsync(Usual);
        Task<MetadataResponse> answer = link.SendAsync(new MetadataRequest(), default).AsTask();
        (RequestHeader header, _) = await _peer.ReadAsync();
        await _peer.WriteAsync(header with { CorrelationId = 4711 }, new MetadataResponse());
        LinkClosedException closed = await Assert.ThrowsAsync<LinkClosedException>(() => answer);
        Assert.Contains("4711", closed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_does_not_parse_closes_the_link()
    {
        await using TcpLink link = await ConnectAsync(Usual);
        Task<MetadataResponse> answer = link.SendAsync(new MetadataRequest(), default).AsTask();
        (RequestHeader header, _) = await _peer.ReadAsync();
        byte[] frame = ResponseFrame.Encode(new MetadataResponse { ClusterId = "cut" }, header.ApiVersion, header.CorrelationId).ToArray()[..^3];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        await _peer.WriteAsync(frame);
        LinkClosedException closed = await Assert.ThrowsAsync<LinkClosedException>(() => answer);
        Assert.IsType<ProtocolException>(closed.InnerException);
        Assert.False(link.IsOpen);
    }

    [Fact]
    public async Task A_connection_cut_inside_an_answer_fails_the_request()
    {
        await using TcpLink link = await ConnectAsync(Usual);
        Task<MetadataResponse> answer = link.SendAsync(new MetadataRequest(), default).AsTask();
        await _peer.ReadAsync();
        await _peer.WriteAsync([0, 0, 1, 0, 9, 9]);
        _peer.Close();
        LinkClosedException closed = await Assert.ThrowsAsync<LinkClosedException>(() => answer);
        Assert.Contains("inside a frame", closed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_in_crumbs_and_answers_larger_than_the_buffer_arrive_whole()
    {
        await using TcpLink link = await ConnectAsync(Usual);
        Task<MetadataResponse> small = link.SendAsync(new MetadataRequest(), default).AsTask();
        Task<FetchResponse> large = link.SendAsync(new FetchRequest(), default).AsTask();
        (RequestHeader smallHeader, _) = await _peer.ReadAsync();
        (RequestHeader largeHeader, _) = await _peer.ReadAsync();
        byte[] records = new byte[300_000];
        new Random(3).NextBytes(records);
        byte[] bytes =
        [
            .. ResponseFrame.Encode(new MetadataResponse { ClusterId = "crumbs" }, smallHeader.ApiVersion, smallHeader.CorrelationId).ToArray(),
            .. ResponseFrame.Encode(Fetched(records), largeHeader.ApiVersion, largeHeader.CorrelationId).ToArray(),
        ];
        for (int i = 0; i < 40; i++) await _peer.WriteAsync(bytes[i..(i + 1)]);
        await _peer.WriteAsync(bytes[40..]);
        Assert.Equal("crumbs", (await small).ClusterId);
        FetchResponse answer = await large;
        Assert.True(answer.Responses[0].Partitions[0].Records!.Span.SequenceEqual(records));
        answer.ReleaseRecords();
    }

    [Fact]
    public async Task CON_4_a_produce_without_acks_is_done_when_it_is_written()
    {
        await using TcpLink link = await ConnectAsync(Usual);
        byte[] records = [1, 2, 3];
        Assert.Null(await link.SendAsync(Produce(RecordsLease.Wrap(records), acks: 0), default));
        (_, IRequest request) = await _peer.ReadAsync();
        Assert.Equal(records, ((ProduceRequest)request).TopicData[0].PartitionData[0].Records!.Span.ToArray());

        Task<MetadataResponse> next = link.SendAsync(new MetadataRequest(), default).AsTask();
        (RequestHeader header, _) = await _peer.ReadAsync();
        await _peer.WriteAsync(header, new MetadataResponse { ControllerId = 5 });
        Assert.Equal(5, (await next).ControllerId);
    }

    [Fact]
    public async Task A_caller_who_leaves_does_not_disturb_the_others()
    {
        await using TcpLink link = await ConnectAsync(Usual);
        using var leave = new CancellationTokenSource();
        Task<MetadataResponse> left = link.SendAsync(new MetadataRequest(), leave.Token).AsTask();
        Task<MetadataResponse> stays = link.SendAsync(new MetadataRequest(), default).AsTask();
        (RequestHeader leftHeader, _) = await _peer.ReadAsync();
        (RequestHeader staysHeader, _) = await _peer.ReadAsync();
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await _peer.WriteAsync(leftHeader, new MetadataResponse { ControllerId = 1 });
        await _peer.WriteAsync(staysHeader, new MetadataResponse { ControllerId = 2 });
        Assert.Equal(2, (await stays).ControllerId);
        Assert.True(link.IsOpen);
    }

    [Fact]
    public async Task The_link_releases_the_records_of_a_request_however_it_ends()
    {
        await using TcpLink link = await ConnectAsync((ApiKey.Metadata, 0, 9));
        RecordsLease unsupported = RecordsLease.Copy([1]);
        await Assert.ThrowsAsync<ApiNotSupportedException>(async () => await link.SendAsync(Produce(unsupported), default));
        Assert.Throws<InvariantBrokenException>(() => unsupported.Length);
        await link.DisposeAsync();

        using var other = new ScriptedPeer();
        Task<TcpLink> connecting = TcpLink.ConnectAsync(other.Address, Options(), default).AsTask();
        await other.AcceptAsync(Usual);
        TcpLink closed = await connecting;
        await closed.DisposeAsync();
        RecordsLease late = RecordsLease.Copy([1]);
        await Assert.ThrowsAsync<LinkClosedException>(async () => await closed.SendAsync(Produce(late), default));
        Assert.Throws<InvariantBrokenException>(() => late.Length);
    }

    [Fact]
    public async Task A_request_that_cannot_be_said_in_the_brokers_version_fails_alone()
    {
        await using TcpLink link = await ConnectAsync((ApiKey.Heartbeat, 0, 2), (ApiKey.Metadata, 0, 9));
        ProtocolException refused = await Assert.ThrowsAsync<ProtocolException>(
            async () => await link.SendAsync(new HeartbeatRequest { GroupInstanceId = "static" }, default));
        Assert.Equal(ProtocolFault.FieldNotInVersion, refused.Fault);
        Task<MetadataResponse> next = link.SendAsync(new MetadataRequest(), default).AsTask();
        (RequestHeader header, _) = await _peer.ReadAsync();
        await _peer.WriteAsync(header, new MetadataResponse());
        await next;
    }

    [Fact]
    public async Task An_address_where_nobody_listens_is_named_in_the_error()
    {
        var peer = new ScriptedPeer();
        var nobody = peer.Address;
        peer.Dispose();
        LinkClosedException refused = await Assert.ThrowsAsync<LinkClosedException>(async () => await TcpLink.ConnectAsync(nobody, Options(), default));
        Assert.Contains(nobody.ToString(), refused.Message, StringComparison.Ordinal);
        Assert.Contains("refused", refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_broker_that_accepts_and_says_nothing_is_given_up()
    {
        Task<TcpLink> connecting = TcpLink.ConnectAsync(_peer.Address, Options() with { RequestTimeout = TimeSpan.FromHours(1) }, default).AsTask();
        await _peer.AcceptSilentlyAsync();
        await _peer.ReadAsync();
        _time.Advance(TimeSpan.FromSeconds(11));
        LinkClosedException silent = await Assert.ThrowsAsync<LinkClosedException>(() => connecting);
        Assert.Contains("no answer within 10 s", silent.Message, StringComparison.Ordinal);
    }

    private static ProduceRequest Produce(RecordsLease records, short acks = -1) => new()
    {
        Acks = acks,
        TopicData = [new ProduceRequest.TopicProduceData { Name = "t", PartitionData = [new ProduceRequest.PartitionProduceData { Records = records }] }],
    };

    private static FetchResponse Fetched(byte[] records) => new()
    {
        Responses = [new FetchResponse.FetchableTopicResponse { Topic = "t", Partitions = [new FetchResponse.PartitionData { Records = RecordsLease.Wrap(records) }] }],
    };

    private TcpLinkOptions Options() => new() { ClientId = "me", Time = _time };

    private Task<TcpLink> ConnectAsync(params (ApiKey, short, short)[] ranges) => ConnectAsync(Options(), ranges);

    private async Task<TcpLink> ConnectAsync(TcpLinkOptions options, params (ApiKey, short, short)[] ranges)
    {
        Task<TcpLink> connecting = TcpLink.ConnectAsync(_peer.Address, options, default).AsTask();
        await _peer.AcceptAsync(ranges);
        return await connecting;
    }
}
