using System.Threading.Tasks.Sources;

namespace Gateway.Shards;

/// <summary>
/// A call from one shard (or none) to another. The same object travels there as posted work, and back as posted work with the
/// result, so that a call costs one allocation.
/// </summary>
internal sealed class ShardCall<T, TState, TResult> : WorkItem, IValueTaskSource<TResult>
{
    private readonly Shard _owner;
    private readonly Shard? _caller;
    private readonly T _target;
    private readonly Func<T, TState, ValueTask<TResult>> _call;
    private readonly TState _state;
    private ManualResetValueTaskSourceCore<TResult> _core;
    private bool _answered;
    private TResult? _result;
    private Exception? _failure;

    private ShardCall(Shard owner, Shard? caller, T target, Func<T, TState, ValueTask<TResult>> call, TState state)
    {
        _owner = owner;
        _caller = caller;
        _target = target;
        _call = call;
        _state = state;
        // The caller's own shard completes the source itself; a caller of no shard must not run on the owner's thread.
        _core.RunContinuationsAsynchronously = caller is null;
    }

    protected internal override object Origin => _call;

    internal static ValueTask<TResult> Start(Shard owner, T target, Func<T, TState, ValueTask<TResult>> call, TState state)
    {
        var item = new ShardCall<T, TState, TResult>(owner, Shard.Current, target, call, state);
        if (!owner.Enqueue(item)) return ValueTask.FromException<TResult>(new ShardStoppedException(owner));
        return new ValueTask<TResult>(item, item._core.Version);
    }

    protected internal override void Run()
    {
        if (_answered) Complete();
        else Execute();
    }

    TResult IValueTaskSource<TResult>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<TResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        // Completion already happens on the calling shard: going through its context would cost a second trip through the mailbox.
        if (_caller is not null && _caller.IsCurrent) flags &= ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext;
        _core.OnCompleted(continuation, state, token, flags);
    }

    private void Execute()
    {
        ValueTask<TResult> running;
        try
        {
            running = _call(_target, _state);
            if (running.IsCompletedSuccessfully)
            {
                Answer(running.Result, null);
                return;
            }
        }
        catch (Exception e)
        {
            Answer(default, e);
            return;
        }
        _ = AnswerLater(running);
    }

    private async Task AnswerLater(ValueTask<TResult> running)
    {
        try
        {
            Answer(await running, null);
        }
        catch (Exception e)
        {
            Answer(default, e);
        }
    }

    private void Answer(TResult? result, Exception? failure)
    {
        if (_answered) return;
        _answered = true;
        _result = result;
        _failure = failure;
        if (_caller is null) Complete();
        else _caller.Enqueue(this);
    }

    private void Complete()
    {
        if (_failure is not null) _core.SetException(_failure);
        else _core.SetResult(_result!);
    }
}

/// <summary>The shard a call was made to has stopped.</summary>
/// <param name="shard">Which one.</param>
public sealed class ShardStoppedException(Shard shard) : Exception($"Shard {shard.Index} has stopped");
