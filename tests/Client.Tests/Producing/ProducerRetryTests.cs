using Gateway.Client.Producing;
using Gateway.Client.Tests.Fakes;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Tests.Producing;

public sealed class ProducerRetryTests
{
    private static readonly ClientOptions Quick = new() { RetryBackoff = TimeSpan.FromMilliseconds(1), RetryBackoffMax = TimeSpan.FromMilliseconds(2) };
    private static readonly ProducerOptions Plain = new() { Idempotent = false };
    private readonly FakeBroker _broker = new FakeBroker().Topic("t", 1);
    private long _nextProducerId = 100;

    public ProducerRetryTests() => _broker.Answer(ApiKey.InitProducerId, _ => new InitProducerIdResponse { ProducerId = _nextProducerId++ });

    [Theory]
    [InlineData(ErrorCode.NotLeaderOrFollower, true)]
    [InlineData(ErrorCode.LeaderNotAvailable, true)]
    [InlineData(ErrorCode.UnknownTopicOrPartition, true)]
    [InlineData(ErrorCode.NotEnoughReplicas, false)]
    [InlineData(ErrorCode.RequestTimedOut, false)]
    [InlineData(ErrorCode.CorruptMessage, false)]
    public async Task A_passing_error_is_tried_again_after_fresh_metadata_where_that_may_help(ErrorCode error, bool refreshes)
    {
        _broker.Answer(ApiKey.Produce, _ => Produced(error)).Answer(ApiKey.Produce, _ => Produced(ErrorCode.None, 7));
        Assert.Equal((ErrorCode.None, 7L), await ProduceAsync(Plain));
        Assert.Equal(2, Count<ProduceRequest>());
        Assert.Equal(refreshes ? 2 : 1, Count<MetadataRequest>());
    }

    [Theory]
    [InlineData(ErrorCode.MessageTooLarge)]
    [InlineData(ErrorCode.TopicAuthorizationFailed)]
    [InlineData(ErrorCode.InvalidRecord)]
    [InlineData(ErrorCode.UnknownServerError)]
    public async Task A_fatal_error_is_not_tried_again(ErrorCode error)
    {
        _broker.Answer(ApiKey.Produce, _ => Produced(error));
        Assert.Equal((error, -1L), await ProduceAsync(Plain));
        Assert.Equal(1, Count<ProduceRequest>());
    }

    [Fact]
    public async Task A_lost_link_is_replaced_and_the_batch_sent_again_under_its_sequence()
    {
        _broker.Answer(ApiKey.Produce, _ => throw new LinkClosedException("lost"))
            .Answer(ApiKey.Produce, _ => throw new LinkClosedException("lost again"))
            .Answer(ApiKey.Produce, _ => Produced(ErrorCode.None, 3));
        Assert.Equal((ErrorCode.None, 3L), await ProduceAsync(new ProducerOptions()));
        Assert.Equal(3, _broker.Batches.Count);
        Assert.Single(_broker.Batches.Select(Convert.ToHexString).Distinct());
        Assert.Equal([(100, (short)0, 0)], Stamps().Distinct());
        Assert.True(_broker.Connections >= 3);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task A_batch_that_is_sent_again_is_what_it_was_whatever_the_first_broker_did_to_its_header(bool isRemote, bool isIdempotent)
    {
        FakeBroker broker = new FakeBroker { IsRemote = isRemote }.Topic("t", 1)
            .Answer(ApiKey.InitProducerId, _ => new InitProducerIdResponse { ProducerId = 77 })
            .Answer(ApiKey.Produce, _ => Produced(ErrorCode.NotLeaderOrFollower))
            .Answer(ApiKey.Produce, _ => throw new LinkClosedException("lost"))
            .Answer(ApiKey.Produce, _ => Produced(ErrorCode.None, 7));
        await using var client = new KafkaClient(broker, Quick);
        await using Producer producer = client.CreateProducer(new ProducerOptions { Idempotent = isIdempotent });
        Assert.Equal(7, (await producer.ProduceAsync("t", "key"u8.ToArray(), "value"u8.ToArray())).Offset);
        Assert.Equal(3, broker.Batches.Count);
        byte[] batch = Convert.FromHexString(Assert.Single(broker.Batches.Select(Convert.ToHexString).Distinct()));
        Assert.True(RecordBatchBytes.HasValidCrc(batch));
        Assert.Equal((0L, -1, isIdempotent ? 77 : -1, false), (Header(batch).BaseOffset, Header(batch).PartitionLeaderEpoch, Header(batch).ProducerId, Header(batch).HasLogAppendTime));
        Assert.Equal("value"u8, Assert.Single(RecordReader.ReadAll(batch)).Value!.Value.Span);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_batch_that_is_refused_for_one_callers_record_is_cut_up_as_it_was_sent(bool isRemote)
    {
        var release = new TaskCompletionSource();
        FakeBroker broker = new FakeBroker { IsRemote = isRemote }.Topic("t", 1)
            .AnswerLater(ApiKey.Produce, async _ =>
            {
                await release.Task;
                return Produced(ErrorCode.None, 0);
            })
            .Answer(ApiKey.Produce, _ => Produced(ErrorCode.InvalidRecord))
            .Answer(ApiKey.Produce, _ => Produced(ErrorCode.None, 1))
            .Answer(ApiKey.Produce, _ => Produced(ErrorCode.InvalidRecord));
        await using var client = new KafkaClient(broker, Quick);
        await using Producer producer = client.CreateProducer(Plain);
        Task<ProducedRecord>[] sent = [.. Enumerable.Range(0, 3).Select(i => producer.ProduceAsync("t", null, new[] { (byte)i }).AsTask())];
        release.SetResult();
        Assert.Equal([ErrorCode.None, ErrorCode.None, ErrorCode.InvalidRecord], (await Task.WhenAll(sent)).Select(record => record.Error));
        Assert.Equal(["00", "01 02", "01", "02"], broker.Batches.Select(batch => string.Join(' ', RecordReader.ReadAll(batch).Select(record => Convert.ToHexString(record.Value!.Value.Span)))));
    }

    [Fact]
    public async Task A_finished_batch_in_memory_of_its_callers_is_not_written_to()
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        builder.Append(1, null, new byte[] { 1 });
        using RecordsLease built = builder.Build();
        byte[] mine = built.Span.ToArray();
        string before = Convert.ToHexString(mine);
        _broker.Answer(ApiKey.Produce, _ => Produced(ErrorCode.None, 5));
        await using var client = new KafkaClient(_broker, Quick);
        await using Producer producer = client.CreateProducer(Plain);
        Assert.Equal(5, (await producer.ProduceBatchAsync(new TopicPartition("t", 0), RecordsLease.Wrap(mine))).Offset);
        Assert.Equal(before, Convert.ToHexString(mine));
        Assert.Equal(before, Convert.ToHexString(Assert.Single(_broker.Batches)));
    }

    [Fact]
    public async Task IDM_3_sequences_go_on_from_batch_to_batch()
    {
        _broker.Answer(ApiKey.Produce, _ => Produced(ErrorCode.None, 0));
        await using var client = new KafkaClient(_broker, Quick);
        await using Producer producer = client.CreateProducer();
        using var two = new RecordSet();
        two.Add(null, new byte[] { 1 });
        two.Add(null, new byte[] { 2 });
        await producer.ProduceAsync("t", two);
        await producer.ProduceAsync("t", two);
        await producer.ProduceAsync("t", null, new byte[] { 3 });
        Assert.Equal([(100, 0, 0), (100, 0, 2), (100, 0, 4)], Stamps().Select(stamp => ((int)stamp.Id, (int)stamp.Epoch, stamp.Sequence)));
    }

    [Theory]
    [InlineData(ErrorCode.OutOfOrderSequenceNumber)]
    [InlineData(ErrorCode.InvalidProducerEpoch)]
    [InlineData(ErrorCode.UnknownProducerId)]
    public async Task A_refused_sequence_of_a_batch_that_cannot_be_stored_yet_starts_over_under_a_new_id(ErrorCode error)
    {
        _broker.Answer(ApiKey.Produce, _ => Produced(error)).Answer(ApiKey.Produce, _ => Produced(ErrorCode.None, 1));
        Assert.Equal((ErrorCode.None, 1L), await ProduceAsync(new ProducerOptions()));
        Assert.Equal([(100L, (short)0, 0), (101L, (short)0, 0)], Stamps());
        Assert.All(_broker.Batches, batch => Assert.True(RecordBatchBytes.HasValidCrc(batch)));
    }

    [Fact]
    public async Task A_refused_sequence_of_a_batch_in_doubt_is_reported_and_never_stored_twice()
    {
        _broker.Answer(ApiKey.Produce, _ => throw new LinkClosedException("lost"))
            .Answer(ApiKey.Produce, _ => Produced(ErrorCode.OutOfOrderSequenceNumber));
        Assert.Equal((ErrorCode.OutOfOrderSequenceNumber, -1L), await ProduceAsync(new ProducerOptions()));
        Assert.Equal(2, Count<ProduceRequest>());
    }

    [Fact]
    public async Task A_duplicate_is_a_success_whose_offset_is_unknown()
    {
        _broker.Answer(ApiKey.Produce, _ => Produced(ErrorCode.DuplicateSequenceNumber));
        Assert.Equal((ErrorCode.None, -1L), await ProduceAsync(new ProducerOptions()));
    }

    [Fact]
    public async Task After_the_delivery_timeout_the_last_error_is_the_result_and_the_next_batch_has_a_new_id()
    {
        _broker.Answer(ApiKey.Produce, _ => Produced(ErrorCode.RequestTimedOut));
        await using var client = new KafkaClient(_broker, Quick);
        await using Producer producer = client.CreateProducer(new ProducerOptions { DeliveryTimeout = TimeSpan.FromSeconds(2) });
        Assert.Equal(ErrorCode.RequestTimedOut, (await producer.ProduceAsync("t", null, new byte[] { 1 })).Error);
        Assert.Equal(ErrorCode.RequestTimedOut, (await producer.ProduceAsync("t", null, new byte[] { 1 })).Error);
        Assert.Equal([(100L, (short)0, 0), (101L, (short)0, 0)], Stamps().Distinct());
    }

    [Fact]
    public async Task A_record_leaves_at_once_and_what_comes_meanwhile_becomes_one_batch()
    {
        var release = new TaskCompletionSource();
        _broker.AnswerLater(ApiKey.Produce, async _ =>
        {
            await release.Task;
            return Produced(ErrorCode.None, 0);
        }).Answer(ApiKey.Produce, _ => Produced(ErrorCode.None, 1));
        await using var client = new KafkaClient(_broker, Quick);
        await using Producer producer = client.CreateProducer(Plain);
        Task<ProducedRecord> first = producer.ProduceAsync("t", null, new byte[] { 0 }).AsTask();
        Assert.Equal(1, Count<ProduceRequest>());
        Task<ProducedRecord>[] others = [.. Enumerable.Range(1, 99).Select(i => producer.ProduceAsync("t", null, new[] { (byte)i }).AsTask())];
        Assert.Equal(1, Count<ProduceRequest>());
        release.SetResult();
        await first;
        Assert.Equal(Enumerable.Range(1, 99), (await Task.WhenAll(others)).Select(record => (int)record.Offset));
        Assert.Equal([1, 99], _broker.Batches.Select(batch => Header(batch).RecordsCount));
    }

    [Fact]
    public async Task A_full_batch_is_closed_and_the_buffer_bound_makes_callers_wait()
    {
        var release = new TaskCompletionSource();
        _broker.AnswerLater(ApiKey.Produce, async _ =>
        {
            await release.Task;
            return Produced(ErrorCode.None, 0);
        });
        await using var client = new KafkaClient(_broker, Quick);
        await using Producer producer = client.CreateProducer(Plain with { MaxBatchBytes = 1000, MaxBufferedBytes = 3000 });
        Task<ProducedRecord>[] records = [.. Enumerable.Range(0, 10).Select(_ => producer.ProduceAsync("t", null, new byte[400]).AsTask())];
        Assert.Equal(1, Count<ProduceRequest>());
        release.SetResult();
        Assert.All(await Task.WhenAll(records), record => Assert.Equal(ErrorCode.None, record.Error));
        Assert.All(_broker.Batches, batch => Assert.InRange(batch.Length, 1, 1000));
        Assert.Equal(10, _broker.Batches.Sum(batch => Header(batch).RecordsCount));
    }

    [Fact]
    public async Task Callers_share_a_batch_up_to_256_KiB_and_one_callers_records_are_not_cut_up_for_that()
    {
        var release = new TaskCompletionSource();
        _broker.AnswerLater(ApiKey.Produce, async _ =>
        {
            await release.Task;
            return Produced(ErrorCode.None, 0);
        });
        await using var client = new KafkaClient(_broker, Quick);
        await using Producer producer = client.CreateProducer(Plain);
        Task first = producer.ProduceAsync("t", null, new byte[] { 0 }).AsTask();
        Task[] joining = [.. Enumerable.Range(0, 5).Select(_ => producer.ProduceAsync("t", null, new byte[100_000]).AsTask())];
        using var many = new RecordSet();
        for (int i = 0; i < 9; i++) many.Add(null, new byte[100_000]);
        Task large = producer.ProduceAsync("t", many).AsTask();
        release.SetResult();
        await Task.WhenAll([first, large, .. joining]);
        Assert.Equal([1, 2, 2, 1, 9], _broker.Batches.Select(batch => Header(batch).RecordsCount));
    }

    [Fact]
    public async Task Disposing_waits_for_what_is_under_way_and_refuses_the_rest()
    {
        var release = new TaskCompletionSource();
        _broker.AnswerLater(ApiKey.Produce, async _ =>
        {
            await release.Task;
            return Produced(ErrorCode.None, 5);
        });
        await using var client = new KafkaClient(_broker, Quick);
        Producer producer = client.CreateProducer(Plain);
        Task<ProducedRecord> record = producer.ProduceAsync("t", null, new byte[] { 0 }).AsTask();
        Task disposing = producer.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await producer.ProduceAsync("t", null, new byte[] { 0 }));
        release.SetResult();
        await disposing;
        Assert.Equal(5, (await record).Offset);
    }

    private static ProduceResponse Produced(ErrorCode error, long offset = -1) => new()
    {
        Responses =
        [
            new ProduceResponse.TopicProduceResponse
            {
                PartitionResponses = [new ProduceResponse.PartitionProduceResponse { ErrorCode = error, BaseOffset = offset }],
            },
        ],
    };

    private static RecordBatchHeader Header(byte[] batch)
    {
        Assert.True(RecordBatchHeader.TryRead(batch, out RecordBatchHeader header));
        return header;
    }

    private IEnumerable<(long Id, short Epoch, int Sequence)> Stamps() =>
        _broker.Batches.Select(batch => (Header(batch).ProducerId, Header(batch).ProducerEpoch, Header(batch).BaseSequence));

    private int Count<T>() => _broker.Requests.OfType<T>().Count();

    private async Task<(ErrorCode, long)> ProduceAsync(ProducerOptions options)
    {
        await using var client = new KafkaClient(_broker, Quick);
        await using Producer producer = client.CreateProducer(options);
        ProducedRecord record = await producer.ProduceAsync("t", null, new byte[] { 1 });
        return (record.Error, record.Offset);
    }
}
