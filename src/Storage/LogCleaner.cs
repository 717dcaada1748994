using Gateway.Common.Execution;
using Gateway.Storage.Compaction;

namespace Gateway.Storage;

/// <summary>What a cleaner goes by.</summary>
public sealed record LogCleanerOptions
{
    /// <summary>Memory for the keys of one cleaning; what does not fit waits for the next one.</summary>
    public long DedupeBufferBytes { get; init; } = 128 << 20;

    /// <summary>Bytes read and written a second, at most.</summary>
    public double MaxBytesPerSecond { get; init; } = double.MaxValue;
}

/// <summary>Where logs are cleaned: a thread, its memory and its pace.</summary>
/// <remarks>See docs/decisions/0007-compaction.md.</remarks>
public sealed class LogCleaner : BackgroundDiskWork
{
    private readonly TimeProvider _time;
    private readonly SipHash128 _hash;

    /// <summary>A cleaner on an executor of its own.</summary>
    /// <param name="executor">Where files are read and rewritten: a <see cref="Execution.ThreadExecutor"/> of one thread in production.</param>
    /// <param name="options">Memory and pace.</param>
    /// <param name="time">The clock.</param>
    /// <param name="secret">Sixteen random bytes that nobody outside knows: with them, keys could be made that count as one.</param>
    public LogCleaner(IExecutor executor, LogCleanerOptions options, TimeProvider time, Guid secret)
        : base(executor, options.MaxBytesPerSecond, time)
    {
        Span<byte> key = stackalloc byte[16];
        _ = secret.TryWriteBytes(key);
        _hash = SipHash128.WithKey(key);
        _time = time;
        Options = options;
    }

    /// <summary>What it goes by.</summary>
    public LogCleanerOptions Options { get; }

    internal OffsetMap NewMap() => new(_hash, Options.DedupeBufferBytes);

    internal long StartClock() => _time.GetTimestamp();

    internal TimeSpan Since(long started) => _time.GetElapsedTime(started);
}
