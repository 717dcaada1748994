using Gateway.Broker.Cluster;
using Gateway.Broker.Coordinators.Groups;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers.Groups;

/// <summary>OffsetCommit: finds out which topics exist, and has the offsets of those stored where the group lives (OFC-1).</summary>
internal sealed class OffsetCommitHandler(BrokerShard shard, GroupRouter groups) : Handler<OffsetCommitRequest, OffsetCommitResponse>
{
    private const short FirstWithTopicIds = 10;

    public override async ValueTask<OffsetCommitResponse?> HandleAsync(RequestContext context, OffsetCommitRequest request)
    {
        ClusterImage image = shard.Image;
        var answer = new OffsetCommitResponse();
        List<OffsetToCommit> offsets = [];
        List<(TopicPartition Partition, OffsetCommitResponse.OffsetCommitResponsePartition Answer)> known = [];
        foreach (OffsetCommitRequest.OffsetCommitRequestTopic asked in request.Topics)
        {
            var topicAnswer = new OffsetCommitResponse.OffsetCommitResponseTopic { Name = asked.Name, TopicId = asked.TopicId };
            answer.Topics.Add(topicAnswer);
            ErrorCode missing = Find(image, asked, context.ApiVersion, out TopicImage? topic);
            foreach (OffsetCommitRequest.OffsetCommitRequestPartition partition in asked.Partitions)
            {
                var partitionAnswer = new OffsetCommitResponse.OffsetCommitResponsePartition { PartitionIndex = partition.PartitionIndex };
                topicAnswer.Partitions.Add(partitionAnswer);
                bool exists = topic is not null && partition.PartitionIndex >= 0 && partition.PartitionIndex < topic.PartitionCount;
                if (!exists)
                {
                    partitionAnswer.ErrorCode = topic is null ? missing : ErrorCode.UnknownTopicOrPartition;
                    continue;
                }
                var key = new TopicPartition(topic!.Name, partition.PartitionIndex);
                known.Add((key, partitionAnswer));
                offsets.Add(new OffsetToCommit(
                    key, topic.Id, partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.CommittedMetadata));
            }
        }
        if (offsets.Count == 0) return answer;

        var committer = new Committer(
            request.GroupId, request.GenerationIdOrMemberEpoch, request.MemberId, request.GroupInstanceId, request.RetentionTimeMs);
        (ErrorCode error, IReadOnlySet<TopicPartition> tooLarge) = await groups.CallAsync(
            image, request.GroupId, (committer, offsets, context.ApiVersion),
            static (partition, call) => partition.CommitOffsetsAsync(call.committer, call.offsets, call.ApiVersion),
            static (error, _) => (error, (IReadOnlySet<TopicPartition>)new HashSet<TopicPartition>()));
        foreach ((TopicPartition partition, OffsetCommitResponse.OffsetCommitResponsePartition one) in known)
            one.ErrorCode = error == ErrorCode.None && tooLarge.Contains(partition) ? ErrorCode.OffsetMetadataTooLarge : error;
        return answer;
    }

    private static ErrorCode Find(ClusterImage image, OffsetCommitRequest.OffsetCommitRequestTopic asked, short version, out TopicImage? topic)
    {
        if (version >= FirstWithTopicIds) return image.TryGetTopic(asked.TopicId, out topic) ? ErrorCode.None : ErrorCode.UnknownTopicId;
        return image.TryGetTopic(asked.Name, out topic) ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition;
    }
}
