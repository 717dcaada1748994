using Gateway.Common.Ids;
using Gateway.Storage;
using Gateway.Storage.Files;
using Microsoft.Extensions.Logging;

namespace Gateway.Simulation.Disk;

/// <summary>A store whose threads are queues that a test steps, on a disk that can lose power.</summary>
internal sealed class SteppedStore
{
    private readonly LogStoreOptions _options;
    private readonly ILogger _logger;
    private readonly IFileSystem _seen;
    private DataDirectory? _directory;

    /// <param name="files">The disk.</param>
    /// <param name="options">Sizes and bounds.</param>
    /// <param name="logger">What an operator would read.</param>
    /// <param name="seen">What the store takes for the disk, when that is not the disk itself.</param>
    internal SteppedStore(SimulatedFileSystem files, LogStoreOptions options, ILogger logger, IFileSystem? seen = null)
    {
        Files = files;
        _seen = seen ?? files;
        _options = options;
        _logger = logger;
        Store = Open();
    }

    internal SimulatedFileSystem Files { get; }

    internal ManualTime Time { get; } = new();

    internal SteppedExecutor Owner { get; } = new();

    internal SteppedExecutor OtherOwner { get; } = new();

    internal SteppedExecutor Flush { get; } = new();

    internal SteppedExecutor Syncs { get; } = new();

    internal SteppedExecutor Io { get; } = new();

    internal SteppedExecutor Cleaner { get; } = new();

    /// <summary>Where what awaits goes on: a queue like the others, so that no thread beside the steps has a say in the order.</summary>
    internal SteppedContext Context { get; } = new();

    internal LogStore Store { get; private set; }

    internal string ClusterId => _directory!.ClusterId;

    internal PartitionLog OpenLog(TopicIdPartition id, LogSettings? settings = null) => Store.OpenLog(id, settings ?? LogSettings.Default, Owner);

    /// <summary>Runs everything that is queued, and what that queues.</summary>
    internal void RunUntilIdle()
    {
        while (Flush.RunOne() || Syncs.RunOne() || Io.RunOne() || Owner.RunOne() || OtherOwner.RunOne() || Cleaner.RunOne() || Context.Continuations.RunOne())
        {
        }
    }

    /// <summary>Runs one piece of work at a place that chance picks; false when there is none.</summary>
    internal bool RunOne(Random random)
    {
        SteppedExecutor[] busy = [.. new[] { Owner, OtherOwner, Flush, Syncs, Io, Cleaner, Context.Continuations }.Where(static executor => !executor.IsIdle)];
        return busy.Length > 0 && busy[random.Next(busy.Length)].RunOne();
    }

    /// <summary>Steps until a task is done and gives its result.</summary>
    internal T Wait<T>(ValueTask<T> waiting)
    {
        Task<T> task = waiting.AsTask();
        Wait(task);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Steps until a task is done.</summary>
    internal void Wait(Task task)
    {
        RunUntilIdle();
        if (!task.IsCompleted) throw new InvalidOperationException("Nothing is left to do, and what is waited for has not happened");
        task.GetAwaiter().GetResult();
    }

    /// <summary>Closes in good order.</summary>
    internal void Close()
    {
        Wait(Store.DisposeAsync().AsTask());
        RunUntilIdle();
        _directory!.Dispose();
    }

    /// <summary>Closes in good order and opens again.</summary>
    internal void Restart()
    {
        Close();
        Store = Open();
    }

    /// <summary>Ends as a killed process does: what the page cache has survives.</summary>
    internal void Kill()
    {
        KillWithoutOpening();
        Store = Open();
    }

    /// <summary>Ends as a power cut does.</summary>
    internal void Crash(Random random)
    {
        CrashWithoutOpening(random);
        Store = Open();
    }

    /// <summary>Ends as a killed process does, and leaves the disk to be looked at.</summary>
    internal void KillWithoutOpening()
    {
        Forget();
        _directory!.Dispose();
    }

    /// <summary>Cuts the power and leaves the disk to be looked at.</summary>
    internal void CrashWithoutOpening(Random random)
    {
        Forget();
        Files.Crash(random);
    }

    internal LogStore Open()
    {
        _directory = DataDirectory.Open(_seen, "/data", static () => new Guid("6f1c5bd0-2f3e-4a0e-9d4e-0c3a5b1d2e4f"));
        try
        {
            return Store = LogStore.Open(_directory, _options, Time, Flush, Syncs, Io, _logger);
        }
        catch
        {
            _directory.Dispose();
            throw;
        }
    }

    private void Forget()
    {
        Owner.Clear();
        OtherOwner.Clear();
        Flush.Clear();
        Syncs.Clear();
        Io.Clear();
        Cleaner.Clear();
        Context.Continuations.Clear();
    }
}

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class ManualTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal long NowMs => _now.ToUnixTimeMilliseconds();

    public override DateTimeOffset GetUtcNow() => _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    internal void Advance(TimeSpan by) => _now += by;
}
