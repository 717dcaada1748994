using Gateway.Protocol;

namespace Gateway.Broker.Network;

/// <summary>
/// Answers one kind of request; one instance per shard. Everything runs on the shard of the request's connection, and an await
/// resumes there.
/// </summary>
/// <remarks>
/// <para>Order: whatever must happen in the order of the requests (appends, posts to owner shards) is done before the first await;
/// the connection then goes on with the next request. Answers leave in request order whatever the order they are ready in (CON-3).</para>
/// <para>Records: those in the request belong to the handler, which moves or disposes them; once it has returned, with an answer or
/// an exception, records that are still in the request are released. So set a records field to null when you move its lease on and
/// return before whoever got it is done.</para>
/// </remarks>
/// <typeparam name="TRequest">The request's class.</typeparam>
/// <typeparam name="TResponse">The answer's class.</typeparam>
public abstract class Handler<TRequest, TResponse> : RequestHandler<TRequest, TResponse>
    where TRequest : class, IRequest<TResponse>, new()
    where TResponse : class, IResponse, new()
{
    /// <summary>
    /// Answers <paramref name="request"/>; null means that no answer is sent (Produce with acks=0, CON-4). Throwing
    /// <see cref="CloseConnectionException"/> closes the connection once the answers before this one have left.
    /// </summary>
    public abstract ValueTask<TResponse?> HandleAsync(RequestContext context, TRequest request);

    /// <inheritdoc/>
    protected sealed override ValueTask<IResponse?> AnswerAsync(RequestContext context, TRequest request)
    {
        ValueTask<TResponse?> answer = HandleAsync(context, request);
        return answer.IsCompletedSuccessfully ? new ValueTask<IResponse?>(answer.Result) : Later(answer);
    }

    private static async ValueTask<IResponse?> Later(ValueTask<TResponse?> answer) => await answer;
}
