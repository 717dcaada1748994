using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Shards;
using Gateway.Storage;

namespace Gateway.Broker.Cluster;

/// <summary>
/// The log <c>__gateway_metadata</c>: metadata records in ordinary batches, one batch per decision, so that a decision survives
/// whole or not at all. Owned by the controller's shard.
/// </summary>
internal sealed class MetadataLog : ShardOwned
{
    /// <summary>The id Kafka reserves for the log of metadata; no topic ever gets it.</summary>
    public static readonly TopicIdPartition Id = new(new Guid("00000000-0000-0000-0000-000000000001"), 0);

    private const int ReadBytes = 1 << 20;

    private readonly PartitionLog _log;

    public MetadataLog(Shard shard, LogStore store)
        : base(shard)
    {
        // Never deleted, never rolled by age: it is replayed from its first record at every start.
        _log = store.OpenLog(Id, LogSettings.Default with { RetentionMs = -1, RetentionBytes = -1, DeleteOldSegments = false, SegmentMs = long.MaxValue }, shard);
        _log.Flushed += offset => Committed?.Invoke(offset);
        _log.Failed += failure => Failed?.Invoke(failure);
    }

    /// <summary>Everything below the argument is durable.</summary>
    public event Action<long>? Committed;

    /// <summary>Nothing more can be appended.</summary>
    public event Action<Exception>? Failed;

    public long EndOffset => _log.LogEndOffset;

    public long CommittedOffset => _log.FlushedOffset;

    /// <summary>Appends the records of one decision, or nothing.</summary>
    public AppendStatus Append(IReadOnlyList<MetadataRecord> records)
    {
        AssertOnShard();
        long nowMs = Shard.Time.GetUtcNow().ToUnixTimeMilliseconds();
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        foreach (MetadataRecord record in records) builder.Append(nowMs, (byte[]?)null, MetadataRecordCodec.Write(record));
        using RecordsLease batch = builder.Build();
        return _log.Append(batch).Status;
    }

    /// <summary>Reads everything there is.</summary>
    public async ValueTask<IReadOnlyList<MetadataRecord>> ReadAllAsync()
    {
        AssertOnShard();
        List<MetadataRecord> records = [];
        long offset = _log.LogStartOffset;
        while (offset < _log.LogEndOffset)
        {
            LogReadResult read = await _log.ReadAsync(offset, _log.LogEndOffset, ReadBytes, atLeastOneBatch: true);
            if (read.Error != ErrorCode.None || read.Records is null)
                throw new MetadataFormatException($"The metadata log cannot be read at offset {offset}: {read.Error}");
            using (read.Records)
            {
                foreach (Record record in RecordReader.ReadAll(read.Records.Memory))
                    records.Add(MetadataRecordCodec.Read((record.Value ?? throw new MetadataFormatException("A metadata record is empty")).Span));
            }
            offset = read.NextOffset;
        }
        return records;
    }

    public Task CloseAsync()
    {
        AssertOnShard();
        return _log.CloseAsync();
    }
}
