namespace Gateway.Common.Execution;

/// <summary>
/// A place that runs work one piece at a time, in the order it was posted: a shard in production, a stepped queue in simulation.
/// Whoever completes something on another thread (a disk flush, say) may do nothing but post.
/// </summary>
public interface IExecutor
{
    /// <summary>Queues <paramref name="work"/>. Any thread may call it. Never runs the work inline.</summary>
    void Post(Action work);

    /// <summary>Queues work with its state, so that a static lambda needs no closure.</summary>
    void Post<TState>(Action<TState> work, TState state) => Post(() => work(state));
}
