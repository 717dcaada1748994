using Gateway.Broker.Cluster;
using Gateway.Broker.Network;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers.Produce;

/// <summary>
/// Sends each batch to the shard that owns its partition; everything is on its way before the first await, so that batches keep
/// the order they arrived in (IDM-7). The checks come in Kafka's order (PRD-1…8); those at the log are the partition's.
/// </summary>
internal sealed class ProduceHandler(BrokerShard shard) : RequestHandler<ProduceRequest, ProduceResponse>
{
    /// <summary>Kafka's own tools mend internal topics under this client id (PRD-8).</summary>
    private const string AdminClientId = "__admin_client";

    private const short FirstVersionWithZstd = 7;
    private const int RepliesKept = 512;

    private readonly Stack<ProduceReply> _spareReplies = new();

    protected override ValueTask<IResponse?> AnswerAsync(RequestContext context, ProduceRequest request)
    {
        if (!_spareReplies.TryPop(out ProduceReply? reply)) reply = new ProduceReply(shard, Keep);
        reply.Begin(request, NewResponse(), context.ApiVersion >= FirstVersionWithZstd);
        (ErrorCode onAll, reply.Transaction) = ReadTransaction(context, request);
        foreach (ProduceRequest.TopicProduceData data in request.TopicData)
        {
            ProduceResponse.TopicProduceResponse answers = reply.AddTopic(data.Name, data.TopicId);
            TopicImage? topic = Find(context, data);
            foreach (ProduceRequest.PartitionProduceData partition in data.PartitionData)
            {
                ProduceResponse.PartitionProduceResponse answer = answers.AddToPartitionResponses();
                answer.Index = partition.Index;
                (ErrorCode error, string? message) = onAll != ErrorCode.None ? (onAll, null) : Judge(context, request, topic, partition);
                if (error != ErrorCode.None)
                {
                    reply.Refuse(answer, error, message);
                    continue;
                }
                reply.Add(answer, new TopicIdPartition(topic!.Id, partition.Index), partition.Records!);
                partition.Records = null;
            }
        }
        return reply.SendAsync(request.TimeoutMs);
    }

    private void Keep(ProduceReply used)
    {
        if (_spareReplies.Count < RepliesKept) _spareReplies.Push(used);
    }

    /// <summary>PRD-1 and PRD-2, and what the partitions have to ask the transaction coordinator with (PRD-11).</summary>
    private static (ErrorCode Error, TransactionalProduce? Transaction) ReadTransaction(RequestContext context, ProduceRequest request)
    {
        long producerId = RecordBatchHeader.NoProducerId;
        bool any = false;
        foreach (ProduceRequest.TopicProduceData data in request.TopicData)
        {
            foreach (ProduceRequest.PartitionProduceData partition in data.PartitionData)
            {
                if (partition.Records is null || !RecordBatchHeader.TryRead(partition.Records.Span, out RecordBatchHeader header) || !header.IsTransactional) continue;
                if (request.TransactionalId is null) return (ErrorCode.TransactionalIdAuthorizationFailed, null);
                if (any && header.ProducerId != producerId) return (ErrorCode.InvalidProducerIdMapping, null);
                producerId = header.ProducerId;
                any = true;
            }
        }
        return (ErrorCode.None, any ? new TransactionalProduce(request.TransactionalId!, context.ApiVersion) : null);
    }

    private TopicImage? Find(RequestContext context, ProduceRequest.TopicProduceData data)
    {
        TopicImage? topic;
        _ = context.ApiVersion >= 13 ? shard.Image.TryGetTopic(data.TopicId, out topic) : shard.Image.TryGetTopic(data.Name, out topic);
        return topic;
    }

    private static (ErrorCode Error, string? Message) Judge(
        RequestContext context, ProduceRequest request, TopicImage? topic, ProduceRequest.PartitionProduceData partition)
    {
        if (topic is null) return (context.ApiVersion >= 13 ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition, null);
        if (partition.Index < 0 || partition.Index >= topic.PartitionCount) return (ErrorCode.UnknownTopicOrPartition, null);
        if (partition.Records is null) return (ErrorCode.InvalidRecord, "There is no record batch.");
        if (request.Acks is not (-1 or 0 or 1)) return (ErrorCode.InvalidRequiredAcks, $"acks is {request.Acks}, not -1, 0 or 1");
        if (topic.IsInternal && context.ClientId != AdminClientId) return (ErrorCode.InvalidTopicException, "The topic is the broker's own");
        return request.Acks == -1 && topic.Config.MinInsyncReplicas > topic.ReplicationFactor
            ? (ErrorCode.NotEnoughReplicas, $"min.insync.replicas is {topic.Config.MinInsyncReplicas}, there is {topic.ReplicationFactor}") : (ErrorCode.None, null);
    }
}
