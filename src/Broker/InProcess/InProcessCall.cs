using System.Threading.Tasks.Sources;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Shards;

namespace Gateway.Broker.InProcess;

/// <summary>A request on its way through the broker, seen by its link.</summary>
internal abstract class InProcessCall
{
    /// <summary>The shard it runs on.</summary>
    public abstract Shard Shard { get; }

    /// <summary>Runs the handler. On the shard.</summary>
    public abstract void Run();

    /// <summary>Gives the caller an exception instead of an answer, unless it has one. Any thread.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>As <see cref="Fail"/>, for a call that never comes to its shard: nobody else releases the request's records.</summary>
    public abstract void Refuse(Exception exception);
}

/// <summary>
/// One request. The caller may leave at any moment: then whoever comes second, answer or leaving, finds that out and releases the
/// answer's records.
/// </summary>
/// <remarks>
/// The call is its own task and its own work item of the pool: an answer costs one hop off the shard, and the caller goes on in that very
/// hop. Every further one would wake another thread.
/// </remarks>
internal sealed class InProcessCall<TResponse> : InProcessCall, IValueTaskSource<TResponse>, IThreadPoolWorkItem
    where TResponse : class, IResponse, new()
{
    private readonly InProcessLink _link;
    private readonly HandlerEntry _entry;
    private readonly IRequest _request;
    private readonly RequestContext _context;
    private readonly CancellationTokenSource? _callerGone;
    private readonly CancellationTokenRegistration _registration;
    private ManualResetValueTaskSourceCore<TResponse> _answer;
    private IResponse? _response;
    private Exception? _failure;
    private int _isAnswered;

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

    public override Shard Shard => _context.Shard;

    /// <summary>The answer to come. To be awaited once.</summary>
    public ValueTask<TResponse> Answer => new(this, _answer.Version);

    // async void: a broken invariant surfaces on the shard, which stops the process; anything else is the caller's to hear.
    public override async void Run()
    {
        if (Volatile.Read(ref _isAnswered) == 0)
        {
            try
            {
                _response = await _entry.HandlerOn(_context.Shard).HandleAsync(ContextOfCall(), _request);
            }
            catch (CloseConnectionException refused)
            {
                // Over a socket the connection would be closed, and this is what its sender would see (CON-4).
                _failure = new LinkClosedException(refused.Message, refused);
            }
            catch (Exception e) when (e is not InvariantBrokenException)
            {
                _failure = new LinkClosedException(e.Message, e);
            }
        }
        _request.ReleaseRecords();
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public override void Fail(Exception exception)
    {
        if (TryFail(exception)) TellHandler();
    }

    public override void Refuse(Exception exception)
    {
        _request.ReleaseRecords();
        _ = TryFail(exception);
    }

    /// <summary>The answer reaches the caller, who goes on right here: on the pool, never on a shard's thread.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        _registration.Dispose();
        _link.Ended(this);
        if (Interlocked.Exchange(ref _isAnswered, 1) != 0) _response?.ReleaseRecords();
        else if (_failure is null) _answer.SetResult((TResponse)_response!);
        else _answer.SetException(_failure);
    }

    TResponse IValueTaskSource<TResponse>.GetResult(short token) => _answer.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TResponse>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<TResponse>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);

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
        if (TryFail(new OperationCanceledException(cancel))) TellHandler();
    }

    private bool TryFail(Exception exception)
    {
        if (Interlocked.Exchange(ref _isAnswered, 1) != 0) return false;
        // Whose thread this is, and what locks it holds, is unknown.
        _answer.RunContinuationsAsynchronously = true;
        _answer.SetException(exception);
        return true;
    }

    /// <summary>Handlers expect the token on their shard; a long poll ends then.</summary>
    private void TellHandler()
    {
        if (_callerGone is not null) _context.Shard.Post(static source => source.Cancel(), _callerGone);
    }
}
