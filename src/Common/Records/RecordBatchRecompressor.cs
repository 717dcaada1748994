using Gateway.Common.Buffers;

namespace Gateway.Common.Records;

/// <summary>Rewrites a batch with another codec. Records, offsets and all other header fields stay (PRD-21).</summary>
public static class RecordBatchRecompressor
{
    /// <summary>The batch in the codec <paramref name="to"/>, with its checksum. The caller owns the lease.</summary>
    /// <exception cref="CorruptRecordException">The batch's compressed bytes are damaged.</exception>
    /// <exception cref="InflatedTooLargeException">It inflates beyond the bound.</exception>
    /// <exception cref="CodecUnavailableException">A codec's library is missing.</exception>
    public static RecordsLease Recompress(
        ReadOnlySpan<byte> batch, CompressionType to, int? level, int maxInflatedBytes = Compression.DefaultMaxInflatedBytes)
    {
        using BatchRecords records = BatchRecords.Open(batch, maxInflatedBytes);
        using var buffer = new GrowingBuffer(RecordBatchHeader.Size, RecordBatchHeader.Size + records.Bytes.Length);
        Compression.CompressInto(buffer, to, level, records.Bytes);
        RecordsLease result = buffer.Detach();
        RecordBatchHeader header = records.Header with
        {
            BatchLength = result.Length - RecordBatchHeader.LengthPrefix,
            Attributes = (short)((records.Header.Attributes & ~RecordBatchHeader.CodecMask) | (int)to),
        };
        header.Write(result.WritableMemory.Span);
        RecordBatchBytes.SetCrc(result.WritableMemory.Span);
        return result;
    }
}
