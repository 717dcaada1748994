using Gateway.Broker.Cluster;
using Gateway.Broker.Coordinators.Transactions;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers.Transactions;

/// <summary>Commits or aborts a transaction; from version 5 on the producer goes on with the next epoch (KIP-890).</summary>
internal sealed class EndTxnHandler(BrokerShard shard, TransactionRouter transactions, ProducerIds ids) : Handler<EndTxnRequest, EndTxnResponse>
{
    private const short FirstWithFenced = 2;
    private const short FirstThatRaisesEpochs = 5;

    public override async ValueTask<EndTxnResponse?> HandleAsync(RequestContext context, EndTxnRequest request)
    {
        if (request.TransactionalId.Length == 0) return new EndTxnResponse { ErrorCode = ErrorCode.InvalidRequest };
        var producer = new ProducerName(request.TransactionalId, request.ProducerId, request.ProducerEpoch);
        var end = new EndRequest(producer, request.Committed, context.ApiVersion >= FirstThatRaisesEpochs);
        TransactionDecision decision = await CallAsync(end, freshId: -1);
        if (decision.NeedsProducerId)
        {
            if (await ids.NextAsync() is not { } fresh) return new EndTxnResponse { ErrorCode = ErrorCode.CoordinatorNotAvailable };
            decision = await CallAsync(end, fresh);
        }
        bool isEnded = decision.Error == ErrorCode.None && end.RaisesEpoch;
        return new EndTxnResponse
        {
            ErrorCode = TransactionErrors.For(decision.Error, context.ApiVersion, FirstWithFenced),
            ProducerId = isEnded ? decision.Producer.Id : Transaction.NoProducer,
            ProducerEpoch = isEnded ? decision.Producer.Epoch : Transaction.NoEpoch,
        };
    }

    private ValueTask<TransactionDecision> CallAsync(EndRequest end, long freshId) => transactions.CallAsync(
        shard.Image, end.Producer.TransactionalId, (end, freshId),
        static (target, call) => target.EndAsync(call.end, call.freshId),
        static (error, _) => TransactionDecision.Refused(error));
}
