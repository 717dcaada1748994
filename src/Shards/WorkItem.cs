using Gateway.Common.Buffers;

namespace Gateway.Shards;

/// <summary>
/// One piece of posted work; a node of the mailbox's list, so that posting allocates at most the work itself. What is posted for every
/// request derives from this and is posted again and again: an item may be posted once more as soon as it has begun to run, not before.
/// </summary>
public abstract class WorkItem
{
    internal WorkItem? Next;

    /// <summary>What was posted, to name it in the log when its turn took too long.</summary>
    protected internal virtual object Origin => this;

    /// <summary>Does the work, on the shard it was posted to.</summary>
    protected internal abstract void Run();
}

/// <summary>Posted once; the object serves another post as soon as this one has begun to run.</summary>
internal sealed class ActionWork<TState> : WorkItem
{
    private Action<TState> _work = null!;
    private TState _state = default!;
    private object _origin = null!;

    private ActionWork()
    {
    }

    protected internal override object Origin => _origin;

    /// <summary>An item for one post; <paramref name="origin"/> is named in the log instead of the work when that only wraps something.</summary>
    internal static ActionWork<TState> Of(Action<TState> work, TState state, object? origin = null)
    {
        ActionWork<TState> item = Spares<ActionWork<TState>>.Take() ?? new ActionWork<TState>();
        item._work = work;
        item._state = state;
        item._origin = origin ?? work;
        return item;
    }

    protected internal override void Run()
    {
        (Action<TState> work, TState state) = (_work, _state);
        _work = null!;
        _origin = null!;
        _state = default!;
        Spares<ActionWork<TState>>.Give(this);
        work(state);
    }
}
