using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Storage;

namespace Gateway.Broker.Partitions;

/// <summary>What somebody wants to read from a partition.</summary>
public readonly record struct PartitionRead
{
    /// <summary>From where.</summary>
    public required long FetchOffset { get; init; }

    /// <summary>The leader epoch the reader believes in; −1 does not care.</summary>
    public int CurrentLeaderEpoch { get; init; }

    /// <summary>The epoch of the last record the reader has; −1 does not say (FET-8).</summary>
    public int LastFetchedEpoch { get; init; }

    /// <summary>Read to the log's end instead of the high watermark (ReplicaId −2, the debug consumer).</summary>
    public bool ToLogEnd { get; init; }

    /// <summary>Read no further than the last stable offset, and hear which transactions were aborted (read committed).</summary>
    public bool CommittedOnly { get; init; }
}

/// <summary>What a read found. Whoever gets it disposes <see cref="Records"/>.</summary>
public readonly record struct PartitionReadResult
{
    /// <summary>None, or why there is nothing.</summary>
    public ErrorCode Error { get; init; }

    /// <summary>What may be read is below it; −1 on error.</summary>
    public long HighWatermark { get; init; }

    /// <summary>What no open transaction touches is below it; −1 on error.</summary>
    public long LastStableOffset { get; init; }

    /// <summary>Where the log starts; −1 on error.</summary>
    public long LogStartOffset { get; init; }

    /// <summary>The leader's epoch, for readers to find out that theirs is old.</summary>
    public int LeaderEpoch { get; init; }

    /// <summary>Where the reader's history parts from ours; null when it does not (FET-8).</summary>
    public EpochEndOffset? Diverging { get; init; }

    /// <summary>Whole batches, or null.</summary>
    public RecordsLease? Records { get; init; }

    /// <summary>The transactions to be left out of <see cref="Records"/>; null unless only what is committed was asked for.</summary>
    public IReadOnlyList<AbortedTransaction>? Aborted { get; init; }

    /// <summary>Nothing but an error.</summary>
    public static PartitionReadResult Failed(ErrorCode error, int leaderEpoch = -1) => new()
    {
        Error = error,
        HighWatermark = -1,
        LastStableOffset = -1,
        LogStartOffset = -1,
        LeaderEpoch = leaderEpoch,
    };
}

/// <summary>An offset found by time or by name.</summary>
/// <param name="Error">None, or why there is none.</param>
/// <param name="Offset">The offset; −1 when no record is that young.</param>
/// <param name="TimestampMs">The record's time; −1 where the question was not about a record.</param>
/// <param name="LeaderEpoch">The epoch the offset belongs to; −1 is unknown.</param>
public readonly record struct ListedOffset(ErrorCode Error, long Offset, long TimestampMs, int LeaderEpoch)
{
    /// <summary>Nothing but an error.</summary>
    public static ListedOffset Failed(ErrorCode error) => new(error, -1, -1, -1);
}
