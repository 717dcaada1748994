using System.Text.Json;
using Gateway.Client.Topology;
using Gateway.Common.Records;
using Gateway.HttpProxy.Records;

namespace Gateway.HttpProxy.Streams;

/// <summary>Renders the records of one read a slice at a time, so that a stream need not hold more of them than its client takes.</summary>
internal sealed class RecordSlices : IDisposable
{
    // A compressed batch is inflated anew for each slice of it.
    private const int CompressedFactor = 4;

    private readonly TopicView _topic;
    private readonly StreamPosition[] _positions;
    private readonly StreamFraming _framing;
    private readonly RecordFilter? _filter;
    private readonly IRecordWriter _records;
    private readonly Utf8JsonWriter _json;
    private readonly byte[] _cursor;
    private long _batchUnderWay = -1;

    internal RecordSlices(TopicView topic, StreamPosition[] positions, StreamQuery query, StreamFraming framing, ConsumeSchemas schemas)
    {
        (_topic, _positions, _framing, _filter) = (topic, positions, framing, query.Filter);
        _records = query.IsEvents
            ? new CloudEventJson(isOneLine: true, query.HasBigIntegersAsText)
            : new RecordJson(query.Format, schemas, isOneLine: true, query.HasBigIntegersAsText);
        _cursor = query.HasCursors ? new byte[StreamCursor.MaxLength(positions.Length)] : [];
        _json = new Utf8JsonWriter(Page, RecordJson.Readable);
    }

    /// <summary>The slice; to be emptied before the next.</summary>
    internal PageBuffer Page { get; } = new();

    internal bool NeedsSchemas => _records.NeedsSchemas;

    public void Dispose()
    {
        _json.Dispose();
        _records.Dispose();
        Page.Dispose();
    }

    /// <summary>Renders records from the position on, and moves it behind them.</summary>
    /// <param name="batches">What was read.</param>
    /// <param name="position">Where the stream stands.</param>
    /// <param name="bytes">With so many the slice is full; it ends with a whole record.</param>
    /// <param name="left">How many records the stream may still have; counts down.</param>
    /// <returns>Whether no record is left to render.</returns>
    /// <exception cref="CorruptRecordException">A checksum is wrong, or the bytes are no batches.</exception>
    internal bool Render(ReadOnlySpan<byte> batches, StreamPosition position, int bytes, ref long left)
    {
        RecordBatchEnumerator walk = RecordBatches.Enumerate(batches);
        while (walk.MoveNext())
        {
            RecordBatchSpan batch = walk.Current;
            if (batch.Header.LastOffset < position.Offset) continue;
            if (position.IsDone || left == 0) return true;
            if (!batch.Header.IsControl && !Render(batch, position, bytes, ref left)) return false;
            if (left > 0) position.Offset = Math.Min(Math.Max(position.Offset, batch.Header.LastOffset + 1), position.End);
        }
        if (walk.End == BatchWalkEnd.NotABatch)
            throw new CorruptRecordException("The answer holds something that is no batch of format 2.");
        return true;
    }

    private bool Render(in RecordBatchSpan batch, StreamPosition position, int bytes, ref long left)
    {
        if (_batchUnderWay != batch.Header.BaseOffset)
        {
            if (!RecordBatchBytes.HasValidCrc(batch.Bytes))
                throw new CorruptRecordException($"The batch at offset {batch.Header.BaseOffset} has a wrong checksum.");
            // One allowance for the whole batch, however many slices it makes.
            _records.StartBatch();
            _batchUnderWay = batch.Header.BaseOffset;
        }
        int full = batch.Header.Compression == CompressionType.None ? bytes : bytes * CompressedFactor;
        using BatchRecords records = BatchRecords.Open(batch.Bytes);
        foreach (RecordView record in records)
        {
            if (record.Offset < position.Offset) continue;
            if (record.Offset >= position.End || left == 0) return true;
            if (Page.Length >= full) return false;
            position.Offset = record.Offset + 1;
            int start = Page.Length;
            StreamFrames.WriteHead(Page, _framing, record.IsValueNull ? "tombstone"u8 : "record"u8, _topic.Id, _positions);
            int objectStart = Page.Length;
            _json.Reset(Page);
            int cursor = _cursor.Length == 0 ? 0 : StreamCursor.Write(_cursor, _topic.Id, _positions);
            _records.Write(_json, _topic.Name, position.Partition, record, _cursor.AsSpan(0, cursor));
            _json.Flush();
            // Judged as its reader would see it: with a schema or without, the members are the same.
            if (_filter is not null && !_filter.Matches(Page.Written.Span[objectStart..]))
            {
                Page.Truncate(start);
                continue;
            }
            left--;
            StreamFrames.WriteTail(Page, _framing);
        }
        return true;
    }
}
