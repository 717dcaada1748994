using Gateway.Common.Records;

namespace Gateway.HttpProxy.Records;

/// <summary>Finds where the first records of a read end, for who wants so many and no more.</summary>
internal static class FirstRecords
{
    /// <summary>The end of the first records, when there are more than wanted, and how many there are up to it.</summary>
    internal static (long To, long Count) Find(ReadOnlyMemory<byte> batches, long from, long to, long most)
    {
        long count = 0;
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(batches.Span))
        {
            if (batch.Header.IsControl || batch.Header.LastOffset < from) continue;
            if (batch.Header.BaseOffset >= to) break;
            using RecordSizes opened = RecordSizes.Of(batches.Slice(batch.Position, batch.Bytes.Length));
            foreach (RecordSize record in opened)
            {
                if (record.Offset < from) continue;
                if (record.Offset >= to) break;
                if (count == most) return (record.Offset, count);
                count++;
            }
        }
        return (to, count);
    }
}
