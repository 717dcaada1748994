using System.Text.Json;
using Gateway.Common.Records;

namespace Gateway.HttpProxy.Records;

/// <summary>Writes records as JSON objects of some kind.</summary>
internal interface IRecordWriter : IDisposable
{
    /// <summary>Whether what it writes depends on schemas, which have to be loaded before.</summary>
    bool NeedsSchemas { get; }

    /// <summary>What follows has a batch's allowance of work and of JSON.</summary>
    void StartBatch();

    /// <summary>Writes one record, with the cursor behind it if it has one.</summary>
    void Write(Utf8JsonWriter json, string topic, int partition, in RecordView record, ReadOnlySpan<byte> cursor = default);
}

/// <summary>Batches as JSON objects, whatever their kind.</summary>
internal static class RecordWriting
{
    /// <summary>Writes the records with offsets from <paramref name="from"/> up to, but without, <paramref name="to"/>.</summary>
    internal static void WriteAll(
        this IRecordWriter writer, Utf8JsonWriter json, string topic, int partition, ReadOnlySpan<byte> batches, long from, long to)
    {
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(batches))
        {
            writer.StartBatch();
            if (batch.Header.IsControl || batch.Header.LastOffset < from || batch.Header.BaseOffset >= to) continue;
            using BatchRecords records = BatchRecords.Open(batch.Bytes);
            foreach (RecordView record in records)
            {
                if (record.Offset >= from && record.Offset < to) writer.Write(json, topic, partition, record);
            }
        }
    }
}
