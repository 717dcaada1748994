using System.Text.Json;
using Gateway.Client.Topology;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.HttpProxy.Records;

namespace Gateway.HttpProxy.Streams;

/// <summary>Renders the records of one read a slice at a time, so that a stream need not hold more of them than its client takes.</summary>
internal sealed class RecordSlices : IDisposable
{
    private readonly TopicView _topic;
    private readonly StreamPosition[] _positions;
    private readonly StreamFraming _framing;
    private readonly RecordFilter? _filter;
    private readonly IRecordWriter _records;
    private readonly Utf8JsonWriter _json;
    private readonly byte[] _cursor;

    internal RecordSlices(TopicView topic, StreamPosition[] positions, StreamQuery query, StreamFraming framing, RecordReading reading)
    {
        (_topic, _positions, _framing, _filter, Reading) = (topic, positions, framing, query.Filter, reading);
        _records = query.IsEvents
            ? new CloudEventJson(isOneLine: true, query.HasBigIntegersAsText, reading.Share)
            : new RecordJson(query.Format, reading.Schemas, isOneLine: true, query.HasBigIntegersAsText, reading.Share);
        _cursor = query.HasCursors ? new byte[StreamCursor.MaxLength(positions.Length)] : [];
        Page = new PageBuffer(reading.Share);
        _json = new Utf8JsonWriter(Page, RecordJson.Readable);
        if (reading.IsOpen) _records.StartBatch();
    }

    /// <summary>The slice; to be emptied, or taken, before the next.</summary>
    internal PageBuffer Page { get; private set; }

    /// <summary>The batch that is under way.</summary>
    internal RecordReading Reading { get; }

    internal bool NeedsSchemas => _records.NeedsSchemas;

    public void Dispose()
    {
        _json.Dispose();
        _records.Dispose();
        Page.Dispose();
    }

    /// <summary>Gives the page away, to be disposed of by whoever takes it, and has another one.</summary>
    internal PageBuffer TakePage()
    {
        PageBuffer page = Page;
        Page = new PageBuffer(Reading.Share);
        return page;
    }

    /// <summary>Renders records from the position on, and moves it behind them.</summary>
    /// <param name="batches">What was read; nothing to go on with the batch under way alone.</param>
    /// <param name="position">Where the stream stands.</param>
    /// <param name="bytes">With so many the slice is full; it ends with a whole record, and may end before, be it without any.</param>
    /// <param name="left">How many records the stream may still have; counts down.</param>
    /// <returns>Whether no record is left to render.</returns>
    /// <exception cref="CorruptRecordException">A checksum is wrong, or the bytes are no batches.</exception>
    /// <exception cref="MemoryRefusedException">There is no memory for the next record now. The slice is empty, and no batch under way.</exception>
    internal bool Render(ReadOnlyMemory<byte> batches, StreamPosition position, int bytes, ref long left)
    {
        try
        {
            if (Reading.IsOpen && !RenderBatch(position, bytes, ref left)) return false;
            RecordBatchEnumerator walk = RecordBatches.Enumerate(batches.Span);
            while (walk.MoveNext())
            {
                RecordBatchSpan batch = walk.Current;
                if (batch.Header.LastOffset < position.Offset) continue;
                if (position.IsDone || left == 0) return true;
                if (batch.Header.IsControl)
                {
                    PassTo(batch.Header.LastOffset + 1, position);
                    continue;
                }
                Reading.Open(batches.Slice(batch.Position, batch.Bytes.Length), isKept: true);
                // One allowance for the whole batch, however many slices it makes.
                _records.StartBatch();
                if (!RenderBatch(position, bytes, ref left)) return false;
            }
            if (walk.End == BatchWalkEnd.NotABatch)
                throw new CorruptRecordException("The answer holds something that is no batch of format 2.");
            return true;
        }
        catch (MemoryRefusedException refused) when (!refused.IsForGood)
        {
            Reading.Close();
            // What is there leaves first, and with it the memory that it takes.
            if (Page.Length == 0) throw;
            return false;
        }
    }

    /// <summary>Renders the batch under way; true when it is over.</summary>
    private bool RenderBatch(StreamPosition position, int bytes, ref long left)
    {
        long until = Reading.Position + BatchSplit.BytesPerTurn;
        while (!Reading.IsAtEnd)
        {
            if (left == 0 || Page.Length >= bytes || Reading.Position >= until) return false;
            if (!Reading.TryRead(out RecordView record)) break;
            if (record.Offset < position.Offset) continue;
            if (record.Offset >= position.End) break;
            Render(record, position, ref left);
        }
        PassTo(Reading.Header.LastOffset + 1, position);
        Reading.Close();
        return true;
    }

    private void Render(in RecordView record, StreamPosition position, ref long left)
    {
        long before = position.Offset;
        int start = Page.Length;
        try
        {
            position.Offset = record.Offset + 1;
            StreamFrames.WriteHead(Page, _framing, record.IsValueNull ? "tombstone"u8 : "record"u8, _topic.Id, _positions);
            int objectStart = Page.Length;
            int cursor = _cursor.Length == 0 ? 0 : StreamCursor.Write(_cursor, _topic.Id, _positions);
            ReadOnlySpan<byte> tail = StreamFrames.Tail(_framing);
            _records.WriteOne(_json, Page, _topic.Name, position.Partition, record, _cursor.AsSpan(0, cursor), tail);
            // Judged as its reader would see it: with a schema or without, the members are the same.
            if (_filter is null || _filter.Matches(Page.Written.Span[objectStart..^tail.Length])) left--;
            else Page.Truncate(start);
        }
        catch (MemoryRefusedException)
        {
            position.Offset = before;
            Page.Truncate(start);
            throw;
        }
    }

    private static void PassTo(long offset, StreamPosition position) =>
        position.Offset = Math.Min(Math.Max(position.Offset, offset), position.End);
}
