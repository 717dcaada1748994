using Gateway.Common.Records;
using Gateway.Schemas;
using Gateway.Schemas.Lookup;

namespace Gateway.HttpProxy.Records;

/// <summary>The schemas named by records that are about to be shown, looked up before any of them is written.</summary>
internal sealed class ConsumeSchemas
{
    private readonly Dictionary<int, ISchema> _schemas = [];

    /// <summary>
    /// Looks up every schema id in the records from <paramref name="from"/> up to <paramref name="to"/>. An id nobody knows
    /// stays missing.
    /// </summary>
    internal async ValueTask LoadAsync(ISchemaLookup? lookup, ReadOnlyMemory<byte> batches, long from, long to, CancellationToken cancel)
    {
        if (lookup is null) return;
        foreach (int id in IdsIn(batches.Span, from, to))
        {
            if (_schemas.ContainsKey(id)) continue;
            if ((await lookup.FindByIdAsync(id, cancel).ConfigureAwait(false)).Found is { } found) _schemas[id] = found.Schema;
        }
    }

    internal ISchema? Find(int id) => _schemas.GetValueOrDefault(id);

    private static HashSet<int> IdsIn(ReadOnlySpan<byte> batches, long from, long to)
    {
        var ids = new HashSet<int>();
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(batches))
        {
            if (batch.Header.IsControl || batch.Header.LastOffset < from || batch.Header.BaseOffset >= to) continue;
            using BatchRecords records = BatchRecords.Open(batch.Bytes);
            foreach (RecordView record in records)
            {
                if (record.Offset < from || record.Offset >= to) continue;
                if (SchemaIdPrefix.TryRead(record.Key, out int key, out _)) ids.Add(key);
                if (SchemaIdPrefix.TryRead(record.Value, out int value, out _)) ids.Add(value);
            }
        }
        return ids;
    }
}
