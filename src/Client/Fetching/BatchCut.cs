using Gateway.Common.Records;

namespace Gateway.Client.Fetching;

/// <summary>How much of a read is handed out.</summary>
/// <param name="To">The offset behind its last record, or behind batches that hold none.</param>
/// <param name="Bytes">Keys and values of its records.</param>
/// <param name="HasRecords">False when there is nothing to hand out but offsets to go past.</param>
public readonly record struct CutOfBatches(long To, long Bytes, bool HasRecords);

/// <summary>Finds how many records of a read fit into a bound; at least one always does, or a reader would never get past it.</summary>
public static class BatchCut
{
    /// <summary>What fits.</summary>
    /// <param name="batches">Batches one after the other; a cut one at the end is left out.</param>
    /// <param name="from">Records below it do not count.</param>
    /// <param name="maxBytes">Bound on keys and values together.</param>
    /// <exception cref="CorruptRecordException">A checksum is wrong, or the bytes are no batches.</exception>
    public static CutOfBatches Find(ReadOnlyMemory<byte> batches, long from, long maxBytes)
    {
        long to = from;
        long bytes = 0;
        bool hasRecords = false;
        RecordBatchEnumerator walk = RecordBatches.Enumerate(batches.Span);
        while (walk.MoveNext())
        {
            RecordBatchSpan batch = walk.Current;
            if (batch.Header.LastOffset < from) continue;
            if (!RecordBatchBytes.HasValidCrc(batch.Bytes))
                throw new CorruptRecordException($"The batch at offset {batch.Header.BaseOffset} has a wrong checksum.");
            if (!batch.Header.IsControl)
            {
                using RecordSizes records = RecordSizes.Of(batches.Slice(batch.Position, batch.Bytes.Length));
                foreach ((long offset, long size) in records)
                {
                    if (offset < from) continue;
                    if (hasRecords && bytes + size > maxBytes) return new CutOfBatches(to, bytes, hasRecords);
                    bytes += size;
                    to = offset + 1;
                    hasRecords = true;
                }
            }
            to = Math.Max(to, batch.Header.LastOffset + 1);
        }
        if (walk.End == BatchWalkEnd.NotABatch)
            throw new CorruptRecordException("The answer holds something that is no batch of format 2.");
        return new CutOfBatches(to, bytes, hasRecords);
    }

    /// <summary>
    /// Whether any record lies at or behind an offset. Markers of transactions do not count, nor batches that compaction or an abort has emptied.
    /// </summary>
    /// <param name="batches">Batches one after the other; a cut one at the end is left out.</param>
    /// <param name="from">Records below it do not count.</param>
    internal static bool HasRecords(ReadOnlyMemory<byte> batches, long from)
    {
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(batches.Span))
        {
            if (batch.Header.IsControl || batch.Header.RecordsCount == 0 || batch.Header.LastOffset < from) continue;
            if (batch.Header.BaseOffset >= from || HasRecordsInside(batches.Slice(batch.Position, batch.Bytes.Length), from)) return true;
        }
        return false;
    }

    /// <summary>Compaction may have left a batch nothing behind its middle.</summary>
    private static bool HasRecordsInside(ReadOnlyMemory<byte> batch, long from)
    {
        try
        {
            using RecordSizes records = RecordSizes.Of(batch);
            foreach (RecordSize record in records)
                if (record.Offset >= from) return true;
            return false;
        }
        catch (Exception failure) when (failure is CorruptRecordException or InflatedTooLargeException or CodecUnavailableException)
        {
            // Whoever reads it is to run into it.
            return true;
        }
    }
}
