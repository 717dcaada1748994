using Gateway.Common.Errors;
using Gateway.Shards.Sockets;

namespace Gateway.Shards;

/// <summary>Production: one thread per shard, each waiting in its own event loop.</summary>
public sealed class ThreadedShardHost : IShardHost
{
    private const int PostsPerRound = 256;
    private const int TimersPerRound = 64;

    private readonly ShardOptions _options;
    private readonly Shard[] _shards;
    private readonly Thread[] _threads;
    private readonly ShardMeters _meters;
    private volatile bool _stopping;
    private int _state;

    /// <summary>Builds the shards; they run from <see cref="Start"/> on, but may be posted to before.</summary>
    public ThreadedShardHost(ShardOptions? options = null)
    {
        _options = options ?? new ShardOptions();
        int count = _options.ShardCount > 0 ? _options.ShardCount : Environment.ProcessorCount;
        UsesEpoll = EpollLoop.IsSupported && !_options.ForcePortableSockets;
        Transport = UsesEpoll ? new EpollTransport() : new PortableTransport();
        _shards = new Shard[count];
        _threads = new Thread[count];
        for (int i = 0; i < count; i++)
        {
            Shard shard = _shards[i] = new Shard(i, _options);
            shard.AttachTo(UsesEpoll ? new EpollLoop(shard) : new PortableLoop(shard));
            _threads[i] = new Thread(() => Run(shard)) { Name = $"shard-{i}", IsBackground = true };
        }
        _meters = new ShardMeters(_shards);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Shard> Shards => _shards;

    /// <inheritdoc/>
    public ITransport Transport { get; }

    /// <summary>Whether sockets are served by epoll rather than by the async Socket loop.</summary>
    public bool UsesEpoll { get; }

    /// <inheritdoc/>
    public void Start()
    {
        Invariant.Check(Interlocked.CompareExchange(ref _state, 1, 0) == 0);
        foreach (Thread thread in _threads) thread.Start();
    }

    /// <inheritdoc/>
    public void Stop()
    {
        Invariant.Check(Shard.Current is null);
        int before = Interlocked.Exchange(ref _state, 2);
        _stopping = true;
        foreach (Shard shard in _shards) shard.Loop!.Wake();
        if (before == 1)
        {
            foreach (Thread thread in _threads) thread.Join();
        }
        else if (before == 0)
        {
            foreach (Shard shard in _shards) shard.Loop!.Dispose();
        }
        _meters.Dispose();
    }

    /// <summary>Stops.</summary>
    public void Dispose() => Stop();

    private void Run(Shard shard)
    {
        shard.Enter();
        IEventLoop loop = shard.Loop!;
        shard.Awake();
        while (!_stopping || !shard.TryClose())
        {
            WaitForEvents(shard, loop);
            // Bounded, so that neither timers nor posts can keep sockets waiting for long.
            long now = shard.Time.GetTimestamp();
            for (int i = 0; i < TimersPerRound && shard.RunTimer(now); i++) { }
            for (int i = 0; i < PostsPerRound && shard.RunPosted(); i++) { }
        }
        loop.Dispose();
    }

    private void WaitForEvents(Shard shard, IEventLoop loop)
    {
        if (_stopping || shard.HasPostedWork || TimeoutOf(shard) == 0)
        {
            loop.Wait(0);
            return;
        }
        if (_options.Spin > TimeSpan.Zero && SpinForWork(shard, loop)) return;
        if (!shard.TrySleep())
        {
            loop.Wait(0);
            return;
        }
        // Stop raises its flag and then wakes: one that came before this look is seen, a later one ends the wait.
        loop.Wait(_stopping ? 0 : TimeoutOf(shard));
        shard.Awake();
    }

    private bool SpinForWork(Shard shard, IEventLoop loop)
    {
        long turns = shard.TurnCount;
        long end = shard.Time.GetTimestamp() + (long)(_options.Spin.TotalSeconds * shard.Time.TimestampFrequency);
        while (shard.Time.GetTimestamp() < end)
        {
            loop.Wait(0);
            if (shard.HasPostedWork || shard.TurnCount != turns) return true;
            Thread.SpinWait(20);
        }
        return false;
    }

    /// <summary>Milliseconds until the next timer, rounded up so that it is due when the wait ends; -1 without one.</summary>
    private static int TimeoutOf(Shard shard)
    {
        long due = shard.Timers.NextDue;
        if (due == long.MaxValue) return -1;
        long left = due - shard.Time.GetTimestamp();
        if (left <= 0) return 0;
        double milliseconds = Math.Ceiling(left * 1000.0 / shard.Time.TimestampFrequency);
        return milliseconds >= int.MaxValue ? int.MaxValue : (int)milliseconds;
    }
}
