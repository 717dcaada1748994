using System.Numerics;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Producing;

/// <summary>
/// Which records of a request with an idempotency key go to which partition, as <see cref="Partitioner"/> does, but that the key decides for records
/// without one of their own: a request that comes again goes where it went.
/// </summary>
/// <param name="Key">What the batches carry. It holds the spread as well, since a topic may have got partitions in between.</param>
/// <param name="Groups">Each partition, also one that is not there, with the places of its records in the set.</param>
internal readonly record struct KeyedSpread(BatchKey Key, IReadOnlyList<(int Partition, int[] Indexes)> Groups)
{
    /// <summary>The spread of the batches that are stored, or over the present partitions when none is; null when they are of another request.</summary>
    internal static KeyedSpread? Find(RecordSet records, RequestKey request, int partitions, List<FindKeyResponse.FoundBatch> stored)
    {
        short epoch = (short)(request.RequestHash & (ulong)short.MaxValue);
        if (stored.Exists(batch => batch.Epoch != epoch)) return null;
        uint[] hashes = new uint[records.Count];
        for (int i = 0; i < hashes.Length; i++)
            hashes[i] = records[i].Key.IsNull ? (uint)(request.KeyHash >> 33) : Murmur2.Hash(records.BytesOf(records[i].Key)) & int.MaxValue;
        int[] chosen = new int[hashes.Length];
        // Topics only grow: the request went to so many partitions as there are, or to fewer.
        for (int count = partitions; count > 0; count--)
        {
            for (int i = 0; i < chosen.Length; i++) chosen[i] = records[i].Partition >= 0 ? records[i].Partition : (int)(hashes[i] % (uint)count);
            var key = new BatchKey(BatchKey.IdOf(request.KeyHash), epoch, SequenceOf(request, chosen));
            if (stored.TrueForAll(batch => batch.Sequence == key.Sequence)) return new KeyedSpread(key, PartitionGroups.Split(chosen));
        }
        return null;
    }

    private static int SequenceOf(RequestKey request, ReadOnlySpan<int> partitions)
    {
        ulong hash = request.RequestHash;
        foreach (int partition in partitions)
        {
            hash = BitOperations.RotateLeft((hash ^ (uint)partition) * 0x9e37_79b9_7f4a_7c15, 29);
            hash *= 0xbf58_476d_1ce4_e5b9;
        }
        return (int)((hash ^ (hash >> 31)) >> 33);
    }
}
