using System.Buffers;
using Gateway.Common.Errors;

namespace Gateway.Client.Producing;

/// <summary>Which records of a set go to which partition.</summary>
internal readonly struct PartitionGroups
{
    // 0, 1, 2 … of the length it was last wanted in: whoever sends many records sends as many again.
    private static volatile int[] _ascending = [0];

    private PartitionGroups(IReadOnlyList<(int Partition, int[] Indexes)> all) => All = all;

    /// <summary>Each partition with the places of its records in the set, in their order.</summary>
    internal IReadOnlyList<(int Partition, int[] Indexes)> All { get; }

    /// <summary>Decides. A record for a partition that is not there gets its result at once and is in no group.</summary>
    internal static PartitionGroups Of(RecordSet records, int partitions, Partitioner partitioner, ProducedRecord[] results)
    {
        int count = records.Count;
        int[] chosen = ArrayPool<int>.Shared.Rent(count);
        try
        {
            int withoutKey = -1, refused = 0;
            bool isOne = true;
            for (int i = 0; i < count; i++)
            {
                RecordSet.Entry entry = records[i];
                int partition = entry.Partition;
                if (partition < 0 && !entry.Key.IsNull) partition = Partitioner.ForKey(records.BytesOf(entry.Key), partitions);
                else if (partition < 0) partition = withoutKey < 0 ? withoutKey = partitioner.NextWithoutKey(partitions) : withoutKey;
                if (partition >= partitions)
                {
                    results[i] = new ProducedRecord(ErrorCode.UnknownTopicOrPartition, partition, -1);
                    partition = -1;
                    refused++;
                }
                chosen[i] = partition;
                isOne &= partition == chosen[0];
            }
            if (refused == count) return new([]);
            return new(isOne ? [(chosen[0], Ascending(count))] : Split(chosen.AsSpan(0, count)));
        }
        finally
        {
            ArrayPool<int>.Shared.Return(chosen);
        }
    }

    /// <summary>Reads the results out of the shares the groups became, which stand in the same order.</summary>
    internal void Read(List<PartitionLane.Share> shares, ProducedRecord[] results)
    {
        int share = 0;
        foreach ((int partition, int[] indexes) in All)
        {
            for (int done = 0; done < indexes.Length; share++)
            {
                PartitionLane.Share part = shares[share];
                part.Batch.ResultsOf(part.First, partition, indexes.AsSpan(done, part.Count), results);
                done += part.Count;
            }
        }
    }

    private static int[] Ascending(int count)
    {
        int[] last = _ascending;
        return last.Length == count ? last : _ascending = [.. Enumerable.Range(0, count)];
    }

    /// <summary>The places of each partition that was chosen; what chose none, a negative one, is nowhere.</summary>
    internal static List<(int Partition, int[] Indexes)> Split(ReadOnlySpan<int> chosen)
    {
        var byPartition = new Dictionary<int, List<int>>();
        for (int i = 0; i < chosen.Length; i++)
        {
            if (chosen[i] < 0) continue;
            if (!byPartition.TryGetValue(chosen[i], out List<int>? indexes)) byPartition[chosen[i]] = indexes = [];
            indexes.Add(i);
        }
        var groups = new List<(int, int[])>(byPartition.Count);
        foreach ((int partition, List<int> indexes) in byPartition) groups.Add((partition, [.. indexes]));
        return groups;
    }
}
