using Gateway.Broker.Cluster;
using Gateway.Broker.Configs;
using Gateway.Broker.Network;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Handlers.Fetch;

/// <summary>
/// Reads from partitions, waiting for records if there are too few (FET-1…9). Sessions are not kept: every answer says session 0,
/// which is always legal, and an incremental fetch of a session is answered "not found", upon which the client starts afresh (FSS-2).
/// </summary>
internal sealed class FetchHandler(BrokerShard shard) : Handler<FetchRequest, FetchResponse>
{
    private const int NewSession = 0;
    private const int FinalEpoch = -1;

    private const int DebugConsumer = -2;
    private const int Consumer = -1;

    public override ValueTask<FetchResponse?> HandleAsync(RequestContext context, FetchRequest request)
    {
        if (request.SessionEpoch is not (NewSession or FinalEpoch))
            return new(new FetchResponse { ErrorCode = ErrorCode.FetchSessionIdNotFound });

        int replicaId = context.ApiVersion >= 15 ? request.ReplicaState.ReplicaId : request.ReplicaId;
        var response = new FetchResponse();
        var fetch = new PendingFetch(shard, context, request);
        foreach (FetchRequest.FetchTopic asked in request.Topics)
        {
            TopicImage? topic = Find(context, asked);
            var answers = new FetchResponse.FetchableTopicResponse { Topic = asked.Topic, TopicId = asked.TopicId };
            response.Responses.Add(answers);
            foreach (FetchRequest.FetchPartition partition in asked.Partitions)
            {
                var answer = new FetchResponse.PartitionData { PartitionIndex = partition.Partition };
                answers.Partitions.Add(answer);
                ErrorCode error = Judge(context, replicaId, topic, partition);
                if (error != ErrorCode.None) fetch.Refuse(answer, error);
                else fetch.Add(answer, new TopicIdPartition(topic!.Id, partition.Partition), partition, toLogEnd: replicaId == DebugConsumer);
            }
        }
        return fetch.RunAsync(response);
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
