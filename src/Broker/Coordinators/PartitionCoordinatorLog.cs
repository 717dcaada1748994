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

    public void Append(IReadOnlyList<CoordinatorRecord> records, Action<ErrorCode> done)
    {
        if (records.Sum(static record => (long)record.Key.Length + (record.Value?.Length ?? 0)) > BatchBytesMax)
        {
            done(ErrorCode.MessageTooLarge);
            return;
        }
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        foreach (CoordinatorRecord record in records)
        {
            // Spelled out: a conditional expression would turn the null into empty memory.
            ReadOnlyMemory<byte>? value = null;
            if (record.Value is not null) value = record.Value;
            builder.Append(nowMs, record.Key, value);
        }
        partition.Append(new ProducedBatch(builder.Build(), AppendOrigin.Coordinator, AckAt.Commit, new Reply(done)));
    }

    public async ValueTask<ErrorCode> ReplayAsync(Action<CoordinatorRecord> apply)
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
                long next = EndOf(records, offset);
                if (next == offset) return ErrorCode.CorruptMessage;
                if (!TryApply(records, offset, apply)) return ErrorCode.CorruptMessage;
                offset = next;
            }
        }
        return partition.IsOpen ? ErrorCode.None : ErrorCode.NotLeaderOrFollower;
    }

    private static long EndOf(RecordsLease records, long offset)
    {
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(records.Span)) offset = Math.Max(offset, batch.Header.LastOffset + 1);
        return offset;
    }

    private static bool TryApply(RecordsLease records, long offset, Action<CoordinatorRecord> apply)
    {
        try
        {
            foreach (Record record in RecordReader.ReadAll(records.Memory, offset))
            {
                if (record.Key is { } key) apply(new CoordinatorRecord(key, record.Value?.ToArray()));
            }
            return true;
        }
        catch (CorruptRecordException)
        {
            return false;
        }
    }

    private sealed class Reply(Action<ErrorCode> done) : IAppendReply
    {
        public void Complete(in AppendOutcome outcome) => done(outcome.Error);
    }
}
