using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Storage;

namespace Gateway.Broker.Partitions;

/// <content>Reads: records from an offset, offsets by time, ends of epochs.</content>
public sealed partial class Partition
{
    /// <summary>The latest offset that may be read, as ListOffsets asks for it.</summary>
    public const long LatestTimestamp = -1;

    /// <summary>The earliest offset.</summary>
    public const long EarliestTimestamp = -2;

    /// <summary>The record with the largest timestamp (v7+).</summary>
    public const long MaxTimestamp = -3;

    /// <summary>The earliest offset on local disk (v8+).</summary>
    public const long EarliestLocalTimestamp = -4;

    /// <summary>The latest offset in tiered storage (v9+).</summary>
    public const long LatestTieredTimestamp = -5;

    // Each is a file to be opened, on the shard.
    private const int MostEmptySegments = 256;

    /// <summary>The earliest offset not yet in tiered storage (v11+).</summary>
    public const long EarliestPendingUploadTimestamp = -6;

    /// <summary>
    /// Reads whole batches from the one that contains the offset (FET-3). With no bytes allowed it only tells the marks.
    /// The checks come in Kafka's order of precedence.
    /// </summary>
    public ValueTask<PartitionReadResult> ReadAsync(PartitionRead read, int maxBytes, bool atLeastOneBatch)
    {
        AssertOnShard();
        ErrorCode fenced = CheckOpenAndEpoch(read.CurrentLeaderEpoch);
        if (fenced != ErrorCode.None) return new(PartitionReadResult.Failed(fenced, LeaderEpoch));
        if (read.LastFetchedEpoch >= 0)
        {
            EpochEndOffset end = EndOf(read.LastFetchedEpoch);
            if (end.Epoch < 0) return new(PartitionReadResult.Failed(ErrorCode.OffsetOutOfRange, LeaderEpoch));
            if (end.Epoch < read.LastFetchedEpoch || end.EndOffset < read.FetchOffset) return new(Marks() with { Diverging = end });
        }
        if (read.FetchOffset < _log!.LogStartOffset || read.FetchOffset > _log.LogEndOffset)
            return new(PartitionReadResult.Failed(ErrorCode.OffsetOutOfRange, LeaderEpoch));
        // Before the log is replayed nobody knows which transactions are open.
        if (read.CommittedOnly && _isReplaying) return new(PartitionReadResult.Failed(ErrorCode.NotLeaderOrFollower, LeaderEpoch));
        long limit = Limit(read.ToLogEnd, read.CommittedOnly);
        if (read.FetchOffset >= limit || (maxBytes <= 0 && !atLeastOneBatch)) return new(Marks());

        ValueTask<LogReadResult> reading = _log.ReadAsync(read.FetchOffset, limit, Math.Max(0, maxBytes), atLeastOneBatch);
        if (!reading.IsCompletedSuccessfully) return FoundLater(reading, read, limit, maxBytes);
        LogReadResult found = reading.Result;
        return read.ToLogEnd || !HoldsNoRecord(found) ? new(Found(found, read)) : FoundLater(new(found), read, limit, maxBytes);
    }

    private long Limit(bool toLogEnd, bool committedOnly) => toLogEnd ? _log!.LogEndOffset : committedOnly ? LastStableOffset : _highWatermark;

    /// <summary>The offset for a time or one of the special "times" above (LOF-1, LOF-4). Which of them a version knows is the handler's matter.</summary>
    public async ValueTask<ListedOffset> ListOffsetAsync(long timestampMs, int currentLeaderEpoch, bool toLogEnd, bool committedOnly = false)
    {
        AssertOnShard();
        ErrorCode fenced = CheckOpenAndEpoch(currentLeaderEpoch);
        if (fenced != ErrorCode.None) return ListedOffset.Failed(fenced);
        if (committedOnly && _isReplaying) return ListedOffset.Failed(ErrorCode.NotLeaderOrFollower);
        long limit = Limit(toLogEnd, committedOnly);
        switch (timestampMs)
        {
            case LatestTimestamp:
                return new ListedOffset(ErrorCode.None, limit, -1, LeaderEpoch);
            case EarliestTimestamp or EarliestLocalTimestamp:
                return new ListedOffset(ErrorCode.None, _log!.LogStartOffset, -1, _log.EpochAt(_log.LogStartOffset));
            case LatestTieredTimestamp or EarliestPendingUploadTimestamp:
                return new ListedOffset(ErrorCode.None, -1, -1, -1);
        }
        try
        {
            OffsetAtTimestamp? found = timestampMs == MaxTimestamp
                ? await _log!.FindMaxTimestampAsync(limit)
                : await _log!.FindByTimestampAsync(timestampMs, limit);
            return found is { } record
                ? new ListedOffset(ErrorCode.None, record.Offset, record.TimestampMs, record.LeaderEpoch)
                : new ListedOffset(ErrorCode.None, -1, -1, -1);
        }
        catch (Exception e) when (e is CorruptRecordException or InflatedTooLargeException or CodecUnavailableException or IOException)
        {
            // LOG-9: bad bytes are the partition's trouble, a bad device its disk's; neither is the connection's.
            PartitionEvents.SearchFailed(_options.Logger, Topic, Id.Partition, timestampMs, e.Message);
            return ListedOffset.Failed(e is IOException ? ErrorCode.KafkaStorageError : ErrorCode.CorruptMessage);
        }
    }

    /// <summary>Where an epoch ends (OLE-1).</summary>
    public (ErrorCode Error, EpochEndOffset End) EndOffsetForEpoch(int leaderEpoch, int currentLeaderEpoch)
    {
        AssertOnShard();
        ErrorCode fenced = CheckOpenAndEpoch(currentLeaderEpoch);
        return fenced == ErrorCode.None ? (ErrorCode.None, EndOf(leaderEpoch)) : (fenced, EpochEndOffset.None);
    }

    private ErrorCode CheckOpenAndEpoch(int currentLeaderEpoch)
    {
        if (!IsOpen) return _closedBecause;
        if (currentLeaderEpoch == -1 || currentLeaderEpoch == LeaderEpoch) return ErrorCode.None;
        return currentLeaderEpoch < LeaderEpoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch;
    }

    private EpochEndOffset EndOf(int epoch)
    {
        EpochEndOffset end = _log!.EndOffsetFor(epoch);
        // The current epoch ends where the log ends, whether it has records yet or not.
        return epoch == LeaderEpoch && end.Epoch != epoch ? new EpochEndOffset(epoch, _log.LogEndOffset) : end;
    }

    private PartitionReadResult Marks() => new()
    {
        HighWatermark = _highWatermark,
        LastStableOffset = LastStableOffset,
        LogStartOffset = _log!.LogStartOffset,
        LeaderEpoch = LeaderEpoch,
    };

    private async ValueTask<PartitionReadResult> FoundLater(ValueTask<LogReadResult> reading, PartitionRead read, long limit, int maxBytes)
    {
        LogReadResult found = await reading;
        return Found(read.ToLogEnd ? found : await PastEmptyAsync(found, limit, maxBytes), read);
    }

    /// <summary>
    /// Compaction leaves of a segment that lost everything a batch without records, and a read ends with its segment. librdkafka takes an answer
    /// without a record for one that was cut short, asks for more each time, and gives up in the end: so it is read on to where records are.
    /// </summary>
    private async ValueTask<LogReadResult> PastEmptyAsync(LogReadResult found, long limit, int maxBytes)
    {
        for (int i = 0; i < MostEmptySegments && HoldsNoRecord(found) && found.NextOffset < limit && IsOpen; i++)
        {
            LogReadResult next = await _log!.ReadAsync(found.NextOffset, limit, Math.Max(0, maxBytes), atLeastOneBatch: true);
            if (next.Error != ErrorCode.None || next.Records is null)
            {
                // The reader goes on behind what was found, and meets it there.
                next.Records?.Dispose();
                break;
            }
            found.Records!.Recycle();
            found = next;
        }
        return found;
    }

    private static bool HoldsNoRecord(in LogReadResult found)
    {
        if (found.Error != ErrorCode.None || found.Records is null) return false;
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(found.Records.Span))
        {
            if (batch.Header.RecordsCount > 0) return false;
        }
        return true;
    }

    private PartitionReadResult Found(in LogReadResult found, in PartitionRead read)
    {
        if (found.Error != ErrorCode.None)
        {
            found.Records?.Dispose();
            if (found.Error != ErrorCode.OffsetOutOfRange) PartitionEvents.ReadFailed(_options.Logger, Topic, Id.Partition, found.NextOffset, found.Error);
            return PartitionReadResult.Failed(found.Error, LeaderEpoch);
        }
        if (found.Records is null) return Marks();
        int records = 0;
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(found.Records.Span)) records += batch.Header.RecordsCount;
        Traffic.Fetched(found.Records.Length, records);
        PartitionReadResult result = Marks() with { Records = found.Records };
        return read.CommittedOnly ? result with { Aborted = _producers.Transactions.AbortedIn(read.FetchOffset, found.NextOffset) } : result;
    }
}
