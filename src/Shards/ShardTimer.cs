using Gateway.Common.Errors;

namespace Gateway.Shards;

/// <summary>A callback to come on a shard. Disposing it on that shard takes it back; afterwards it never runs.</summary>
public abstract class ShardTimer : IDisposable
{
    private readonly Shard _shard;

    private protected ShardTimer(Shard shard) => _shard = shard;

    /// <summary>Whether the callback is still to come.</summary>
    public bool IsPending => HeapIndex >= 0;

    /// <summary>When, in the timestamp units of the shard's clock.</summary>
    internal long Due { get; private set; }

    /// <summary>Order among timers due at the same moment: first scheduled, first fired.</summary>
    internal long Sequence { get; set; }

    /// <summary>Place in the heap; -1 when fired or taken back.</summary>
    internal int HeapIndex { get; set; } = -1;

    internal abstract Delegate Origin { get; }

    /// <summary>Has the callback run once <paramref name="due"/> has passed, and not when an earlier start would have had it. On the shard only.</summary>
    public void Start(TimeSpan due)
    {
        Invariant.Check(_shard.IsCurrent);
        _shard.Timers.Remove(this);
        Due = _shard.TimestampAfter(due);
        _shard.Timers.Add(this);
    }

    /// <summary>Takes the timer back, or the present start of it. On the shard only; idempotent.</summary>
    public void Dispose()
    {
        Invariant.Check(_shard.IsCurrent);
        _shard.Timers.Remove(this);
    }

    internal abstract void Fire();
}

internal sealed class ShardTimer<TState>(Shard shard, Action<TState> callback, TState state) : ShardTimer(shard)
{
    internal override Delegate Origin => callback;

    internal override void Fire() => callback(state);
}
