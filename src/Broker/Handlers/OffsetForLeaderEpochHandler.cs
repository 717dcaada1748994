using Gateway.Broker.Cluster;
using Gateway.Broker.Network;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;
using Gateway.Storage;

namespace Gateway.Broker.Handlers;

/// <summary>Where leader epochs end, for clients to find out that their history was cut (OLE-1).</summary>
internal sealed class OffsetForLeaderEpochHandler(BrokerShard shard) : Handler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>
{
    private readonly record struct Question(
        OffsetForLeaderEpochResponse.EpochEndOffset Answer, TopicIdPartition Id, int LeaderEpoch, int CurrentLeaderEpoch);

    public override async ValueTask<OffsetForLeaderEpochResponse?> HandleAsync(RequestContext context, OffsetForLeaderEpochRequest request)
    {
        var response = new OffsetForLeaderEpochResponse();
        List<Question> questions = [];
        foreach (OffsetForLeaderEpochRequest.OffsetForLeaderTopic asked in request.Topics)
        {
            shard.Image.TryGetTopic(asked.Topic, out TopicImage? topic);
            var answers = new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult { Topic = asked.Topic };
            response.Topics.Add(answers);
            foreach (OffsetForLeaderEpochRequest.OffsetForLeaderPartition partition in asked.Partitions)
            {
                var answer = new OffsetForLeaderEpochResponse.EpochEndOffset { Partition = partition.Partition };
                answers.Partitions.Add(answer);
                if (topic is null || partition.Partition < 0 || partition.Partition >= topic.PartitionCount) answer.ErrorCode = ErrorCode.UnknownTopicOrPartition;
                else questions.Add(new Question(answer, new TopicIdPartition(topic.Id, partition.Partition), partition.LeaderEpoch, partition.CurrentLeaderEpoch));
            }
        }
        (ErrorCode Error, EpochEndOffset End)[] found = await OwnerCalls.AskAllAsync(shard.Router, questions, static q => q.Id, AskAsync);
        for (int i = 0; i < found.Length; i++)
        {
            questions[i].Answer.ErrorCode = found[i].Error;
            questions[i].Answer.LeaderEpoch = found[i].End.Epoch;
            questions[i].Answer.EndOffset = found[i].End.EndOffset;
        }
        return response;
    }

    private static ValueTask<(ErrorCode, EpochEndOffset)> AskAsync(BrokerShard owner, Question question) => owner.TryGetPartition(question.Id, out Partition? partition)
        ? new(partition.EndOffsetForEpoch(question.LeaderEpoch, question.CurrentLeaderEpoch))
        : new((ErrorCode.UnknownTopicOrPartition, EpochEndOffset.None));
}
