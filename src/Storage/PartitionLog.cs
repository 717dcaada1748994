using Gateway.Common.Buffers;
using Gateway.Common.Ids;

namespace Gateway.Storage;

/// <summary>One partition's records on disk: segments of batches, byte-identical to the wire but for base offset and leader epoch (design D4).</summary>
/// <remarks>Every member runs on the owner the log was opened with; events are raised there too.</remarks>
public sealed class PartitionLog
{
    private PartitionLog()
    {
    }

    /// <summary>The partition.</summary>
    public TopicIdPartition Id => throw new NotImplementedException();

    /// <summary>The first offset that can be read.</summary>
    public long LogStartOffset => throw new NotImplementedException();

    /// <summary>One behind the last record appended.</summary>
    public long LogEndOffset => throw new NotImplementedException();

    /// <summary>One behind the last record that is durable.</summary>
    public long FlushedOffset => throw new NotImplementedException();

    /// <summary>The epoch appends are stamped with; 0 for a new log.</summary>
    public int LeaderEpoch => throw new NotImplementedException();

    /// <summary>Bytes of all segments.</summary>
    public long SizeInBytes => throw new NotImplementedException();

    /// <summary>The topic settings it goes by.</summary>
    public LogSettings Settings { get; set; } = LogSettings.Default;

    /// <summary>False once closed, deleted or offline.</summary>
    public bool IsOpen => throw new NotImplementedException();

    /// <summary>Raised on the owner when <see cref="FlushedOffset"/> has moved; the argument is its new value.</summary>
    public event Action<long>? Flushed { add => throw new NotImplementedException(); remove => throw new NotImplementedException(); }

    /// <summary>Raised on the owner, once, when the data directory went offline.</summary>
    public event Action<Exception>? Failed { add => throw new NotImplementedException(); remove => throw new NotImplementedException(); }

    /// <summary>
    /// Appends whole, validated batches: patches each one's base offset and leader epoch in place and copies the bytes. The caller
    /// keeps the lease. A flush starts on its own.
    /// </summary>
    public AppendResult Append(RecordsLease batches) => throw new NotImplementedException();

    /// <summary>
    /// Reads whole batches from the one that contains <paramref name="fetchOffset"/> (FET-3). Completes at once when the bytes are in the
    /// page cache, else on the owner once they were read.
    /// </summary>
    /// <param name="fetchOffset">The first offset wanted, from the log start to the log end.</param>
    /// <param name="maxOffsetExclusive">Batches that reach it are left out: the high watermark or the last stable offset.</param>
    /// <param name="maxBytes">The most bytes.</param>
    /// <param name="atLeastOneBatch">Give the first batch even when it alone is larger (FET-2).</param>
    public ValueTask<LogReadResult> ReadAsync(long fetchOffset, long maxOffsetExclusive, int maxBytes, bool atLeastOneBatch) =>
        throw new NotImplementedException();

    /// <summary>The first record at or after a time; null when there is none below <paramref name="maxOffsetExclusive"/> (LOF-4).</summary>
    public ValueTask<OffsetAtTimestamp?> FindByTimestampAsync(long timestampMs, long maxOffsetExclusive) => throw new NotImplementedException();

    /// <summary>The first record that has the log's largest timestamp; null when the log is empty or it is not below the limit (LOF-1).</summary>
    public ValueTask<OffsetAtTimestamp?> FindMaxTimestampAsync(long maxOffsetExclusive) => throw new NotImplementedException();

    /// <summary>Where an epoch ends (OLE-1). Epochs without records are not shown.</summary>
    public EpochEndOffset EndOffsetFor(int epoch) => throw new NotImplementedException();

    /// <summary>The epoch in which the record at an offset was appended, -1 when there is none.</summary>
    public int EpochAt(long offset) => throw new NotImplementedException();

    /// <summary>Appends from here on carry <paramref name="epoch"/>, which must be above <see cref="LeaderEpoch"/>.</summary>
    public void StartEpoch(int epoch) => throw new NotImplementedException();

    /// <summary>Cuts the log so that it ends at <paramref name="endOffset"/>, a batch boundary. Appends may answer Busy until that is durable.</summary>
    public void TruncateTo(long endOffset) => throw new NotImplementedException();

    /// <summary>Moves the log start up to <paramref name="offset"/>, possibly inside a batch (DRC-1), and drops segments wholly below it.</summary>
    public void AdvanceLogStart(long offset) => throw new NotImplementedException();

    /// <summary>Drops old segments by time and size (LOG-2), none that reaches <paramref name="highWatermark"/>.</summary>
    public ValueTask<RetentionResult> ApplyRetentionAsync(long highWatermark) => throw new NotImplementedException();

    /// <summary>The last stored producer snapshot, or null. Offset: what it covers, exclusive. Waits for the disk.</summary>
    public ProducerSnapshot? LoadProducerSnapshot() => throw new NotImplementedException();

    /// <summary>Stores a producer snapshot in place of the last. A cache: losing it only means replaying more. Written on the I/O executor.</summary>
    public void StoreProducerSnapshot(ProducerSnapshot snapshot) => throw new NotImplementedException();

    /// <summary>Flushes and closes; the log can be opened again.</summary>
    public Task CloseAsync() => throw new NotImplementedException();
}

/// <summary>The producers' state as of an offset, in the broker's own format.</summary>
/// <param name="Offset">Batches below it are covered.</param>
/// <param name="Content">The state.</param>
public sealed record ProducerSnapshot(long Offset, ReadOnlyMemory<byte> Content);
