using System.Net;
using System.Text;
using Gateway.Bench.Kafka;
using Gateway.Bench.Load;
using Gateway.Bench.NullBroker;
using Gateway.Client;
using Gateway.Client.Admin;
using Gateway.Common.Buffers;
using Gateway.Common.Ids;
using Gateway.Common.Records;

namespace Gateway.Bench.Tests;

/// <summary>Produce lanes against the broker that stores nothing, over real sockets.</summary>
public sealed class KafkaLaneTests
{
    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    public async Task Every_batch_is_taken_and_spread_over_the_partitions(CompressionType codec)
    {
        await using NullKafkaBroker broker = NullKafkaBroker.Start(new IPEndPoint(IPAddress.Loopback, 0), shardCount: 1, defaultPartitions: 1);
        var address = new HostAndPort("127.0.0.1", broker.Address.Port);
        await using KafkaClient client = KafkaClient.OverTcp([address]);
        await using BenchTopic topic = await BenchTopic.OpenAsync(client, null, 3, -1, new Dictionary<string, string?>(), default);
        Assert.Equal(3, topic.View.Partitions.Length);
        (HostAndPort leader, IReadOnlyList<int> partitions) = topic.ShareOf(0, 1, exclusive: false);
        Assert.Equal([0, 1, 2], partitions);
        var shape = new BatchShape(100, 7, RecordShape.Json, codec);
        using var lane = new ProduceLane(0, new ProduceTarget(leader, topic.View.Name, partitions, -1, shape, 5), null);
        lane.Send(100);
        Assert.Empty(lane.Counts.Errors);
        Assert.Equal((100, 700), (lane.Counts.Requests, lane.Counts.Records));
        long[] written = [.. Enumerable.Range(0, 3).Select(broker.Topics.Find(topic.View.Name)!.Next)];
        Assert.Equal(700, written.Sum());
        Assert.True(written.Max() - written.Min() <= 7, string.Join(' ', written));
    }

    [Fact]
    public async Task The_broker_that_stores_nothing_says_where_partitions_end()
    {
        await using NullKafkaBroker broker = NullKafkaBroker.Start(new IPEndPoint(IPAddress.Loopback, 0), shardCount: 1, defaultPartitions: 1);
        var address = new HostAndPort("127.0.0.1", broker.Address.Port);
        await using KafkaClient client = KafkaClient.OverTcp([address]);
        broker.Topics.Create("t", 1).Take(0, 42);
        var lane = new FetchLane(0, new FetchTarget(address, "t", new Dictionary<int, long> { [0] = 0 }, 1 << 20, StartsOver: false));
        using (lane)
        {
            lane.Send(10);
            Assert.Equal("OFFSET_OUT_OF_RANGE", Assert.Single(lane.Counts.Errors).Key);
        }
    }

    [Fact]
    public void Records_have_as_many_keys_as_asked_for_and_requests_one_size()
    {
        var shape = new BatchShape(100, 200, RecordShape.Zeros, CompressionType.None) { Keys = 7 };
        using RecordsLease first = shape.Build(1, 0), second = shape.Build(2, 0);
        Assert.Equal(first.Memory.Length, second.Memory.Length);
        string[] keys = [.. RecordReader.ReadAll(first.Memory).Select(static r => Encoding.ASCII.GetString(r.Key!.Value.Span)).Distinct().Order()];
        Assert.Equal([.. Enumerable.Range(0, 7).Select(static n => $"key-{n:D10}")], keys);
    }

    [Fact]
    public async Task A_partition_that_is_not_there_is_an_error_by_Kafkas_name()
    {
        await using NullKafkaBroker broker = NullKafkaBroker.Start(new IPEndPoint(IPAddress.Loopback, 0), shardCount: 1, defaultPartitions: 1);
        var address = new HostAndPort("127.0.0.1", broker.Address.Port);
        using var lane = new ProduceLane(0, new ProduceTarget(address, "nowhere", [0], 1, new BatchShape(10, 1, RecordShape.Zeros, CompressionType.None), 1), null);
        lane.Send(10);
        Assert.Equal("UNKNOWN_TOPIC_OR_PARTITION", Assert.Single(lane.Counts.Errors).Key);
        Assert.Equal(0, lane.Counts.Requests);
    }

    [Fact]
    public async Task A_producer_notes_the_offsets_it_was_given_and_not_those_it_expects()
    {
        await using NullKafkaBroker broker = NullKafkaBroker.Start(new IPEndPoint(IPAddress.Loopback, 0), shardCount: 1, defaultPartitions: 1);
        NullTopic topic = broker.Topics.Create("t", 1);
        var travel = new TravelTimes(new Dictionary<int, long> { [0] = 0 }, recordsPerBatch: 3);
        topic.Take(0, 42);
        var target = new ProduceTarget(new HostAndPort("127.0.0.1", broker.Address.Port), "t", [0], -1, new BatchShape(10, 3, RecordShape.Zeros, CompressionType.None), 5);
        using var lane = new ProduceLane(0, target, travel);
        lane.Send(2);
        foreach (long offset in (long[])[0, 42, 45]) travel.Read(0, offset, long.MaxValue);
        Assert.True(travel.TryMatch(0, out Journey first));
        Assert.True(travel.TryMatch(0, out Journey second));
        Assert.False(travel.TryMatch(0, out _));
        Assert.InRange(first.Moment, 1, second.Moment);
        Assert.True(first.AcknowledgedAt > first.Moment);
    }

    [Fact]
    public void Records_carry_the_time_of_sending_under_a_checksum_that_is_right()
    {
        using RecordsLease batch = new BatchShape(100, 3, RecordShape.Random, CompressionType.Gzip).Build(1, nowMs: 0);
        var frame = new ProduceFrame("t", -1, batch);
        frame.Stamp(1_000_000);
        Assert.Equal((1_000_000, 1_000_000), Stamped(frame));
        // The checksum is not computed again for so little.
        frame.Stamp(1_000_099);
        Assert.Equal((1_000_000, 1_000_000), Stamped(frame));
        frame.Stamp(1_000_100);
        Assert.Equal((1_000_100, 1_000_100), Stamped(frame));
    }

    private static (long Base, long Max) Stamped(ProduceFrame frame)
    {
        ReadOnlySpan<byte> batch = frame.Bytes.AsSpan(frame.Bytes.Length - frame.BatchBytes);
        Assert.True(RecordBatchBytes.HasValidCrc(batch));
        Assert.True(RecordBatchHeader.TryRead(batch, out RecordBatchHeader header));
        Assert.Equal(3, header.RecordsCount);
        return (header.BaseTimestamp, header.MaxTimestamp);
    }

    [Fact]
    public void Values_have_the_size_asked_for()
    {
        foreach (RecordShape shape in Enum.GetValues<RecordShape>())
            foreach (int size in (int[])[0, 1, 64, 1000]) Assert.Equal(size, RecordValues.Make(shape, size, new Random(1)).Length);
    }
}
