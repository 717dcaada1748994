using Microsoft.Extensions.Logging;

namespace Gateway.Shards;

/// <summary>
/// Measures turns: one posted work, timer or socket event each. A long turn holds up every connection and partition of its shard,
/// so those are counted and named.
/// </summary>
/// <remarks>The end of one turn is the beginning of the next, which makes it one clock reading per turn.</remarks>
internal sealed class TurnClock
{
    private readonly int _shard;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _slow;
    private long _begin;
    private long _count;
    private long _slowCount;
    private long _busy;
    private long _nextLog;

    internal TurnClock(int shard, ShardOptions options)
    {
        _shard = shard;
        _time = options.Time;
        _logger = options.Logger;
        _slow = (long)(options.SlowTurn.TotalSeconds * _time.TimestampFrequency);
        _begin = _time.GetTimestamp();
        _nextLog = _begin;
    }

    internal long Count => Volatile.Read(ref _count);

    internal long SlowCount => Volatile.Read(ref _slowCount);

    internal TimeSpan Busy => _time.GetElapsedTime(0, Volatile.Read(ref _busy));

    /// <summary>What went before (waiting) belongs to no turn.</summary>
    internal void Begin() => _begin = _time.GetTimestamp();

    internal void End(object origin)
    {
        long now = _time.GetTimestamp();
        long took = now - _begin;
        _begin = now;
        // Only the shard writes; others may read a figure that is a turn old.
        Volatile.Write(ref _count, _count + 1);
        Volatile.Write(ref _busy, _busy + took);
        if (took > _slow) Slow(origin, took, now);
    }

    private void Slow(object origin, long took, long now)
    {
        Volatile.Write(ref _slowCount, _slowCount + 1);
        if (now < _nextLog) return;
        _nextLog = now + _time.TimestampFrequency; // one line a second is enough to find the culprit
        TimeSpan time = _time.GetElapsedTime(0, took);
        LogLevel level = time > TimeSpan.FromMilliseconds(100) ? LogLevel.Warning : LogLevel.Debug;
        if (!_logger.IsEnabled(level)) return;
        string name = origin is Delegate work ? $"{work.Method.DeclaringType?.FullName}.{work.Method.Name}" : origin.ToString() ?? "?";
        _logger.Log(level, "Shard {Shard} was busy for {Milliseconds:0.0} ms with {Work}", _shard, time.TotalMilliseconds, name);
    }
}
