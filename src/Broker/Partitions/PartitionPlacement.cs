using System.Buffers.Binary;
using Gateway.Common.Ids;

namespace Gateway.Broker.Partitions;

/// <summary>
/// Which shard owns a partition: a fixed hash of the topic id, then the topic's partitions in turn, so that one topic is
/// spread evenly. Nothing on disk depends on it (design D2).
/// </summary>
public static class PartitionPlacement
{
    /// <summary>The index of the owning shard among <paramref name="shards"/>.</summary>
    public static int ShardOf(TopicIdPartition id, int shards)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TopicId.TryWriteBytes(bytes, bigEndian: true, out _);
        ulong hash = BinaryPrimitives.ReadUInt64BigEndian(bytes) ^ BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        // One round of a 64-bit mixer: ids made by counting up (tests, other tools) must spread as well as random ones.
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash ^= hash >> 33;
        return (int)((hash % (ulong)shards + (uint)id.Partition) % (ulong)shards);
    }
}
