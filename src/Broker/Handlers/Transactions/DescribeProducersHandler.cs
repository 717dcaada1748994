using Gateway.Broker.Cluster;
using Gateway.Broker.Network;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers.Transactions;

/// <summary>Which producers partitions remember, and where their open transactions start (TXN-14).</summary>
internal sealed class DescribeProducersHandler(BrokerShard shard) : Handler<DescribeProducersRequest, DescribeProducersResponse>
{
    public override async ValueTask<DescribeProducersResponse?> HandleAsync(RequestContext context, DescribeProducersRequest request)
    {
        var answer = new DescribeProducersResponse();
        List<(TopicIdPartition Id, DescribeProducersResponse.PartitionResponse Answer)> known = [];
        foreach (DescribeProducersRequest.TopicRequest asked in request.Topics)
        {
            var topicAnswer = new DescribeProducersResponse.TopicResponse { Name = asked.Name };
            answer.Topics.Add(topicAnswer);
            bool isKnown = shard.Image.TryGetTopic(asked.Name, out TopicImage? topic);
            foreach (int partition in asked.PartitionIndexes)
            {
                var one = new DescribeProducersResponse.PartitionResponse { PartitionIndex = partition };
                topicAnswer.Partitions.Add(one);
                if (isKnown && partition >= 0 && partition < topic!.PartitionCount) known.Add((new TopicIdPartition(topic.Id, partition), one));
                else one.ErrorCode = ErrorCode.UnknownTopicOrPartition;
            }
        }
        IReadOnlyList<ActiveProducer>?[] found = await OwnerCalls.AskAllAsync(
            shard.Router, known, static item => item.Id,
            static (owner, item) => new ValueTask<IReadOnlyList<ActiveProducer>?>(
                owner.TryGetPartition(item.Id, out Partition? partition) && partition.IsOpen ? partition.ActiveProducers() : null));
        for (int i = 0; i < found.Length; i++) Fill(known[i].Answer, found[i]);
        return answer;
    }

    private static void Fill(DescribeProducersResponse.PartitionResponse answer, IReadOnlyList<ActiveProducer>? producers)
    {
        if (producers is null) answer.ErrorCode = ErrorCode.NotLeaderOrFollower;
        foreach (ActiveProducer producer in producers ?? [])
        {
            answer.ActiveProducers.Add(new()
            {
                ProducerId = producer.ProducerId,
                ProducerEpoch = producer.Epoch,
                LastSequence = producer.LastSequence,
                LastTimestamp = producer.LastTimestampMs,
                CoordinatorEpoch = producer.CoordinatorEpoch,
                CurrentTxnStartOffset = producer.OpenTransactionOffset,
            });
        }
    }
}
