using System.Buffers.Binary;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
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
    private const long StampLastsMs = 100;
    private const int BaseTimestampPosition = 27;
    private readonly int _partitionAt;
    private long _stampedMs;

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
    public static ErrorCode ErrorOf(ReadOnlySpan<byte> answer) => (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(answer[ErrorAt(answer)..]);

    /// <summary>The offset of the batch's first record, from an answer without an error.</summary>
    public static long BaseOffsetOf(ReadOnlySpan<byte> answer) => BinaryPrimitives.ReadInt64BigEndian(answer[(ErrorAt(answer) + sizeof(short))..]);

    /// <summary>Names the partition.</summary>
    public void SetPartition(int partition) => BinaryPrimitives.WriteInt32BigEndian(Bytes.AsSpan(_partitionAt), partition);

    /// <summary>
    /// Gives the records the time of sending, without which time-based retention and look-ups would see the moment the frame was made.
    /// The checksum covers it, so a stamp younger than 100 ms stays: the generator's time belongs to sending.
    /// </summary>
    public void Stamp(long nowMs)
    {
        if (nowMs - _stampedMs < StampLastsMs) return;
        _stampedMs = nowMs;
        // The batch is the last field of the request, and all its records are as old as its base timestamp.
        Span<byte> batch = Bytes.AsSpan(Bytes.Length - BatchBytes);
        BinaryPrimitives.WriteInt64BigEndian(batch[BaseTimestampPosition..], nowMs);
        RecordBatchBytes.SetMaxTimestamp(batch, nowMs);
    }

    private static int ErrorAt(ReadOnlySpan<byte> answer)
    {
        int topicAt = sizeof(int) + sizeof(int);
        return topicAt + sizeof(short) + BinaryPrimitives.ReadInt16BigEndian(answer[topicAt..]) + sizeof(int) + sizeof(int);
    }
}
