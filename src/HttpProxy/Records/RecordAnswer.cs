using System.Text.Json;
using Gateway.Common.Bodies;
using Gateway.Common.Records;
using Gateway.HttpProxy.Http;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.Records;

/// <summary>A stretch of one partition to show: records from <paramref name="From"/> up to, but without, <paramref name="To"/>.</summary>
internal readonly record struct RecordRange(string Topic, int Partition, ReadOnlyMemory<byte> Batches, long From, long To);

/// <summary>Writes an answer of records as one JSON array.</summary>
internal static class RecordAnswer
{
    // What a client must have read for the next to be given to the server.
    private const int SliceBytes = 64 * 1024;

    /// <param name="call">The request.</param>
    /// <param name="form">The form of the answer.</param>
    /// <param name="ranges">What to show.</param>
    internal static async ValueTask WriteAsync(ProxyCall call, RecordForm form, IReadOnlyList<RecordRange> ranges)
    {
        if (form.IsEvents)
        {
            using var events = new CloudEventJson(hasBigIntegersAsText: call.HasBigIntegersAsText());
            await WriteAsync(call, form.Type, events, ranges).ConfigureAwait(false);
        }
        else
        {
            await WriteAsync(call, form.Type, form.Format, ranges).ConfigureAwait(false);
        }
    }

    /// <param name="call">The request.</param>
    /// <param name="type">The answer's type.</param>
    /// <param name="format">How keys and values stand; null finds out for each.</param>
    /// <param name="ranges">What to show.</param>
    /// <param name="writeRest">Makes the array the member <c>data</c> of an object, and writes its other members.</param>
    internal static async ValueTask WriteAsync(
        ProxyCall call, string type, EmbeddedFormat? format, IReadOnlyList<RecordRange> ranges, Action<Utf8JsonWriter>? writeRest = null)
    {
        var schemas = new ConsumeSchemas();
        using var records = new RecordJson(format, schemas, hasBigIntegersAsText: call.HasBigIntegersAsText());
        if (records.NeedsSchemas)
        {
            foreach (RecordRange range in ranges)
                await schemas.LoadAsync(call.Service.Schemas, range.Batches, range.From, range.To, call.Cancel).ConfigureAwait(false);
        }
        await WriteAsync(call, type, records, ranges, writeRest).ConfigureAwait(false);
    }

    /// <summary>Writes records in whatever way <paramref name="records"/> does.</summary>
    private static async ValueTask WriteAsync(
        ProxyCall call, string type, IRecordWriter records, IReadOnlyList<RecordRange> ranges, Action<Utf8JsonWriter>? writeRest = null)
    {
        HttpResponse response = call.Context.Response;
        response.ContentType = type;
        using var page = new PageBuffer();
        using var json = new Utf8JsonWriter(page);
        using var patience = new ReaderPatience(call);
        using AnswerEncoder? encoder = AnswerEncoding.Choose(call.Context, ranges.Sum(static range => (long)range.Batches.Length));
        if (writeRest is not null)
        {
            json.WriteStartObject();
            json.WritePropertyName("data"u8);
        }
        json.WriteStartArray();
        foreach (RecordRange range in ranges)
        {
            // Batch by batch: JSON for which a slow reader has no room yet is not made yet.
            foreach (ReadOnlyMemory<byte> batch in Split(range.Batches))
            {
                records.WriteAll(json, range.Topic, range.Partition, batch.Span, range.From, range.To);
                await SendAsync(isLast: false).ConfigureAwait(false);
            }
        }
        json.WriteEndArray();
        if (writeRest is not null)
        {
            writeRest(json);
            json.WriteEndObject();
        }
        await SendAsync(isLast: true).ConfigureAwait(false);

        // A whole batch or nothing: what fails in the first can still be answered as an error.
        async ValueTask SendAsync(bool isLast)
        {
            json.Flush();
            ReadOnlyMemory<byte> bytes = encoder is null ? page.Written : encoder.Encode(page.Written.Span, isLast);
            for (ReadOnlyMemory<byte> left = bytes; !left.IsEmpty; left = left[Math.Min(SliceBytes, left.Length)..])
                await patience.AwaitAsync(response.BodyWriter.WriteAsync(left[..Math.Min(SliceBytes, left.Length)], call.Cancel)).ConfigureAwait(false);
            page.Reset(Array.MaxLength);
        }
    }

    private static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> batches)
    {
        var split = new List<ReadOnlyMemory<byte>>();
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(batches.Span)) split.Add(batches.Slice(batch.Position, batch.Bytes.Length));
        return split;
    }
}
