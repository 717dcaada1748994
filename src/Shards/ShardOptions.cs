using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Shards;

/// <summary>How a host runs its shards.</summary>
public sealed record ShardOptions
{
    /// <summary>How many shards; 0 means one per core.</summary>
    public int ShardCount { get; init; }

    /// <summary>The clock of all shards.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The seed of the shards' <see cref="Shard.Random"/>; each shard draws its own sequence from it.</summary>
    public int RandomSeed { get; init; }

    /// <summary>Turns that take longer are counted as slow and logged.</summary>
    public TimeSpan SlowTurn { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long an idle shard looks for work before it blocks. Only worth it when there are more cores than shards; off by default.</summary>
    public TimeSpan Spin { get; init; } = TimeSpan.Zero;

    /// <summary>Takes the async Socket loop even where epoll is there, so that it can be tested on Linux.</summary>
    public bool ForcePortableSockets { get; init; }

    /// <summary>
    /// What to do with an exception that escaped from posted work. Whoever posted it has left, so the shard's state is unknown:
    /// unless this says otherwise the process stops.
    /// </summary>
    public Action<Shard, Exception>? OnUnhandled { get; init; }

    /// <summary>Where slow turns are reported.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
