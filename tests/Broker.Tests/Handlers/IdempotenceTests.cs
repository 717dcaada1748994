using Gateway.Broker.Tests.Support;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;
using static Gateway.Broker.Tests.Support.Batches;

namespace Gateway.Broker.Tests.Handlers;

/// <summary>IDM-1…9 through the whole broker; the table by itself has tests of its own.</summary>
public sealed class IdempotenceTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private readonly TestBroker _broker = fixture.Broker;

    [Fact]
    public async Task IDM_1_a_repeated_batch_is_answered_with_its_first_offset_and_stored_once()
    {
        Guid topic = await _broker.CreateTopic("idm-1");
        Assert.Equal(0, await _broker.Store(topic, OfProducer(1, 0, 0, "a", "b")));
        Assert.Equal(2, await _broker.Store(topic, OfProducer(1, 0, 2, "c")));
        Assert.Equal(0, await _broker.Store(topic, OfProducer(1, 0, 0, "a", "b")));
        Assert.Equal(["a", "b", "c"], Values(await _broker.Fetch(topic, 0)));
    }

    [Fact]
    public async Task IDM_1_a_repetition_in_flight_waits_for_the_original()
    {
        Guid topic = await _broker.CreateTopic("idm-1-flight");
        ValueTask<ProduceResponse> first = _broker.Send(Produce(topic, 0, OfProducer(1, 0, 0, "a")));
        ValueTask<ProduceResponse> again = _broker.Send(Produce(topic, 0, OfProducer(1, 0, 0, "a")));
        ProduceResponse second = await again;
        Assert.Equal((ErrorCode.None, 0L), (second.Responses[0].PartitionResponses[0].ErrorCode, second.Responses[0].PartitionResponses[0].BaseOffset));
        Assert.Equal(1, (await _broker.Fetch(topic, 0)).HighWatermark);
        Assert.Equal(0, (await first).Responses[0].PartitionResponses[0].BaseOffset);
    }

    [Fact]
    public async Task IDM_2_epochs_only_rise_and_begin_at_sequence_0()
    {
        Guid topic = await _broker.CreateTopic("idm-2");
        await _broker.Store(topic, OfProducer(1, 1, 0, "a"));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, (await _broker.Produce(topic, OfProducer(1, 0, 1, "b"))).ErrorCode);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, (await _broker.Produce(topic, OfProducer(1, 2, 1, "b"))).ErrorCode);
        Assert.Equal(1, await _broker.Store(topic, OfProducer(1, 2, 0, "b")));
    }

    [Fact]
    public async Task IDM_3_sequences_follow_each_other()
    {
        Guid topic = await _broker.CreateTopic("idm-3");
        await _broker.Store(topic, OfProducer(1, 0, 0, "a"));
        ProduceResponse.PartitionProduceResponse gap = await _broker.Produce(topic, OfProducer(1, 0, 2, "c"));
        Assert.Equal((ErrorCode.OutOfOrderSequenceNumber, -1L), (gap.ErrorCode, gap.BaseOffset));
        Assert.Equal(1, await _broker.Store(topic, OfProducer(1, 0, 1, "b")));
    }

    [Fact]
    public async Task IDM_4_an_unknown_producer_may_begin_anywhere()
    {
        Guid topic = await _broker.CreateTopic("idm-4");
        Assert.Equal(0, await _broker.Store(topic, OfProducer(99, 3, 1234, "a")));
    }

    [Fact]
    public async Task Trap_3_five_in_flight_the_second_fails_and_takes_the_later_ones_with_it()
    {
        Guid topic = await _broker.CreateTopic("trap-3");
        using WireClient wire = await _broker.Connect();
        List<ProduceRequest> requests = [];
        for (int i = 0; i < 5; i++)
        {
            // The second has a wrong checksum.
            var records = OfProducer(1, 0, i, $"{i}");
            if (i == 1) records.WritableMemory.Span[^1] ^= 1;
            requests.Add(Produce(topic, 0, records));
            await wire.Post(requests[^1], 13);
        }
        ErrorCode[] errors = new ErrorCode[5];
        for (int i = 0; i < 5; i++)
        {
            var frame = await wire.ReadFrame();
            int correlationId = Protocol.Frames.ResponseFrame.PeekCorrelationId(frame!.Span);
            var response = (ProduceResponse)Protocol.Frames.ResponseFrame.Decode(frame, requests[i], 13, correlationId);
            errors[i] = response.Responses[0].PartitionResponses[0].ErrorCode;
        }
        Assert.Equal(
            [ErrorCode.None, ErrorCode.CorruptMessage, ErrorCode.OutOfOrderSequenceNumber, ErrorCode.OutOfOrderSequenceNumber, ErrorCode.OutOfOrderSequenceNumber],
            errors);
        for (int i = 1; i < 5; i++) Assert.Equal(i, await _broker.Store(topic, OfProducer(1, 0, i, $"{i}")));
        Assert.Equal(["0", "1", "2", "3", "4"], Values(await _broker.Fetch(topic, 0)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Trap_4_and_6_after_a_restart_retries_are_known_and_sequences_go_on(bool clean)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("trap-6");
        for (int i = 0; i < 8; i++) await broker.Store(topic, OfProducer(1, 0, i, $"{i}"));
        if (clean) await broker.RestartAsync(shards: 1);
        else await broker.RestartUncleanAsync();
        for (int i = 3; i < 8; i++) Assert.Equal(i, await broker.Store(topic, OfProducer(1, 0, i, $"{i}")));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, (await broker.Produce(topic, OfProducer(1, 0, 2, "2"))).ErrorCode);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, (await broker.Produce(topic, OfProducer(1, 0, 9, "9"))).ErrorCode);
        Assert.Equal(8, await broker.Store(topic, OfProducer(1, 0, 8, "8")));
    }
}
