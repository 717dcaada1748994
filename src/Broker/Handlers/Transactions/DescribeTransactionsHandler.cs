using Gateway.Broker.Cluster;
using Gateway.Broker.Coordinators.Transactions;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers.Transactions;

/// <summary>Transactions by their ids (TXN-14).</summary>
internal sealed class DescribeTransactionsHandler(BrokerShard shard, TransactionRouter transactions)
    : Handler<DescribeTransactionsRequest, DescribeTransactionsResponse>
{
    public override async ValueTask<DescribeTransactionsResponse?> HandleAsync(RequestContext context, DescribeTransactionsRequest request)
    {
        var answer = new DescribeTransactionsResponse();
        foreach (string id in request.TransactionalIds) answer.TransactionStates.Add(await DescribeAsync(id));
        return answer;
    }

    private async ValueTask<DescribeTransactionsResponse.DescribedTransaction> DescribeAsync(string id)
    {
        (ErrorCode error, Transaction? found) = id.Length == 0 ? (ErrorCode.InvalidRequest, null) : await transactions.CallAsync(
            shard.Image, id, id,
            static (target, id) => target.DescribeAsync(id),
            static (error, _) => (error, (Transaction?)null));
        var answer = new DescribeTransactionsResponse.DescribedTransaction { TransactionalId = id, ErrorCode = error, TransactionStartTimeMs = -1, ProducerId = -1, ProducerEpoch = -1 };
        if (found is null) return answer;
        answer.TransactionState = found.Status.ToString();
        answer.TransactionTimeoutMs = found.TimeoutMs;
        answer.TransactionStartTimeMs = found.StartedMs;
        answer.ProducerId = found.ProducerId;
        answer.ProducerEpoch = found.Epoch;
        foreach (var topic in found.Partitions.GroupBy(static partition => partition.Topic, StringComparer.Ordinal).OrderBy(static topic => topic.Key, StringComparer.Ordinal))
            answer.Topics.Add(new() { Topic = topic.Key, Partitions = [.. topic.Select(static partition => partition.Partition).Order()] });
        return answer;
    }
}
