namespace Gateway.Client.Producing;

/// <summary>A bound on bytes held at a time. Who asks for more than is free waits, first come first served.</summary>
/// <remarks>Thread-safe. A single request above the whole bound is let in alone, since it would wait for ever.</remarks>
internal sealed class ByteBudget(long limit)
{
    private readonly record struct Waiter(long Bytes, TaskCompletionSource Granted);

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private long _used;

    /// <summary>Takes what is free for who asks now.</summary>
    internal bool TryTake(long bytes)
    {
        lock (_lock)
        {
            if (_waiters.Count > 0 || !Fits(bytes)) return false;
            _used += bytes;
            return true;
        }
    }

    internal async ValueTask TakeAsync(long bytes, CancellationToken cancel)
    {
        LinkedListNode<Waiter> waiter;
        lock (_lock)
        {
            if (_waiters.Count == 0 && Fits(bytes))
            {
                _used += bytes;
                return;
            }
            waiter = _waiters.AddLast(new Waiter(bytes, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }
        try
        {
            await waiter.Value.Granted.Task.WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                if (waiter.List is not null) _waiters.Remove(waiter);
                else _used -= bytes;
                GrantWaiters();
            }
            throw;
        }
    }

    internal void Return(long bytes)
    {
        lock (_lock)
        {
            _used -= bytes;
            GrantWaiters();
        }
    }

    private bool Fits(long bytes) => _used == 0 || _used + bytes <= limit;

    private void GrantWaiters()
    {
        while (_waiters.First is { } first && Fits(first.Value.Bytes))
        {
            _waiters.RemoveFirst();
            _used += first.Value.Bytes;
            first.Value.Granted.SetResult();
        }
    }
}
