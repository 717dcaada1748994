using Gateway.Protocol;

namespace Gateway.Broker.Network;

/// <summary>What the network and the in-process link know of a handler.</summary>
public interface IHandler
{
    /// <summary>Answers a request. As <see cref="RequestHandler{TRequest,TResponse}.AnswerAsync"/>.</summary>
    ValueTask<IResponse?> HandleAsync(RequestContext context, IRequest request);

    /// <summary>A request with every field at its default, to be read into.</summary>
    IRequest NewRequest();

    /// <summary>The answer is encoded: request and answer have no user left, and may serve once more.</summary>
    void Used(IRequest request, IResponse? response);
}

/// <summary>
/// Answers one kind of request; one instance per shard. Most handlers derive from <see cref="Handler{TRequest,TResponse}"/>; from this one
/// those that travel with every batch of records and allocate nothing.
/// </summary>
/// <remarks>
/// Messages that are <see cref="IReusableMessage"/> come from, and go back to, a store of the handler: a few hundred, none of them large.
/// </remarks>
/// <typeparam name="TRequest">The request's class.</typeparam>
/// <typeparam name="TResponse">The answer's class.</typeparam>
public abstract class RequestHandler<TRequest, TResponse> : IHandler
    where TRequest : class, IRequest<TResponse>, new()
    where TResponse : class, IResponse, new()
{
    private const int MessagesKept = 512;
    private const int LargestKept = 256;

    private readonly Stack<TRequest> _requests = new();
    private readonly Stack<TResponse> _responses = new();

    /// <summary>As <see cref="Handler{TRequest,TResponse}.HandleAsync"/>.</summary>
    protected abstract ValueTask<IResponse?> AnswerAsync(RequestContext context, TRequest request);

    /// <summary>An answer with every field at its default.</summary>
    protected TResponse NewResponse() => _responses.TryPop(out TResponse? used) ? used : new TResponse();

    ValueTask<IResponse?> IHandler.HandleAsync(RequestContext context, IRequest request) => AnswerAsync(context, (TRequest)request);

    IRequest IHandler.NewRequest() => _requests.TryPop(out TRequest? used) ? used : new TRequest();

    void IHandler.Used(IRequest request, IResponse? response)
    {
        Keep((TRequest)request, _requests);
        if (response is not null) Keep((TResponse)response, _responses);
    }

    private static void Keep<TMessage>(TMessage used, Stack<TMessage> kept)
        where TMessage : class, IKafkaMessage
    {
        if (used is not IReusableMessage message || kept.Count >= MessagesKept) return;
        message.Reset();
        if (message.SpareCount <= LargestKept) kept.Push(used);
    }
}
