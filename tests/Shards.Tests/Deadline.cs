namespace Gateway.Shards.Tests;

/// <summary>Waits for a signal, never for a while: the deadline only keeps a broken build from hanging.</summary>
internal static class Deadline
{
    internal static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    internal static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Generous);

    internal static Task InTime(this Task task) => task.WaitAsync(Generous);

    /// <summary>Waits for a long chain of steps: fails when none happened for the deadline, however long all of them take on a busy machine.</summary>
    internal static async Task WhileStepping(this Task task, Func<long> steps)
    {
        for (long seen = -1; !task.IsCompleted;)
        {
            long now = steps();
            if (now == seen) throw new TimeoutException($"No step in {Generous}, after {now}.");
            seen = now;
            await Task.WhenAny(task, Task.Delay(Generous));
        }
        await task;
    }

    /// <summary>Runs on the shard and brings the result back.</summary>
    internal static Task<T> Ask<T>(this Shard shard, Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        shard.Post(() =>
        {
            try
            {
                answer.SetResult(question());
            }
            catch (Exception e)
            {
                answer.SetException(e);
            }
        });
        return answer.Task.InTime();
    }

    /// <summary>Runs an async method on the shard and brings its end back.</summary>
    internal static Task Run(this Shard shard, Func<Task> method)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        shard.Post(async () =>
        {
            try
            {
                await method();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task.InTime();
    }
}
