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
        (ErrorCode error, long id, short epoch) = IsNonsense(request) ? Refused(ErrorCode.InvalidRequest)
            : request.TransactionalId is not { } name ? await ids.NextAsync() is { } fresh ? (ErrorCode.None, fresh, (short)0) : Refused(ErrorCode.CoordinatorNotAvailable)
            : await TransactionalAsync(new ProducerName(name, request.ProducerId, request.ProducerEpoch), request.TransactionTimeoutMs);
        return new InitProducerIdResponse
        {
            ErrorCode = TransactionErrors.For(error, context.ApiVersion, FirstWithFenced),
            ProducerId = id,
            ProducerEpoch = epoch,
        };
    }

    private async ValueTask<(ErrorCode Error, long Id, short Epoch)> TransactionalAsync(ProducerName producer, int timeoutMs)
    {
        TransactionDecision decision = await CallAsync(producer, timeoutMs, freshId: -1);
        if (decision.NeedsProducerId)
        {
            if (await ids.NextAsync() is not { } fresh) return Refused(ErrorCode.CoordinatorNotAvailable);
            decision = await CallAsync(producer, timeoutMs, fresh);
        }
        return decision.Error == ErrorCode.None ? (ErrorCode.None, decision.Producer.Id, decision.Producer.Epoch) : Refused(decision.Error);
    }

    private static (ErrorCode Error, long Id, short Epoch) Refused(ErrorCode error) => (error, Transaction.NoProducer, Transaction.NoEpoch);

    private ValueTask<TransactionDecision> CallAsync(ProducerName producer, int timeoutMs, long freshId) => transactions.CallAsync(
        shard.Image, producer.TransactionalId, (producer, timeoutMs, freshId),
        static (target, call) => target.InitAsync(call.producer, call.timeoutMs, call.freshId),
        static (error, _) => TransactionDecision.Refused(error));

    /// <summary>TXN-2: an id that is there but empty, or half of a producer's identity.</summary>
    private static bool IsNonsense(InitProducerIdRequest request) =>
        request.TransactionalId is { Length: 0 } || request.ProducerId == -1 != (request.ProducerEpoch == -1);
}
