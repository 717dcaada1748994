namespace Gateway.Shards;

/// <summary>One piece of posted work; a node of the mailbox's list, so that posting allocates once.</summary>
internal abstract class WorkItem
{
    internal WorkItem? Next;

    /// <summary>What was posted, to name it in the log when its turn took too long.</summary>
    internal abstract object Origin { get; }

    internal abstract void Run();
}

internal sealed class ActionWork(Action work) : WorkItem
{
    internal override object Origin => work;

    internal override void Run() => work();
}

internal sealed class ActionWork<TState>(Action<TState> work, TState state) : WorkItem
{
    internal override object Origin => work;

    internal override void Run() => work(state);
}

internal sealed class ContextWork(SendOrPostCallback work, object? state) : WorkItem
{
    internal override object Origin => state is Delegate continuation ? continuation : work;

    internal override void Run() => work(state);
}
