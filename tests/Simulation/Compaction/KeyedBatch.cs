using Gateway.Common.Records;

namespace Gateway.Simulation.Compaction;

/// <summary>A record as it was appended; the key null or text, the value null for a tombstone.</summary>
internal sealed record KeyedRecord(long Offset, long TimestampMs, string? Key, string? Value);

/// <summary>A batch as it was appended, or as it is stored.</summary>
internal sealed record KeyedBatch(RecordBatchHeader Header, byte[] Bytes, IReadOnlyList<KeyedRecord> Records)
{
    internal long Base => Header.BaseOffset;

    internal long Next => Header.LastOffset + 1;

    internal static KeyedBatch Of(ReadOnlySpan<byte> batch)
    {
        byte[] bytes = batch.ToArray();
        _ = RecordBatchHeader.TryRead(bytes, out RecordBatchHeader header);
        KeyedRecord[] records =
        [
            .. RecordReader.ReadAll(bytes).Select(static record => new KeyedRecord(
                record.Offset, record.TimestampMs, TextOf(record.Key), TextOf(record.Value))),
        ];
        return new KeyedBatch(header, bytes, records);
    }

    /// <summary>What compaction may do to a batch: leave records out, and mark it with a horizon. Null when it is that.</summary>
    internal string? WhyNotPrunedTo(KeyedBatch stored)
    {
        RecordBatchHeader a = Header, b = stored.Header;
        if ((a.BaseOffset, a.LastOffset, a.PartitionLeaderEpoch, a.ProducerId, a.ProducerEpoch, a.BaseSequence)
            != (b.BaseOffset, b.LastOffset, b.PartitionLeaderEpoch, b.ProducerId, b.ProducerEpoch, b.BaseSequence))
            return $"its header was {a} and is {b}";
        if (b.RecordsCount > 0 && a.Compression != b.Compression) return $"its codec was {a.Compression} and is {b.Compression}";
        if (b.RecordsCount != stored.Records.Count) return $"it says {b.RecordsCount} records and has {stored.Records.Count}";
        KeyedRecord? strange = stored.Records.FirstOrDefault(record => !Records.Contains(record));
        if (strange is not null) return $"nobody appended {strange}";
        for (int i = 1; i < stored.Records.Count; i++)
        {
            if (stored.Records[i].Offset <= stored.Records[i - 1].Offset) return "its records are not in order";
        }

        return b.RecordsCount > 0 && b.MaxTimestamp != stored.Records.Max(static record => record.TimestampMs)
            ? $"its highest time is {b.MaxTimestamp}"
            : null;
    }

    private static string? TextOf(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? System.Text.Encoding.UTF8.GetString(some.Span) : null;
}
