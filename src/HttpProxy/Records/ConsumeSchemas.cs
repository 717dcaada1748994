using Gateway.Common.Records;
using Gateway.Schemas;
using Gateway.Schemas.Lookup;

namespace Gateway.HttpProxy.Records;

/// <summary>The schemas named by records that are about to be shown, looked up before any of them is written.</summary>
internal sealed class ConsumeSchemas
{
    private readonly Dictionary<SchemaIdentity, ISchema> _schemas = [];

    /// <summary>
    /// Looks up every schema that records from <paramref name="from"/> up to <paramref name="to"/> name. One nobody knows stays missing.
    /// </summary>
    internal async ValueTask LoadAsync(ISchemaLookup? lookup, ReadOnlyMemory<byte> batches, long from, long to, CancellationToken cancel)
    {
        if (lookup is null) return;
        foreach (SchemaIdentity named in NamedIn(batches.Span, from, to))
        {
            if (_schemas.ContainsKey(named)) continue;
            SchemaAnswer answer = named.IsGuid
                ? await lookup.FindByGuidAsync(named.Guid, cancel).ConfigureAwait(false)
                : await lookup.FindByIdAsync(named.Id, cancel).ConfigureAwait(false);
            if (answer.Found is { } found) _schemas[named] = found.Schema;
        }
    }

    internal ISchema? Find(SchemaIdentity named) => _schemas.GetValueOrDefault(named);

    private static HashSet<SchemaIdentity> NamedIn(ReadOnlySpan<byte> batches, long from, long to)
    {
        var all = new HashSet<SchemaIdentity>();
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(batches))
        {
            if (batch.Header.IsControl || batch.Header.LastOffset < from || batch.Header.BaseOffset >= to) continue;
            using BatchRecords records = BatchRecords.Open(batch.Bytes);
            foreach (RecordView record in records)
            {
                if (record.Offset < from || record.Offset >= to) continue;
                FramedData key = FramedData.Of(record.Key, record.Headers, isKey: true);
                FramedData value = FramedData.Of(record.Value, record.Headers, isKey: false);
                if (key.IsFound) all.Add(key.Identity);
                if (value.IsFound) all.Add(value.Identity);
            }
        }
        return all;
    }
}
