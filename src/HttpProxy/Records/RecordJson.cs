using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.HttpProxy.Http;
using Gateway.Schemas;

namespace Gateway.HttpProxy.Records;

/// <summary>
/// Writes records as JSON. A key or value that the format cannot show (no JSON, unknown schema, schema of another language, far larger
/// as JSON) stands as base64 and says so in <c>key_encoding</c> or <c>value_encoding</c>: one odd record must not block its reader.
/// </summary>
/// <param name="format">How keys and values are to stand; null finds out for each, and says what it found as the encoding.</param>
/// <param name="schemas">The schemas the records name.</param>
/// <param name="isOneLine">Whether stored JSON loses its line ends, since a line end would end the object for its reader.</param>
/// <param name="hasBigIntegersAsText">Whether whole numbers that a browser would round stand as strings.</param>
/// <param name="memory">Has to grant what is large.</param>
internal sealed class RecordJson(
    EmbeddedFormat? format, ConsumeSchemas schemas, bool isOneLine = false, bool hasBigIntegersAsText = false, IMemoryGrants? memory = null) : IRecordWriter
{
    // What was decoded goes to programs and people, never into a web page: letters and quotes stay as they are.
    internal static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// What a batch's keys and values may become, all together. The names of fields stand in the schema only, so that a few bytes can ask for
    /// gigabytes; no serialiser's data comes near this.
    /// </summary>
    internal const int MaxDecodedBytes = 64 * 1024 * 1024;

    /// <summary>What they may cost, all together: a batch is at most some megabytes, and ordinary data takes a step or two to a byte.</summary>
    private const long StepsPerBatch = 100_000_000;

    /// <summary>The encoding of a key or value that is there, and for which there is never memory enough to show it.</summary>
    internal const string TooLarge = "too_large";

    private readonly bool _hasSchemas = format is not { } named || EmbeddedFormats.SchemaTypeOf(named) is not null;
    private readonly string? _schemaType = format is { } one ? EmbeddedFormats.SchemaTypeOf(one) : null;
    private readonly PageBuffer _scratch = new(memory);
    private readonly StoredJson _stored = new(isOneLine, hasBigIntegersAsText, memory);
    private readonly Utf8JsonWriter _scratchJson = new(Stream.Null, Readable);
    private int _decodedBytesLeft;
    private SchemaBudget _budget = SchemaBudget.Default;

    public bool NeedsSchemas => _hasSchemas;

    public void StartBatch()
    {
        _decodedBytesLeft = MaxDecodedBytes;
        _budget = SchemaBudget.Default with { Shared = new StepAllowance(StepsPerBatch) };
    }

    public void Dispose()
    {
        _scratchJson.Dispose();
        _scratch.Dispose();
        _stored.Dispose();
    }

    public void Release()
    {
        _scratch.Reset(Array.MaxLength);
        _stored.Release();
    }

    public void Write(Utf8JsonWriter json, string topic, int partition, in RecordView record, ReadOnlySpan<byte> cursor)
    {
        (int decodedBytesLeft, long steps) = (_decodedBytesLeft, _budget.Shared?.Taken ?? 0);
        try
        {
            WriteObject(json, topic, partition, record, cursor);
        }
        catch (MemoryRefusedException refused) when (!refused.IsForGood)
        {
            // What is refused for good is not done again: it has cost what it cost.
            _decodedBytesLeft = decodedBytesLeft;
            _budget.Shared?.GiveBackTo(steps);
            throw;
        }
    }

    private void WriteObject(Utf8JsonWriter json, string topic, int partition, in RecordView record, ReadOnlySpan<byte> cursor)
    {
        json.WriteStartObject();
        json.WriteString("topic"u8, topic);
        WriteData(json, record, isKey: true);
        WriteData(json, record, isKey: false);
        json.WriteNumber("partition"u8, partition);
        WriteNumber(json, "offset"u8, record.Offset);
        WriteNumber(json, "timestamp"u8, record.TimestampMs);
        json.WriteStartArray("headers"u8);
        foreach (RecordHeaderView header in record.Headers)
        {
            json.WriteStartObject();
            json.WriteString("key"u8, header.Key);
            if (header.IsValueNull) json.WriteNull("value"u8);
            else json.WriteBase64String("value"u8, header.Value);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (!cursor.IsEmpty) json.WriteString("cursor"u8, cursor);
        json.WriteEndObject();
    }

    private void WriteData(Utf8JsonWriter json, in RecordView record, bool isKey)
    {
        ReadOnlySpan<byte> name = isKey ? "key"u8 : "value"u8, encodingName = isKey ? "key_encoding"u8 : "value_encoding"u8;
        ReadOnlySpan<byte> bytes = isKey ? record.Key : record.Value;
        if (isKey ? record.IsKeyNull : record.IsValueNull)
        {
            json.WriteNull(name);
            return;
        }
        if (record.IsTooLarge)
        {
            json.WriteNull(name);
            json.WriteString(encodingName, TooLarge);
        }
        else if (_hasSchemas && TryDecode(bytes, record.Headers, isKey) is { } language)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(_stored.Show(_scratch.Written.Span), skipInputValidation: true);
            Tag(json, encodingName, language);
        }
        else if ((format is null or EmbeddedFormat.Json) && JsonText.IsValue(bytes))
        {
            json.WritePropertyName(name);
            json.WriteRawValue(_stored.Show(bytes), skipInputValidation: true);
            Tag(json, encodingName, "json");
        }
        else if ((format is null or EmbeddedFormat.Text) && Utf8.IsValid(bytes))
        {
            json.WriteText(name, bytes);
            Tag(json, encodingName, "text");
        }
        else
        {
            json.WriteBase64String(name, bytes);
            if (format != EmbeddedFormat.Binary) json.WriteString(encodingName, "base64"u8);
        }
    }

    /// <summary>Says how it stands where that differs from record to record.</summary>
    private void Tag(Utf8JsonWriter json, ReadOnlySpan<byte> encodingName, string encoding)
    {
        if (format is null) json.WriteString(encodingName, encoding);
    }

    private void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, long number)
    {
        if (hasBigIntegersAsText) BigIntegers.Write(json, name, number);
        else json.WriteNumber(name, number);
    }

    /// <summary>
    /// Decodes into the scratch buffer, so that a failure half way leaves no half a value in the answer. Gives the format's name, or null.
    /// </summary>
    private string? TryDecode(ReadOnlySpan<byte> bytes, RecordHeaderEnumerator headers, bool isKey)
    {
        FramedData framed = FramedData.Of(bytes, headers, isKey);
        if (!framed.IsFound) return null;
        if (schemas.Find(framed.Identity) is not { } schema || (_schemaType is not null && schema.SchemaType != _schemaType)) return null;
        _scratch.Reset(_decodedBytesLeft);
        _scratchJson.Reset(_scratch);
        try
        {
            schema.DecodeToJson(framed.PayloadFor(schema.SchemaType), JsonForm.Exact, _scratchJson, _budget);
            return EmbeddedFormats.OfSchemaType(schema.SchemaType);
        }
        catch (Exception failure) when (failure is SchemaDataException or SchemaBudgetException or InvalidOperationException)
        {
            return null;
        }
        finally
        {
            // Also what was given up: else every record of a batch could cost the whole bound anew.
            _scratchJson.Flush();
            _decodedBytesLeft -= _scratch.Length;
        }
    }
}
