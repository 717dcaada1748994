namespace Gateway.Shards;

/// <summary>Runs tasks on a shard, for code that wants a <see cref="TaskScheduler"/> rather than a context.</summary>
internal sealed class ShardTaskScheduler(Shard shard) : TaskScheduler
{
    public override int MaximumConcurrencyLevel => 1;

    protected override void QueueTask(Task task) => shard.Post(static work => work.Scheduler.TryExecuteTask(work.Task), (Scheduler: this, Task: task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && shard.IsCurrent && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
