using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;

namespace Gateway.Bench.NullBroker;

/// <summary>Checks each batch as a broker does, gives it offsets, and lets it go.</summary>
internal sealed class NullProduceHandler(NullTopics topics, TimeProvider time) : Handler<ProduceRequest, ProduceResponse>
{
    private static readonly ValidationRules Rules = new();

    public override ValueTask<ProduceResponse?> HandleAsync(RequestContext context, ProduceRequest request)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var response = new ProduceResponse();
        foreach (ProduceRequest.TopicProduceData data in request.TopicData)
        {
            var answers = new ProduceResponse.TopicProduceResponse { Name = data.Name };
            response.Responses.Add(answers);
            NullTopic? topic = topics.Find(data.Name);
            foreach (ProduceRequest.PartitionProduceData partition in data.PartitionData) answers.PartitionResponses.Add(Take(topic, partition, now));
        }
        return new(request.Acks == 0 ? null : response);
    }

    private static ProduceResponse.PartitionProduceResponse Take(NullTopic? topic, ProduceRequest.PartitionProduceData partition, long now)
    {
        var answer = new ProduceResponse.PartitionProduceResponse { Index = partition.Index };
        if (topic is null || partition.Index < 0 || partition.Index >= topic.Partitions)
        {
            answer.ErrorCode = ErrorCode.UnknownTopicOrPartition;
            return answer;
        }
        if (partition.Records is null)
        {
            answer.ErrorCode = ErrorCode.InvalidRecord;
            return answer;
        }
        AcceptedBatch accepted = RecordBatchIntake.Accept(partition.Records, Rules, now);
        partition.Records = null;
        answer.ErrorCode = accepted.Result.Error;
        if (accepted.Records is null) return answer;
        accepted.Records.Dispose();
        answer.BaseOffset = topic.Take(partition.Index, accepted.Result.Header.LastOffsetDelta + 1);
        return answer;
    }
}
