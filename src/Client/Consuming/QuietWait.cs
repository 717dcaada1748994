namespace Gateway.Client.Consuming;

/// <summary>Waits for work that may go on without its caller.</summary>
internal static class QuietWait
{
    /// <summary>
    /// Waits until the work is done or <paramref name="late"/> ends; the work's failure is thrown only if it came in time.
    /// </summary>
    internal static async ValueTask WaitAsyncQuietly(this ValueTask work, Task late)
    {
        if (work.IsCompleted)
        {
            await work.ConfigureAwait(false);
            return;
        }
        Task task = work.AsTask();
        if (await Task.WhenAny(task, late).ConfigureAwait(false) == task) await task.ConfigureAwait(false);
        else _ = task.ContinueWith(static failed => _ = failed.Exception, TaskContinuationOptions.OnlyOnFaulted);
    }
}
