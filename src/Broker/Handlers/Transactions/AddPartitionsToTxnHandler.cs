using Gateway.Broker.Cluster;
using Gateway.Broker.Coordinators.Transactions;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;
using Topics = System.Collections.Generic.List<Gateway.Protocol.Messages.AddPartitionsToTxnRequest.AddPartitionsToTxnTopic>;
using TopicResults = System.Collections.Generic.List<Gateway.Protocol.Messages.AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult>;

namespace Gateway.Broker.Handlers.Transactions;

/// <summary>Adds partitions to transactions: all that a transaction names, or none (kafka: AddPartitionsToTxn).</summary>
internal sealed class AddPartitionsToTxnHandler(BrokerShard shard, TransactionRouter transactions)
    : Handler<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>
{
    private const short FirstWithMany = 4;
    private const short FirstWithFenced = 2;

    public override async ValueTask<AddPartitionsToTxnResponse?> HandleAsync(RequestContext context, AddPartitionsToTxnRequest request)
    {
        var answer = new AddPartitionsToTxnResponse();
        if (context.ApiVersion < FirstWithMany)
        {
            var producer = new ProducerName(request.V3AndBelowTransactionalId, request.V3AndBelowProducerId, request.V3AndBelowProducerEpoch);
            await AnswerAsync(context, producer, request.V3AndBelowTopics, verifyOnly: false, answer.ResultsByTopicV3AndBelow);
            return answer;
        }
        foreach (AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction asked in request.Transactions)
        {
            var result = new AddPartitionsToTxnResponse.AddPartitionsToTxnResult { TransactionalId = asked.TransactionalId };
            answer.ResultsByTransaction.Add(result);
            var producer = new ProducerName(asked.TransactionalId, asked.ProducerId, asked.ProducerEpoch);
            await AnswerAsync(context, producer, asked.Topics, asked.VerifyOnly, result.TopicResults);
        }
        return answer;
    }

    private async ValueTask AnswerAsync(RequestContext context, ProducerName producer, Topics topics, bool verifyOnly, TopicResults results)
    {
        bool allExist = topics.TrueForAll(topic => topic.Partitions.TrueForAll(partition => Exists(topic.Name, partition)));
        ErrorCode error = ErrorCode.OperationNotAttempted;
        if (allExist) error = producer.TransactionalId.Length == 0 ? ErrorCode.InvalidRequest : await CallAsync(producer, topics, verifyOnly);
        error = TransactionErrors.For(error, context.ApiVersion, FirstWithFenced);
        foreach (AddPartitionsToTxnRequest.AddPartitionsToTxnTopic topic in topics)
        {
            results.Add(new()
            {
                Name = topic.Name,
                ResultsByPartition = topic.Partitions.ConvertAll(partition => new AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult
                {
                    PartitionIndex = partition,
                    PartitionErrorCode = Exists(topic.Name, partition) ? error : ErrorCode.UnknownTopicOrPartition,
                }),
            });
        }
    }

    private async ValueTask<ErrorCode> CallAsync(ProducerName producer, Topics topics, bool verifyOnly)
    {
        TopicPartition[] partitions = [.. topics.SelectMany(static topic => topic.Partitions.Select(partition => new TopicPartition(topic.Name, partition)))];
        TransactionDecision decision = await transactions.CallAsync(
            shard.Image, producer.TransactionalId, (producer, partitions, verifyOnly),
            static (target, call) => call.verifyOnly
                ? target.VerifyAsync(call.producer, call.partitions)
                : target.AddAsync(call.producer, call.partitions, raisesEpoch: false),
            static (error, _) => TransactionDecision.Refused(error));
        return decision.Error;
    }

    private bool Exists(string topic, int partition) =>
        shard.Image.TryGetTopic(topic, out TopicImage? found) && partition >= 0 && partition < found.PartitionCount;
}
