using System.Runtime.InteropServices;

namespace Gateway.Common.Records;

/// <summary>Reads batches into objects, for whoever is not on the broker's data plane.</summary>
public static class RecordReader
{
    /// <summary>
    /// All records of the whole batches in <paramref name="batches"/>; a batch cut off at the end, as a fetch may bring, is left out.
    /// Keys and values are slices of <paramref name="batches"/> (or of memory of their own where a codec is set), so the bytes
    /// must outlive the records.
    /// </summary>
    /// <param name="batches">Batches of format 2, one after the other.</param>
    /// <param name="fromOffset">Records below it are left out: a fetch starts at the batch that contains its offset.</param>
    /// <param name="includeControl">Also the records of control batches.</param>
    /// <param name="maxInflatedBytes">What one batch may inflate to.</param>
    /// <exception cref="CorruptRecordException">A checksum is wrong, or the bytes hold no batches or no records.</exception>
    /// <exception cref="InflatedTooLargeException">A batch inflates beyond the bound.</exception>
    /// <exception cref="CodecUnavailableException">A codec's library is missing.</exception>
    public static IReadOnlyList<Record> ReadAll(
        ReadOnlyMemory<byte> batches,
        long fromOffset = 0,
        bool includeControl = false,
        int maxInflatedBytes = Compression.DefaultMaxInflatedBytes)
    {
        var records = new List<Record>();
        RecordBatchEnumerator walk = RecordBatches.Enumerate(batches.Span);
        while (walk.MoveNext())
        {
            RecordBatchSpan batch = walk.Current;
            if (batch.Header.LastOffset < fromOffset || (batch.Header.IsControl && !includeControl)) continue;
            if (!RecordBatchBytes.HasValidCrc(batch.Bytes))
                throw new CorruptRecordException($"The batch at offset {batch.Header.BaseOffset} has a wrong checksum.");
            AddRecords(records, batch.Header, batches.Slice(batch.Position, batch.Bytes.Length), fromOffset, maxInflatedBytes);
        }

        if (walk.End == BatchWalkEnd.NotABatch) throw new CorruptRecordException("The bytes hold something that is no batch of format 2.");
        return records;
    }

    private static void AddRecords(
        List<Record> records, in RecordBatchHeader header, ReadOnlyMemory<byte> batch, long fromOffset, int maxInflatedBytes)
    {
        ReadOnlyMemory<byte> bytes = batch[RecordBatchHeader.Size..];
        if (header.Compression != CompressionType.None)
        {
            // The records have no owner who could return pooled memory, so theirs is the collector's.
            using Buffers.RecordsLease inflated = Compression.Decompress(header.Compression, bytes.Span, maxInflatedBytes);
            bytes = inflated.Span.ToArray();
        }

        var walk = new RecordEnumerator(header, bytes.Span);
        while (walk.MoveNext())
        {
            RecordView view = walk.Current;
            if (view.Offset < fromOffset) continue;
            records.Add(new Record(
                view.Offset,
                view.TimestampMs,
                SliceOf(bytes, view.Key, view.IsKeyNull),
                SliceOf(bytes, view.Value, view.IsValueNull),
                HeadersOf(view, bytes)));
        }
    }

    private static IReadOnlyList<RecordHeader> HeadersOf(in RecordView view, ReadOnlyMemory<byte> bytes)
    {
        if (view.HeaderCount == 0) return [];
        // Not sized by HeaderCount: every header has passed the reader, but the list should not trust a number twice.
        var headers = new List<RecordHeader>();
        foreach (RecordHeaderView header in view.Headers)
            headers.Add(new RecordHeader(header.Key, SliceOf(bytes, header.Value, header.IsValueNull)));
        return headers;
    }

    private static ReadOnlyMemory<byte>? SliceOf(ReadOnlyMemory<byte> whole, ReadOnlySpan<byte> part, bool isNull)
    {
        if (isNull) return null;
        if (part.IsEmpty) return ReadOnlyMemory<byte>.Empty;
        nint start = System.Runtime.CompilerServices.Unsafe.ByteOffset(
            ref MemoryMarshal.GetReference(whole.Span), ref MemoryMarshal.GetReference(part));
        return whole.Slice((int)start, part.Length);
    }
}
