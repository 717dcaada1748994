using Gateway.Common.Execution;
using Gateway.Storage.Compaction;
using Gateway.Storage.Execution;

namespace Gateway.Storage;

/// <summary>What a cleaner goes by.</summary>
public sealed record LogCleanerOptions
{
    /// <summary>Memory for the keys of one cleaning; what does not fit waits for the next one.</summary>
    public long DedupeBufferBytes { get; init; } = 128 << 20;

    /// <summary>Bytes read and written a second, at most.</summary>
    public double MaxBytesPerSecond { get; init; } = double.MaxValue;
}

/// <summary>Where logs are cleaned: one thread, its memory and its pace. Cleans one log at a time.</summary>
/// <remarks>Thread-safe. See docs/decisions/0007-compaction.md.</remarks>
public sealed class LogCleaner : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly SipHash128 _hash;

    /// <summary>A cleaner on an executor of its own.</summary>
    /// <param name="executor">Where files are read and rewritten: a <see cref="Execution.ThreadExecutor"/> of one thread in production.</param>
    /// <param name="options">Memory and pace.</param>
    /// <param name="time">The clock.</param>
    /// <param name="secret">Sixteen random bytes that nobody outside knows: with them, keys could be made that count as one.</param>
    public LogCleaner(IExecutor executor, LogCleanerOptions options, TimeProvider time, Guid secret)
    {
        Span<byte> key = stackalloc byte[16];
        _ = secret.TryWriteBytes(key);
        _hash = SipHash128.WithKey(key);
        _time = time;
        Executor = executor;
        Options = options;
        Pace = new DiskPace(time, options.MaxBytesPerSecond, _stop.Token);
    }

    /// <summary>What it goes by.</summary>
    public LogCleanerOptions Options { get; }

    internal IExecutor Executor { get; }

    internal DiskPace Pace { get; }

    internal bool IsStopped => _stop.IsCancellationRequested;

    /// <summary>Ends the cleaning under way as soon as it notices; none can be started any more.</summary>
    public void Stop() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }

    internal OffsetMap NewMap() => new(_hash, Options.DedupeBufferBytes);

    internal long StartClock() => _time.GetTimestamp();

    internal TimeSpan Since(long started) => _time.GetElapsedTime(started);
}
