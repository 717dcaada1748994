using Gateway.Broker.Partitions;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Broker.Coordinators;

/// <summary>A coordinator's log that is an ordinary partition of an internal topic, written and read like any other.</summary>
internal sealed class PartitionCoordinatorLog(Partition partition, TimeProvider time) : ICoordinatorLog
{
    private const int ReadBytes = 1 << 20;

    /// <summary>What one decision may write. What members say about themselves is stored, so without a bound one group could fill memory.</summary>
    private const long BatchBytesMax = 16 << 20;

    public void Append(IReadOnlyList<CoordinatorRecord> records, TransactionalAppend? transaction, Action<ErrorCode> done)
    {
        if (records.Sum(static record => (long)record.Key.Length + (record.Value?.Length ?? 0)) > BatchBytesMax)
        {
            done(ErrorCode.MessageTooLarge);
            return;
        }
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        using var builder = new RecordBatchBuilder(transaction is { } producer
            ? new RecordBatchOptions { ProducerId = producer.ProducerId, ProducerEpoch = producer.ProducerEpoch, IsTransactional = true }
            : new RecordBatchOptions());
        foreach (CoordinatorRecord record in records)
        {
            // Spelled out: a conditional expression would turn the null into empty memory.
            ReadOnlyMemory<byte>? value = null;
            if (record.Value is not null) value = record.Value;
            builder.Append(nowMs, record.Key, value);
        }
        partition.Append(new ProducedBatch(builder.Build(), AppendOrigin.Coordinator, AckAt.Commit, new Reply(done)) { Generation = transaction?.Generation ?? 0 });
    }

    public void Append(TransactionEnd end, Action<ErrorCode> done) => partition.EndTransaction(end, new Reply(done));

    public async ValueTask<ErrorCode> ReplayAsync(ICoordinatorReplay replay)
    {
        long end = partition.LogEndOffset;
        long offset = partition.LogStartOffset;
        while (offset < end)
        {
            var wanted = new PartitionRead { FetchOffset = offset, CurrentLeaderEpoch = -1, LastFetchedEpoch = -1, ToLogEnd = true };
            PartitionReadResult read = await partition.ReadAsync(wanted, ReadBytes, atLeastOneBatch: true);
            if (read.Error != ErrorCode.None) return read.Error;
            if (read.Records is not { } records) return ErrorCode.KafkaStorageError;
            using (records)
            {
                long next = TryApply(records, offset, replay);
                if (next <= offset) return ErrorCode.CorruptMessage;
                offset = next;
            }
        }
        return partition.IsOpen ? ErrorCode.None : ErrorCode.NotLeaderOrFollower;
    }

    /// <summary>Hands batches over; returns where they end, or -1 when they hold what no coordinator wrote.</summary>
    private static long TryApply(RecordsLease records, long offset, ICoordinatorReplay replay)
    {
        try
        {
            foreach (RecordBatchSpan batch in RecordBatches.Enumerate(records.Span))
            {
                if (batch.Header.LastOffset < offset) continue;
                if (!batch.Header.IsControl) Apply(records.Memory.Slice(batch.Position, batch.Bytes.Length), batch.Header, offset, replay);
                else if (EndTransactionMarker.TryReadBatch(batch.Bytes, out EndTransactionMarker marker))
                    replay.TransactionEnded(batch.Header.ProducerId, marker.Type == ControlRecordType.Commit);
                offset = batch.Header.LastOffset + 1;
            }
            return offset;
        }
        catch (CorruptRecordException)
        {
            return -1;
        }
    }

    private static void Apply(ReadOnlyMemory<byte> batch, in RecordBatchHeader header, long offset, ICoordinatorReplay replay)
    {
        long? producerId = header.IsTransactional ? header.ProducerId : null;
        foreach (Record record in RecordReader.ReadAll(batch, offset))
        {
            if (record.Key is { } key) replay.Record(new CoordinatorRecord(key, record.Value?.ToArray()), producerId);
        }
    }

    private sealed class Reply(Action<ErrorCode> done) : IAppendReply
    {
        public void Complete(in AppendOutcome outcome) => done(outcome.Error);
    }
}
