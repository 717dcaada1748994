using System.Buffers.Binary;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Bench.Kafka;

/// <summary>
/// A produce request made once and sent many times: only the partition is patched in. Making batches while measuring would cost the
/// generator more than the server spends on taking them.
/// </summary>
internal sealed class ProduceFrame
{
    /// <summary>Not flexible, and served by every broker since Kafka 2.4.</summary>
    internal const short Version = 8;

    private const int Marker = 0x5AFE_C0DE;
    private readonly int _partitionAt;

    /// <summary>Encodes a request with one batch for one partition.</summary>
    public ProduceFrame(string topic, short acks, RecordsLease batch)
    {
        var request = new ProduceRequest
        {
            Acks = acks,
            TimeoutMs = 30_000,
            TopicData =
            [
                new ProduceRequest.TopicProduceData
                {
                    Name = topic,
                    PartitionData = [new ProduceRequest.PartitionProduceData { Index = Marker, Records = batch }],
                },
            ],
        };
        Bytes = KafkaSocket.Encode(request, Version);
        BatchBytes = batch.Length;
        Span<byte> marker = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(marker, Marker);
        _partitionAt = Bytes.AsSpan().IndexOf(marker);
    }

    /// <summary>The frame, for the partition named last.</summary>
    public byte[] Bytes { get; }

    /// <summary>Size of the batch in it.</summary>
    public int BatchBytes { get; }

    /// <summary>The error of an answer to such a request: one topic with one partition.</summary>
    public static ErrorCode ErrorOf(ReadOnlySpan<byte> answer)
    {
        int topicAt = sizeof(int) + sizeof(int);
        int errorAt = topicAt + sizeof(short) + BinaryPrimitives.ReadInt16BigEndian(answer[topicAt..]) + sizeof(int) + sizeof(int);
        return (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(answer[errorAt..]);
    }

    /// <summary>Names the partition.</summary>
    public void SetPartition(int partition) => BinaryPrimitives.WriteInt32BigEndian(Bytes.AsSpan(_partitionAt), partition);
}
