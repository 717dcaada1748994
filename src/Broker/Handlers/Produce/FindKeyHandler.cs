using Gateway.Broker.Cluster;
using Gateway.Broker.Network;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers.Produce;

/// <summary>Finds the batches of a topic that were written with an idempotency key. All partitions have to know, or nobody does.</summary>
internal sealed class FindKeyHandler(BrokerShard shard) : Handler<FindKeyRequest, FindKeyResponse>
{
    public override async ValueTask<FindKeyResponse?> HandleAsync(RequestContext context, FindKeyRequest request)
    {
        if (!shard.Image.TryGetTopic(request.TopicId, out TopicImage? topic)) return new FindKeyResponse { ErrorCode = ErrorCode.UnknownTopicId };
        if (!BatchKey.IsKey(request.Key)) return new FindKeyResponse { ErrorCode = ErrorCode.InvalidRequest, ErrorMessage = "That is no key" };
        TopicIdPartition[] partitions = [.. Enumerable.Range(0, topic.PartitionCount).Select(index => new TopicIdPartition(topic.Id, index))];
        FoundKey[] found = await OwnerCalls.AskAllAsync(shard.Router, partitions, static id => id, (owner, id) => FindAsync(owner, id, request.Key));
        var answer = new FindKeyResponse();
        for (int index = 0; index < found.Length; index++)
        {
            if (found[index].Error != ErrorCode.None)
                return new FindKeyResponse { ErrorCode = found[index].Error, ErrorMessage = $"Partition {index} cannot tell which idempotency keys it has" };
            if (found[index].Batch is not { } batch) continue;
            answer.Batches.Add(new FindKeyResponse.FoundBatch
            {
                Partition = index,
                Epoch = batch.Epoch,
                Sequence = batch.Sequence,
                BaseOffset = batch.BaseOffset,
                TimestampMs = batch.TimestampMs,
                LogAppendTimeMs = batch.LogAppendTimeMs,
            });
        }
        return answer;
    }

    private static ValueTask<FoundKey> FindAsync(BrokerShard owner, TopicIdPartition id, long key) =>
        owner.TryGetPartition(id, out Partition? partition) ? partition.FindKeyAsync(key) : new(new FoundKey(ErrorCode.NotLeaderOrFollower, null));
}
