using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Client.Fetching;

/// <summary>What a read brought: batches as the broker stores them, or an error code. Owns the memory; dispose it.</summary>
public sealed class FetchedRecords : IDisposable
{
    private readonly RecordsLease? _lease;

    internal FetchedRecords(ErrorCode error, long fetchOffset, RecordsLease? lease)
    {
        Error = error;
        FetchOffset = fetchOffset;
        _lease = lease;
    }

    /// <summary>None, or why there are no records.</summary>
    public ErrorCode Error { get; }

    /// <summary>
    /// The offset asked for. The first batch may start before it (FET-3); its earlier records are not part of the answer.
    /// </summary>
    public long FetchOffset { get; }

    /// <summary>
    /// Where reading ends for now: the high watermark, or the last stable offset for who reads committed records only; -1 with an error.
    /// </summary>
    public long EndOffset { get; internal init; } = -1;

    /// <summary>First offset that still exists; -1 with an error or from old brokers.</summary>
    public long LogStartOffset { get; internal init; } = -1;

    /// <summary>
    /// Whole batches, possibly followed by a cut one; empty when nothing came in time. Valid until <see cref="Dispose"/>.
    /// </summary>
    public ReadOnlyMemory<byte> Batches => _lease?.Memory ?? ReadOnlyMemory<byte>.Empty;

    /// <summary>
    /// The records as objects, for callers who have few of them. Their bytes are slices of this answer's memory: they end
    /// with <see cref="Dispose"/>.
    /// </summary>
    /// <exception cref="CorruptRecordException">The bytes are no batches, or a checksum is wrong.</exception>
    public IReadOnlyList<Record> ReadRecords() => RecordReader.ReadAll(Batches, FetchOffset);

    /// <summary>Where to read on: behind the last whole batch, or <see cref="FetchOffset"/> when there is none.</summary>
    public long NextOffset
    {
        get
        {
            long next = FetchOffset;
            foreach (RecordBatchSpan batch in RecordBatches.Enumerate(Batches.Span)) next = Math.Max(next, batch.Header.LastOffset + 1);
            return next;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lease?.Dispose();
}
