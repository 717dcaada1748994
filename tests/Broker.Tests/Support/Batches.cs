using System.Text;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Tests.Support;

/// <summary>Batches and the requests that carry them, in few words.</summary>
internal static class Batches
{
    public const long T0 = 1_700_000_000_000;

    /// <summary>One batch of records with these values, a millisecond apart.</summary>
    public static RecordsLease Of(params string[] values) => Of(new RecordBatchOptions(), values);

    public static RecordsLease Of(RecordBatchOptions options, params string[] values)
    {
        using var builder = new RecordBatchBuilder(options);
        for (int i = 0; i < values.Length; i++) builder.Append(T0 + i, (byte[]?)null, Encoding.UTF8.GetBytes(values[i]));
        return builder.Build();
    }

    /// <summary>One batch of records that have keys.</summary>
    public static RecordsLease Keyed(params string[] keysAndValues) => Keyed(new RecordBatchOptions(), keysAndValues);

    public static RecordsLease Keyed(RecordBatchOptions options, string[] keysAndValues)
    {
        using var builder = new RecordBatchBuilder(options);
        for (int i = 0; i < keysAndValues.Length; i += 2) builder.Append(T0, Encoding.UTF8.GetBytes(keysAndValues[i]), Encoding.UTF8.GetBytes(keysAndValues[i + 1]));
        return builder.Build();
    }

    /// <summary>A batch of an idempotent producer.</summary>
    public static RecordsLease OfProducer(long producerId, short epoch, int sequence, params string[] values) =>
        Of(new RecordBatchOptions { ProducerId = producerId, ProducerEpoch = epoch, BaseSequence = sequence }, values);

    public static ProduceRequest Produce(Guid topic, int partition, RecordsLease? records, short acks = -1) =>
        Produce(topic, acks, (partition, records));

    public static ProduceRequest Produce(Guid topic, short acks, params (int Partition, RecordsLease? Records)[] data) => new()
    {
        Acks = acks,
        TimeoutMs = 10_000,
        TopicData = [new() { TopicId = topic, PartitionData = [.. data.Select(d => new ProduceRequest.PartitionProduceData { Index = d.Partition, Records = d.Records })] }],
    };

    /// <summary>The same for versions that name topics.</summary>
    public static ProduceRequest ProduceByName(string topic, int partition, RecordsLease? records, short acks = -1) => new()
    {
        Acks = acks,
        TimeoutMs = 10_000,
        TopicData = [new() { Name = topic, PartitionData = [new() { Index = partition, Records = records }] }],
    };

    public static FetchRequest Fetch(Guid topic, int partition, long offset, int maxWaitMs = 0, int minBytes = 1, int maxBytes = 1 << 20) => new()
    {
        MaxWaitMs = maxWaitMs,
        MinBytes = minBytes,
        MaxBytes = maxBytes,
        SessionEpoch = -1,
        Topics = [new() { TopicId = topic, Partitions = [new() { Partition = partition, FetchOffset = offset, PartitionMaxBytes = maxBytes, CurrentLeaderEpoch = -1, LastFetchedEpoch = -1 }] }],
    };

    public static async Task<ProduceResponse.PartitionProduceResponse> Produce(this TestBroker broker, Guid topic, RecordsLease records, int partition = 0, short acks = -1) =>
        (await broker.Send(Produce(topic, partition, records, acks))).Responses[0].PartitionResponses[0];

    /// <summary>Produces and expects success; returns the base offset.</summary>
    public static async Task<long> Store(this TestBroker broker, Guid topic, RecordsLease records, int partition = 0)
    {
        ProduceResponse.PartitionProduceResponse answer = await broker.Produce(topic, records, partition);
        Assert.Equal((ErrorCode.None, null), (answer.ErrorCode, answer.ErrorMessage));
        return answer.BaseOffset;
    }

    public static async Task<FetchResponse.PartitionData> Fetch(this TestBroker broker, Guid topic, long offset, int partition = 0, int maxWaitMs = 0) =>
        (await broker.Send(Fetch(topic, partition, offset, maxWaitMs))).Responses[0].Partitions[0];

    /// <summary>The values in fetched records, from an offset on.</summary>
    public static string[] Values(FetchResponse.PartitionData data, long from = 0) =>
        [.. RecordReader.ReadAll(data.Records!.Memory, from).Select(r => Encoding.UTF8.GetString(r.Value!.Value.Span))];
}
