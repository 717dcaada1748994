using System.Runtime.ExceptionServices;
using Gateway.Common.Errors;
using Gateway.Shards.Sockets;

namespace Gateway.Shards;

/// <summary>
/// Simulation: the calling thread runs one piece of work after the other, the seed chooses which shard is next, and time is virtual.
/// The same seed and the same posts give the same run.
/// </summary>
public sealed class SteppedShardHost : IShardHost
{
    private readonly Shard[] _shards;
    private readonly Random _choice;
    private readonly List<Shard> _runnable = [];
    private ExceptionDispatchInfo? _failure;
    private bool _stopped;

    /// <summary>Builds <paramref name="shardCount"/> shards over a virtual clock (a new one unless shared with others).</summary>
    public SteppedShardHost(int shardCount, int seed = 0, VirtualTimeProvider? time = null, ITransport? transport = null)
    {
        Time = time ?? new VirtualTimeProvider();
        Transport = transport;
        _choice = new Random(seed);
        var options = new ShardOptions
        {
            ShardCount = shardCount,
            Time = Time,
            RandomSeed = seed,
            OnUnhandled = (_, e) => _failure ??= ExceptionDispatchInfo.Capture(e),
        };
        _shards = new Shard[shardCount];
        for (int i = 0; i < shardCount; i++) _shards[i] = new Shard(i, options);
    }

    /// <summary>The clock of the shards; moves by <see cref="Advance"/>.</summary>
    public VirtualTimeProvider Time { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Shard> Shards => _shards;

    /// <inheritdoc/>
    public ITransport? Transport { get; }

    /// <summary>Nothing to start: work runs when it is stepped.</summary>
    public void Start()
    {
    }

    /// <summary>Runs what is posted and stops.</summary>
    public void Stop()
    {
        if (_stopped) return;
        _stopped = true;
        do RunUntilIdle();
        while (!_shards.All(static shard => shard.TryClose()));
    }

    /// <summary>Drops what is posted, as a power cut would.</summary>
    public void Crash() => _stopped = true;

    /// <summary>Stops.</summary>
    public void Dispose() => Stop();

    /// <summary>Runs one piece of work: a due timer or a posted one, of a shard chosen by chance. False when there is none.</summary>
    /// <remarks>An exception that escapes from the work is thrown from here.</remarks>
    public bool RunOne()
    {
        Invariant.Check(Shard.Current is null);
        long now = Time.GetTimestamp();
        _runnable.Clear();
        foreach (Shard shard in _shards)
        {
            if (shard.HasPostedWork || shard.Timers.NextDue <= now) _runnable.Add(shard);
        }
        if (_runnable.Count == 0) return false;
        Shard next = _runnable[_choice.Next(_runnable.Count)];
        var before = next.Enter();
        try
        {
            if (!next.RunTimer(now)) next.RunPosted();
        }
        finally
        {
            Shard.Leave(before);
        }
        ExceptionDispatchInfo? failure = _failure;
        _failure = null;
        failure?.Throw();
        return true;
    }

    /// <summary>Runs until nothing is posted or due, without moving the clock; returns how many pieces ran.</summary>
    /// <exception cref="InvalidOperationException">More than <paramref name="limit"/> pieces: the shards post to each other for ever.</exception>
    public int RunUntilIdle(int limit = 10_000_000)
    {
        int steps = 0;
        while (RunOne())
        {
            if (++steps > limit) throw new InvalidOperationException($"Still busy after {limit} steps");
        }
        return steps;
    }

    /// <summary>Moves the clock on, stopping at every timer on the way to run what it causes.</summary>
    public void Advance(TimeSpan by)
    {
        long target = Time.GetTimestamp() + by.Ticks;
        RunUntilIdle();
        while (NextDue() is long due && due <= target)
        {
            Time.MoveTo(due);
            RunUntilIdle();
        }
        Time.MoveTo(target);
        RunUntilIdle();
    }

    /// <summary>Moves the clock to the next timer and runs what it causes. False when there is none.</summary>
    public bool AdvanceToNextTimer()
    {
        RunUntilIdle();
        if (NextDue() is not long due) return false;
        Time.MoveTo(due);
        RunUntilIdle();
        return true;
    }

    /// <summary>Runs until <paramref name="task"/> completes, moving the clock whenever nothing else is left to do; returns its result.</summary>
    /// <exception cref="InvalidOperationException">Nothing is left to do and the task still waits.</exception>
    public TResult RunUntilCompleted<TResult>(Task<TResult> task)
    {
        while (!task.IsCompleted)
        {
            if (!RunOne() && !AdvanceToNextTimer())
                throw new InvalidOperationException("Deadlock: nothing is posted or scheduled and the task has not completed");
        }
        return task.GetAwaiter().GetResult();
    }

    private long? NextDue()
    {
        long due = Time.NextDue();
        foreach (Shard shard in _shards) due = Math.Min(due, shard.Timers.NextDue);
        return due == long.MaxValue ? null : due;
    }
}
