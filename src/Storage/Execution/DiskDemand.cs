namespace Gateway.Storage.Execution;

/// <summary>
/// Whether clients are at work just now, so that what can wait holds back: compaction and scrubbing beside anybody, cold reads beside appends,
/// whose journal writes would stand behind theirs in the device's queue.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class DiskDemand(TimeProvider time)
{
    /// <summary>Longer than the slowest flush should take: who waits for one does not append meanwhile, and is not gone.</summary>
    internal static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private const long Never = long.MinValue;

    private long _lastAppend = Never;
    private long _lastRead = Never;

    /// <summary>Somebody appended within <see cref="Window"/>.</summary>
    internal bool HasAppends => IsRecent(ref _lastAppend);

    /// <summary>Somebody appended or read within <see cref="Window"/>.</summary>
    internal bool HasClients => HasAppends || IsRecent(ref _lastRead);

    internal void NoteAppend() => Volatile.Write(ref _lastAppend, time.GetTimestamp());

    internal void NoteRead() => Volatile.Write(ref _lastRead, time.GetTimestamp());

    private bool IsRecent(ref long last)
    {
        long at = Volatile.Read(ref last);
        return at != Never && time.GetElapsedTime(at) < Window;
    }
}
