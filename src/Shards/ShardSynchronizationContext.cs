namespace Gateway.Shards;

/// <summary>Brings the rest of an async method back to the shard it awaited on.</summary>
internal sealed class ShardSynchronizationContext(Shard shard) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => shard.Enqueue(ActionWork<(SendOrPostCallback Callback, object? State)>.Of(
        static work => work.Callback(work.State), (d, state), state as Delegate ?? d));

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!shard.IsCurrent) throw new NotSupportedException("Nobody waits for a shard: post to it.");
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;
}
