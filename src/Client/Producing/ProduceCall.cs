using System.Threading.Tasks.Sources;

namespace Gateway.Client.Producing;

/// <summary>
/// One call's records on their way: their shares of batches, what the call holds of the producer, and what its caller waits for. It is
/// given back when all its batches are done, even if the caller has stopped waiting before.
/// </summary>
/// <remarks>The call is its own task and its own work item of the pool, so that waiting for records costs no object a record or batch.</remarks>
internal sealed class ProduceCall(Producer producer) : IValueTaskSource, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<bool> _done;
    private long _reserved;

    // The call itself counts until it has added all its records.
    private int _open = 1;

    /// <summary>Where its records are, in the order in which they were added. Only the caller's.</summary>
    internal List<PartitionLane.Share> Shares { get; } = new(1);

    /// <summary>Waits for room for so many bytes.</summary>
    internal async ValueTask ReserveAsync(long bytes, CancellationToken cancel)
    {
        await producer.Budget.TakeAsync(bytes, cancel).ConfigureAwait(false);
        _reserved = bytes;
    }

    /// <summary>Takes room for so many bytes, if there is.</summary>
    internal bool TryReserve(long bytes)
    {
        if (!producer.Budget.TryTake(bytes)) return false;
        _reserved = bytes;
        return true;
    }

    /// <summary>A batch more holds records of this call; before it can be sent.</summary>
    internal void Joined(PendingBatch batch, int first)
    {
        Interlocked.Increment(ref _open);
        Shares.Add(new PartitionLane.Share(batch, first, 0));
    }

    /// <summary>The call adds no more. Exactly once, whatever happened before.</summary>
    internal void AddedAll()
    {
        if (LeaveOne()) Finish();
    }

    /// <summary>A batch is done, or the call has added all its records. True for the last one, who then calls <see cref="Finish"/>.</summary>
    internal bool LeaveOne() => Interlocked.Decrement(ref _open) == 0;

    /// <summary>Gives back what the call holds, and lets the caller go on, here.</summary>
    internal void Finish()
    {
        if (_reserved > 0) producer.Budget.Return(_reserved);
        producer.Leave();
        _done.SetResult(true);
    }

    /// <summary>Waits until all batches are done. To be awaited once.</summary>
    internal ValueTask WaitAsync(CancellationToken cancel)
    {
        var done = new ValueTask(this, _done.Version);
        return cancel.CanBeCanceled ? new ValueTask(done.AsTask().WaitAsync(cancel)) : done;
    }

    void IThreadPoolWorkItem.Execute() => Finish();

    void IValueTaskSource.GetResult(short token) => _done.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _done.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _done.OnCompleted(continuation, state, token, flags);
}
