using Gateway.Common.Errors;
using Gateway.Common.Execution;

namespace Gateway.Shards;

/// <summary>
/// A single-threaded place (design D2): state that belongs to a shard is touched by nobody else and needs no locks. A host pumps it;
/// work comes through the mailbox, timers and sockets, and an await inside it resumes on it.
/// </summary>
public sealed class Shard : IExecutor
{
    [ThreadStatic]
    private static Shard? t_current;

    private readonly Mailbox _mailbox = new();
    private readonly ShardSynchronizationContext _context;
    private readonly Action<Shard, Exception> _onUnhandled;
    private readonly TurnClock _turns;
    private Action _wake = static () => { };

    internal Shard(int index, ShardOptions options)
    {
        Index = index;
        Time = options.Time;
        Random = new Random(HashCode32(options.RandomSeed, index));
        Scheduler = new ShardTaskScheduler(this);
        _context = new ShardSynchronizationContext(this);
        _onUnhandled = options.OnUnhandled ?? StopTheProcess;
        _turns = new TurnClock(index, options);
    }

    /// <summary>The shard whose thread this is, or null.</summary>
    public static Shard? Current => t_current;

    /// <summary>From 0; where partitions and connections are spread by.</summary>
    public int Index { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Chance, from the host's seed. On the shard only.</summary>
    public Random Random { get; }

    /// <summary>Runs tasks on this shard.</summary>
    public TaskScheduler Scheduler { get; }

    /// <summary>Whether the calling code runs on this shard.</summary>
    public bool IsCurrent => ReferenceEquals(t_current, this);

    /// <summary>How many turns have run. Any thread.</summary>
    public long TurnCount => _turns.Count;

    /// <summary>How many of them took longer than <see cref="ShardOptions.SlowTurn"/>. Any thread.</summary>
    public long SlowTurnCount => _turns.SlowCount;

    /// <summary>How long turns have taken together. Any thread.</summary>
    public TimeSpan BusyTime => _turns.Busy;

    internal TimerHeap Timers { get; } = new();

    /// <summary>What the shard's sockets hang on; null when its host has none.</summary>
    internal Sockets.IEventLoop? Loop { get; private set; }

    /// <summary>Whether there is posted work. The owner's view.</summary>
    internal bool HasPostedWork => !_mailbox.IsEmpty;

    /// <summary>Queues <paramref name="work"/>, never running it inline. Any thread. Dropped once the shard has stopped.</summary>
    public void Post(Action work) => Enqueue(ActionWork<Action>.Of(static run => run(), work, work));

    /// <summary>Queues work with its state, so that a static lambda needs no closure. Any thread.</summary>
    public void Post<TState>(Action<TState> work, TState state) => Enqueue(ActionWork<TState>.Of(work, state));

    /// <summary>Queues work that exists already, and so allocates nothing. Any thread. False when the shard has stopped: it will not run.</summary>
    public bool Post(WorkItem work) => Enqueue(work);

    /// <summary>Runs <paramref name="callback"/> on this shard once <paramref name="due"/> has passed. On the shard only.</summary>
    public ShardTimer Schedule(TimeSpan due, Action callback) => Schedule(due, static run => run(), callback);

    /// <summary>As <see cref="Schedule(TimeSpan, Action)"/>, with state instead of a closure.</summary>
    public ShardTimer Schedule<TState>(TimeSpan due, Action<TState> callback, TState state)
    {
        ShardTimer timer = CreateTimer(callback, state);
        timer.Start(due);
        return timer;
    }

    /// <summary>A timer that does not run yet, for who starts and stops the same one again and again.</summary>
    public ShardTimer CreateTimer<TState>(Action<TState> callback, TState state) => new ShardTimer<TState>(this, callback, state);

    /// <summary>Completes once <paramref name="due"/> has passed, or is cancelled. On the shard only; resumes on it.</summary>
    public async Task Delay(TimeSpan due, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        var elapsed = new TaskCompletionSource();
        using ShardTimer timer = Schedule(due, elapsed.SetResult);
        // A token may be cancelled on any thread, and only the shard may touch what waits here.
        await using CancellationTokenRegistration registration = cancel.UnsafeRegister(
            static (waiting, token) =>
            {
                (Shard shard, TaskCompletionSource source) = ((Shard, TaskCompletionSource))waiting!;
                shard.Post(source => source.Source.TrySetCanceled(source.Token), (Source: source, Token: token));
            },
            (this, elapsed));
        await elapsed.Task;
    }

    /// <summary>Queues work. False when the shard has stopped.</summary>
    internal bool Enqueue(WorkItem item)
    {
        bool accepted = _mailbox.TryPush(item, out bool mustWake);
        if (mustWake) _wake();
        return accepted;
    }

    internal void AttachTo(Sockets.IEventLoop? loop)
    {
        Loop = loop;
        if (loop is not null) _wake = loop.Wake;
    }

    /// <summary>Makes the calling thread this shard's until <see cref="Leave"/>; returns what to restore.</summary>
    internal (Shard? Shard, SynchronizationContext? Context) Enter()
    {
        (Shard?, SynchronizationContext?) before = (t_current, SynchronizationContext.Current);
        t_current = this;
        SynchronizationContext.SetSynchronizationContext(_context);
        return before;
    }

    internal static void Leave((Shard? Shard, SynchronizationContext? Context) before)
    {
        t_current = before.Shard;
        SynchronizationContext.SetSynchronizationContext(before.Context);
    }

    internal bool TrySleep() => _mailbox.TrySleep();

    internal void Awake()
    {
        _mailbox.Awake();
        _turns.Begin();
    }

    /// <summary>Ends a turn that <paramref name="origin"/> caused, and begins the next.</summary>
    internal void EndTurn(object origin) => _turns.End(origin);

    /// <summary>Runs the oldest posted work. False when there is none.</summary>
    internal bool RunPosted()
    {
        WorkItem? item = _mailbox.Take();
        if (item is null) return false;
        // Asked before: once it has run, the item may be on its way as another's.
        object origin = item.Origin;
        try
        {
            item.Run();
        }
        catch (Exception e)
        {
            Unhandled(e);
        }
        _turns.End(origin);
        return true;
    }

    /// <summary>Fires the soonest timer if it is due at <paramref name="now"/>. False when none is.</summary>
    internal bool RunTimer(long now)
    {
        ShardTimer? timer = Timers.TakeDue(now);
        if (timer is null) return false;
        try
        {
            timer.Fire();
        }
        catch (Exception e)
        {
            Unhandled(e);
        }
        _turns.End(timer.Origin);
        return true;
    }

    /// <summary>Refuses further work, provided that none waits.</summary>
    internal bool TryClose() => _mailbox.TryClose();

    internal void Unhandled(Exception e) => _onUnhandled(this, e);

    private static void StopTheProcess(Shard shard, Exception e) =>
        Environment.FailFast($"Unhandled exception on shard {shard.Index}: {e.Message}", e);

    private static int HashCode32(int seed, int index) => unchecked(seed * 397 ^ (index + 1) * (int)0x9E3779B1);

    internal long TimestampAfter(TimeSpan due)
    {
        long now = Time.GetTimestamp();
        double ticks = Math.Max(0, due.TotalSeconds) * Time.TimestampFrequency;
        return ticks >= long.MaxValue - now ? long.MaxValue - 1 : now + (long)Math.Ceiling(ticks);
    }
}
