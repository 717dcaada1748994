using System.Threading.Tasks.Sources;
using Gateway.Protocol;

namespace Gateway.Broker.Handlers;

/// <summary>
/// An answer to come that is its own task, so that waiting for it allocates nothing; it serves another request once its answer was taken.
/// Belongs to the shard its request came in on.
/// </summary>
internal abstract class AnswerSource : IValueTaskSource<IResponse?>
{
    private ManualResetValueTaskSourceCore<IResponse?> _core;

    /// <summary>What to wait for: once, until the answer was taken.</summary>
    protected ValueTask<IResponse?> Coming => new(this, _core.Version);

    /// <summary>The answer was taken: there is nobody left who waits.</summary>
    protected abstract void Taken();

    /// <summary>Gives the answer. Whoever waits goes on before this returns, and this may be another request's then.</summary>
    protected void Set(IResponse? answer) => _core.SetResult(answer);

    /// <summary>Gives an exception instead, as an answer is given.</summary>
    protected void Set(Exception failure) => _core.SetException(failure);

    IResponse? IValueTaskSource<IResponse?>.GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            Taken();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<IResponse?>.GetStatus(short token) => _core.GetStatus(token);

    // It is completed on the shard of whoever asked: going through its context would cost a trip through the mailbox.
    void IValueTaskSource<IResponse?>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
}
