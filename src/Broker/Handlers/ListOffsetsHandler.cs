using Gateway.Broker.Cluster;
using Gateway.Broker.Network;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers;

/// <summary>Offsets by time and by name: earliest, latest, largest timestamp (LOF-1…4).</summary>
internal sealed class ListOffsetsHandler(BrokerShard shard) : Handler<ListOffsetsRequest, ListOffsetsResponse>
{
    private const int DebugConsumer = -2;
    private const sbyte ReadCommitted = 1;

    private readonly record struct Question(
        ListOffsetsResponse.ListOffsetsPartitionResponse Answer, TopicIdPartition Id, long Timestamp, int CurrentLeaderEpoch, bool ToLogEnd, bool CommittedOnly);

    public override async ValueTask<ListOffsetsResponse?> HandleAsync(RequestContext context, ListOffsetsRequest request)
    {
        var response = new ListOffsetsResponse();
        List<Question> questions = [];
        HashSet<(string, int)> repeated = Repeated(request);
        foreach (ListOffsetsRequest.ListOffsetsTopic asked in request.Topics)
        {
            shard.Image.TryGetTopic(asked.Name, out TopicImage? topic);
            var answers = new ListOffsetsResponse.ListOffsetsTopicResponse { Name = asked.Name };
            response.Topics.Add(answers);
            foreach (ListOffsetsRequest.ListOffsetsPartition partition in asked.Partitions)
            {
                var answer = new ListOffsetsResponse.ListOffsetsPartitionResponse { PartitionIndex = partition.PartitionIndex };
                answers.Partitions.Add(answer);
                answer.ErrorCode = repeated.Contains((asked.Name, partition.PartitionIndex)) ? ErrorCode.InvalidRequest
                    : topic is null || partition.PartitionIndex < 0 || partition.PartitionIndex >= topic.PartitionCount ? ErrorCode.UnknownTopicOrPartition
                    : partition.Timestamp < LowestTimestamp(context.ApiVersion) ? ErrorCode.UnsupportedVersion
                    : request.ReplicaId >= 0 ? ErrorCode.NotLeaderOrFollower
                    : ErrorCode.None;
                if (answer.ErrorCode != ErrorCode.None) continue;
                questions.Add(new Question(
                    answer, new TopicIdPartition(topic!.Id, partition.PartitionIndex), partition.Timestamp, partition.CurrentLeaderEpoch,
                    request.ReplicaId == DebugConsumer, request.IsolationLevel == ReadCommitted));
            }
        }
        ListedOffset[] found = await OwnerCalls.AskAllAsync(shard.Router, questions, static q => q.Id, AskAsync);
        for (int i = 0; i < found.Length; i++) Fill(context, questions[i], found[i]);
        return response;
    }

    private static ValueTask<ListedOffset> AskAsync(BrokerShard owner, Question question) => owner.TryGetPartition(question.Id, out Partition? partition)
        ? partition.ListOffsetAsync(question.Timestamp, question.CurrentLeaderEpoch, question.ToLogEnd, question.CommittedOnly)
        : new(ListedOffset.Failed(ErrorCode.UnknownTopicOrPartition));

    private static void Fill(RequestContext context, in Question question, in ListedOffset found)
    {
        question.Answer.ErrorCode = found.Error;
        if (context.ApiVersion == 0)
        {
            // v0 answers with a list: the starts of segments before the time, as many as were asked for. We tell of one.
            if (found.Offset >= 0) question.Answer.OldStyleOffsets = [found.Offset];
            return;
        }
        question.Answer.Timestamp = found.TimestampMs;
        question.Answer.Offset = found.Offset;
        if (context.ApiVersion >= 4) question.Answer.LeaderEpoch = found.LeaderEpoch;
    }

    /// <summary>The lowest of the special "times" a version knows (LOF-1).</summary>
    private static long LowestTimestamp(short version) => version switch
    {
        >= 11 => Partition.EarliestPendingUploadTimestamp,
        >= 9 => Partition.LatestTieredTimestamp,
        8 => Partition.EarliestLocalTimestamp,
        7 => Partition.MaxTimestamp,
        _ => Partition.EarliestTimestamp,
    };

    private static HashSet<(string, int)> Repeated(ListOffsetsRequest request)
    {
        HashSet<(string, int)> seen = [];
        HashSet<(string, int)> repeated = [];
        foreach (ListOffsetsRequest.ListOffsetsTopic topic in request.Topics)
        {
            foreach (ListOffsetsRequest.ListOffsetsPartition partition in topic.Partitions)
            {
                if (!seen.Add((topic.Name, partition.PartitionIndex))) repeated.Add((topic.Name, partition.PartitionIndex));
            }
        }
        return repeated;
    }
}
