using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Gateway.Client.Producing;
using Gateway.Common.Json;
using Gateway.Common.Records;
using Gateway.HttpProxy.Http;
using Gateway.Schemas;
using Gateway.Schemas.Lookup;

namespace Gateway.HttpProxy.Records;

/// <summary>Turns the JSON of a produce request into the bytes of records.</summary>
internal static class RecordEncoder
{
    /// <summary>
    /// Steps for every byte of a request, beyond those of one value. A value takes some five to a byte; one that is made to be dear takes
    /// thousands, and a request could hold as many of them as it has room for.
    /// </summary>
    internal const int StepsPerByte = 16;

    /// <summary>
    /// Reads and encodes a request of the binary format in one go, as nearly everybody sends it; null when it is not so plain, or not right. Dispose the
    /// set.
    /// </summary>
    /// <param name="body">The request.</param>
    /// <param name="partition">Where its records go; -1 leaves it to the partitioner.</param>
    /// <param name="trace">Headers for each of them.</param>
    internal static RecordSet? TryEncodePlain(ReadOnlySpan<byte> body, int partition, IReadOnlyList<RecordHeader>? trace)
    {
        var records = new RecordSet(body.Length);
        var plain = new PlainRecords(body);
        bool isRight = true;
        while (isRight && plain.TryNext(out RawRecord raw))
        {
            isRight = TryDecode(body, raw.Key, records, out Slice key) & TryDecode(body, raw.Value, records, out Slice value);
            records.Add(new RecordSet.Entry(partition, -1, key, value, trace));
            if (records.Count == 1) records.Expect(Math.Min(body.Length / plain.Consumed, ProduceBody.MaxExpected));
        }
        if (isRight && plain.TryEnd()) return records;
        records.Dispose();
        return null;
    }

    private static bool TryDecode(ReadOnlySpan<byte> body, in JsonSlice text, RecordSet records, out Slice decoded)
    {
        decoded = Slice.Null;
        if (text.IsNull) return true;
        int start = records.Position;
        OperationStatus status = Base64.DecodeFromUtf8(body.Slice(text.Start + 1, text.Length - 2), records.GetSpan(text.Length), out _, out int written);
        records.Advance(written);
        decoded = records.SliceFrom(start);
        return status == OperationStatus.Done;
    }

    /// <summary>Encodes all records. Dispose the set.</summary>
    /// <exception cref="ProblemException">A key or value does not fit the format or its schema.</exception>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    internal static RecordSet Encode(
        ReadOnlyMemory<byte> body, ProduceBody request, EmbeddedFormat format, RegisteredSchema? keySchema, RegisteredSchema? valueSchema,
        bool schemaInHeader, IReadOnlyList<RecordHeader>? trace, CancellationToken cancel)
    {
        var records = new RecordSet(body.Length);
        SchemaBudget budget = keySchema is null && valueSchema is null
            ? SchemaBudget.Default
            : SchemaBudget.Default with { Shared = new StepAllowance(SchemaBudget.Default.MaxSteps + (long)body.Length * StepsPerByte) };
        // Asked for once: a memory is asked each time what it is made of.
        ReadOnlySpan<byte> bytes = body.Span;
        Span<RawRecord> raws = request.Records;
        try
        {
            for (int i = 0; i < raws.Length; i++)
            {
                cancel.ThrowIfCancellationRequested();
                ref readonly RawRecord raw = ref raws[i];
                Slice key = EncodeOne(body, bytes, raw.Key, format, keySchema, budget, records, new Place(i, "key"));
                Slice value = EncodeOne(body, bytes, raw.Value, format, valueSchema, budget, records, new Place(i, "value"));
                IReadOnlyList<RecordHeader>? headers = TraceContext.Join(raw.Headers, trace);
                if (schemaInHeader)
                {
                    key = SchemasInHeaders.Move(records, key, isKey: true, keySchema, ref headers);
                    value = SchemasInHeaders.Move(records, value, isKey: false, valueSchema, ref headers);
                }
                records.Add(new RecordSet.Entry(raw.Partition, raw.TimestampMs, key, value, headers));
            }
            return records;
        }
        catch
        {
            records.Dispose();
            throw;
        }
    }

    private static Slice EncodeOne(
        ReadOnlyMemory<byte> body, ReadOnlySpan<byte> bytes, in JsonSlice slice, EmbeddedFormat format, RegisteredSchema? schema, SchemaBudget budget,
        RecordSet records, Place place)
    {
        if (slice.IsNull) return Slice.Null;
        int start = records.Position;
        ReadOnlySpan<byte> text = bytes.Slice(slice.Start, slice.Length);
        switch (format)
        {
            case EmbeddedFormat.Binary:
                DecodeBase64(text, slice, records, place);
                break;
            case EmbeddedFormat.Json:
                records.Advance(CompactJson.Copy(text, records.GetSpan(text.Length)));
                break;
            case EmbeddedFormat.Text:
                CopyText(text, slice, records, place);
                break;
            default:
                EncodeWithSchema(body.Slice(slice.Start, slice.Length), schema!, budget, records, place);
                break;
        }
        return records.SliceFrom(start);
    }

    private static void DecodeBase64(ReadOnlySpan<byte> text, JsonSlice slice, RecordSet records, Place place)
    {
        if (slice.Kind != JsonTokenType.String) throw NotBase64(place);
        Span<byte> to = records.GetSpan(text.Length);
        int written;
        if (slice.IsEscaped)
        {
            if (JsonEscapes.HasLoneSurrogate(text)) throw NotBase64(place);
            int length = Unescape(text, to);
            if (Base64.DecodeFromUtf8InPlace(to[..length], out written) != OperationStatus.Done) throw NotBase64(place);
        }
        // Where it lies: reading the string anew would look at each of its letters once more.
        else if (Base64.DecodeFromUtf8(text[1..^1], to, out _, out written) != OperationStatus.Done)
        {
            throw NotBase64(place);
        }
        records.Advance(written);
    }

    private static void CopyText(ReadOnlySpan<byte> text, JsonSlice slice, RecordSet records, Place place)
    {
        if (slice.Kind != JsonTokenType.String || JsonEscapes.HasLoneSurrogate(text))
            throw new ProblemException(Problem.BadRequest, $"{place} is not a string, which the text format asks for.");
        // Unescaped it is shorter, never longer.
        records.Advance(Unescape(text, records.GetSpan(text.Length)));
    }

    private static int Unescape(ReadOnlySpan<byte> text, Span<byte> to)
    {
        var json = new Utf8JsonReader(text);
        json.Read();
        return json.CopyString(to);
    }

    private static void EncodeWithSchema(ReadOnlyMemory<byte> text, RegisteredSchema schema, SchemaBudget budget, RecordSet records, Place place)
    {
        SchemaIdPrefix.Write(records.GetSpan(SchemaIdPrefix.Length), schema.Id);
        records.Advance(SchemaIdPrefix.Length);
        try
        {
            using JsonDocument value = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth });
            schema.Schema.EncodeJson(value.RootElement, JsonForm.Plain, records, budget);
        }
        catch (Exception failure) when (failure is SchemaDataException or SchemaBudgetException)
        {
            throw new ProblemException(Problem.InvalidSchema, $"{place} does not fit schema {schema.Id}: {failure.Message}");
        }
    }

    private static ProblemException NotBase64(Place place) =>
        new(Problem.BadRequest, $"{place} is not a base64 string, which the binary format asks for.");

    /// <summary>Where in the request a key or value stands, for messages.</summary>
    private readonly record struct Place(int Index, string Member)
    {
        public override string ToString() => $"records[{Index}].{Member}";
    }
}
