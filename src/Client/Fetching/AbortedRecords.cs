using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Fetching;

/// <summary>
/// Takes the records of aborted transactions out of what a broker sent: it sends them along and says which they are (FET-5). Their batches stay as
/// empty ones, as compaction leaves them, so that readers get past their offsets.
/// </summary>
internal static class AbortedRecords
{
    /// <summary>The batches without aborted records. Takes the lease over; what comes back is the caller's.</summary>
    /// <param name="records">What was read.</param>
    /// <param name="transactions">The aborted transactions that overlap it; null or none when nothing is to be taken out.</param>
    /// <exception cref="CorruptRecordException">A marker is none. The lease is given up.</exception>
    internal static RecordsLease TakeOut(RecordsLease records, IReadOnlyCollection<FetchResponse.AbortedTransaction>? transactions)
    {
        if (transactions is null or { Count: 0 }) return records;
        RecordsLease rest = RecordsLease.Rent(records.Length);
        try
        {
            rest.Shorten(CopyCommitted(records.Span, transactions, rest.WritableMemory.Span));
            return rest;
        }
        catch
        {
            rest.Dispose();
            throw;
        }
        finally
        {
            records.Dispose();
        }
    }

    private static int CopyCommitted(
        ReadOnlySpan<byte> batches, IReadOnlyCollection<FetchResponse.AbortedTransaction> transactions, Span<byte> rest)
    {
        var coming = new Queue<FetchResponse.AbortedTransaction>(transactions.OrderBy(static aborted => aborted.FirstOffset));
        var aborted = new HashSet<long>();
        int length = 0;
        RecordBatchEnumerator walk = RecordBatches.Enumerate(batches);
        while (walk.MoveNext())
        {
            RecordBatchSpan batch = walk.Current;
            while (coming.TryPeek(out FetchResponse.AbortedTransaction? next) && next.FirstOffset <= batch.Header.LastOffset)
                aborted.Add(coming.Dequeue().ProducerId);
            // A rotten batch stays as it is, for whoever reads it to find: an empty one would have a checksum of its own.
            if (batch.Header.IsTransactional && aborted.Contains(batch.Header.ProducerId) && RecordBatchBytes.HasValidCrc(batch.Bytes))
            {
                if (!batch.Header.IsControl)
                {
                    RecordBatchPruner.WriteEmpty(batch.Header, rest[length..]);
                    length += RecordBatchHeader.Size;
                    continue;
                }
                // Behind its marker the producer's next transaction may be a committed one.
                if (EndTransactionMarker.TryReadBatch(batch.Bytes, out EndTransactionMarker marker) && marker.Type == ControlRecordType.Abort)
                    aborted.Remove(batch.Header.ProducerId);
            }
            batch.Bytes.CopyTo(rest[length..]);
            length += batch.Bytes.Length;
        }
        // A cut batch at the end, or what is none: whoever walks the rest finds it there.
        batches[walk.Position..].CopyTo(rest[length..]);
        return length + batches.Length - walk.Position;
    }
}
