using System.Diagnostics.CodeAnalysis;
using Gateway.Common.Errors;

namespace Gateway.Shards;

/// <summary>State of one shard. Every entry begins with <see cref="AssertOnShard"/>, in Release too: a race here corrupts logs silently.</summary>
/// <param name="shard">The owner.</param>
public abstract class ShardOwned(Shard shard)
{
    /// <summary>The owner.</summary>
    protected Shard Shard { get; } = shard;

    /// <summary>Throws <see cref="InvariantBrokenException"/> when called off the owner.</summary>
    protected void AssertOnShard()
    {
        if (!Shard.IsCurrent) ThrowOffShard();
    }

    [DoesNotReturn]
    private void ThrowOffShard() => throw new InvariantBrokenException(
        $"{GetType().Name} belongs to shard {Shard.Index} and was entered from {(Shard.Current is { } other ? $"shard {other.Index}" : "no shard")}");
}
