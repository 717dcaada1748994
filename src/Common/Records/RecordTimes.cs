using System.Buffers;
using Gateway.Common.Records.Codecs;

namespace Gateway.Common.Records;

/// <summary>Where a record is, and when it was made.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="TimestampMs">Its time; the batch's when the broker decided it.</param>
public readonly record struct RecordTime(long Offset, long TimestampMs);

/// <summary>
/// Looks for times in a stored batch. The records pass through a small window and no further than the answer, so that a look-up
/// takes the same little memory whatever the batch inflates to: many clients may ask at once.
/// </summary>
public static class RecordTimes
{
    private const int WindowSize = 32 * 1024;

    /// <summary>The first record from <paramref name="fromOffset"/> on that is not older; null when there is none.</summary>
    /// <param name="batch">One whole batch of format 2.</param>
    /// <param name="timestampMs">The time, in milliseconds since 1970.</param>
    /// <param name="fromOffset">Records below are passed over.</param>
    /// <param name="maxInflatedBytes">How far to inflate at most.</param>
    /// <exception cref="CorruptRecordException">It is no such batch, or damaged in front of the answer.</exception>
    /// <exception cref="InflatedTooLargeException">The bound was met in front of the answer.</exception>
    /// <exception cref="CodecUnavailableException">The codec's library is missing.</exception>
    public static RecordTime? FirstAtOrAfter(
        ReadOnlySpan<byte> batch, long timestampMs, long fromOffset, int maxInflatedBytes = Compression.DefaultMaxInflatedBytes) =>
        Walk(batch, timestampMs, fromOffset, maxInflatedBytes, out _);

    /// <summary>
    /// The latest time of the records from <paramref name="fromOffset"/> on; -1 when there are none. Throws as
    /// <see cref="FirstAtOrAfter"/> does.
    /// </summary>
    public static long Max(ReadOnlySpan<byte> batch, long fromOffset, int maxInflatedBytes = Compression.DefaultMaxInflatedBytes)
    {
        // There is no later time than the one it stops at.
        Walk(batch, long.MaxValue, fromOffset, maxInflatedBytes, out long largest);
        return largest;
    }

    private static unsafe RecordTime? Walk(
        ReadOnlySpan<byte> batch, long timestampMs, long fromOffset, int maxInflatedBytes, out long largest)
    {
        if (!RecordBatchHeader.TryRead(batch, out RecordBatchHeader header)
            || header.Magic != RecordBatchHeader.CurrentMagic
            || header.SizeInBytes != batch.Length)
            throw new CorruptRecordException("Not one whole record batch of format 2.");
        ReadOnlySpan<byte> records = batch[RecordBatchHeader.Size..];
        if (header.Compression == CompressionType.None)
            return Walk(new RecordSource(records), header, timestampMs, fromOffset, out largest);
        byte[] window = ArrayPool<byte>.Shared.Rent(WindowSize);
        try
        {
            Inflater inflater = Inflaters.Rent(header.Compression);
            try
            {
                fixed (byte* start = records)
                {
                    inflater.Start(start, records.Length);
                    return Walk(new RecordSource(inflater, window, maxInflatedBytes), header, timestampMs, fromOffset, out largest);
                }
            }
            finally
            {
                Inflaters.Return(header.Compression, inflater);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
        }
    }

    private static RecordTime? Walk(
        RecordSource source, in RecordBatchHeader header, long timestampMs, long fromOffset, out long largest)
    {
        largest = RecordBatchHeader.NoTimestamp;
        for (int read = 0; read < header.RecordsCount; read++)
        {
            long length = source.ReadVarint32();
            long end = source.Position + length;
            source.Skip(1); // the record's attributes
            long timestampDelta = source.ReadVarint64();
            long offset = unchecked(header.BaseOffset + source.ReadVarint32());
            if (source.Position > end) throw RecordLayout.DoesNotFit();
            long timestamp = header.HasLogAppendTime ? header.MaxTimestamp : unchecked(header.BaseTimestamp + timestampDelta);
            if (offset >= fromOffset)
            {
                largest = Math.Max(largest, timestamp);
                if (timestamp >= timestampMs) return new RecordTime(offset, timestamp);
            }

            source.Skip((int)(end - source.Position));
        }

        return null;
    }
}
