using Gateway.Client.Fetching;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Streams;

/// <summary>Finds where a stream starts and ends, partition by partition, so that whatever is wrong is told before it begins.</summary>
internal static class StreamStart
{
    /// <summary>Partitions of one stream: every event carries a cursor with all of them.</summary>
    internal const int MaxPartitions = 256;

    /// <summary>The positions of a new stream, by partition.</summary>
    /// <exception cref="ProblemException">A partition or offset is not there, or the cursor is another topic's.</exception>
    internal static ValueTask<StreamPosition[]> FindAsync(IStreamPeer peer, TopicView topic, StreamQuery query)
    {
        if (query.Cursor is not { } cursor) return FindAsync(peer, topic, query, PartitionsOf(topic, query), query.From);
        RequireTopic(cursor, topic);
        return FindAsync(peer, topic, query, PartitionsOf(topic, query), StreamFrom.At(cursor.Offsets));
    }

    /// <summary>The positions in these partitions, from there on.</summary>
    /// <exception cref="ProblemException">An offset is not there.</exception>
    internal static async ValueTask<StreamPosition[]> FindAsync(IStreamPeer peer, TopicView topic, StreamQuery query, int[] partitions, StreamFrom from)
    {
        if (partitions.Length == 0) return [];
        // Each is a request per leader, and most streams begin at one end of the log: the other one is no matter then.
        bool hasOffsets = from.Offsets.Count > 0;
        IReadOnlyDictionary<TopicPartition, FoundOffset>? first = hasOffsets || from.Timestamp == OffsetLookup.Earliest
            ? await LookUpAsync(peer, topic, partitions, OffsetLookup.Earliest, query.Isolation).ConfigureAwait(false)
            : null;
        IReadOnlyDictionary<TopicPartition, FoundOffset>? end = hasOffsets || from.Timestamp != OffsetLookup.Earliest || query.HasEnd
            ? await LookUpAsync(peer, topic, partitions, OffsetLookup.Latest, query.Isolation).ConfigureAwait(false)
            : null;
        IReadOnlyDictionary<TopicPartition, FoundOffset> start = from.Timestamp switch
        {
            OffsetLookup.Earliest => first!,
            OffsetLookup.Latest => end!,
            _ => await LookUpAsync(peer, topic, partitions, from.Timestamp, query.Isolation).ConfigureAwait(false),
        };
        IReadOnlyDictionary<TopicPartition, FoundOffset>? tooYoung = query.UntilTimestamp is { } time
            ? await LookUpAsync(peer, topic, partitions, time, query.Isolation).ConfigureAwait(false)
            : null;
        return [.. partitions.Select(index =>
        {
            var partition = new TopicPartition(topic.Name, index);
            (long earliest, long latest) = (first?[partition].Offset ?? 0, end?[partition].Offset ?? long.MaxValue);
            if (!from.Offsets.TryGetValue(index, out long offset))
                // No record is that young: the next one will be.
                offset = start[partition].Offset is >= 0 and var found ? found : latest;
            // A group may have gone on with what this reader is to wait for.
            else if (offset < earliest || (offset > latest && query.Group is null))
                offset = Reset(query.Reset, partition, offset, earliest, latest);
            long until = tooYoung?[partition].Offset is >= 0 and var young ? Math.Min(young, latest)
                : query.EndsSoon ? latest
                : query.UntilOffsets is { } ends ? ends.GetValueOrDefault(index, latest) : long.MaxValue;
            return new StreamPosition(index, offset, until) { IsAtEnd = offset == latest };
        })];
    }

    /// <summary>Refuses a cursor of another topic.</summary>
    /// <exception cref="ProblemException">It is one: 400.</exception>
    internal static void RequireTopic(StreamCursor cursor, TopicView topic)
    {
        if (cursor.TopicId != topic.Id)
            throw new ProblemException(Problem.InvalidParameter, $"The cursor is of another topic; '{topic.Name}' may have been made anew since.");
    }

    /// <summary>Where to go on instead of an offset that is not there.</summary>
    /// <exception cref="ProblemException">The request does not say.</exception>
    internal static long Reset(StreamFrom? reset, TopicPartition partition, long offset, long earliest, long latest)
    {
        if (reset is not null) return reset.Timestamp == OffsetLookup.Earliest ? earliest : latest;
        throw new ProblemException(
            Problem.InvalidParameter,
            $"Partition {partition} has offsets from {earliest} to {latest}, not {offset}; choose another, or add reset=earliest or reset=latest.");
    }

    private static int[] PartitionsOf(TopicView topic, StreamQuery query)
    {
        // Not those of the cursor: partitions that came since start at their first record.
        IEnumerable<int> asked = query.Partitions ?? Enumerable.Range(0, topic.Partitions.Length);
        IEnumerable<int> named = asked.Concat(query.From.Offsets.Keys).Concat(query.UntilOffsets?.Keys ?? []);
        foreach (int partition in named)
            if (partition >= topic.Partitions.Length)
                throw new ProblemException(Problem.PartitionNotFound, $"Partition {topic.Name}-{partition} not found.");
        int[] partitions = [.. asked.Order()];
        return partitions.Length <= MaxPartitions
            ? partitions
            : throw StreamQuery.Refused("partitions", $"is needed: a stream has {MaxPartitions} partitions at most, and the topic {partitions.Length}");
    }

    private static async ValueTask<IReadOnlyDictionary<TopicPartition, FoundOffset>> LookUpAsync(
        IStreamPeer peer, TopicView topic, int[] partitions, long timestamp, IsolationLevel isolation)
    {
        var asked = partitions.ToDictionary(index => new TopicPartition(topic.Name, index), _ => timestamp);
        IReadOnlyDictionary<TopicPartition, FoundOffset> found =
            await peer.Service.Client.OffsetLookup.FindAsync(asked, peer.Cancel, isolation).ConfigureAwait(false);
        foreach ((TopicPartition partition, FoundOffset offset) in found)
            if (offset.Error != ErrorCode.None)
                throw new ProblemException(KafkaProblems.Of(offset.Error, $"Partition {partition}: {offset.Error.KafkaName()}"));
        return found;
    }
}
