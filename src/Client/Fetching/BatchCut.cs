using Gateway.Common.Records;

namespace Gateway.Client.Fetching;

/// <summary>Finds how many records of a read fit into a bound; at least one always does, or a reader would never get past it.</summary>
public static class BatchCut
{
    /// <summary>The offset behind the last record that fits, and how many bytes the records up to it have.</summary>
    /// <param name="batches">Batches one after the other; a cut one at the end is left out.</param>
    /// <param name="from">Records below it do not count.</param>
    /// <param name="maxBytes">Bound on keys and values together.</param>
    /// <exception cref="CorruptRecordException">A checksum is wrong, or the bytes are no batches.</exception>
    public static (long To, long Bytes) Find(ReadOnlySpan<byte> batches, long from, long maxBytes)
    {
        long to = from;
        long bytes = 0;
        bool hasRecords = false;
        RecordBatchEnumerator walk = RecordBatches.Enumerate(batches);
        while (walk.MoveNext())
        {
            RecordBatchSpan batch = walk.Current;
            if (batch.Header.LastOffset < from) continue;
            if (!RecordBatchBytes.HasValidCrc(batch.Bytes))
                throw new CorruptRecordException($"The batch at offset {batch.Header.BaseOffset} has a wrong checksum.");
            if (!batch.Header.IsControl)
            {
                using BatchRecords records = BatchRecords.Open(batch.Bytes);
                foreach (RecordView record in records)
                {
                    if (record.Offset < from) continue;
                    long size = record.Key.Length + record.Value.Length;
                    if (hasRecords && bytes + size > maxBytes) return (to, bytes);
                    bytes += size;
                    to = record.Offset + 1;
                    hasRecords = true;
                }
            }
            to = Math.Max(to, batch.Header.LastOffset + 1);
        }
        if (walk.End == BatchWalkEnd.NotABatch)
            throw new CorruptRecordException("The answer holds something that is no batch of format 2.");
        return (to, bytes);
    }
}
