using System.Buffers.Binary;
using Gateway.Broker.Tests.Support;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Protocol;
using Gateway.Protocol.Messages;
using static Gateway.Broker.Tests.Support.Batches;

namespace Gateway.Broker.Tests.Handlers;

/// <summary>Batches with an idempotency key in their header (decision 20): the partition takes one once.</summary>
public sealed class KeyedAppendTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private readonly TestBroker _broker = fixture.Broker;

    [Fact]
    public async Task A_repeated_batch_is_answered_with_its_first_offset_and_stored_once()
    {
        Guid topic = await _broker.CreateTopic("keyed");
        await _broker.Store(topic, Of("before"));
        await Appends(_broker, topic, Keyed(1, "a", "b"), 1);
        await Appends(_broker, topic, Keyed(2, "c"), 3);
        AppendIfResponse again = await Repeats(_broker, topic, Keyed(1, "a", "b"), 1);
        Assert.Equal(T0 + 1, again.TimestampMs);
        Assert.Equal(["before", "a", "b", "c"], Values(await _broker.Fetch(topic, 0)));
    }

    [Fact]
    public async Task Of_many_at_once_one_is_written_and_all_are_told_where()
    {
        Guid topic = await _broker.CreateTopic("keyed-many");
        for (int key = 0; key < 20; key++)
        {
            AppendIfResponse[] answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Append(_broker, topic, Keyed(key, $"{key}")).AsTask()));
            Assert.All(answers, answer => Assert.Equal((ErrorCode.None, key), (answer.ErrorCode, answer.BaseOffset)));
            Assert.Single(answers, answer => !answer.IsRepetition);
        }
        Assert.Equal(20, Values(await _broker.Fetch(topic, 0)).Length);
    }

    [Theory]
    [InlineData(6, 5)]
    [InlineData(5, 6)]
    // What an idempotent producer would be allowed: the next sequence, and the start of a later epoch.
    [InlineData(5, 7)]
    [InlineData(6, 0)]
    public async Task Another_request_does_not_get_the_key(short epoch, int sequence)
    {
        Guid topic = await _broker.CreateTopic($"keyed-other-{epoch}-{sequence}");
        await Appends(_broker, topic, KeyedAs(1, 5, 5, "a", "b"), 0);
        AppendIfResponse other = await Append(_broker, topic, KeyedAs(1, epoch, sequence, "a"));
        Assert.Equal((ErrorCode.DuplicateSequenceNumber, -1, false), (other.ErrorCode, other.BaseOffset, other.IsRepetition));
        await Repeats(_broker, topic, KeyedAs(1, 5, 5, "a", "b"), 0);
        Assert.Equal(["a", "b"], Values(await _broker.Fetch(topic, 0)));
    }

    [Fact]
    public async Task A_condition_is_for_what_is_not_there()
    {
        Guid topic = await _broker.CreateTopic("keyed-if");
        Assert.Equal(ErrorCode.OperationNotAttempted, (await Append(_broker, topic, Keyed(1, "a"), end: 1)).ErrorCode);
        await Appends(_broker, topic, Keyed(1, "a"), 0, end: 0);
        await _broker.Store(topic, Of("b"));
        await Repeats(_broker, topic, Keyed(1, "a"), 0, end: 0);
        Assert.Equal(["a", "b"], Values(await _broker.Fetch(topic, 0)));
    }

    [Fact]
    public async Task Where_a_key_is_is_told_of_all_partitions()
    {
        Guid topic = await _broker.CreateTopic("keyed-find", 5);
        await Appends(_broker, topic, KeyedAs(1, 3, 9, "a"), 0, partition: 4);
        await Appends(_broker, topic, KeyedAs(1, 3, 8, "b"), 0, partition: 1);
        await Appends(_broker, topic, Keyed(2, "c"), 1, partition: 1);
        FindKeyResponse found = await _broker.Send(new FindKeyRequest { TopicId = topic, Key = BatchKey.IdOf(1) });
        Assert.Equal(
            [(1, (short)3, 8, 0L, T0), (4, (short)3, 9, 0L, T0)],
            found.Batches.Select(b => (b.Partition, b.Epoch, b.Sequence, b.BaseOffset, b.TimestampMs)));
        Assert.Equal(
            (ErrorCode.None, 0),
            (found.ErrorCode, (await _broker.Send(new FindKeyRequest { TopicId = topic, Key = BatchKey.IdOf(3) })).Batches.Count));
        Assert.Equal(ErrorCode.UnknownTopicId, (await _broker.Send(new FindKeyRequest { TopicId = Guid.NewGuid(), Key = BatchKey.IdOf(1) })).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, (await _broker.Send(new FindKeyRequest { TopicId = topic, Key = 7 })).ErrorCode);
    }

    [Fact]
    public async Task A_partition_that_is_offline_cannot_tell_and_so_nobody_can()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("keyed-offline", 2);
        await broker.Store(topic, Of("a"));
        await broker.DamageAsync(topic);
        Assert.Equal(ErrorCode.KafkaStorageError, (await broker.Send(new FindKeyRequest { TopicId = topic, Key = BatchKey.IdOf(1) })).ErrorCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Keys_are_known_after_a_restart(bool hasSnapshots)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("keyed-restart", 2);
        await Appends(broker, topic, Keyed(1, "a", "b"), 0, partition: 1);
        await broker.Store(topic, OfProducer(1, 0, 0, "p"), 1);
        await Appends(broker, topic, Keyed(2, "c"), 3, partition: 1);
        if (hasSnapshots) await broker.RestartAsync(shards: 3);
        else await broker.RestartWithoutSnapshotsAsync();
        await Repeats(broker, topic, Keyed(1, "a", "b"), 0, partition: 1);
        await Repeats(broker, topic, Keyed(2, "c"), 3, partition: 1);
        Assert.Equal(ErrorCode.DuplicateSequenceNumber, (await Append(broker, topic, KeyedAs(2, 0, 7, "c"), partition: 1)).ErrorCode);
        Assert.Equal(2, await broker.Store(topic, OfProducer(1, 0, 0, "p"), 1));
        Assert.Equal(["a", "b", "p", "c"], Values(await broker.Fetch(topic, 0, 1)));
    }

    [Theory]
    [InlineData("first")]
    [InlineData("later")]
    [InlineData("damaged")]
    public async Task Keys_are_known_whichever_version_wrote_the_snapshot(string snapshot)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("keyed-versions");
        await Appends(broker, topic, Keyed(1, "a"), 0);
        await broker.Store(topic, OfProducer(1, 0, 0, "p"));
        await Appends(broker, topic, Keyed(2, "b"), 2);
        int rewritten = 0;
        await broker.RewriteSnapshotsAsync(bytes =>
        {
            if (bytes[0] != (byte)'K') return bytes;
            rewritten++;
            return snapshot switch
            {
                "first" => AsFirstWritten(bytes),
                // Of the keys' form nothing is said in it: whoever changes that changes the mark.
                "later" => [(byte)'K', (byte)'9', .. bytes[2..]],
                _ => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)],
            };
        });
        Assert.Equal(1, rewritten);
        // Only what is damaged is told of as something to look after.
        Assert.Equal(snapshot == "damaged" ? 1 : 0, broker.Warnings.Lines.Count(static line => line.Contains("unreadable", StringComparison.Ordinal)));
        await Repeats(broker, topic, Keyed(1, "a"), 0);
        await Repeats(broker, topic, Keyed(2, "b"), 2);
        Assert.Equal(1, await broker.Store(topic, OfProducer(1, 0, 0, "p")));
        Assert.Equal(["a", "p", "b"], Values(await broker.Fetch(topic, 0)));
    }

    /// <summary>A snapshot with its keys as the first version wrote them, a byte shorter each.</summary>
    private static byte[] AsFirstWritten(byte[] bytes)
    {
        const int mark = 6, header = 8, entry = 47;
        int length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(2));
        byte[] keys = [.. bytes[mark..(mark + header)], .. bytes[(mark + header)..(mark + length)].Chunk(entry).SelectMany(static one => one[..^1])];
        BinaryPrimitives.WriteUInt32BigEndian(keys, Crc32C.Compute(keys.AsSpan(4)));
        byte[] first = [.. bytes[..mark], .. keys, .. bytes[(mark + length)..]];
        BinaryPrimitives.WriteInt32BigEndian(first.AsSpan(2), keys.Length);
        return first;
    }

    [Fact]
    public async Task A_partition_remembers_so_many_and_producers_besides()
    {
        await using TestBroker broker = await TestBroker.StartAsync(new Dictionary<string, string> { ["idempotency.key.max"] = "2" });
        Guid topic = await broker.CreateTopic("keyed-max");
        await broker.Store(topic, OfProducer(1, 0, 0, "p"));
        for (int key = 1; key <= 3; key++) await Appends(broker, topic, Keyed(key, $"{key}"), key);
        await Repeats(broker, topic, Keyed(2, "2"), 2);
        await Repeats(broker, topic, Keyed(3, "3"), 3);
        await Appends(broker, topic, Keyed(1, "1"), 4);
        Assert.Equal(0, await broker.Store(topic, OfProducer(1, 0, 0, "p")));
    }

    [Fact]
    public async Task On_a_socket_there_are_no_keys()
    {
        Guid topic = await _broker.CreateTopic("keyed-socket");
        ProduceResponse.PartitionProduceResponse answer = await _broker.Produce(topic, Keyed(1, "a"));
        Assert.Equal(ErrorCode.InvalidProducerIdMapping, answer.ErrorCode);
        Assert.Equal(0, await _broker.Store(topic, OfProducer(BatchKey.FirstId - 1, 0, 0, "a")));
        using WireClient wire = await _broker.Connect();
        ApiVersionsResponse listed = await wire.Ask(new ApiVersionsRequest { ClientSoftwareName = "a", ClientSoftwareVersion = "1" }, 3);
        Assert.DoesNotContain((short)ApiKey.FindKey, listed.ApiKeys.Select(api => api.ApiKey));
        await Assert.ThrowsAnyAsync<IOException>(async () => await wire.Ask(new FindKeyRequest { TopicId = topic, Key = BatchKey.IdOf(1) }, 0));
    }

    private static RecordsLease Keyed(int key, params string[] values) => KeyedAs(key, 0, 0, values);

    private static RecordsLease KeyedAs(int key, short epoch, int sequence, params string[] values) =>
        OfProducer(BatchKey.IdOf((ulong)key), epoch, sequence, values);

    private static ValueTask<AppendIfResponse> Append(TestBroker broker, Guid topic, RecordsLease batch, int partition = 0, long end = -1) =>
        broker.Send(new AppendIfRequest { TopicId = topic, Partition = partition, ExpectedEndOffset = end, Records = batch });

    private static async Task Appends(TestBroker broker, Guid topic, RecordsLease batch, long offset, int partition = 0, long end = -1)
    {
        AppendIfResponse answer = await Append(broker, topic, batch, partition, end);
        Assert.Equal((ErrorCode.None, offset, false, -1), (answer.ErrorCode, answer.BaseOffset, answer.IsRepetition, answer.TimestampMs));
    }

    private static async Task<AppendIfResponse> Repeats(TestBroker broker, Guid topic, RecordsLease batch, long offset, int partition = 0, long end = -1)
    {
        AppendIfResponse answer = await Append(broker, topic, batch, partition, end);
        Assert.Equal((ErrorCode.None, offset, true), (answer.ErrorCode, answer.BaseOffset, answer.IsRepetition));
        return answer;
    }
}
