using Gateway.Common.Buffers;
using Gateway.Shards;

namespace Gateway.Broker.Partitions;

/// <summary>Takes the records a topic does not to another topic.</summary>
public interface IDeadLetters
{
    /// <summary>Appends batches to a partition of the topic; the leases are given away.</summary>
    /// <param name="from">The calling shard.</param>
    /// <param name="topic">The topic that takes them.</param>
    /// <param name="partition">The partition they were meant for in their own topic; the same there if there are as many.</param>
    /// <param name="batches">At least one.</param>
    /// <param name="done">Told once, on the calling shard, perhaps before this returns: null when all are committed, else what went wrong.</param>
    void Send(Shard from, string topic, int partition, IReadOnlyList<RecordsLease> batches, Action<string?> done);
}
