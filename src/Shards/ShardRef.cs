using Gateway.Common.Errors;

namespace Gateway.Shards;

/// <summary>
/// What others hold of an object that belongs to a shard: they can post to it or call it, but not touch it.
/// </summary>
/// <remarks>
/// Posts and calls of one sender arrive in the order they were made, with one exception: on the owner's own shard a call runs
/// inline and so overtakes posts that still wait there. What must stay in order uses one of the two.
/// </remarks>
/// <typeparam name="T">What is referred to.</typeparam>
public readonly struct ShardRef<T> where T : class
{
    private readonly T _target;

    /// <summary>Refers to <paramref name="target"/>, which belongs to <paramref name="owner"/>.</summary>
    public ShardRef(Shard owner, T target)
    {
        Owner = owner;
        _target = target;
    }

    /// <summary>The shard the target belongs to.</summary>
    public Shard Owner { get; }

    /// <summary>Whether the calling code runs on the target's shard.</summary>
    public bool IsLocal => Owner.IsCurrent;

    /// <summary>The target itself, for code on its shard; throws elsewhere.</summary>
    public T Local
    {
        get
        {
            Invariant.Check(Owner.IsCurrent);
            return _target;
        }
    }

    /// <summary>Runs <paramref name="work"/> on the owner later. Any thread.</summary>
    public void Post(Action<T> work) => Owner.Post(work, _target);

    /// <summary>Runs <paramref name="work"/> on the owner later, with state instead of a closure. Any thread.</summary>
    public void Post<TState>(Action<T, TState> work, TState state) => Owner.Enqueue(ActionWork<(Action<T, TState> Work, T Target, TState State)>.Of(
        static post => post.Work(post.Target, post.State), (work, _target, state), work));

    /// <summary>
    /// Runs <paramref name="call"/> on the owner (inline when this is the owner) and brings its result back: to the calling shard, or,
    /// when called from no shard, to the thread pool or the caller's own context, so that no caller's code runs on the owner's thread.
    /// </summary>
    public ValueTask<TResult> Call<TResult>(Func<T, ValueTask<TResult>> call) => Call(static (target, call) => call(target), call);

    /// <summary>As <see cref="Call{TResult}"/>, with state instead of a closure.</summary>
    public ValueTask<TResult> Call<TState, TResult>(Func<T, TState, ValueTask<TResult>> call, TState state)
    {
        if (Owner.IsCurrent) return call(_target, state);
        return ShardCall<T, TState, TResult>.Start(Owner, _target, call, state);
    }
}
