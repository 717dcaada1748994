using Gateway.Client.Connections;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Links;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Fetching;

/// <summary>An offset found by time or by end, or why not.</summary>
/// <param name="Error">None, or Kafka's code.</param>
/// <param name="Offset">-1 when no record is that young.</param>
/// <param name="TimestampMs">Of the record found; -1 for the ends.</param>
public readonly record struct FoundOffset(ErrorCode Error, long Offset, long TimestampMs);

/// <summary>Asks leaders for offsets: the ends of a log, or the first record at or after a time.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class OffsetLookup
{
    /// <summary>Stands for the end of what is committed.</summary>
    public const long Latest = -1;

    /// <summary>Stands for the first offset that still exists.</summary>
    public const long Earliest = -2;

    private readonly BrokerLinks _links;
    private readonly MetadataCache _metadata;
    private readonly ClientOptions _options;

    internal OffsetLookup(BrokerLinks links, MetadataCache metadata, ClientOptions options)
    {
        _links = links;
        _metadata = metadata;
        _options = options;
    }

    /// <summary>Finds one offset; <paramref name="timestampMs"/> may be <see cref="Latest"/> or <see cref="Earliest"/>.</summary>
    public async ValueTask<FoundOffset> FindAsync(
        TopicPartition partition, long timestampMs, CancellationToken cancel, IsolationLevel isolation = IsolationLevel.ReadUncommitted)
    {
        var found = await FindAsync(new Dictionary<TopicPartition, long> { [partition] = timestampMs }, cancel, isolation).ConfigureAwait(false);
        return found[partition];
    }

    /// <summary>
    /// Finds an offset for each partition asked about. Follows leadership changes until the client's time limit. For who reads committed records
    /// only, nothing is found behind the last stable offset (LOF-4).
    /// </summary>
    public async ValueTask<IReadOnlyDictionary<TopicPartition, FoundOffset>> FindAsync(
        IReadOnlyDictionary<TopicPartition, long> timestamps, CancellationToken cancel, IsolationLevel isolation = IsolationLevel.ReadUncommitted)
    {
        var found = new Dictionary<TopicPartition, FoundOffset>(timestamps.Count);
        var pause = new RetryPause(_options, _options.ApiTimeout);
        var open = new List<TopicPartition>(timestamps.Keys);
        while (true)
        {
            await AskAsync(open, timestamps, isolation, found, cancel).ConfigureAwait(false);
            open.RemoveAll(partition => ErrorClasses.Of(found[partition].Error) is ErrorClass.None or ErrorClass.Fatal);
            if (open.Count == 0) return found;
            foreach (TopicPartition partition in open) _metadata.Forget(partition.Topic);
            if (!await pause.WaitAsync(cancel).ConfigureAwait(false)) return found;
        }
    }

    private async ValueTask AskAsync(
        List<TopicPartition> partitions,
        IReadOnlyDictionary<TopicPartition, long> timestamps,
        IsolationLevel isolation,
        Dictionary<TopicPartition, FoundOffset> found,
        CancellationToken cancel)
    {
        var byLeader = new Dictionary<HostAndPort, ListOffsetsRequest>();
        for (int i = partitions.Count - 1; i >= 0; i--)
        {
            TopicPartition partition = partitions[i];
            (ErrorCode error, TopicView? topic) = await _metadata.TopicAsync(partition.Topic, allowCreate: false, cancel).ConfigureAwait(false);
            bool exists = topic is not null && partition.Partition >= 0 && partition.Partition < topic.Partitions.Length;
            if (!exists)
            {
                // What metadata says about a missing topic is fresh: asking again would only delay the answer.
                found[partition] = new FoundOffset(topic is null ? error : ErrorCode.UnknownTopicOrPartition, -1, -1);
                if (found[partition].Error == ErrorCode.UnknownTopicOrPartition) partitions.RemoveAt(i);
                continue;
            }
            found[partition] = new FoundOffset(ErrorCode.LeaderNotAvailable, -1, -1);
            if (_metadata.LeaderOf(topic!, partition.Partition) is { } leader) Add(byLeader, leader, partition, timestamps[partition], isolation);
        }
        foreach ((HostAndPort leader, ListOffsetsRequest request) in byLeader)
        {
            try
            {
                IBrokerLink link = await _links.ToAsync(leader, cancel).ConfigureAwait(false);
                Take(await link.SendAsync(request, cancel).ConfigureAwait(false), found);
            }
            catch (LinkClosedException)
            {
                // Its partitions keep LEADER_NOT_AVAILABLE and are asked for again.
            }
        }
    }

    private static void Add(
        Dictionary<HostAndPort, ListOffsetsRequest> byLeader, HostAndPort leader, TopicPartition partition, long timestampMs, IsolationLevel isolation)
    {
        if (!byLeader.TryGetValue(leader, out ListOffsetsRequest? request))
            byLeader[leader] = request = new ListOffsetsRequest { ReplicaId = -1, IsolationLevel = (sbyte)isolation };
        ListOffsetsRequest.ListOffsetsTopic? topic = request.Topics.Find(topic => topic.Name == partition.Topic);
        if (topic is null)
        {
            topic = new ListOffsetsRequest.ListOffsetsTopic { Name = partition.Topic };
            request.Topics.Add(topic);
        }
        topic.Partitions.Add(new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = partition.Partition, Timestamp = timestampMs });
    }

    private static void Take(ListOffsetsResponse answer, Dictionary<TopicPartition, FoundOffset> found)
    {
        foreach (ListOffsetsResponse.ListOffsetsTopicResponse topic in answer.Topics)
        {
            foreach (ListOffsetsResponse.ListOffsetsPartitionResponse partition in topic.Partitions)
            {
                var key = new TopicPartition(topic.Name, partition.PartitionIndex);
                if (found.ContainsKey(key)) found[key] = new FoundOffset(partition.ErrorCode, partition.Offset, partition.Timestamp);
            }
        }
    }
}
