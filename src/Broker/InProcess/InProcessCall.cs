using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Links;
using Gateway.Protocol;

namespace Gateway.Broker.InProcess;

/// <summary>A request on its way through the broker, seen by its link.</summary>
internal abstract class InProcessCall
{
    /// <summary>Runs the handler. On the shard.</summary>
    public abstract void Run();

    /// <summary>Gives the caller an exception instead of an answer, unless it has one. Any thread.</summary>
    public abstract void Fail(Exception exception);
}

/// <summary>
/// One request. The caller may leave at any moment: then whoever comes second, answer or leaving, finds that out and releases the
/// answer's records.
/// </summary>
internal sealed class InProcessCall<TResponse> : InProcessCall
    where TResponse : class, IResponse, new()
{
    private readonly InProcessLink _link;
    private readonly HandlerEntry _entry;
    private readonly IRequest _request;
    private readonly RequestContext _context;
    private readonly CancellationTokenSource? _callerGone;
    private readonly CancellationTokenRegistration _registration;

    // Continuations go to the pool: never a caller's code on a shard's thread.
    private readonly TaskCompletionSource<TResponse> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public InProcessCall(InProcessLink link, HandlerEntry entry, IRequest request, RequestContext context, CancellationToken cancel)
    {
        _link = link;
        _entry = entry;
        _request = request;
        _context = context;
        if (!cancel.CanBeCanceled) return;
        _callerGone = new CancellationTokenSource();
        _registration = cancel.UnsafeRegister(static (call, token) => ((InProcessCall<TResponse>)call!).Leave(token), this);
    }

    /// <summary>The answer to come.</summary>
    public ValueTask<TResponse> Answer => new(_answer.Task);

    // async void: a broken invariant surfaces on the shard, which stops the process; anything else is the caller's to hear.
    public override async void Run()
    {
        IResponse? response = null;
        Exception? failure = null;
        if (!_answer.Task.IsCompleted)
        {
            try
            {
                response = await _entry.HandlerOn(_context.Shard).HandleAsync(ContextOfCall(), _request);
            }
            catch (CloseConnectionException refused)
            {
                // Over a socket the connection would be closed, and this is what its sender would see (CON-4).
                failure = new LinkClosedException(refused.Message, refused);
            }
            catch (Exception e) when (e is not InvariantBrokenException)
            {
                failure = new LinkClosedException(e.Message, e);
            }
        }
        _request.ReleaseRecords();
        bool taken = failure is null ? _answer.TrySetResult((TResponse)response!) : _answer.TrySetException(failure);
        if (!taken) response?.ReleaseRecords();
        ThreadPool.UnsafeQueueUserWorkItem(static call => call.End(), this, preferLocal: false);
    }

    public override void Fail(Exception exception)
    {
        if (_answer.TrySetException(exception)) TellHandler();
    }

    private RequestContext ContextOfCall() => _callerGone is null ? _context : new RequestContext
    {
        ApiVersion = _context.ApiVersion,
        ClientId = _context.ClientId,
        Principal = _context.Principal,
        Listener = _context.Listener,
        Shard = _context.Shard,
        AdvertisedAddress = _context.AdvertisedAddress,
        ConnectionClosed = _callerGone.Token,
        Memory = _context.Memory,
    };

    private void Leave(CancellationToken cancel)
    {
        if (_answer.TrySetCanceled(cancel)) TellHandler();
    }

    /// <summary>Handlers expect the token on their shard; a long poll ends then.</summary>
    private void TellHandler()
    {
        if (_callerGone is not null) _context.Shard.Post(static source => source.Cancel(), _callerGone);
    }

    private void End()
    {
        _registration.Dispose();
        _link.Ended(this);
    }
}
