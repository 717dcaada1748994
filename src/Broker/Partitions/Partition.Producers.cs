using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Storage;

namespace Gateway.Broker.Partitions;

/// <content>
/// The producers' sequence numbers over restarts. What the log says is what they are; a snapshot only shortens the replay (IDM-9).
/// </content>
public sealed partial class Partition
{
    private const int ReplayChunkBytes = 1 << 20;

    private long _appendedSinceSnapshot;
    private long _snapshotOffset;
    private ProducerSnapshot? _dueSnapshot;
    private long[] _forgottenByDue = [];

    /// <summary>
    /// Brings the producers' state up to the log's end. Until it is done appends wait in the order they came; reads do not.
    /// </summary>
    public async ValueTask ReplayProducersAsync()
    {
        AssertOnShard();
        if (!IsOpen) return;
        _isReplaying = true;
        long offset = RestoreSnapshot();
        while (IsOpen && offset < _log.LogEndOffset)
        {
            LogReadResult chunk = await _log.ReadAsync(offset, _log.LogEndOffset, ReplayChunkBytes, atLeastOneBatch: true);
            if (chunk.Error != ErrorCode.None || chunk.Records is null)
            {
                chunk.Records?.Dispose();
                if (!IsOpen) return;
                PartitionEvents.ReplayFailed(_options.Logger, Topic, Id.Partition, offset, chunk.Error);
                Close(ErrorCode.KafkaStorageError);
                WentOffline?.Invoke(this);
                return;
            }
            bool isReadable = TryReplay(chunk.Records);
            chunk.Records.Dispose();
            if (!isReadable)
            {
                PartitionEvents.ReplayFailed(_options.Logger, Topic, Id.Partition, offset, ErrorCode.CorruptMessage);
                Close(ErrorCode.KafkaStorageError);
                WentOffline?.Invoke(this);
                return;
            }
            Invariant.Check(chunk.NextOffset > offset);
            offset = chunk.NextOffset;
        }
        _isReplaying = false;
        if (!IsOpen) return;
        _producers.Transactions.ForgetBelow(_log.LogStartOffset);
        _producers.Transactions.CommitTo(_highWatermark);
        WriteArrivals();
    }

    /// <summary>Takes batches of the log over; false when one that passed its checksum says nonsense.</summary>
    private bool TryReplay(RecordsLease records)
    {
        try
        {
            foreach (RecordBatchSpan batch in RecordBatches.Enumerate(records.Span))
            {
                EndTransactionMarker? marker = EndTransactionMarker.TryReadBatch(batch.Bytes, out EndTransactionMarker end) ? end : null;
                Remember(batch.Header, marker);
            }
            return true;
        }
        catch (CorruptRecordException)
        {
            return false;
        }
    }

    private long RestoreSnapshot()
    {
        long start = _log!.LogStartOffset;
        ProducerSnapshot? snapshot = _log.LoadProducerSnapshot();
        // One that reaches beyond the log knows of batches a crash took away: their retries would be taken for duplicates (IDM-8).
        if (snapshot is null || snapshot.Offset > _log.LogEndOffset) return start;
        switch (TryReadStates(snapshot.Content.Span))
        {
            case StatesRead.Taken:
                _snapshotOffset = snapshot.Offset;
                return Math.Max(start, snapshot.Offset);
            case StatesRead.OfOtherVersion:
                PartitionEvents.SnapshotOfOtherVersion(_options.Logger, Topic, Id.Partition);
                return start;
            default:
                PartitionEvents.SnapshotUnreadable(_options.Logger, Topic, Id.Partition);
                return start;
        }
    }

    /// <summary>A snapshot may only be stored once everything in it is durable; so it is taken at one flush and stored at a later one.</summary>
    private void StoreDueSnapshot(long flushed)
    {
        if (_dueSnapshot is { } due && due.Offset <= flushed)
        {
            Store(due, _forgottenByDue);
            _dueSnapshot = null;
        }
        if (_dueSnapshot is not null || _appendedSinceSnapshot < _options.SnapshotEveryBytes) return;
        _appendedSinceSnapshot = 0;
        _dueSnapshot = new ProducerSnapshot(_log!.LogEndOffset, WriteStates());
        _forgottenByDue = [.. _abortsForgotten];
    }

    private void StoreSnapshotAtClose()
    {
        // Without producers too: its offset is what spares the next start a walk over the whole log.
        long end = _log!.LogEndOffset;
        if (_snapshotOffset != end && _log.FlushedOffset == end) Store(new ProducerSnapshot(end, WriteStates()), []);
    }

    private void Store(ProducerSnapshot snapshot, long[] forgotten)
    {
        _log!.StoreProducerSnapshot(snapshot, () => _abortsForgotten.ExceptWith(forgotten));
        _snapshotOffset = snapshot.Offset;
    }
}
