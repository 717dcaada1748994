using Gateway.Broker.Cluster;
using Gateway.Broker.Network;
using Gateway.Broker.Partitions;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers.Produce;

/// <summary>
/// Appends a batch if the log ends where the caller believes, and if its idempotency key is new. The partition compares when it is the batch's turn, so
/// of several only one finds it so.
/// </summary>
internal sealed class AppendIfHandler(BrokerShard shard) : Handler<AppendIfRequest, AppendIfResponse>
{
    public override async ValueTask<AppendIfResponse?> HandleAsync(RequestContext context, AppendIfRequest request)
    {
        if (!shard.Image.TryGetTopic(request.TopicId, out TopicImage? topic)) return Answer(ErrorCode.UnknownTopicId, null);
        if (request.Partition < 0 || request.Partition >= topic.PartitionCount) return Answer(ErrorCode.UnknownTopicOrPartition, null);
        if (topic.IsInternal) return Answer(ErrorCode.InvalidTopicException, "The topic is the broker's own");
        if (request.ExpectedEndOffset < -1) return Answer(ErrorCode.InvalidRequest, "No log ends below 0");
        if (request.Records is not { } records) return Answer(ErrorCode.InvalidRecord, "There is no record batch.");
        if (topic.Config.MinInsyncReplicas > topic.ReplicationFactor)
            return Answer(ErrorCode.NotEnoughReplicas, $"min.insync.replicas is {topic.Config.MinInsyncReplicas}, there is {topic.ReplicationFactor}");
        request.Records = null;
        if (!records.IsExclusive)
        {
            // The log patches batches where they lie.
            RecordsLease own = RecordsLease.Copy(records.Span);
            records.Dispose();
            records = own;
        }
        var id = new TopicIdPartition(topic.Id, request.Partition);
        return await shard.Router.OwnerOf(id).Call(
            static (owner, work) => AppendAsync(owner, work.id, work.records, work.ExpectedEndOffset), (id, records, request.ExpectedEndOffset));
    }

    private static async ValueTask<AppendIfResponse> AppendAsync(BrokerShard owner, TopicIdPartition id, RecordsLease records, long expectedEndOffset)
    {
        if (!owner.TryGetPartition(id, out Partition? partition))
        {
            records.Dispose();
            return Answer(ErrorCode.NotLeaderOrFollower, null);
        }
        var reply = new AwaitedAppend();
        partition.Append(new ProducedBatch(records, AppendOrigin.Client, AckAt.Commit, reply) { ExpectedEndOffset = expectedEndOffset, MayHaveKey = true });
        AppendOutcome outcome = await reply.Outcome;
        return new AppendIfResponse
        {
            ErrorCode = outcome.Error,
            ErrorMessage = outcome.Message,
            BaseOffset = outcome.BaseOffset,
            IsRepetition = outcome.IsRepetition,
            TimestampMs = outcome.IsRepetition ? outcome.RepeatedTimestampMs : -1,
            LogAppendTimeMs = outcome.LogAppendTimeMs,
        };
    }

    private static AppendIfResponse Answer(ErrorCode error, string? message) => new() { ErrorCode = error, ErrorMessage = message };
}
