namespace Gateway.Storage;

/// <summary>What a store goes by, for all its logs.</summary>
public sealed record LogStoreOptions
{
    /// <summary>Size of one journal file. Files are recycled; sizes may differ between them after a change.</summary>
    public int JournalFileBytes { get; init; } = 16 << 20;

    /// <summary>The unit in which the journal is written: a divisor of <see cref="Files.BlockBuffer.Alignment"/>. Smaller ones are for tests.</summary>
    internal int JournalBlockBytes { get; init; } = Files.BlockBuffer.Alignment;

    /// <summary>The most journal files there may be. When all hold frames that segments do not have yet, appends are answered Busy.</summary>
    public int MaxJournalFiles { get; init; } = 16;

    /// <summary>Appended bytes waiting for a flush, over all logs; above it appends are answered Busy.</summary>
    public int MaxBytesInFlight { get; init; } = 64 << 20;

    /// <summary>A run of this many bytes in one log and one flush goes to its segment alone: syncing that file beats writing the bytes twice.</summary>
    public int BypassBytes { get; init; } = 256 << 10;

    /// <summary>With write caching, so many bytes of one log start a sync; the rest waits for <see cref="PartitionLog.Flush"/>.</summary>
    public int CachedFlushBytes { get; init; } = 16 << 20;

    /// <summary>Open descriptors of segments; cold ones are closed, the least recently used first.</summary>
    public int MaxOpenSegments { get; init; } = 4_096;

    /// <summary>From so many logs on, a checkpoint syncs the file system once instead of a few files of each.</summary>
    internal int LogsSyncedTogether { get; init; } = 8;

    /// <summary>
    /// How many bytes a checkpoint hands to the device before it waits for them. The journal's flushes go between: all of it at once held them up for
    /// 40 ms.
    /// </summary>
    internal int CheckpointStepBytes { get; init; } = 512 << 10;

    /// <exception cref="ArgumentException">Sizes that cannot work together.</exception>
    internal void Check()
    {
        if (BypassBytes < 1 || JournalFileBytes < 2L * BypassBytes || JournalFileBytes < 4 * JournalBlockBytes || JournalFileBytes % JournalBlockBytes != 0)
            throw new ArgumentException($"{nameof(JournalFileBytes)} must be blocks of {JournalBlockBytes}, at least 4, and twice {nameof(BypassBytes)}");
        if (MaxJournalFiles < 3) throw new ArgumentException($"{nameof(MaxJournalFiles)} must be at least 3");
        if (MaxOpenSegments < 1 || MaxBytesInFlight < 1) throw new ArgumentException("Bounds must be positive");
    }
}
