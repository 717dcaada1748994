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
    /// <exception cref="Gateway.Common.Buffers.MemoryRefusedException">A record is large, and there is no memory for it now.</exception>
    internal async ValueTask LoadAsync(
        ISchemaLookup? lookup, ReadOnlyMemory<byte> batches, long from, long to, RecordReading reading, Turns turns, CancellationToken cancel)
    {
        if (lookup is null) return;
        var named = new HashSet<SchemaIdentity>();
        foreach (ReadOnlyMemory<byte> batch in BatchSplit.Of(batches))
        {
            RecordBatchHeader header = RecordBatchHeader.OfWhole(batch.Span);
            if (header.IsControl || header.LastOffset < from || header.BaseOffset >= to) continue;
            using RecordCursor records = RecordCursor.Open(batch, reading.Share);
            bool hasMore = Collect(records, from, to, named);
            while (hasMore)
            {
                using Turn turn = await turns.TakeAsync(cancel).ConfigureAwait(false);
                hasMore = Collect(records, from, to, named);
            }
        }
        foreach (SchemaIdentity identity in named)
        {
            if (_schemas.ContainsKey(identity)) continue;
            SchemaAnswer answer = identity.IsGuid
                ? await lookup.FindByGuidAsync(identity.Guid, cancel).ConfigureAwait(false)
                : await lookup.FindByIdAsync(identity.Id, cancel).ConfigureAwait(false);
            if (answer.Found is { } found) _schemas[identity] = found.Schema;
        }
    }

    internal ISchema? Find(SchemaIdentity named) => _schemas.GetValueOrDefault(named);

    /// <summary>Looks at some records; false at the end.</summary>
    private static bool Collect(RecordCursor records, long from, long to, HashSet<SchemaIdentity> named)
    {
        long until = records.Position + BatchSplit.BytesPerTurn;
        while (records.Position < until)
        {
            if (!records.TryRead(out RecordView record) || record.Offset >= to) return false;
            if (record.Offset < from) continue;
            FramedData key = FramedData.Of(record.Key, record.Headers, isKey: true);
            FramedData value = FramedData.Of(record.Value, record.Headers, isKey: false);
            if (key.IsFound) named.Add(key.Identity);
            if (value.IsFound) named.Add(value.Identity);
        }
        return true;
    }
}
