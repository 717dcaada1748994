using Gateway.Broker.Cluster;
using Gateway.Broker.Coordinators.Transactions;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers.Transactions;

/// <summary>Gives producers an id (TXN-1); transactional ones get it, with an epoch that fences their predecessors, from their coordinator (TXN-3).</summary>
internal sealed class InitProducerIdHandler(BrokerShard shard, TransactionRouter transactions, ProducerIds ids)
    : Handler<InitProducerIdRequest, InitProducerIdResponse>
{
    private const short FirstWithFenced = 4;

    public override async ValueTask<InitProducerIdResponse?> HandleAsync(RequestContext context, InitProducerIdRequest request)
    {
        try
        {
            (ErrorCode error, long id, short epoch) = IsNonsense(request)
                ? (ErrorCode.InvalidRequest, Transaction.NoProducer, Transaction.NoEpoch)
                : request.TransactionalId is null ? (ErrorCode.None, await ids.NextAsync(), (short)0)
                : await TransactionalAsync(new ProducerName(request.TransactionalId, request.ProducerId, request.ProducerEpoch), request.TransactionTimeoutMs);
            return new InitProducerIdResponse
            {
                ErrorCode = TransactionErrors.For(error, context.ApiVersion, FirstWithFenced),
                ProducerId = id,
                ProducerEpoch = epoch,
            };
        }
        catch (ControllerOfflineException)
        {
            return new InitProducerIdResponse { ErrorCode = ErrorCode.CoordinatorNotAvailable, ProducerId = -1, ProducerEpoch = -1 };
        }
    }

    private async ValueTask<(ErrorCode Error, long Id, short Epoch)> TransactionalAsync(ProducerName producer, int timeoutMs)
    {
        TransactionDecision decision = await CallAsync(producer, timeoutMs, freshId: -1);
        if (decision.NeedsProducerId) decision = await CallAsync(producer, timeoutMs, await ids.NextAsync());
        return decision.Error == ErrorCode.None
            ? (ErrorCode.None, decision.Producer.Id, decision.Producer.Epoch)
            : (decision.Error, Transaction.NoProducer, Transaction.NoEpoch);
    }

    private ValueTask<TransactionDecision> CallAsync(ProducerName producer, int timeoutMs, long freshId) => transactions.CallAsync(
        shard.Image, producer.TransactionalId, (producer, timeoutMs, freshId),
        static (target, call) => target.InitAsync(call.producer, call.timeoutMs, call.freshId),
        static (error, _) => TransactionDecision.Refused(error));

    /// <summary>TXN-2: an id that is there but empty, or half of a producer's identity.</summary>
    private static bool IsNonsense(InitProducerIdRequest request) =>
        request.TransactionalId is { Length: 0 } || request.ProducerId == -1 != (request.ProducerEpoch == -1);
}
