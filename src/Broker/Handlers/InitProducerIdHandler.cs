using Gateway.Broker.Cluster;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers;

/// <summary>
/// Gives idempotent producers an id (TXN-1). A transactional id is refused with TRANSACTIONAL_ID_AUTHORIZATION_FAILED(53):
/// transactions are not served, that is permanent, and 53 is the one code every client treats as final for a producer at once.
/// The coordinator codes (14, 15, 16) would make them ask until their timeout, and FindCoordinator never names a transaction
/// coordinator anyway.
/// </summary>
internal sealed class InitProducerIdHandler(ProducerIds ids) : Handler<InitProducerIdRequest, InitProducerIdResponse>
{
    public override async ValueTask<InitProducerIdResponse?> HandleAsync(RequestContext context, InitProducerIdRequest request)
    {
        if (Refusal(request) is { } refusal) return new InitProducerIdResponse { ErrorCode = refusal, ProducerId = -1, ProducerEpoch = -1 };
        try
        {
            return new InitProducerIdResponse { ProducerId = await ids.NextAsync(), ProducerEpoch = 0 };
        }
        catch (ControllerOfflineException)
        {
            return new InitProducerIdResponse { ErrorCode = ErrorCode.CoordinatorNotAvailable, ProducerId = -1, ProducerEpoch = -1 };
        }
    }

    private static ErrorCode? Refusal(InitProducerIdRequest request)
    {
        // TXN-2: an id that is there but empty, or half of a producer's identity.
        if (request.TransactionalId is { Length: 0 }) return ErrorCode.InvalidRequest;
        if (request.ProducerId == -1 != (request.ProducerEpoch == -1)) return ErrorCode.InvalidRequest;
        return request.TransactionalId is null ? null : ErrorCode.TransactionalIdAuthorizationFailed;
    }
}
