namespace Gateway.Storage;

/// <summary>What a store goes by, for all its logs.</summary>
public sealed record LogStoreOptions
{
    /// <summary>Size of one journal file. Files are recycled; sizes may differ between them after a change.</summary>
    public int JournalFileBytes { get; init; } = 32 << 20;

    /// <summary>The most journal files there may be. When all hold frames that segments do not have yet, appends are answered Busy.</summary>
    public int MaxJournalFiles { get; init; } = 8;

    /// <summary>Appended bytes waiting for a flush, over all logs; above it appends are answered Busy.</summary>
    public int MaxBytesInFlight { get; init; } = 64 << 20;

    /// <summary>A run of this many bytes in one log and one flush goes to its segment alone: syncing that file beats writing the bytes twice.</summary>
    public int BypassBytes { get; init; } = 256 << 10;

    /// <summary>Open descriptors of segments; cold ones are closed, the least recently used first.</summary>
    public int MaxOpenSegments { get; init; } = 4_096;
}
