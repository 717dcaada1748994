namespace Gateway.HttpProxy.Produce;

/// <summary>The idempotency keys of requests that are being written: one that comes again meanwhile waits for the first, and then finds it stored.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class KeysUnderWay
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Topic, ulong Key), TaskCompletionSource> _turns = [];

    /// <summary>Waits until nobody else writes with the key, and takes it.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="key">The key's hash.</param>
    /// <param name="patience">Ends the wait; nothing is taken then.</param>
    internal async ValueTask<Turn> EnterAsync(string topic, ulong key, CancellationToken patience)
    {
        while (true)
        {
            Task earlier;
            lock (_lock)
            {
                if (!_turns.TryGetValue((topic, key), out TaskCompletionSource? holder))
                {
                    _turns.Add((topic, key), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                    return new Turn(this, topic, key);
                }
                earlier = holder.Task;
            }
            await earlier.WaitAsync(patience).ConfigureAwait(false);
        }
    }

    /// <summary>A key that was taken.</summary>
    internal readonly record struct Turn(KeysUnderWay Keys, string Topic, ulong Key)
    {
        /// <summary>Gives the key back. Once.</summary>
        internal void Leave()
        {
            TaskCompletionSource? turn;
            lock (Keys._lock) Keys._turns.Remove((Topic, Key), out turn);
            turn!.SetResult();
        }

        /// <summary>Gives the key back when <paramref name="work"/> is done, whoever still waits for it.</summary>
        internal async Task<T> LeaveAfterAsync<T>(Task<T> work)
        {
            try
            {
                return await work.ConfigureAwait(false);
            }
            finally
            {
                Leave();
            }
        }
    }
}
