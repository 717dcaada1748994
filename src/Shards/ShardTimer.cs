using Gateway.Common.Errors;

namespace Gateway.Shards;

/// <summary>A callback to come on a shard. Disposing it on that shard takes it back; afterwards it never runs.</summary>
public abstract class ShardTimer : IDisposable
{
    private readonly Shard _shard;

    private protected ShardTimer(Shard shard, long due)
    {
        _shard = shard;
        Due = due;
    }

    /// <summary>Whether the callback is still to come.</summary>
    public bool IsPending => HeapIndex >= 0;

    /// <summary>When, in the timestamp units of the shard's clock.</summary>
    internal long Due { get; }

    /// <summary>Order among timers due at the same moment: first scheduled, first fired.</summary>
    internal long Sequence { get; set; }

    /// <summary>Place in the heap; -1 when fired or taken back.</summary>
    internal int HeapIndex { get; set; } = -1;

    internal abstract Delegate Origin { get; }

    /// <summary>Takes the timer back. On the shard only; idempotent.</summary>
    public void Dispose()
    {
        Invariant.Check(_shard.IsCurrent);
        _shard.Timers.Remove(this);
    }

    internal abstract void Fire();
}

internal sealed class ShardTimer<TState>(Shard shard, long due, Action<TState> callback, TState state) : ShardTimer(shard, due)
{
    internal override Delegate Origin => callback;

    internal override void Fire() => callback(state);
}
