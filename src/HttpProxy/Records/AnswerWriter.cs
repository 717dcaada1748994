using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Gateway.Common.Bodies;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Records;

/// <summary>
/// One answer of records, a page at a time: JSON for which a slow reader has no room yet is not made yet, and of a compressed batch no more is inflated.
/// </summary>
/// <param name="call">The request.</param>
/// <param name="records">How each record stands.</param>
/// <param name="reading">The batch under way.</param>
/// <param name="isTaken">Whether reading has moved something on, so that the answer waits for memory as long as its client does.</param>
internal sealed class AnswerWriter(ProxyCall call, IRecordWriter records, RecordReading reading, bool isTaken) : IDisposable
{
    private const int PageBytes = 32 * 1024;

    private readonly PageBuffer _page = new(reading.Share);
    private readonly ReaderPatience _patience = new(call);
    private Utf8JsonWriter? _json;
    private AnswerEncoder? _encoder;
    private bool _hasRecords;
    private bool _hasSent;

    // As long a request that has moved nothing still waits for memory.
    private TimeSpan _left = TimeSpan.FromSeconds(5);

    public void Dispose()
    {
        _page.Dispose();
        _patience.Dispose();
        _json?.Dispose();
        _encoder?.Dispose();
    }

    /// <summary>Writes all of it.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="ranges">What to show.</param>
    /// <param name="writeRest">Makes the array the member <c>data</c> of an object, and writes its other members.</param>
    internal async ValueTask WriteAsync(string type, RecordRange[] ranges, Action<Utf8JsonWriter>? writeRest)
    {
        // Known before anything is sent: what cannot be had now can still be answered as an error.
        long size = 0;
        foreach (RecordRange range in ranges)
        {
            if (records.NeedsSchemas) await LoadSchemasAsync(range).ConfigureAwait(false);
            size += range.Batches.Length;
        }
        call.Context.Response.ContentType = type;
        _encoder = AnswerEncoding.Choose(call.Context, size);
        _page.Write(writeRest is null ? "["u8 : "{\"data\":["u8);
        foreach (RecordRange range in ranges)
        {
            foreach (ReadOnlyMemory<byte> batch in BatchSplit.Of(range.Batches)) await WriteAsync(batch, range).ConfigureAwait(false);
        }
        _page.Write("]"u8);
        if (writeRest is not null) WriteRest(writeRest);
        await SendAsync(isLast: true).ConfigureAwait(false);
    }

    private async ValueTask LoadSchemasAsync(RecordRange range)
    {
        while (true)
        {
            try
            {
                await reading.Schemas.LoadAsync(
                    call.Service.Schemas, range.Batches, range.From, range.To, reading, call.Service.Turns, call.Cancel).ConfigureAwait(false);
                return;
            }
            catch (MemoryRefusedException refused) when (!refused.IsForGood)
            {
                // Waited for below, with nothing in hand.
            }
            await WaitForMemoryAsync(range.From).ConfigureAwait(false);
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> batch, RecordRange range)
    {
        RecordBatchHeader header = RecordBatchHeader.OfWhole(batch.Span);
        if (header.IsControl || header.LastOffset < range.From || header.BaseOffset >= range.To) return;
        records.StartBatch();
        long next = Math.Max(range.From, header.BaseOffset);
        bool isAll = false, isLong = false;
        while (!isAll)
        {
            bool isRefused = false;
            try
            {
                // What goes on for long is not to be in the way of what is done at once.
                using Turn? turn = isLong ? await call.Service.Turns.TakeAsync(call.Cancel).ConfigureAwait(false) : null;
                isAll = Render(batch, range, ref next);
                isLong = true;
            }
            catch (MemoryRefusedException refused) when (!refused.IsForGood)
            {
                reading.Close();
                isRefused = true;
            }
            // What is there leaves before anything is waited for, and with it the memory that it takes.
            if (_page.Length >= PageBytes) await SendAsync(isLast: false).ConfigureAwait(false);
            if (isRefused) await WaitForMemoryAsync(next).ConfigureAwait(false);
        }
    }

    /// <summary>Renders a page; true when the batch is over.</summary>
    /// <exception cref="MemoryRefusedException">There is no memory for the next record now. The page ends with the one before.</exception>
    private bool Render(ReadOnlyMemory<byte> batch, in RecordRange range, ref long next)
    {
        int whole = _page.Length;
        try
        {
            if (!reading.IsOpen) reading.Open(batch, isKept: false);
            long until = reading.Position + BatchSplit.BytesPerTurn;
            while (!reading.IsAtEnd)
            {
                if (_page.Length >= PageBytes || reading.Position >= until) return false;
                if (!reading.TryRead(out RecordView record) || record.Offset >= range.To) break;
                if (record.Offset < next) continue;
                if (_hasRecords) _page.Write(","u8);
                records.WriteOne(_json ??= new Utf8JsonWriter(_page), _page, range.Topic, range.Partition, record);
                (_hasRecords, next, whole) = (true, record.Offset + 1, _page.Length);
            }
        }
        catch (MemoryRefusedException)
        {
            _page.Truncate(whole);
            throw;
        }
        reading.Close();
        return true;
    }

    private void WriteRest(Action<Utf8JsonWriter> writeRest)
    {
        using var rest = new PageBuffer();
        using (var json = new Utf8JsonWriter(rest))
        {
            json.WriteStartObject();
            writeRest(json);
            json.WriteEndObject();
        }
        _page.Write(","u8);
        _page.Write(rest.Written.Span[1..]);
    }

    private async ValueTask SendAsync(bool isLast)
    {
        _hasSent = true;
        reading.Offer();
        if (_page.Length <= PageBuffer.Ungranted) await _patience.AwaitAsync(WritePieceAsync(_page.Written, isLast)).ConfigureAwait(false);
        else await LargePage.SendAsync(_page.Written, _patience, (piece, isEnd) => new ValueTask(WritePieceAsync(piece, isLast && isEnd).AsTask())).ConfigureAwait(false);
        reading.Reclaim();
        _page.Reset(Array.MaxLength);
    }

    private ValueTask<FlushResult> WritePieceAsync(ReadOnlyMemory<byte> piece, bool isLast)
    {
        ReadOnlyMemory<byte> bytes = _encoder is null ? piece : _encoder.Encode(piece.Span, isLast);
        return bytes.IsEmpty ? default : call.Context.Response.BodyWriter.WriteAsync(bytes, call.Cancel);
    }

    /// <summary>Waits until there is memory for what was refused.</summary>
    /// <exception cref="ProblemException">It is not to be had soon, and the client can ask again without having lost anything.</exception>
    private async ValueTask WaitForMemoryAsync(long record)
    {
        TimeProvider time = call.Service.Client.Options.Time;
        long since = time.GetTimestamp();
        try
        {
            TimeSpan patience = _hasSent || isTaken ? Timeout.InfiniteTimeSpan : _left;
            await reading.Share.WaitAsync(record).WaitAsync(patience, time, call.Cancel).ConfigureAwait(false);
            TimeSpan waited = time.GetElapsedTime(since);
            _left = waited < _left ? _left - waited : TimeSpan.Zero;
        }
        catch (TimeoutException)
        {
            // Whoever holds memory for a client that does not read is cut by then.
            int seconds = (int)Math.Ceiling(call.Service.Options.ReaderStallTimeout.TotalSeconds);
            throw new ProblemException(Problem.Of(Problem.TooManyRequests, "Too many large records are being read; try again.") with { RetryAfterSeconds = Math.Max(seconds, 1) });
        }
    }
}
