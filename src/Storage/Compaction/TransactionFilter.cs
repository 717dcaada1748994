using Gateway.Common.Records;

namespace Gateway.Storage.Compaction;

/// <summary>What becomes of a marker.</summary>
internal enum MarkerVerdict : byte
{
    /// <summary>It stays as it is.</summary>
    Keep,
    /// <summary>It stays, and gets the time from which it may go.</summary>
    Date,
    /// <summary>It goes.</summary>
    Drop,
}

/// <summary>
/// What compaction does with transactions (LOG-4): records of aborted ones go, and a marker goes once the records it is about are gone and
/// readers have had the time of a tombstone to see it. Batches are shown to it in the order of the log, over the whole of a pass.
/// </summary>
/// <param name="decided">The transactions in the part being cleaned, all of which have ended.</param>
/// <param name="nowMs">The clock.</param>
/// <param name="deleteRetentionMs">How long a marker stays after a pass found nothing left of its transaction.</param>
internal sealed class TransactionFilter(DecidedTransactions decided, long nowMs, long deleteRetentionMs)
{
    private readonly Dictionary<long, List<AbortedTransaction>> _aborted =
        decided.Aborted.GroupBy(static aborted => aborted.ProducerId).ToDictionary(static of => of.Key, static of => of.ToList());

    private readonly HashSet<long> _withRecords = [];
    private readonly HashSet<long> _voidAborts = [];

    /// <summary>Markers of aborted transactions of which no record was left when this pass began.</summary>
    internal IReadOnlySet<long> VoidAborts => _voidAborts;

    /// <summary>When the next marker may go; <see cref="long.MaxValue"/> when none waits for its time.</summary>
    internal long NextHorizonMs { get; private set; } = long.MaxValue;

    /// <summary>The horizon a marker gets now.</summary>
    internal long NewHorizonMs => deleteRetentionMs > long.MaxValue - nowMs ? long.MaxValue : nowMs + deleteRetentionMs;

    /// <summary>Whether a batch of records is part of an aborted transaction.</summary>
    internal bool IsAborted(in RecordBatchHeader batch)
    {
        if (!batch.IsTransactional || !_aborted.TryGetValue(batch.ProducerId, out List<AbortedTransaction>? ranges)) return false;
        int low = 0;
        for (int high = ranges.Count; low < high;)
        {
            int middle = (low + high) >>> 1;
            if (ranges[middle].LastOffset < batch.BaseOffset) low = middle + 1;
            else high = middle;
        }

        return low < ranges.Count && ranges[low].FirstOffset <= batch.BaseOffset;
    }

    /// <summary>A batch that has records, whether they stay or not.</summary>
    internal void Note(in RecordBatchHeader batch)
    {
        if (batch.IsTransactional && batch.RecordsCount > 0) _ = _withRecords.Add(batch.ProducerId);
    }

    /// <summary>Judges a control batch.</summary>
    /// <exception cref="CorruptRecordException">Its bytes are no records.</exception>
    internal MarkerVerdict Judge(in RecordBatchHeader batch, ReadOnlySpan<byte> bytes, bool mustStay)
    {
        if (!EndTransactionMarker.TryReadBatch(bytes, out EndTransactionMarker marker)) return MarkerVerdict.Keep;
        if (_withRecords.Remove(batch.ProducerId)) return MarkerVerdict.Keep;
        if (marker.Type == ControlRecordType.Abort) _ = _voidAborts.Add(batch.LastOffset);
        if (!batch.HasDeleteHorizon)
        {
            NextHorizonMs = Math.Min(NextHorizonMs, NewHorizonMs);
            return MarkerVerdict.Date;
        }

        if (batch.BaseTimestamp > nowMs) NextHorizonMs = Math.Min(NextHorizonMs, batch.BaseTimestamp);
        else if (!mustStay && !decided.MarkersToKeep.Contains(batch.LastOffset)) return MarkerVerdict.Drop;
        return MarkerVerdict.Keep;
    }
}
