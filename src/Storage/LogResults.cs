using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Storage;

/// <summary>What became of an append.</summary>
public enum AppendStatus : byte
{
    /// <summary>Written, not yet durable: <see cref="PartitionLog.Flushed"/> will tell.</summary>
    Appended,
    /// <summary>Too many bytes wait for the disk, or a truncation does. Nothing was written; try again once something was flushed.</summary>
    Busy,
    /// <summary>The disk is full. Nothing was appended.</summary>
    DiskFull,
    /// <summary>The data directory is offline after a failed write or sync; only a restart helps.</summary>
    Offline,
}

/// <summary>The outcome of <see cref="PartitionLog.Append"/>.</summary>
/// <param name="Status">Whether it was appended.</param>
/// <param name="BaseOffset">Offset of the first record, -1 when not appended.</param>
/// <param name="EndOffset">The log end after it: durable once <see cref="PartitionLog.FlushedOffset"/> has reached it. -1 when not appended.</param>
public readonly record struct AppendResult(AppendStatus Status, long BaseOffset, long EndOffset)
{
    /// <summary>The code a client is answered: all but success are retriable.</summary>
    public ErrorCode Error => Status == AppendStatus.Appended ? ErrorCode.None : ErrorCode.KafkaStorageError;

    internal static AppendResult Not(AppendStatus status) => new(status, -1, -1);
}

/// <summary>The outcome of <see cref="PartitionLog.ReadAsync"/>. Whoever gets it disposes <see cref="Records"/>.</summary>
/// <param name="Error">
/// None; OffsetOutOfRange outside the log; CorruptMessage where the stored bytes fail their checksum (LOG-9); KafkaStorageError when
/// the disk failed or the log closed.
/// </param>
/// <param name="Records">Whole batches, the first one containing the offset asked for (FET-3); null when there is nothing to read.</param>
/// <param name="NextOffset">One behind the last batch read; the offset asked for when nothing was.</param>
public readonly record struct LogReadResult(ErrorCode Error, RecordsLease? Records, long NextOffset)
{
    internal static LogReadResult Nothing(long offset) => new(ErrorCode.None, null, offset);

    internal static LogReadResult Failed(ErrorCode error, long offset) => new(error, null, offset);
}

/// <summary>A record found by its time.</summary>
/// <param name="Offset">The record's own offset, not its batch's (LOF-4).</param>
/// <param name="TimestampMs">Its timestamp.</param>
/// <param name="LeaderEpoch">The epoch it was appended in.</param>
public readonly record struct OffsetAtTimestamp(long Offset, long TimestampMs, int LeaderEpoch);

/// <summary>The answer to OffsetForLeaderEpoch (OLE-1).</summary>
/// <param name="Epoch">The largest epoch with records that is not above the one asked for; -1 when the log has none that old.</param>
/// <param name="EndOffset">Where it ends; -1 with it.</param>
public readonly record struct EpochEndOffset(int Epoch, long EndOffset)
{
    /// <summary>No such epoch.</summary>
    public static readonly EpochEndOffset None = new(-1, -1);
}

/// <summary>What a run of retention removed.</summary>
/// <param name="Segments">How many segments.</param>
/// <param name="Bytes">How many bytes.</param>
public readonly record struct RetentionResult(int Segments, long Bytes);

/// <summary>What verifying a log gave.</summary>
/// <param name="Bytes">Bytes that were read.</param>
/// <param name="DamagedSegments">Segments that hold something else than was written.</param>
public readonly record struct ScrubResult(long Bytes, int DamagedSegments);

/// <summary>How much a log wants to be cleaned.</summary>
/// <param name="IsDue">It should be, by its topic's settings.</param>
/// <param name="DirtyRatio">The share of bytes that no cleaning has seen, of what may be cleaned. Who has to choose takes the highest.</param>
/// <param name="DirtyBytes">Those bytes.</param>
public readonly record struct CleaningNeed(bool IsDue, double DirtyRatio, long DirtyBytes);

/// <summary>How far a cleaning may go. Both are asked on the log's owner, the batches first, the offset once what there was is durable.</summary>
/// <param name="CommittedOffset">
/// Nothing from here on is touched: the high watermark, or where the oldest open transaction starts. What lies below must never be truncated.
/// </param>
/// <param name="BatchesToKeep">Last offsets of batches that producers are remembered by: their headers stay when their records go.</param>
public sealed record CleaningLimits(Func<long> CommittedOffset, Func<IReadOnlySet<long>> BatchesToKeep)
{
    /// <summary>What lies below it will never be truncated: above <see cref="CommittedOffset"/> where transactions are open. Null is the same as that.</summary>
    public Func<long>? HighWatermark { get; init; }

    /// <summary>The transactions below <see cref="CommittedOffset"/>; asked after it.</summary>
    public Func<DecidedTransactions> Transactions { get; init; } = static () => DecidedTransactions.None;
}

/// <summary>Transactions that have ended, as far as a cleaning has to know of them.</summary>
/// <param name="Aborted">The aborted ones, in the order of their markers.</param>
/// <param name="MarkersToKeep">Offsets of markers somebody still goes by: they stay, whatever their time.</param>
public sealed record DecidedTransactions(IReadOnlyList<AbortedTransaction> Aborted, IReadOnlySet<long> MarkersToKeep)
{
    /// <summary>There are none.</summary>
    public static readonly DecidedTransactions None = new([], new HashSet<long>());
}

/// <summary>How a cleaning ended.</summary>
public enum CleaningOutcome : byte
{
    /// <summary>Everything that could be cleaned was.</summary>
    Done,
    /// <summary>Nothing could be cleaned.</summary>
    NothingToDo,
    /// <summary>Something came in between: the log was closed, truncated or cut in front. Try again later.</summary>
    Interrupted,
    /// <summary>The disk has no room for the rewritten segments. Nothing is lost.</summary>
    DiskFull,
    /// <summary>The log holds what cannot be cleaned; it is left alone until it is opened again.</summary>
    Uncleanable,
}

/// <summary>What a cleaning did.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="BytesRead">Bytes it read, both passes together.</param>
/// <param name="BytesBefore">Size of the segments it replaced.</param>
/// <param name="BytesAfter">Size of what replaced them.</param>
/// <param name="CleanedTo">Where the dirty part starts now.</param>
public readonly record struct CleaningResult(CleaningOutcome Outcome, long BytesRead, long BytesBefore, long BytesAfter, long CleanedTo)
{
    /// <summary>Markers of aborted transactions of which the log has no record any more: nobody needs to know of them; null for none.</summary>
    public IReadOnlySet<long>? VoidAborts { get; init; }
}

/// <summary>
/// Stored data below the log's durable recovery point is missing or wrong. Cutting it off would silently lose what was acknowledged,
/// so the log does not open: the partition is offline until somebody restores or deletes it.
/// </summary>
public sealed class DamagedLogException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The data directory went offline: a write or a sync failed, and what the disk holds since is unknown.</summary>
public sealed class StoreOfflineException(string message, Exception? inner = null) : Exception(message, inner);
