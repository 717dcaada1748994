using Gateway.Broker.Cluster;
using Gateway.Broker.Coordinators;
using Gateway.Broker.Coordinators.Groups;
using Gateway.Broker.Network;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers.Transactions;

/// <summary>
/// Stores how far a group has read, as part of a transaction: once the transaction coordinator has said that the group's offsets are in it (TXN-10).
/// </summary>
internal sealed class TxnOffsetCommitHandler(BrokerShard shard, BrokerServices services) : Handler<TxnOffsetCommitRequest, TxnOffsetCommitResponse>
{
    private const short FirstThatAdds = 5;
    private const short FirstWithTopicIds = 6;
    private const short FirstWithLoading = 2;

    public override async ValueTask<TxnOffsetCommitResponse?> HandleAsync(RequestContext context, TxnOffsetCommitRequest request)
    {
        ClusterImage image = shard.Image;
        var answer = new TxnOffsetCommitResponse();
        List<OffsetToCommit> offsets = [];
        List<(TopicPartition Partition, TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition Answer)> known = [];
        foreach (TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic asked in request.Topics)
        {
            var topicAnswer = new TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic { Name = asked.Name, TopicId = asked.TopicId };
            answer.Topics.Add(topicAnswer);
            TopicImage? topic;
            _ = context.ApiVersion >= FirstWithTopicIds ? image.TryGetTopic(asked.TopicId, out topic) : image.TryGetTopic(asked.Name, out topic);
            foreach (TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition partition in asked.Partitions)
            {
                var partitionAnswer = new TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition { PartitionIndex = partition.PartitionIndex };
                topicAnswer.Partitions.Add(partitionAnswer);
                if (topic is null || partition.PartitionIndex < 0 || partition.PartitionIndex >= topic.PartitionCount)
                {
                    partitionAnswer.ErrorCode = topic is null && context.ApiVersion >= FirstWithTopicIds
                        ? ErrorCode.UnknownTopicId
                        : ErrorCode.UnknownTopicOrPartition;
                    continue;
                }
                var key = new TopicPartition(topic.Name, partition.PartitionIndex);
                known.Add((key, partitionAnswer));
                offsets.Add(new OffsetToCommit(key, topic.Id, partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.CommittedMetadata));
            }
        }
        if (offsets.Count == 0) return answer;

        (ErrorCode error, IReadOnlySet<TopicPartition> tooLarge) = await CommitAsync(image, request, offsets, context.ApiVersion);
        error = AnswerFor(error, context.ApiVersion);
        foreach ((TopicPartition partition, TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition one) in known)
            one.ErrorCode = error == ErrorCode.None && tooLarge.Contains(partition) ? ErrorCode.OffsetMetadataTooLarge : error;
        return answer;
    }

    private async ValueTask<(ErrorCode Error, IReadOnlySet<TopicPartition> MetadataTooLarge)> CommitAsync(
        ClusterImage image, TxnOffsetCommitRequest request, List<OffsetToCommit> offsets, short version)
    {
        static (ErrorCode, IReadOnlySet<TopicPartition>) Refused(ErrorCode error) => (error, new HashSet<TopicPartition>());
        if (request.TransactionalId.Length == 0) return Refused(ErrorCode.InvalidRequest);
        if (request.GroupId.Length == 0) return Refused(ErrorCode.InvalidGroupId);
        await services.EnsureTopicAsync(image, TopicName.ConsumerOffsets);
        if (services.Groups.PartitionOf(shard.Image, request.GroupId) is not { } partition) return Refused(ErrorCode.CoordinatorNotAvailable);
        TransactionVerification verified = await services.Transactions.VerifyAsync(new TransactionalWrite(
            request.TransactionalId, request.ProducerId, request.ProducerEpoch,
            new TopicPartition(TopicName.ConsumerOffsets, partition.Partition), Adds: version >= FirstThatAdds));
        if (verified.Error != ErrorCode.None) return Refused(verified.Error);
        var committer = new Committer(request.GroupId, request.GenerationIdOrMemberEpoch, request.MemberId, request.GroupInstanceId, RetentionMs: -1);
        var transaction = new TransactionalAppend(request.ProducerId, request.ProducerEpoch, verified.Generation);
        return await services.Groups.CallAsync(
            partition, (committer, transaction, offsets, version),
            static (groups, call) => groups.CommitInTransactionAsync(call.committer, call.transaction, call.offsets, call.version),
            static (error, _) => Refused(error));
    }

    private static ErrorCode AnswerFor(ErrorCode error, short version) => error switch
    {
        ErrorCode.CoordinatorLoadInProgress when version < FirstWithLoading => ErrorCode.CoordinatorNotAvailable,
        // Clients that add the offsets themselves do not expect this here; the loading coordinator they try again.
        ErrorCode.ConcurrentTransactions when version < FirstThatAdds => ErrorCode.CoordinatorLoadInProgress,
        ErrorCode.ProducerFenced => ErrorCode.InvalidProducerEpoch,
        ErrorCode.InvalidTxnState when version >= FirstThatAdds => ErrorCode.TransactionAbortable,
        _ => error,
    };
}
