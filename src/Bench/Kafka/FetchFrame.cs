using System.Buffers.Binary;
using Gateway.Protocol.Messages;

namespace Gateway.Bench.Kafka;

/// <summary>A fetch request made once and sent many times: only the offsets are patched in.</summary>
internal sealed class FetchFrame
{
    /// <summary>Not flexible, and served by every broker since Kafka 2.3.</summary>
    internal const short Version = 11;

    private const long Marker = 0x5AFE_C0DE_5AFE_C0DE;
    private const int BytesPerPartition = 28;
    private readonly int _firstOffsetAt;

    /// <summary>Encodes a request for these partitions of a topic.</summary>
    public FetchFrame(string topic, IReadOnlyList<int> partitions, int maxBytes, TimeSpan maxWait)
    {
        var request = new FetchRequest
        {
            MaxWaitMs = (int)maxWait.TotalMilliseconds,
            MinBytes = 1,
            MaxBytes = maxBytes,
            Topics =
            [
                new FetchRequest.FetchTopic
                {
                    Topic = topic,
                    Partitions = [.. partitions.Select(p => new FetchRequest.FetchPartition { Partition = p, FetchOffset = Marker, PartitionMaxBytes = maxBytes })],
                },
            ],
        };
        Bytes = KafkaSocket.Encode(request, Version);
        Span<byte> marker = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(marker, Marker);
        _firstOffsetAt = Bytes.AsSpan().IndexOf(marker);
    }

    /// <summary>The frame.</summary>
    public byte[] Bytes { get; }

    /// <summary>Sets where to read the <paramref name="index"/>th of the partitions.</summary>
    public void SetOffset(int index, long offset) =>
        BinaryPrimitives.WriteInt64BigEndian(Bytes.AsSpan(_firstOffsetAt + index * BytesPerPartition), offset);
}
