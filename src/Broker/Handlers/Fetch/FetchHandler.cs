using Gateway.Broker.Cluster;
using Gateway.Broker.Configs;
using Gateway.Broker.Network;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Handlers.Fetch;

/// <summary>
/// Reads from partitions, waiting for records if there are too few (FET-1…9). Sessions are not kept: every answer says session 0,
/// which is always legal, and an incremental fetch of a session is answered "not found", upon which the client starts afresh (FSS-2).
/// </summary>
internal sealed class FetchHandler(BrokerShard shard) : RequestHandler<FetchRequest, FetchResponse>
{
    private const int NewSession = 0;
    private const int FinalEpoch = -1;

    private const int DebugConsumer = -2;
    private const int Consumer = -1;
    private const int FetchesKept = 512;

    private readonly Stack<PendingFetch> _spareFetches = new();
    private ClusterImage? _imageOfLimit;
    private int _fetchMaxBytes;

    protected override ValueTask<IResponse?> AnswerAsync(RequestContext context, FetchRequest request)
    {
        FetchResponse response = NewResponse();
        if (request.SessionEpoch is not (NewSession or FinalEpoch))
        {
            response.ErrorCode = ErrorCode.FetchSessionIdNotFound;
            return new(response);
        }

        int replicaId = context.ApiVersion >= 15 ? request.ReplicaState.ReplicaId : request.ReplicaId;
        if (!_spareFetches.TryPop(out PendingFetch? fetch)) fetch = new PendingFetch(shard, Keep);
        fetch.Begin(context, request, response, FetchMaxBytes());
        foreach (FetchRequest.FetchTopic asked in request.Topics)
        {
            TopicImage? topic = Find(context, asked);
            FetchResponse.FetchableTopicResponse answers = response.AddToResponses();
            answers.Topic = asked.Topic;
            answers.TopicId = asked.TopicId;
            foreach (FetchRequest.FetchPartition partition in asked.Partitions)
            {
                FetchResponse.PartitionData answer = answers.AddToPartitions();
                answer.PartitionIndex = partition.Partition;
                ErrorCode error = Judge(context, replicaId, topic, partition);
                if (error != ErrorCode.None) fetch.Refuse(answer, error);
                else fetch.Add(answer, new TopicIdPartition(topic!.Id, partition.Partition), partition, toLogEnd: replicaId == DebugConsumer);
            }
        }
        return fetch.RunAsync(request.MaxWaitMs);
    }

    private void Keep(PendingFetch used)
    {
        if (_spareFetches.Count < FetchesKept) _spareFetches.Push(used);
    }

    /// <summary>Looking a config up takes a while, and it changes only with the image.</summary>
    private int FetchMaxBytes()
    {
        if (ReferenceEquals(_imageOfLimit, shard.Image)) return _fetchMaxBytes;
        _imageOfLimit = shard.Image;
        return _fetchMaxBytes = shard.Image.Configs.BrokerInt(BrokerConfigs.FetchMaxBytes);
    }

    private TopicImage? Find(RequestContext context, FetchRequest.FetchTopic asked)
    {
        TopicImage? topic;
        _ = context.ApiVersion >= 13 ? shard.Image.TryGetTopic(asked.TopicId, out topic) : shard.Image.TryGetTopic(asked.Topic, out topic);
        return topic;
    }

    private static ErrorCode Judge(RequestContext context, int replicaId, TopicImage? topic, FetchRequest.FetchPartition partition)
    {
        if (topic is null) return context.ApiVersion >= 13 ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
        if (partition.Partition < 0 || partition.Partition >= topic.PartitionCount) return ErrorCode.UnknownTopicOrPartition;
        // No broker is a follower of this one.
        return replicaId is Consumer or DebugConsumer ? ErrorCode.None : ErrorCode.NotLeaderOrFollower;
    }
}
