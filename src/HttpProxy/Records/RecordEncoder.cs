using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Gateway.Client.Producing;
using Gateway.Common.Json;
using Gateway.HttpProxy.Http;
using Gateway.Schemas;
using Gateway.Schemas.Lookup;

namespace Gateway.HttpProxy.Records;

/// <summary>Turns the JSON of a produce request into the bytes of records.</summary>
internal static class RecordEncoder
{
    /// <summary>Encodes all records. Dispose the set.</summary>
    /// <exception cref="ProblemException">A key or value does not fit the format or its schema.</exception>
    internal static RecordSet Encode(
        ReadOnlySpan<byte> body, ProduceBody request, EmbeddedFormat format, RegisteredSchema? keySchema, RegisteredSchema? valueSchema)
    {
        var records = new RecordSet(body.Length);
        try
        {
            foreach (RawRecord raw in request.Records)
            {
                Slice key = EncodeOne(body, raw.Key, format, keySchema, records, "key");
                Slice value = EncodeOne(body, raw.Value, format, valueSchema, records, "value");
                records.Add(new RecordSet.Entry(raw.Partition, raw.TimestampMs, key, value, raw.Headers));
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
        ReadOnlySpan<byte> body, JsonSlice slice, EmbeddedFormat format, RegisteredSchema? schema, RecordSet records, string what)
    {
        if (slice.IsNull) return Slice.Null;
        int start = records.Position;
        ReadOnlySpan<byte> text = slice.Of(body);
        switch (format)
        {
            case EmbeddedFormat.Binary:
                DecodeBase64(text, slice.Kind, records, what);
                break;
            case EmbeddedFormat.Json:
                records.Advance(JsonText.CopyCompact(text, records.GetSpan(text.Length)));
                break;
            default:
                EncodeWithSchema(text, schema!, records, what);
                break;
        }
        return records.SliceFrom(start);
    }

    private static void DecodeBase64(ReadOnlySpan<byte> text, JsonTokenType kind, RecordSet records, string what)
    {
        if (kind != JsonTokenType.String) throw NotBase64(what);
        var json = new Utf8JsonReader(text);
        json.Read();
        Span<byte> to = records.GetSpan(text.Length);
        int written;
        if (json.ValueIsEscaped)
        {
            if (JsonEscapes.HasLoneSurrogate(text)) throw NotBase64(what);
            int length = json.CopyString(to);
            if (Base64.DecodeFromUtf8InPlace(to[..length], out written) != OperationStatus.Done) throw NotBase64(what);
        }
        else if (Base64.DecodeFromUtf8(json.ValueSpan, to, out _, out written) != OperationStatus.Done)
        {
            throw NotBase64(what);
        }
        records.Advance(written);
    }

    private static void EncodeWithSchema(ReadOnlySpan<byte> text, RegisteredSchema schema, RecordSet records, string what)
    {
        SchemaIdPrefix.Write(records.GetSpan(SchemaIdPrefix.Length), schema.Id);
        records.Advance(SchemaIdPrefix.Length);
        try
        {
            using JsonDocument value = JsonDocument.Parse(text.ToArray(), new JsonDocumentOptions { MaxDepth = 256 });
            schema.Schema.EncodeJson(value.RootElement, JsonForm.Plain, records, SchemaBudget.Default);
        }
        catch (Exception failure) when (failure is SchemaDataException or SchemaBudgetException)
        {
            throw new ProblemException(Problem.InvalidSchema, $"A {what} does not fit schema {schema.Id}: {failure.Message}");
        }
    }

    private static ProblemException NotBase64(string what) =>
        new(Problem.BadRequest, $"A {what} is not a base64 string, which the binary format asks for.");
}
